import type { Circuit } from "../../circuit/circuit.ts";
import type { Cell } from "../cells.ts";
import { failed, type CellResult, type Measured } from "../measurement.ts";
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
}

/** What runs: the cells without a result, and what each of them is given. */
interface CellWork {
  readonly measurement: string;
  readonly todo: readonly Cell[];
  readonly circuits: ReadonlyMap<string, Circuit>;
  readonly splits: Pick<Splits, "of" | "hashOf">;
  /** Keeps a result before anything is told of it. */
  keep(result: CellResult): void;
}

/** Runs cells in threads and keeps each result. */
export async function runCells(
  { measurement, todo, circuits, splits, keep }: CellWork,
  { jobs, signal, watcher = {} }: Working,
): Promise<{ finished: boolean; ran: number }> {
  const begin = performance.now();
  const madeBy = provenance();
  const parts = new Map<number, number>();
  let done = 0;
  let broken = 0;
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
    (i): CellTask => {
      const { experiment, circuit, options, seed } = todo[i];
      const parsed = circuits.get(circuit);
      if (!parsed) throw new Error(`no circuit for cell ${todo[i].id}`);
      return {
        measure: measurement,
        experiment,
        circuit: parsed,
        options,
        split: splits.of(todo[i]),
        seed,
      };
    },
    {
      jobs,
      signal,
      module: new URL("./worker.js", import.meta.url),
      progress(i, fraction) {
        parts.set(i, fraction);
        watcher.progress?.(state());
      },
      ended(i, verdict) {
        const { id, axes, seed } = todo[i];
        const common = { id, axes, seed, seconds: verdict.seconds };
        const measured =
          verdict.is === "done"
            ? verdict.measured
            : { outcome: failed, values: {}, curves: {}, advice: verdict.message };
        const made = madeBy(measured, splits.hashOf(todo[i]));
        const result: CellResult = { ...common, ...measured, made };
        keep(result);
        parts.delete(i);
        done++;
        if (verdict.is === "failed") broken++;
        watcher.ended?.(result, state());
      },
    },
  );
  return { finished, ran: done };
}
