// The trainings whose bits are kept in bits.json, as schematics and experiment files may say them.
import type { z } from "zod";
import { circuitNames, circuitText, devices, type DeviceModel } from "../../src/index.ts";
import type { circuitSchema, experimentSchema } from "../../src/schema.ts";

type Schematic = z.input<typeof circuitSchema>;
type Experiment = z.input<typeof experimentSchema>;

/** A training: the text of a schematic, and what is asked of it. */
export interface Case {
  readonly circuit: string;
  readonly experiment: Experiment;
  /** Whether all that a report shows is measured too, which takes longer than the training. */
  readonly probed?: true;
}
export type Cases = Readonly<Record<string, Case>>;

/** Settings by their room; what is absent is as in the base. */
interface Change {
  readonly layers?: readonly number[];
  readonly network?: Partial<Experiment["network"]>;
  readonly settle?: Experiment["settle"];
  readonly learning?: Partial<Experiment["learning"]>;
  readonly train?: Experiment["train"];
  readonly die?: number;
  readonly population?: Experiment["population"];
}

/** A second pass over the images begins before the last minibatch. */
const data = { set: "digits", train: 200, test: 100 } as const;
export const minibatches = 24;

type Base = Required<Pick<Change, "layers" | "settle" | "learning">>;

function experiment(base: Base, change: Change): Experiment {
  const { layers = base.layers, network, settle, learning, train, die = 1, population } = change;
  return {
    name: "golden",
    seed: 7,
    die,
    ...(population && { population }),
    data,
    network: { layers: [...layers], ...network },
    settle: { ...base.settle, ...settle },
    learning: { rates: layers.slice(1).map(() => 0.1), ...base.learning, ...learning },
    train: { batch: 10, ...train },
  };
}

/** On transconductors: projected Euler, as in the paper. */
function paper(change: Change = {}): Experiment {
  const settle = { free: { steps: 12 }, nudged: { steps: 4 } };
  return experiment({ layers: [784, 12, 10], settle, learning: { beta: 0.5 } }, change);
}

/**
 * On resistors: sweeps of exact minimisation. Outputs that no diode holds have a minimum while the
 * conductances that lead to them outweigh 2β, and few nodes lead there: β is small.
 */
function resistive({ layers = [784, 12, 10], learning, ...change }: Change = {}): Experiment {
  const rates = layers.slice(1).map(() => 0.003);
  const settle = { solver: "block-descent", free: { steps: 4 }, nudged: { steps: 4 } } as const;
  const own = { beta: 0.1, scheme: "centred", lambda: 0, rates } as const;
  return experiment({ layers, settle, learning: own }, { layers, learning, ...change });
}

/** Small steps of a flow, for what no minimiser of resistors sees. */
function flow(change: Change = {}): Change {
  const settle = { step: 0.02, free: { steps: 20 }, nudged: { steps: 10 } };
  return { ...change, settle: { ...settle, solver: "euler" } };
}

/** JSON is YAML. */
function schematic(base: Schematic, change: Partial<Schematic>): string {
  return JSON.stringify({ ...base, ...change });
}

const volt = { low: "0 V", high: "1 V" };
const neuron = { capacitance: "1 pF", leak: "100 uS" };
const transconductors: Schematic = { name: "transconductors", rails: volt, neuron };
const registers = { device: "cmos-130nm", span: 2 };
const inPlace = { device: "ecram", span: 1, memory: "devices" } as const;

const resistors: Schematic = {
  name: "resistors",
  rails: volt,
  neuron: { capacitance: "100 fF", leak: "0 S" },
  diodes: { hidden: "rectifying", output: "none" },
  synapse: { kind: "crossbar", conductance: { low: "10 uS", high: "400 uS" }, span: 4 },
  input: { gain: 20, complementary: true },
};
const resistorsInPlace = {
  ...resistors.synapse,
  device: "gokmen-vlasov",
  memory: "devices",
} as const;
const resistorNode = resistors.neuron;

const clamps = {
  linear: { law: "linear", conductance: "2 mS" },
  diode: { law: "diode", saturation: "22 nA", ideality: 1.08 },
  custom: {
    law: "custom",
    current: "G*(V + abs(V))/2 + Is*(exp(V/Vt) - 1)",
    parameters: { G: "1 mS", Is: "10 fA", Vt: "50 mV" },
  },
} as const;

