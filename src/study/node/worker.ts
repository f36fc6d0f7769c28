// A thread that runs cells one after another, as they are sent to it.
import type { Circuit } from "../../circuit/circuit.ts";
import type { Split } from "../../data/dataset.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Measured } from "../measurement.ts";
import { memoryAt, type CheckpointPlace } from "./memory.ts";
import { measurementOf } from "../registry.ts";
import { serveTasks } from "./serve-tasks.ts";

/** What a worker is sent; the images lie in shared memory. */
export interface CellTask {
  readonly measure: string;
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly options: unknown;
  readonly split: Split | null;
  readonly seed: number;
  /** Where a long cell keeps how far it is. */
  readonly checkpoint: CheckpointPlace | null;
}

widenVectors();
serveTasks<Measured>(async (task, progress) => {
  const { measure, checkpoint, ...cell } = task as CellTask;
  const memory = checkpoint && { memory: memoryAt(checkpoint) };
  return (await measurementOf(measure)).run({ ...cell, ...memory, progress });
});
