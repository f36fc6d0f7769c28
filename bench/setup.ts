import type { Circuit } from "../src/circuit/circuit.ts";
import { circuitText } from "../src/circuit/library.ts";
import { usualSets, type SetName } from "../src/data/catalogue.ts";
import { parseCircuit } from "../src/circuit/read/parse.ts";
import { createSession } from "../src/training/create-session.ts";
import { readData } from "../src/runs/node/data.ts";
import { threads as spawnThreads } from "../src/training/threads/node/threads.ts";
import type { Session, Snapshot } from "../src/training/session.ts";
import { widenVectors } from "../src/numerics/kernels/node/widen.ts";
import { experimentOf, type Setting } from "./cells.ts";

/** `digits`: the built-in ones; otherwise MNIST in that folder, or where it is usually found. */
export type DataChoice = string | undefined;

/** The data set of a choice, and the folder that it is in where one is given. */
export const setOf = (data: DataChoice): SetName =>
  data === usualSets.builtIn ? usualSets.builtIn : usualSets.files;
export const folderOf = (data: DataChoice) => (data === usualSets.builtIn ? undefined : data);

/** What every session of one child process shares. */
export interface Bench {
  readonly open: (setting: Setting) => Session;
  /** What warming has reached, by layers. */
  readonly reached: Map<string, Snapshot>;
}

/** Training steps that a network has behind it when it is timed, of `warmBatch` samples each. */
const warmSteps = 400;
const warmBatch = 20;

export async function openBench({
  data,
  threads,
  circuit,
}: {
  data: DataChoice;
  threads: number;
  circuit: Circuit;
}): Promise<Bench> {
  widenVectors();
  const set = setOf(data);
  const split = await readData(
    experimentOf(
      { layers: [1, 1], freeSteps: 1, nudgedSteps: 1, beta: 1, rates: [1], batch: 1 },
      set,
    ),
    { given: folderOf(data) },
  );
  return {
    reached: new Map(),
    open: (setting) =>
      createSession(experimentOf(setting, set), circuit, split, { spawn: spawnThreads(threads) }),
  };
}

export function idealCircuit(): Promise<Circuit> {
  return parseCircuit(circuitText("ideal"), "circuits/ideal.yaml");
}

/** The circuit with Johnson's noise in every step. */
export function withThermalNoise(circuit: Circuit): Circuit {
  return { ...circuit, noise: { ...circuit.noise, thermal: 1 } };
}

/**
 * A session in the middle of training, where most units rest on a rail: that is when the engine is
 * timed. Networks of the same layers go on from the weights that the first of them reached.
 */
export function warmed({ open, reached }: Bench, setting: Setting): Session {
  const key = setting.layers.join("-");
  const known = reached.get(key);
  if (known === undefined && setting.batch === warmBatch) {
    const session = open(setting);
    for (let i = 0; i < warmSteps; i++) session.advance();
    reached.set(key, session.snapshot());
    return session;
  }
  if (known === undefined) warmed({ open, reached }, { ...setting, batch: warmBatch }).close();
  const session = open(setting);
  session.restore(reached.get(key)!);
  return session;
}