/** Multiples of the physical noise that move a node by some mV. */
const loud = 1000;
const noises = {
  thermal: { thermal: loud },
  excess: { excess: loud },
  shot: { shot: loud },
  flicker: { thermal: loud, flicker: { corner: "1 MHz" } },
  telegraph: { telegraph: { depth: "10 %", rate: "5 MHz" } },
  read: { read: "2 %" },
} satisfies Record<keyof NonNullable<Schematic["noise"]>, Schematic["noise"]>;
const everyNoise = Object.assign({}, ...Object.values(noises)) as NonNullable<Schematic["noise"]>;
const withoutExcess = { ...everyNoise, excess: 0 };

const mismatches = {
  capacitance: { capacitance: "10 %" },
  leak: { leak: "10 %" },
  offset: { offset: "20 mV" },
  synapse: { synapse: "10 %" },
  reciprocal: { synapse: "10 %", reciprocal: false },
  gain: { gain: "5 %" },
  rail: { rail: "20 mV" },
} satisfies Record<keyof NonNullable<Schematic["mismatch"]>, Schematic["mismatch"]>;
const everyMismatch = Object.assign({}, ...Object.values(mismatches)) as Schematic["mismatch"];
const resistorMismatch = { ...everyMismatch, reciprocal: true, gain: 0 };

const converters = {
  input: { bits: 3, low: "0.1 V", high: "0.9 V" },
  guess: { bits: 4 },
  readout: { bits: 6, low: "-1 V", high: "2 V", noise: "5 mV" },
} satisfies Schematic["converters"];

/** Skips, synapses inside a layer, and blocks of which a part exists. */
const skips = {
  layers: [784, 12, 9, 10],
  network: {
    blocks: [
      { from: 0, to: 1, density: 0.3 },
      { from: 1, to: 1 },
      { from: 1, to: 2 },
      { from: 0, to: 2, density: 0.05 },
      { from: 2, to: 2, density: 0.5 },
      { from: 2, to: 3 },
      { from: 1, to: 3, density: 0.6 },
    ],
  },
} as const satisfies Change;
const oneWay = {
  layers: skips.layers,
  network: { asymmetric: true, blocks: skips.network.blocks.filter((b) => b.from !== b.to) },
};

/** How each schematic of the library is trained: what is not named learns as in the paper. */
const schematicsApart: Readonly<Record<string, Experiment>> = {
  "resistive-100": resistive(),
  "resistive-1024": resistive(),
  "resistive-diodes": resistive(),
  "kendall-2020": resistive({ layers: [784, 12, 20] }),
  xor: resistive(),
};

function schematics(): Cases {
  return Object.fromEntries(
    circuitNames().map((name) => [
      `schematic ${name}`,
      { circuit: circuitText(name), experiment: schematicsApart[name] ?? paper(), probed: true },
    ]),
  );
}

function by(all: readonly DeviceModel[], how: string, of: (device: DeviceModel) => Case): Cases {
  return Object.fromEntries(all.map((device) => [`device ${device.name}, ${how}`, of(device)]));
}

/** Every device holds the weights by itself, some with a digital accumulator beside each. */
function deviceCases(): Cases {
  const held = ({ name, sign }: DeviceModel, more: Partial<NonNullable<Schematic["synapse"]>>) => ({
    circuit: schematic(transconductors, {
      synapse: {
        kind: sign === "differential" ? "differential" : "transconductor",
        device: name,
        span: 1,
        ...more,
      },
    }),
    experiment: paper(),
  });
  const pulsed = (device: DeviceModel) => device.update.law !== "ideal";
  const all = Object.values(devices);
  return {
    ...by(all, "registers", (device) => held(device, { memory: "registers" })),
    ...by(all, "in place", (device) => held(device, { memory: "devices" })),
    ...by(all.filter(pulsed), "accumulators", (device) =>
      held(device, { memory: "devices", accumulate: true }),
    ),
  };
}

type Changes = Readonly<Record<string, readonly [Partial<Schematic>, Change?]>>;

