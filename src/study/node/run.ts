import { totalmem } from "node:os";
import { join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { refuseTooLarge, type Demand } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import type { ClaimResult, StudyData } from "../../output/study-data.ts";
import type { Cell } from "../cells.ts";
import { failed, type CellResult } from "../measurement.ts";
import type { Study } from "../read.ts";
import { settingsOf } from "../../experiment/settings.ts";
import { machine, readStudyEnvironment } from "../../runs/node/environment.ts";
import { checkWritable } from "../../runs/node/folder.ts";
import { dataSourceOf, limitsOf } from "../../experiment/data-asked.ts";
import type { DataAsked } from "../../experiment/data-schema.ts";
import { readData } from "../../runs/node/data.ts";
import { dataHash } from "../../runs/node/inputs.ts";
import { diskFailure, guarded } from "../../runs/node/learn.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { longest, roomFor } from "../../runs/node/room.ts";
import { whereOf, writeOutputs } from "./output.ts";
import { defaultFolder, planStudy, type PlanRequest } from "./plan.ts";
import { runPool } from "./pool.ts";
import {
  appendResult,
  studyFiles,
  openFolder,
  readResults,
  requireSameStudy,
  resolvedText,
  resultsOf,
} from "./results.ts";

/** What `run` is asked to do. */
export interface RunStudyRequest extends PlanRequest {
  /** Folder of the data sets; found elsewhere when absent. */
  readonly data?: string;
  /** `runs/<study>`, with `-quick` behind it for quick settings, when absent. */
  readonly out?: string;
  /** Keeps the finished cells of a folder whose settings were others. */
  readonly resume?: boolean;
  /** Cells at a time, a thread each. */
  readonly jobs: number;
  /** Begins it whatever time it will take. */
  readonly force?: boolean;
  /** How the user wrote all this, for the report. */
  readonly command?: string;
  /** Stops at once; finished cells are kept. */
  readonly signal?: AbortSignal;
  readonly watcher?: StudyWatcher;
}

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

/** How many claims ended in each way. */
export function verdictsOf({ claims }: Pick<StudyData, "claims">): StudyResult["claims"] {
  const count = (verdict: ClaimResult["verdict"]) =>
    claims.filter((c) => c.verdict === verdict).length;
  return { held: count("held"), didNotHold: count("did not hold"), open: count("open") };
}

/** What `run --json` prints. */
export interface StudyResult {
  /** Its name. */
  readonly study: string;
  /** `failed` where a cell did. */
  readonly outcome: "completed" | "failed" | "interrupted";
  /** Whether with `--quick`. */
  readonly quick: boolean;
  /** How many there are. */
  readonly cells: number;
  /** Cells kept from before. */
  readonly kept: number;
  /** Cells run now. */
  readonly ran: number;
  /** Cells that failed. */
  readonly failed: number;
  /** How many claims ended in each way. */
  readonly claims: {
    /** As expected. */
    readonly held: number;
    /** Not as expected. */
    readonly didNotHold: number;
    /** Cells that they need are not there. */
    readonly open: number;
  };
  /** Wall time of this command, seconds. */
  readonly seconds: number;
  /** The folder of the results. */
  readonly outDir: string;
}

/**
 * Runs the cells of a study that have no result yet and writes what follows from all of them.
 * @throws InputError before anything is written; RunError when the disk fails later.
 */
export async function runStudy(request: RunStudyRequest): Promise<StudyResult> {
  const begin = performance.now();
  const { file, quick = false, watcher = {} } = request;
  const { study, cells, circuits } = await planStudy(request);
  const dir = request.out ?? defaultFolder(study);
  checkWritable(dir, reportBytes);
  const splits = await loadSplits(study, cells, request.data, (text) => watcher.note?.(text));
  refuseTooLargeCells(study, cells, { circuits, splitOf: splits.of }, request);
  const look = () => {
    const found = openFolder(dir);
    if (found === "study") requireSameStudy(dir, study, request.resume === true);
    return found;
  };
  look();
  const unlock = lockFolder(dir);
  try {
    // Once more: until the lock was ours another process may have worked here.
    const state = look();
    const environment = {
      ...machine(),
      data: splits.sources,
      dataHash: splits.hash,
      command: request.command ?? `analog-eqprop run ${file}`,
    };
    if (state === "study") requireSameData(dir, splits.hash);
    writeFileAtomic(join(dir, studyFiles.environment), `${JSON.stringify(environment, null, 2)}\n`);
    writeFileAtomic(join(dir, studyFiles.study), resolvedText(study));
    const known = new Map(readResults(join(dir, studyFiles.results)));
    const todo = cells.filter((c) => (known.get(c.id)?.outcome ?? failed) === failed);
    const kept = cells.length - todo.length;
    if (state === "study" && kept > 0)
      watcher.note?.(
        todo.length === 0
          ? `all ${cells.length} cells are finished in ${dir}`
          : `keeping ${kept} finished cells of ${cells.length} in ${dir}`,
      );
    const { finished, ran } = await runCells(
      {
        measurement: study.measurement.name,
        todo,
        circuits,
        splitOf: splits.of,
        keep(result) {
          guarded(dir, () => known.set(result.id, appendResult(dir, result)), keptOfStudy);
        },
      },
      request,
    );
    const results = resultsOf(cells, known);
    const { command, ...rows } = environment;
    const data = await writeOutputs(dir, study, cells, results, {
      environment: settingsOf(rows),
      command,
    }).catch((error: unknown) => {
      throw diskFailure(dir, error, keptOfStudy);
    });
    return {
      study: study.name,
      outcome: !finished ? "interrupted" : data.failed.length > 0 ? "failed" : "completed",
      quick,
      cells: cells.length,
      kept,
      ran,
      failed: data.failed.length,
      claims: verdictsOf(data),
      seconds: (performance.now() - begin) / 1000,
      outDir: dir,
    };
  } finally {
    unlock();
  }
}

/**
 * That there is room for every cell by itself, and for all of them on so many threads.
 */
function refuseTooLargeCells(
  { name, measurement }: Study,
  cells: readonly Cell[],
  { circuits, splitOf }: Pick<Work, "circuits" | "splitOf">,
  { jobs, force }: Pick<RunStudyRequest, "jobs" | "force">,
): void {
  const demands = cells.map((cell): Demand => {
    const split = splitOf(cell);
    const { experiment, options } = cell;
    const { train, test } = limitsOf(experiment.data);
    const demand = measurement.demand({
      experiment,
      circuit: circuits.get(cell.circuit)!,
      options,
      images: {
        train: Math.min(train, split?.train.count ?? 0),
        test: Math.min(test, split?.test.count ?? 0),
      },
    });
    refuseTooLarge(
      { ...demand, of: `${whereOf(cell)}: ${demand.of}` },
      roomFor(longest.run, { force }),
    );
    return demand;
  });
  const most = demands.map((d) => d.bytes).sort((a, b) => b - a);
  const threads = Math.min(jobs, cells.length);
  refuseTooLarge(
    {
      of: `${name}: ${cells.length} cells, ${threads} at a time`,
      bytes: most.slice(0, threads).reduce((sum, bytes) => sum + bytes, 0),
      seconds: demands.reduce((sum, d) => sum + (d.seconds ?? 0), 0) / threads,
      less: "ask for fewer cells or seeds, smaller ones, or fewer --jobs",
    },
    { ...roomFor(longest.study, { force }), bytes: totalmem() },
  );
}

interface Splits {
  readonly of: (cell: Cell) => Split | null;
  readonly sources: string;
  readonly hash: string;
}

/** The data that cells ask for, each once, in memory that all threads share. */
async function loadSplits(
  { measurement }: Study,
  cells: readonly Cell[],
  given: string | undefined,
  note: (text: string) => void,
): Promise<Splits> {
  if (!measurement.usesData) return { of: () => null, sources: "none", hash: "none" };
  const found = new Map<string, Split>();
  for (const cell of cells) {
    const data = wholeSets(cell.experiment.data);
    const key = splitKey(cell);
    if (found.has(key)) continue;
    const split = await readData({ data }, { given, root: cell.root });
    for (const text of split.notes ?? []) note(`note: ${text}`);
    found.set(key, shared(split));
  }
  const all = [...found.values()];
  return {
    of: (cell) => found.get(splitKey(cell)) ?? null,
    sources: [...new Set(all.map((s) => s.source))].join("; "),
    hash: all.map(dataHash).join(" "),
  };
}

/** A named set is read whole, once for all cells: sessions cut it to size. */
function wholeSets(data: DataAsked): DataAsked {
  const source = dataSourceOf(data);
  return source.from === "set" ? { set: source.set } : { ...data, weights: undefined };
}

/** Cells of one key have one split. */
function splitKey({ experiment, root }: Cell): string {
  return JSON.stringify([wholeSets(experiment.data), root]);
}

function shared(split: Split): Split {
  return {
    ...split,
    train: sharedPart(split.train),
    test: sharedPart(split.test),
    ...(split.validation && { validation: sharedPart(split.validation) }),
  };
}

function sharedPart(data: Dataset): Dataset {
  const { inputs, targets } = data;
  return {
    ...data,
    inputs:
      inputs.kind === "bytes"
        ? { ...inputs, values: moved(inputs.values) }
        : { ...inputs, values: moved(inputs.values) },
    targets:
      targets.kind === "classes"
        ? { ...targets, labels: moved(targets.labels) }
        : { ...targets, values: moved(targets.values) },
  };
}

/** The same numbers in shared memory. */
function moved<A extends Uint8Array | Uint16Array | Float32Array | Float64Array>(values: A): A {
  const Numbers = values.constructor as new (buffer: SharedArrayBuffer) => A;
  const copy = new Numbers(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function requireSameData(dir: string, hash: string): void {
  const environment = readStudyEnvironment(dir);
  if ("results" in environment)
    throw new InputError(
      `--out ${dir}: the folder was drawn from ${environment.results}, nothing was run in it; ` +
        "choose another folder",
    );
  if (environment.dataHash !== hash)
    throw new InputError(
      `--out ${dir}: its results come from other data; name their folder with --data DIR, ` +
        "or choose another folder",
    );
}

/** What runs: the cells without a result, and what each of them is given. */
interface Work {
  readonly measurement: string;
  readonly todo: readonly Cell[];
  readonly circuits: ReadonlyMap<string, Circuit>;
  readonly splitOf: Splits["of"];
  /** Keeps a result before anything is told of it. */
  keep(result: CellResult): void;
}

async function runCells(
  { measurement, todo, circuits, splitOf, keep }: Work,
  { jobs, signal, watcher = {} }: RunStudyRequest,
): Promise<{ finished: boolean; ran: number }> {
  const begin = performance.now();
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
  const finished = await runPool(
    todo.length,
    (i) => {
      const { experiment, circuit, options, seed } = todo[i];
      const parsed = circuits.get(circuit);
      if (!parsed) throw new Error(`no circuit for cell ${todo[i].id}`);
      return {
        measure: measurement,
        experiment,
        circuit: parsed,
        options,
        split: splitOf(todo[i]),
        seed,
      };
    },
    {
      jobs,
      signal,
      progress(i, fraction) {
        parts.set(i, fraction);
        watcher.progress?.(state());
      },
      ended(i, verdict) {
        const { id, axes, seed } = todo[i];
        const common = { id, axes, seed, seconds: verdict.seconds };
        const result: CellResult =
          verdict.is === "done"
            ? { ...common, ...verdict.measured }
            : { ...common, outcome: failed, values: {}, curves: {}, advice: verdict.message };
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

/** A report holds the plotting library, 5 MB. */
const reportBytes = 8e6;

const keptOfStudy = (dir: string) =>
  `The finished cells are kept in ${dir}; then go on by the same command again.`;
