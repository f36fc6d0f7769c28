import { aged } from "../../circuit/devices/ageing.ts";
import { paired, roomTemperature, type DeviceModel } from "../../circuit/devices/device.ts";
import { deviceNamed } from "../../circuit/devices/registry.ts";
import { pulseSize } from "../../circuit/devices/pulse-size.ts";
import { registerStep } from "../../circuit/devices/scale.ts";
import {
  accumulates,
  accumulatorBitsOf,
  bitsOf,
  dacBitsOf,
  deviceOf,
  roundsByChance,
} from "../../circuit/elements.ts";
import { familyOf } from "../../circuit/families/families.ts";
import type { Circuit } from "../../circuit/circuit.ts";
import { blockName } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { partOf, type Team } from "../../numerics/kernels/team.ts";
import { random, type Random } from "../../numerics/random.ts";
import type { Tensor, Vec } from "../../numerics/vec.ts";
import type { BareDie } from "../bare-die.ts";
import { blockDevices, eachSynapse, type BlockDevices, type BlockParts } from "./memory/array.ts";
import type { BlockMemory, Later, Renewed, TouchedRows } from "./memory/block.ts";
import { lawNumbers, mostPulses, type Codes, type Storage } from "./memory/law.ts";
import { leakage, leakPeriod } from "./memory/leak.ts";
import { devicePairs } from "./memory/pairs.ts";
import { registers } from "./memory/registers.ts";
import { singleDevices } from "./memory/single.ts";
import { packedIndex, type Parameters, type Weights } from "./parameters.ts";
import { power } from "../../numerics/power.ts";

/**
 * How the weights of a die live in its synapses: what stands between the Δw that learning asks for
 * and what is conducted. Biases stay digital. A synapse is one memory, whichever of its two
 * directions reads it.
 */
export interface WeightMemory {
  /** Whether what is conducted may be another matrix than the weights. */
  readonly apart: boolean;
  /** σ of a device's gain. */
  readonly gainSpread: number;
  /** Whether it is devices that learning asks, each of which goes as far as its own bounds. */
  readonly inPlace: boolean;
  /** What the synapses conduct but for their gains, packed like the weights. */
  conducted(w: Weights): Slot<Vec>;
  /**
   * From here on `commit` keeps gain ⊙ conducted up to date in `to`, where that can be done on the
   * way.
   */
  realise(w: Weights, gain: Slot<Vec>, to: Slot<Vec>): void;
  /** Learning changed the weights of a block: programs a member's part of them. */
  commit(w: Weights, part: TouchedRows): Renewed;
  /**
   * After all blocks: every member of a team says so, whose share of rows begins at a multiple of
   * `shareRows`.
   */
  committed(team: Team, shareRows?: number): void;
  /** Writes the weights as they are into the synapses, by write-verify. */
  write(): void;
  /** How many weights, as they are now, are beyond what their synapses can hold. */
  beyond(): number;
  /** Programmings so far. */
  readonly programmings: number;
  /** What is held besides the weights. */
  tensors(): Tensor[];
  /** Takes up what was held after so many programmings; the weights are in their slots. */
  recall(programmings: number, tensors: readonly Tensor[]): void;
  /**
   * Lets the time since the last programming be `seconds`, at so many kelvin; the next programming
   * undoes it.
   */
  age(seconds: number, temperature: number): void;
}

/** Of the largest weight: what single precision makes of a bound is not beyond it. */
const rounding = 1e-6;
/** Of the room that kernels gather devices in. */
const crowdWords = 320;

/** The memory of a die's synapses; without a device or bits the weights themselves. */
export function weightMemory(
  bare: Pick<BareDie, "memory" | "circuit" | "die"> & { readonly parameters: Parameters },
): WeightMemory {
  const storage = storageOf(bare.circuit);
  return storage ? storedWeights(bare, storage) : exactWeights;
}

/** What is conducted are the weights; nothing stands in between, and nothing ages. */
const exactWeights: WeightMemory = {
  apart: false,
  gainSpread: 0,
  inPlace: false,
  conducted: (w) => w.slot,
  realise: () => undefined,
  commit: () => "touched",
  committed: () => undefined,
  write: () => undefined,
  beyond: () => 0,
  programmings: 0,
  tensors: () => [],
  recall: () => undefined,
  age: () => undefined,
};

/** The memory of a block of weights, and what time does to it. */
interface StoredBlock extends BlockMemory, Pick<BlockParts, "w" | "mutual"> {
  /** Lets charge leak from a matrix of the block's, if any does, every so many programmings. */
  readonly leakEvery: number;
  readonly leak: ReturnType<typeof leakage> | null;
  /** The weights of a time after they were programmed; null of what does not age. */
  readonly later: Slot<Vec> | null;
}

