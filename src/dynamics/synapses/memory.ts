import { aged } from "../../circuit/devices/ageing.ts";
import { paired, roomTemperature, type DeviceModel } from "../../circuit/devices/device.ts";
import { deviceNamed } from "../../circuit/devices/registry.ts";
import { registerStep } from "../../circuit/devices/scale.ts";
import { accumulates, bitsOf, deviceName, spanOf } from "../../circuit/elements.ts";
import { familyOf } from "../../circuit/families/families.ts";
import type { Circuit } from "../../circuit/circuit.ts";
import { blockName } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { partOf, type Team } from "../../numerics/kernels/team.ts";
import { random } from "../../numerics/random.ts";
import type { Tensor, Vec } from "../../numerics/vec.ts";
import type { BareDie } from "../bare-die.ts";
import { devicesOf, keepOf } from "./memory/array.ts";
import type { BlockMemory, Later, Part, Renewed } from "./memory/block.ts";
import { lawNumbers, type Storage } from "./memory/law.ts";
import { devicePairs } from "./memory/pairs.ts";
import { registers, type Drawn } from "./memory/registers.ts";
import { singleDevices } from "./memory/single.ts";
import { packedIndex, type Parameters, type Weights } from "./parameters.ts";

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
  commit(w: Weights, part: Part): Renewed;
  /**
   * After all blocks: every member of a team says so, whose share of rows begins at a multiple of
   * `shareRows`.
   */
  committed(team: Team, shareRows?: number): void;
  /** Writes the weights as they are into the synapses, by write-verify. */
  write(): void;
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

/** Of the room that kernels gather devices in. */
const crowdWords = 320;

/**
 * How often charge is seen to leak: a ten thousandth of it at once, and every 64 programmings at
 * least.
 */
const leakAtOnce = 1e-4;
const leakAtMost = 64;

/** The memory of a die's synapses; without a device or bits the weights themselves. */
export function weightMemory({
  memory,
  circuit,
  die,
  parameters: params,
}: Pick<BareDie, "memory" | "circuit" | "die"> & {
  readonly parameters: Parameters;
}): WeightMemory {
  const storage = storageOf(circuit);
  const inPlace = circuit.synapse.memory === "devices";
  if (!storage)
    return {
      apart: false,
      gainSpread: 0,
      inPlace: false,
      conducted: (w) => w.slot,
      realise() {
        /* nothing is done on the way */
      },
      commit: () => "touched",
      committed() {
        /* nothing in between */
      },
      write() {
        /* nothing in between */
      },
      programmings: 0,
      tensors: () => [],
      recall() {
        /* nothing held */
      },
      age() {
        /* nothing ages */
      },
    };

  const { model, span, origin, resistor } = storage;
  const law = lawNumbers(memory, storage);
  const first = memory.team.part === 0;
  const pair = paired(model);
  // Members count alike, from where the first of them says; the second word is one more than the
  // programming that has aged.
  const words = memory.ints(2);
  const room = memory.privateReals(crowdWords).ptr;
  let done = 0;
  const drawn = (w: Weights): Drawn => {
    const devices = devicesOf(model, die, "device", w, memory);
    // Nothing is subtracted from a resistor, its symmetry point neither.
    if (resistor) devices.reference.fill(origin);
    return { devices, second: pair ? devicesOf(model, die, "second device", w, memory) : null };
  };
  const every =
    inPlace && model.ageing?.leak
      ? Math.max(1, Math.min(leakAtMost, Math.floor(model.ageing.leak.minibatches * leakAtOnce)))
      : 0;
  const blocks = new Map(
    params.weights.map((w) => {
      const { from, to } = w.block;
      const mutual = from === to && familyOf(circuit).reciprocal(circuit);
      const key = random("die", die, "programming", blockName(w.block)).below(2 ** 32);
      const parts = { memory, w, storage, law, mutual, key, room };
      const dice = first ? drawn(w) : null;
      const block = inPlace
        ? (pair ? devicePairs : singleDevices)(parts, dice)
        : registers(parts, dice);
      const later = model.ageing ? memory.reals(w.rows * w.stride) : null;
      const keep = every > 0 ? memory.reals(w.rows * w.stride) : null;
      // A resistor leaks towards what it conducts at x = 0.
      const restored = keep && resistor ? memory.reals(w.rows * w.stride) : null;
      if (keep && dice)
        keepOf(
          w,
          mutual,
          memory,
          dice.devices,
          every,
          keep,
          restored && { to: restored, rest: -span * origin },
        );
      return [w, { ...block, mutual, later, keep, restored }] as const;
    }),
  );
  const number = () => words.array[0] + done;
  const old = () => words.array[1] === number() + 1;
  const whole = (block: BlockMemory & { readonly mutual: boolean }, w: Weights) => {
    if (block.mutual) mirror(block, w, 0, w.rows, memory);
  };
  return {
    apart: model.ageing !== null || params.weights.some((w) => blocks.get(w)!.conducted !== w.slot),
    gainSpread: model.gainSpread,
    inPlace,
    conducted: (w) => (old() && blocks.get(w)!.later) || blocks.get(w)!.conducted,
    realise(w, gain, to) {
      blocks.get(w)!.realise(gain, to);
    },
    get programmings() {
      return number();
    },
    commit(w, part) {
      const block = blocks.get(w)!;
      const n = number();
      const leaks = block.keep !== null && n % every === 0;
      if (leaks)
        for (const kept of block.kept) {
          memory.kernels.multiplyPacked(
            kept.ptr,
            block.keep.ptr,
            w.rows,
            w.stride,
            part.first,
            part.last,
          );
          if (block.restored)
            memory.kernels.addPacked(
              kept.ptr,
              block.restored.ptr,
              w.rows,
              w.stride,
              part.first,
              part.last,
            );
        }
      const renewed = block.commit(n, part);
      return leaks || old() || block.mutual ? "all" : renewed;
    },
    committed(team, shareRows = 1) {
      done++;
      if (!params.weights.some((w) => blocks.get(w)!.mutual)) return;
      team.barrier();
      for (const [w, block] of blocks)
        if (block.mutual) mirror(block, w, ...partOf(w.rows, team, shareRows), memory);
    },
    write() {
      for (const [w, block] of blocks) {
        block.write(number());
        whole(block, w);
      }
      words.array[0]++;
    },
    tensors: () => [...blocks.values()].flatMap((block) => block.tensors()),
    recall(programmings, tensors) {
      words.array[0] = programmings - done;
      for (const [w, block] of blocks) {
        block.recall(number() - 1, tensors);
        whole(block, w);
      }
    },
    age(seconds, temperature) {
      if (!model.ageing) return;
      const scale = (circuit.temperature / roomTemperature) ** model.ageing.temperature;
      for (const [w, block] of blocks) {
        const { devices, second } = drawn(w)!;
        const rng = random("die", die, "ageing", blockName(w.block));
        const later: Later = {
          of: (g, device, other = false) =>
            scale * aged(other ? second! : devices, device, g, seconds, temperature, rng),
          still: (g) => g * (temperature / circuit.temperature) ** -model.ageing!.temperature,
        };
        block.aged(block.later!, later);
        if (block.mutual) mirror({ kept: [block.later!] }, w, 0, w.rows, memory);
      }
      words.array[1] = number() + 1;
    },
  };
}

