import { thermalVariance, type Circuit } from "../../src/circuit/circuit.ts";
import { circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/parse.ts";
import type { Split } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { createSession, type Hire } from "../../src/experiment/create-session.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";

const smallNet = { network: { layers: [784, 500, 10] }, settle: { free: { steps: 20 }, nudged: { steps: 4 } }, learning: { beta: 0.5, rates: [0.1, 0.05] } } as const;
/** The two networks of the paper, with its settings, and the small one on a die with every kind of spread. */
const nets = {
  small: smallNet, rough: smallNet,
  large: { network: { layers: [784, 500, 500, 500, 10] }, settle: { free: { steps: 20 }, nudged: { steps: 8 } }, learning: { beta: 1, rates: [0.128, 0.032, 0.008, 0.002] } },
} as const;
export type Net = keyof typeof nets;
/** SHA-256 by network. */
export type Hashes = Readonly<Record<Net, string>>;

const spread = { capacitance: 0.05, leak: 0.05, offset: 0.02, synapse: 0.1, reciprocal: false, gain: 0.05, rail: 0.02 };

/** The ideal circuit, or one with spreads, warmed until a node by itself moves by 0.01 of its swing (rms). */
async function noisy(net: Net): Promise<Circuit> {
  const circuit = await parseCircuit(circuitText("ideal"), "ideal.yaml"), swing = circuit.rails.high - circuit.rails.low;
  const johnson = thermalVariance({ ...circuit, noise: { ...circuit.noise, thermal: 1 } });
  return { ...circuit, mismatch: net === "rough" ? spread : circuit.mismatch, noise: { ...circuit.noise, thermal: (0.01 * swing) ** 2 / johnson } };
}

/**
 * Trains for `steps` minibatches of the built-in digits with thermal noise on, and returns the SHA-256 of
 * all weights and biases of chip and copy. It runs wherever the library does.
 */
export async function workload(net: Net, steps: number, { hire, data = digits(7) }: { hire?: Hire; data?: Split } = {}): Promise<string> {
  const experiment = experimentSchema.parse({ name: net, seed: 7, ...nets[net] });
  const session = createSession(experiment, await noisy(net), data, { hire });
  try {
    for (let k = 0; k < steps; k++) session.advance();
    const bytes = session.snapshot().tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const all = new Uint8Array(bytes.reduce((n, b) => n + b.length, 0));
    bytes.reduce((at, b) => (all.set(b, at), at + b.length), 0);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("");
  } finally { session.close(); }
}

/** The workload of every network. */
export async function hashes(steps: number, { hire }: { hire?: Hire } = {}): Promise<Hashes> {
  const data = digits(7);
  return { small: await workload("small", steps, { hire, data }), large: await workload("large", steps, { hire, data }), rough: await workload("rough", steps, { hire, data }) };
}