function storedWeights(
  {
    memory,
    circuit,
    die,
    parameters: { weights },
  }: Pick<BareDie, "memory" | "circuit" | "die"> & { readonly parameters: Parameters },
  storage: Storage,
): WeightMemory {
  const { model } = storage;
  const inPlace = circuit.synapse.memory === "devices";
  const law = lawNumbers(memory, storage);
  // Members count alike, from where the first of them says; the second word is one more than the
  // programming that has aged.
  const words = memory.ints(2);
  const room = memory.privateReals(crowdWords).ptr;
  let done = 0;
  const blocks = new Map(
    weights.map((w) => [w, storedBlock({ memory, w, storage, law, room }, circuit, die)]),
  );
  const of = (w: Weights) => blocks.get(w)!;
  const number = () => words.array[0] + done;
  const old = () => words.array[1] === number() + 1;
  return {
    apart: model.ageing !== null || weights.some((w) => of(w).conducted !== w.slot),
    gainSpread: model.gainSpread,
    inPlace,
    conducted: (w) => (old() && of(w).later) || of(w).conducted,
    realise(w, gain, to) {
      of(w).realise(gain, to);
    },
    get programmings() {
      return number();
    },
    commit(w, part) {
      const block = of(w);
      const n = number();
      const leaks = block.leak !== null && n % block.leakEvery === 0;
      if (leaks) for (const kept of block.kept) block.leak(kept, part);
      const renewed = block.commit(n, part);
      return leaks || old() || block.mutual ? "all" : renewed;
    },
    committed(team, shareRows = 1) {
      done++;
      if (!weights.some((w) => of(w).mutual)) return;
      team.barrier();
      for (const [w, block] of blocks) mirror(memory, block, partOf(w.rows, team, shareRows));
    },
    write() {
      for (const block of blocks.values()) {
        block.write(number());
        mirror(memory, block);
      }
      words.array[0]++;
    },
    beyond: () =>
      [...blocks.values()].reduce((sum, b) => sum + beyondReach(memory, b, storage.largest), 0),
    tensors: () => [...blocks.values()].flatMap((block) => block.tensors()),
    recall(programmings, tensors) {
      words.array[0] = programmings - done;
      for (const block of blocks.values()) {
        block.recall(number() - 1, tensors);
        mirror(memory, block);
      }
    },
    age(seconds, temperature) {
      if (!model.ageing) return;
      for (const [w, block] of blocks) {
        const drawn = blockDevices({ memory, w, storage }, die);
        const rng = random("die", die, "ageing", blockName(w.block));
        const kept = block.later!;
        block.aged(kept, laterOf(drawn, circuit, seconds, temperature, rng));
        mirror(memory, { ...block, kept: [kept] });
      }
      words.array[1] = number() + 1;
    },
  };
}

/** How many weights of a block are beyond what their synapses can hold. */
function beyondReach(memory: Arena, { w, mutual, reach }: StoredBlock, largest: number): number {
  const slack = rounding * largest;
  let count = 0;
  eachSynapse({ memory, w, mutual }, (_, at) => {
    const [low, high] = reach(at);
    const weight = w.slot.array[at];
    if (!(weight >= low - slack && weight <= high + slack)) count++;
  });
  return count;
}

/** Draws the devices of a block on the first of a team, and makes its memory on every member. */
function storedBlock(
  given: Omit<BlockParts, "mutual" | "key">,
  circuit: Circuit,
  die: number,
): StoredBlock {
  const {
    memory,
    w,
    storage: { model },
  } = given;
  const mutual = w.block.from === w.block.to && familyOf(circuit).reciprocal(circuit);
  const key = random("die", die, "programming", blockName(w.block)).below(2 ** 32);
  const parts = { ...given, mutual, key };
  const drawn = memory.team.part === 0 ? blockDevices(parts, die) : null;
  const inPlace = circuit.synapse.memory === "devices";
  const devices = paired(model) ? devicePairs : singleDevices;
  const block = inPlace ? devices(parts, drawn) : registers(parts, drawn);
  const later = model.ageing ? memory.reals(w.rows * w.stride) : null;
  const leakEvery = inPlace ? leakPeriod(model) : 0;
  const leak = leakEvery > 0 ? leakage(parts, drawn, leakEvery) : null;
  return { ...block, w, mutual, leakEvery, leak, later };
}

/** What so many seconds at so many kelvin make of the conductances of devices. */
function laterOf(
  { devices, second }: BlockDevices,
  circuit: Circuit,
  seconds: number,
  temperature: number,
  rng: Random,
): Later {
  const exponent = devices.model.ageing!.temperature;
  const scale = power(circuit.temperature / roomTemperature, exponent);
  return {
    of: (g, device, other = false) =>
      scale * aged(other ? second! : devices, device, g, seconds, temperature, rng),
    still: (g) => g * power(temperature / circuit.temperature, -exponent),
  };
}

