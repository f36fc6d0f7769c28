import { thermalVariance, type Circuit } from "../../src/circuit/circuit.ts";
import { circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import type { Split } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { createSession, type Spawn } from "../../src/training/create-session.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";

const smallNet = {
  network: { layers: [784, 500, 10] },
  settle: { free: { steps: 20 }, nudged: { steps: 4 } },
  learning: { beta: 0.5, rates: [0.1, 0.05] },
} as const;
/**
 * The two networks of the paper, with its settings, the small one on a die with every kind of
 * spread, one of every element that gives or fluctuates, and one of resistors.
 */
const nets = {
  small: smallNet,
  rough: smallNet,
  lively: { ...smallNet, network: { layers: [784, 60, 10] } },
  resistors: {
    network: { layers: [784, 60, 20] },
    settle: { solver: "euler", step: 0.02, free: { steps: 20 }, nudged: { steps: 10 } },
    learning: {
      beta: 0.5,
      scheme: "centred",
      lambda: 0,
      rates: [0.003, 0.003],
      copy: { rates: [0.003, 0.0003] },
    },
  },
  large: {
    network: { layers: [784, 500, 500, 500, 10] },
    settle: { free: { steps: 20 }, nudged: { steps: 8 } },
    learning: { beta: 1, rates: [0.128, 0.032, 0.008, 0.002] },
  },
} as const;
export type Net = keyof typeof nets;
/** SHA-256 by network. */
export type Hashes = Readonly<Record<Net, string>>;

const spread = {
  capacitance: 0.05,
  leak: 0.05,
  offset: 0.02,
  synapse: 0.1,
  reciprocal: false,
  gain: 0.05,
  rail: 0.02,
};

const lively = `
name: lively
rails: { low: 0 V, high: 1 V }
neuron:
  capacitance: 1 pF
  leak: 100 uS
  clamp: { law: diode, saturation: 10 fA, ideality: 0.5 }
  saturation: 500 mV
synapse: { device: ecram, span: 2, memory: devices, accumulate: true }
nudge: { spread: 10 %, offset: 5 mV }
converters: { readout: { bits: 10, low: -1 V, high: 2 V, noise: 1 mV } }
mismatch: { synapse: 10 %, capacitance: 5 % }
noise: { read: 1 %, flicker: { corner: 1 MHz } }
`;
const resistors = `
name: resistors
rails: { low: 0 V, high: 1 V }
neuron: { capacitance: 100 fF, leak: 0 S, clamp: { law: diode, saturation: 22 nA, ideality: 1.08 } }
diodes: { hidden: rectifying, output: none }
synapse:
  kind: crossbar
  device: gokmen-vlasov
  conductance: { low: 10 uS, high: 400 uS }
  span: 4
  memory: devices
  accumulate: true
input: { gain: 20, complementary: true }
amplifier: { gain: 4 }
nudge: { kind: current, spread: 10 % }
outputs: differential
mismatch: { synapse: 10 %, capacitance: 5 % }
noise: { read: 1 % }
`;

/** The circuit of a network, warmed until a node by itself moves by 0.01 of its swing (rms). */
async function noisy(net: Net): Promise<Circuit> {
  const text = {
    lively,
    resistors,
    small: circuitText("ideal"),
    rough: circuitText("ideal"),
    large: circuitText("ideal"),
  }[net];
  const circuit = await parseCircuit(text, `${net}.yaml`);
  const swing = circuit.rails.high - circuit.rails.low;
  const johnson = thermalVariance({ ...circuit, noise: { ...circuit.noise, thermal: 1 } });
  const noise = { ...circuit.noise, thermal: (0.01 * swing) ** 2 / johnson };
  return circuit.family === "transconductors" && net === "rough"
    ? { ...circuit, mismatch: spread, noise }
    : { ...circuit, noise };
}

/**
 * Trains for `steps` minibatches of the built-in digits with thermal noise on, and returns the
 * SHA-256 of all weights and biases of chip and copy. It runs wherever the library does.
 */
export async function workload(
  net: Net,
  steps: number,
  { spawn, data = digits(7) }: { spawn?: Spawn; data?: Split } = {},
): Promise<string> {
  const experiment = experimentSchema.parse({ name: net, seed: 7, ...nets[net] });
  const session = createSession(experiment, await noisy(net), data, { spawn });
  try {
    for (let k = 0; k < steps; k++) session.advance();
    const bytes = session
      .snapshot()
      .tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const all = new Uint8Array(bytes.reduce((n, b) => n + b.length, 0));
    bytes.reduce((at, b) => (all.set(b, at), at + b.length), 0);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
  } finally {
    session.close();
  }
}

/** The workload of every network. */
export async function hashes(steps: number, { spawn }: { spawn?: Spawn } = {}): Promise<Hashes> {
  const data = digits(7);
  const of = (net: Net) => workload(net, steps, { spawn, data });
  return {
    small: await of("small"),
    large: await of("large"),
    rough: await of("rough"),
    lively: await of("lively"),
    resistors: await of("resistors"),
  };
}