/** How a circuit keeps its weights; null where nothing stands in between. */
function storageOf(circuit: Circuit): Storage | null {
  const { name, synapse } = circuit;
  const { memory } = synapse;
  const { passive, signed } = familyOf(circuit);
  const pairs = familyOf(circuit).devicesEach(circuit) === 2;
  const device = deviceName(synapse);
  const span = spanOf(synapse) ?? 1;
  const bits = bitsOf(synapse) ?? null;
  const accumulate = accumulates(synapse);
  const complain = (message: string) => {
    throw new InputError(`circuit ${name}: ${message}`);
  };
  if (bits === 1 && signed)
    complain("synapse.bits is 1, a sign and no number; expected at least 2");
  const model = deviceNamed(device ?? "ideal");
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
  if (paired(model) !== pairs)
    complain(
      paired(model)
        ? `the device ${model.name} only goes up and needs a second one to subtract; write ` +
            "synapse.kind: differential"
        : `synapse.kind is differential, but the device ${model.name} has both signs; choose a ` +
            "one-sided device such as pcm",
    );
  if (accumulate && model.update.law === "ideal")
    complain(
      `synapse.accumulate sums up to whole pulses, and the device ${model.name} has none: it ` +
        "takes any change; remove accumulate, or choose a device that is pulsed",
    );
  if (isIdeal(model) && (memory === "devices" || bits === null)) return null;
  // What has no bounds of its own holds any weight of a register's range.
  const resistor = passive && Number.isFinite(model.bounds.low);
  return {
    model,
    ...familyOf(circuit).stateScale(circuit, model),
    resistor,
    largest: span,
    step: memory === "devices" || bits === null ? 0 : registerStep(span, bits, signed),
    accumulate,
  };
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

/** Copies what is above the diagonal to below it, in rows first … last−1. */
function mirror(
  { kept }: Pick<BlockMemory, "kept">,
  { rows, stride }: Weights,
  first: number,
  last: number,
  memory: Arena,
): void {
  for (const { array } of kept)
    for (let i = first; i < last; i++)
      for (let j = 0; j < i; j++)
        array[packedIndex(i, j, rows, stride, memory)] =
          array[packedIndex(j, i, rows, stride, memory)];
}