/** How a circuit keeps its weights; null where nothing stands in between. */
function storageOf(circuit: Circuit): Storage | null {
  const { name, synapse } = circuit;
  if (synapse.memory === "exact") return null;
  const family = familyOf(circuit);
  const { memory, span } = synapse;
  const bits = bitsOf(synapse);
  const dac = dacBitsOf(synapse);
  for (const [key, found] of Object.entries({ bits, dac }))
    if (found === 1 && family.signed)
      throw new InputError(
        `circuit ${name}: synapse.${key} is 1, a sign and no number; expected at least 2`,
      );
  const model = deviceOf(synapse) ?? deviceNamed("ideal");
  refuseMemory(circuit, model);
  if (isIdeal(model) && bits === undefined && dac === undefined) return null;
  // A DAC that is finer than its register sets every number of it.
  const coarse = dac !== undefined && dac < (bits ?? Infinity);
  return {
    model,
    ...family.stateScale(circuit, model),
    // What has no bounds of its own holds any weight of a register's range.
    resistor: family.passive && Number.isFinite(model.bounds.low),
    largest: span,
    step: coarse ? registerStep(span, dac, family.signed) : 0,
    codes: codesOf(circuit, model),
    accumulate: memory === "devices" && accumulates(synapse),
  };
}

/** What a memory counts in; null where it is exact, or where the devices are the memory. */
function codesOf(circuit: Circuit, model: DeviceModel): Codes | null {
  const { synapse } = circuit;
  const accumulator = accumulatorBitsOf(synapse);
  const half = accumulator === undefined ? 0 : 2 ** (accumulator - 1);
  const byChance = roundsByChance(synapse);
  const bits = bitsOf(synapse);
  const { signed, stateScale, leastWeight } = familyOf(circuit);
  if (synapse.memory === "registers" && bits !== undefined) {
    const step = registerStep(synapse.span, bits, signed);
    return {
      part: half === 0 ? step : step / half,
      whole: half,
      most: Infinity,
      // The least number that can be conducted, but for rounding.
      lowest: step * Math.ceil(leastWeight(circuit) / step - 1e-9),
      highest: synapse.span,
      byChance,
    };
  }
  if (synapse.memory !== "devices" || half === 0 || model.update.law === "ideal") return null;
  const pulse = stateScale(circuit, model).span * pulseSize(model);
  return {
    part: pulse / half,
    whole: 0,
    most: (mostPulses + 1) * half - 1,
    lowest: -Infinity,
    highest: Infinity,
    byChance,
  };
}

/** @throws InputError for a device that cannot hold the weights of such synapses. */
function refuseMemory(circuit: Circuit, model: DeviceModel): void {
  const { name, synapse } = circuit;
  const { passive, devicesEach } = familyOf(circuit);
  const complain = (message: string) => {
    throw new InputError(`circuit ${name}: ${message}`);
  };
  if (model.oneWay && passive)
    complain(
      `the device ${model.name} is a transconductor, which conducts one way, and a crossbar ` +
        "is made of resistors; choose a memory such as ecram, or leave device out",
    );
  if (paired(model) && passive)
    complain(
      `the device ${model.name} only goes up and needs a second one to subtract, and a ` +
        "resistor of a crossbar is one device; choose one that goes both ways, such as ecram, " +
        "or write synapse.kind: differential",
    );
  if (paired(model) !== (devicesEach(circuit) === 2))
    complain(
      paired(model)
        ? `the device ${model.name} only goes up and needs a second one to subtract; write ` +
            "synapse.kind: differential"
        : `synapse.kind is differential, but the device ${model.name} has both signs; choose a ` +
            "one-sided device such as pcm",
    );
  if (synapse.memory === "devices" && accumulates(synapse) && model.update.law === "ideal")
    complain(
      `synapse.accumulate sums up to whole pulses, and the device ${model.name} has none: it ` +
        "takes any change; remove accumulate, or choose a device that is pulsed",
    );
}

/** Whether a device holds any weight exactly, for ever. */
function isIdeal({ update, bounds, programming, states, ageing, stuck }: DeviceModel): boolean {
  return (
    update.law === "ideal" &&
    bounds.low === -Infinity &&
    bounds.high === Infinity &&
    programming === null &&
    states === null &&
    ageing === null &&
    stuck === 0
  );
}

/** Copies what is above the diagonal of a mutual block to below it, in rows first … last−1. */
function mirror(
  memory: Arena,
  { kept, mutual, w: { rows, stride } }: Pick<StoredBlock, "kept" | "mutual" | "w">,
  [first, last]: readonly [first: number, last: number] = [0, rows],
): void {
  if (!mutual) return;
  for (const { array } of kept)
    for (let i = first; i < last; i++)
      for (let j = 0; j < i; j++)
        array[packedIndex(i, j, rows, stride, memory)] =
          array[packedIndex(j, i, rows, stride, memory)];
}