const transconductorCases: Changes = {
  "every noise": [{ synapse: registers, noise: everyNoise }],
  "noise of saturated ones": [
    { neuron: { ...neuron, saturation: "300 mV" }, noise: { ...noises.excess, ...noises.shot } },
  ],
  "noise of a hot chip": [{ temperature: "400 K", noise: noises.thermal }],
  "noise between diodes": [{ neuron: { ...neuron, clamp: clamps.diode }, noise: noises.flicker }],
  "noise by euler-maruyama": [{ noise: noises.flicker }, { settle: { solver: "euler-maruyama" } }],
  "noise by stochastic-heun": [
    { synapse: registers, noise: everyNoise },
    { settle: { solver: "stochastic-heun", step: 0.2 } },
  ],
  "telegraph noise, one way": [{ noise: noises.telegraph, mismatch: mismatches.reciprocal }, skips],
  "every mismatch": [{ mismatch: everyMismatch }],
  "every mismatch, die 2": [{ mismatch: everyMismatch }, { die: 2 }],
  "every mismatch, skips": [{ mismatch: everyMismatch }, skips],
  saturation: [{ neuron: { ...neuron, saturation: "300 mV" } }],
  "saturation, skips": [{ neuron: { ...neuron, saturation: "300 mV" } }, skips],
  "clamps, linear": [{ neuron: { ...neuron, clamp: clamps.linear } }],
  "clamps, diode": [{ neuron: { ...neuron, clamp: clamps.diode } }],
  "clamps, custom": [{ neuron: { ...neuron, clamp: clamps.custom } }],
  "clamps, diode, by block descent": [
    { neuron: { ...neuron, clamp: clamps.diode } },
    { settle: { solver: "block-descent", free: { steps: 4 }, nudged: { steps: 4 } } },
  ],
  "clamps, diode, every mismatch": [
    { neuron: { ...neuron, clamp: clamps.diode }, mismatch: everyMismatch },
  ],
  "rails at other volts": [{ rails: { low: "-0.2 V", high: "0.6 V" }, noise: noises.shot }],
  "nudge, conductances apart": [{ nudge: { spread: "10 %", offset: "10 mV" } }],
  "nudge, currents": [{ nudge: { kind: "current" } }],
  "nudge, currents apart": [{ nudge: { kind: "current", spread: "10 %", offset: "10 mV" } }],
  "nudge, written conductance": [{ nudge: { kind: "conductance" } }],
  "outputs, single": [{ outputs: "single" }],
  "outputs, differential": [
    { outputs: "differential", nudge: { kind: "current" } },
    { layers: [784, 12, 20] },
  ],
  "link apart": [{ link: { spread: "10 %", offset: "10 mV" } }],
  converters: [{ converters }],
  "converters, input": [{ converters: { input: { bits: 2 } } }],
  "converters, guess": [{ converters: { guess: { bits: 2 } } }],
  "converters, readout": [{ converters: { readout: { bits: 5 } } }],
  "converters, centred": [{ converters }, { learning: { scheme: "centred" } }],
  hold: [{ hold: { capacitance: "50 fF", leakage: "100 nA", time: "10 ns" } }],
  "read longer": [
    { readout: { average: "4 tau", leak: "5 %", droop: "1 mV" }, noise: noises.thermal },
  ],
  "registers of bits": [{ synapse: { dac: 5, span: 1 } }],
  "registers that round": [{ synapse: { bits: 8, rounding: "nearest", span: 1 } }],
  "registers that round, by chance": [{ synapse: { bits: 6, rounding: "chance", span: 1 } }],
  "registers that round, accumulators": [{ synapse: { bits: 6, accumulate: 10, span: 1 } }],
  "registers of bits, differential": [
    { synapse: { kind: "differential", device: "pcm", dac: 6, span: 1 } },
  ],
  "in place, without flaws": [
    {
      synapse: {
        device: "reram-array-om",
        span: 0.25,
        memory: "devices",
        without: ["spread", "stuck", "write", "levels", "ageing"],
      },
    },
  ],
  "in place, one way": [{ synapse: inPlace, mismatch: mismatches.reciprocal }, skips],
  "in place, skips": [{ synapse: inPlace }, skips],
  "in place, centred": [{ synapse: inPlace }, { learning: { scheme: "centred" } }],
  "in place, pairs, skips": [
    { synapse: { ...inPlace, device: "pcm", kind: "differential", span: 0.25 } },
    skips,
  ],
  everything: [
    {
      neuron: { ...neuron, clamp: clamps.diode, saturation: "500 mV" },
      synapse: { ...inPlace, accumulate: true },
      nudge: { spread: "10 %", offset: "5 mV" },
      link: { spread: "10 %", offset: "5 mV" },
      converters,
      hold: { capacitance: "50 fF" },
      mismatch: everyMismatch,
      noise: { ...everyNoise, telegraph: undefined },
    },
    skips,
  ],
};

