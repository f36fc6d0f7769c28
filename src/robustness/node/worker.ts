// A thread that scores weights on one die after another, as they are sent to it.
import { workerData } from "node:worker_threads";
import type { Circuit } from "../../circuit/circuit.ts";
import { take, type Split } from "../../data/dataset.ts";
import { limitsOf } from "../../experiment/data-asked.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";
import { serveTasks } from "../../study/node/serve-tasks.ts";
import {
  otherDies,
  relearned,
  type Carried,
  type DieScore,
  type Placing,
} from "../../training/other-dies.ts";
import type { Snapshot } from "../../training/session.ts";
import type { Move } from "../moves.ts";

/** What all dies have in common; the images lie in shared memory. */
export interface DieWork {
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly split: Split;
  readonly snapshot: Snapshot;
  readonly carried: Pick<Carried, "lambda" | "alike">;
  readonly move: Move;
  readonly later: Placing["later"];
}

widenVectors();
const { experiment, circuit, split, snapshot, carried, move, later } = workerData as DieWork;

/** Made at the first die, and good for all of them. */
let onDie: ((placing: Placing) => DieScore) | undefined;

serveTasks<DieScore>((task) => {
  const die = task as number;
  if (move.how === "relearn") {
    const asked = { snapshot, die, epochs: move.epochs };
    return Promise.resolve(relearned(experiment, circuit, split, asked));
  }
  const test = take(split.test, limitsOf(experiment.data).test);
  onDie ??= otherDies(experiment, circuit, { ...snapshot, ...carried }, test);
  return Promise.resolve(onDie({ die, programmed: move.how === "program", later }));
});
