import type { Circuit } from "../../circuit/circuit.ts";
import type { Cell } from "../cells.ts";
import { failed, type CellResult, type Measured } from "../measurement.ts";
import { checkpointFile, forgetCheckpoint, type CheckpointPlace } from "./memory.ts";
import { runPool } from "./pool.ts";
import { provenance } from "./shards.ts";
import type { Splits } from "./splits.ts";
import type { CellTask } from "./worker.ts";

/** What a study tells while it goes on. */
export interface StudyWatcher {
  note?(text: string): void;
  progress?(state: StudyProgress): void;
  ended?(result: CellResult, state: StudyProgress): void;
}

/** How far the cells are that are run now. */
export interface StudyProgress {
  readonly done: number;
  readonly cells: number;
  readonly failed: number;
  /** 0 … 1, parts of cells counted. */
  readonly fraction: number;
  readonly secondsLeft: number | undefined;
}

/** How cells are run. */
export interface Working {
  /** At a time, a thread each. */
  readonly jobs: number;
  /** Ends all threads at once; cells that are under way have no result. */
  readonly signal?: AbortSignal;
  readonly watcher?: StudyWatcher;
  /** One number in shared memory; not 0 asks all cells to keep how far they are and to stop. */
  readonly parking?: Int32Array;
  /** Seconds between two checkpoints of a long cell. */
  readonly checkpointEvery?: number;
}

/** A killed cell loses at most this, and the time of a minibatch; seconds. */
const usualCheckpoint = 30;

/** What runs: the cells without a result, and what each of them is given. */
interface CellWork {
  /** The folder of the study, for checkpoints. */
  readonly dir: string;
  readonly measurement: string;
  readonly todo: readonly Cell[];
  readonly circuits: ReadonlyMap<string, Circuit>;
  readonly splits: Pick<Splits, "of" | "hashOf">;
  /** Keeps a result before anything is told of it. */
  keep(result: CellResult): void;
}

/** Runs cells in threads and keeps each result. */
export async function runCells(
  { dir, measurement, todo, circuits, splits, keep }: CellWork,
  {
    jobs,
    signal,
    watcher = {},
    parking = new Int32Array(new SharedArrayBuffer(4)),
    checkpointEvery = usualCheckpoint,
  }: Working,
): Promise<{ finished: boolean; ran: number }> {
  const begin = performance.now();
  const madeBy = provenance();
  const parts = new Map<number, number>();
  let done = 0;
  let broken = 0;
  let parked = 0;
  const state = (): StudyProgress => {
    const work = done + [...parts.values()].reduce((sum, f) => sum + f, 0);
    const spent = (performance.now() - begin) / 1000;
    return {
      done,
      cells: todo.length,
      failed: broken,
      fraction: work / todo.length,
      secondsLeft: work > 0 ? (spent / work) * (todo.length - work) : undefined,
    };
  };
  const finished = await runPool<Measured>(
    todo.length,
    (i) =>
      taskOf(todo[i], { dir, measurement, circuits, splits }, { every: checkpointEvery, parking }),
    {
      jobs,
      signal,
      module: cellWorker,
      isFull: () => Atomics.load(parking, 0) !== 0,
      progress(i, fraction) {
        parts.set(i, fraction);
        watcher.progress?.(state());
      },
      ended(i, verdict) {
        if (verdict.is === "parked") {
          parked++;
          return;
        }
        const { id, axes, seed } = todo[i];
        const common = { id, axes, seed, seconds: verdict.seconds };
        const measured =
          verdict.is === "done"
            ? verdict.measured
            : { outcome: failed, values: {}, curves: {}, advice: verdict.message };
        const made = madeBy(measured, splits.hashOf(todo[i]));
        const result: CellResult = { ...common, ...measured, made };
        keep(result);
        if (verdict.is === "done") forgetCheckpoint(dir, id);
        parts.delete(i);
        done++;
        if (verdict.is === "failed") broken++;
        watcher.ended?.(result, state());
      },
    },
  );
  return { finished: finished && parked === 0, ran: done };
}

/** What runs in a thread that runs cells. */
export const cellWorker = new URL("./worker.js", import.meta.url);

/** What a thread is sent of a cell. */
export function taskOf(
  cell: Cell,
  { dir, measurement, circuits, splits }: Omit<CellWork, "todo" | "keep">,
  checkpoints: Pick<CheckpointPlace, "every" | "parking">,
): CellTask {
  const { id, experiment, circuit, options, seed } = cell;
  const parsed = circuits.get(circuit);
  if (!parsed) throw new Error(`no circuit for cell ${id}`);
  return {
    measure: measurement,
    experiment,
    circuit: parsed,
    options,
    split: splits.of(cell),
    seed,
    checkpoint: {
      path: checkpointFile(dir, id),
      cell: id,
      data: splits.hashOf(cell),
      ...checkpoints,
    },
  };
}