const pairs = { layers: [784, 12, 20] } as const satisfies Change;
const resistorCases: Changes = {
  "by block descent": [{}],
  "by Euler": [{}, flow()],
  "one source an input": [{ input: { gain: 20, complementary: false } }],
  "no drivers": [{ input: undefined }],
  "a leak": [{ neuron: { ...resistorNode, leak: "50 uS" } }],
  "diodes at both rails": [{ diodes: { hidden: "rails", output: "rails" } }],
  "diodes at outputs": [{ diodes: { hidden: "none", output: "rectifying" } }],
  "no diodes said": [{ diodes: undefined }],
  "clamps, linear": [{ neuron: { ...resistorNode, clamp: clamps.linear } }],
  "clamps, diode": [{ neuron: { ...resistorNode, clamp: clamps.diode } }],
  "clamps, diode, by Euler": [{ neuron: { ...resistorNode, clamp: clamps.diode } }, flow()],
  "clamps, custom": [{ neuron: { ...resistorNode, clamp: clamps.custom } }],
  amplifiers: [{ amplifier: { gain: 4 } }, { layers: [784, 12, 9, 10] }],
  "amplifiers, by Euler": [{ amplifier: { gain: 4 } }, flow({ layers: [784, 12, 9, 10] })],
  skips: [{}, { layers: skips.layers, network: skips.network }],
  "skips, by Euler": [{ mismatch: resistorMismatch }, flow(skips)],
  "registers of bits": [{ synapse: { ...resistors.synapse, dac: 6 } }],
  "registers of a device": [{ synapse: { ...resistors.synapse, device: "reram-cmo" } }],
  "range of a device": [{ synapse: { kind: "crossbar", device: "ecram", span: 4 } }],
  "in place": [{ synapse: { ...resistorsInPlace, accumulate: false } }],
  "in place, accumulators": [{ synapse: { ...resistorsInPlace, accumulate: true } }],
  "in place, leaking": [{ synapse: { ...resistorsInPlace, device: "capacitor" } }],
  "in place, skips": [{ synapse: resistorsInPlace }, skips],
  "nudge, conductances apart": [{ nudge: { spread: "10 %", offset: "10 mV" } }],
  "nudge, currents": [{ nudge: { kind: "current" } }],
  "outputs, differential": [
    { outputs: "differential", nudge: { kind: "current", spread: "10 %", offset: "10 mV" } },
    pairs,
  ],
  "link apart": [{ link: { spread: "10 %", offset: "10 mV" } }, { learning: { lambda: 0.1 } }],
  converters: [{ converters: { input: converters.input, readout: converters.readout } }],
  "converters, guess": [
    { diodes: undefined, converters: { guess: { bits: 3 } } },
    { learning: { lambda: 0.1 } },
  ],
  hold: [{ hold: { capacitance: "50 fF", leakage: "100 nA", time: "10 ns" } }],
  "read longer": [{ readout: { average: "4 tau" }, noise: noises.thermal }, flow()],
  "every mismatch": [{ mismatch: resistorMismatch }],
  "noise, thermal": [{ noise: noises.thermal }, flow()],
  "noise, shot": [{ noise: noises.shot }, flow()],
  "noise, flicker": [{ noise: noises.flicker }, flow()],
  "noise, telegraph": [{ noise: noises.telegraph }, flow()],
  "noise, telegraph, skips": [{ noise: noises.telegraph }, flow(skips)],
  "noise, read": [{ synapse: resistorsInPlace, noise: noises.read }, flow()],
  "every noise": [{ synapse: resistorsInPlace, noise: withoutExcess }, flow()],
  everything: [
    {
      neuron: { ...resistorNode, clamp: clamps.diode },
      synapse: { ...resistorsInPlace, accumulate: true },
      amplifier: { gain: 4 },
      outputs: "differential",
      nudge: { kind: "current", spread: "10 %" },
      converters: { input: converters.input, readout: converters.readout },
      mismatch: resistorMismatch,
      noise: withoutExcess,
    },
    flow({ layers: [784, 12, 9, 20] }),
  ],
  plain: [{}, { learning: { rule: "plain" } }],
  persistent: [{}, { learning: { rule: "persistent" } }],
  backpropagation: [{}, { learning: { rule: "backpropagation" } }],
  "one sign": [{}, { learning: { sign: "positive" } }],
  "copy learns s+": [{}, { learning: { copy: { target: "nudged" } } }],
  "copy: hard, global": [{}, { learning: { copy: { activation: "hard", loss: "global" } } }],
};

const free = { steps: 12 };
const nudged = { steps: 4 };
/** The algorithm and its variants, on ideal transconductors. */
const learningCases: Readonly<Record<string, Change>> = {
  initialized: {},
  plain: { learning: { rule: "plain" } },
  "plain, centred": { learning: { rule: "plain", scheme: "centred" } },
  persistent: { learning: { rule: "persistent" } },
  "persistent, centred": { learning: { rule: "persistent", scheme: { kind: "centred" } } },
  tied: { learning: { rule: "tied" } },
  "tied, skips": { ...skips, learning: { rule: "tied" } },
  backpropagation: { learning: { rule: "backpropagation" } },
  "backpropagation, skips": {
    ...skips,
    learning: { rule: "backpropagation", copy: { activation: "sigmoid" } },
  },
  "population, shared": { population: { dies: 3, weights: "shared" } },
  "population, own": { population: { dies: 3, weights: "own" } },
  "sign positive": { learning: { sign: "positive" } },
  "sign negative": { learning: { sign: "negative" } },
  "sign centred": { learning: { scheme: "centred" } },
  "four points": { learning: { scheme: { kind: "points", points: 4, order: 2 } } },
  "points, as usual": { learning: { scheme: "points" } },
  "one sign, in full": { learning: { scheme: { kind: "one-sided" } } },
  "a lock-in, as usual": { learning: { scheme: "lock-in" } },
  "a lock-in": { learning: { scheme: { kind: "lock-in", samples: 4, periods: 1 } } },
  "lambda 0": { learning: { lambda: 0 } },
  "lambda 1": { learning: { lambda: 1 } },
  "lambda annealed": { learning: { lambda: { from: 1, to: 0.01, epochs: 1 } } },
  "copy learns s-": { learning: { copy: { target: "free" } } },
  "copy learns s+": { learning: { copy: { target: "nudged" } } },
  "copy learns s+, centred": { learning: { scheme: "centred", copy: { target: "nudged" } } },
  "copy descends the energy": { learning: { copy: { target: "energy" } } },
  "copy descends the energy, skips": { ...skips, learning: { copy: { target: "energy" } } },
  "copy descends the energy, global": {
    layers: [784, 12, 9, 10],
    learning: { copy: { target: "energy", loss: "global" } },
  },
  "copy: hard": { learning: { copy: { activation: "hard" } } },
  "copy: leaky": { learning: { copy: { activation: "leaky" } } },
  "copy: sigmoid": { learning: { copy: { activation: "sigmoid" } } },
  "copy: step": { learning: { copy: { activation: "step" } } },
  "copy: global": { layers: [784, 12, 9, 10], learning: { copy: { loss: "global" } } },
  "copy: global, sigmoid, skips": {
    ...skips,
    learning: { copy: { loss: "global", activation: "sigmoid" } },
  },
  "copy: rates of its own": { learning: { copy: { rates: [0.2, 0.02] } } },
  deep: { layers: [784, 12, 11, 9, 10] },
  skips: skips,
  "skips, centred": { ...skips, learning: { scheme: "centred" } },
  "symmetric, as written": { network: { asymmetric: false, feedforward: false } },
  asymmetric: { network: { asymmetric: true } },
  feedforward: { network: { feedforward: true } },
  "asymmetric, skips": oneWay,
  "asymmetric, skips, centred": { ...oneWay, learning: { scheme: "centred" } },
  "no hidden layer": { layers: [784, 10] },
  "a minibatch of one": { train: { batch: 1 } },
  tolerance: { settle: { free: { tolerance: 1e-3 }, nudged: { tolerance: 1e-3 } } },
  "tolerance, auto": {
    settle: {
      error: 2,
      free: { tolerance: "auto", steps: 200 },
      nudged: { tolerance: "auto", steps: 200 },
    },
  },
  "solvers by phase": {
    settle: {
      free: { ...free, solver: "newton-cg" },
      nudged: { ...nudged, solver: { name: "heun", step: 0.25 } },
    },
  },
};

function named<T>(prefix: string, all: Readonly<Record<string, T>>, of: (value: T) => Case): Cases {
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`${prefix} ${name}`, of(value)]),
  );
}

/** Every training, by name. */
export const cases: Cases = {
  ...schematics(),
  ...named("noise", noises, (noise) => ({
    circuit: schematic(transconductors, { noise, synapse: registers }),
    experiment: paper(),
  })),
  ...named("mismatch", mismatches, (mismatch) => ({
    circuit: schematic(transconductors, { mismatch }),
    experiment: paper(),
  })),
  ...named("transconductors", transconductorCases, ([circuit, change]) => ({
    circuit: schematic(transconductors, circuit),
    experiment: paper(change),
  })),
  ...deviceCases(),
  ...named("resistors", resistorCases, ([circuit, change]) => ({
    circuit: schematic(resistors, circuit),
    experiment: resistive(change),
  })),
  ...named("learning", learningCases, (change) => ({
    circuit: schematic(transconductors, {}),
    experiment: paper(change),
  })),
};
