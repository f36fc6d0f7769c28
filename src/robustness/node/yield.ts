import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import { atTemperature } from "../../circuit/temperature.ts";
import { sharedSplit } from "../../data/shared-split.ts";
import { metDies } from "../../experiment/population.ts";
import { settles } from "../../experiment/rules.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { refuseBackpropagation } from "../../runs/node/conditions.ts";
import { checkWritable, names } from "../../runs/node/folder.ts";
import { circuitOfPlan, dataHash, keepsAlike } from "../../runs/node/inputs.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { evaluationOf, reopen, type Reopened } from "../../runs/node/reopen.ts";
import { longest, roomFor } from "../../runs/node/room.ts";
import { runPool } from "../../study/node/pool.ts";
import type { DieScore } from "../../training/other-dies.ts";
import { writtenMove } from "../moves.ts";
import {
  areEnough,
  yieldOf,
  type DieRow,
  type YieldGoal,
  type YieldResult,
  type YieldSummary,
} from "../yield.ts";
import {
  diesAsked,
  readYieldAsked,
  refuseUnmovable,
  type AskedYield,
  type WrittenYield,
} from "./asked.ts";
import { keepDie, openDies, readDies, type AskedOfDies } from "./kept-dies.ts";
import type { DieWork } from "./worker.ts";
import { writeYield } from "./yield-files.ts";

/** What a yield is measured of, and how. */
export interface YieldRequest extends WrittenYield {
  /** The run folder. */
  readonly run: string;
  /** Folder of the data set. */
  readonly data?: string;
  /** Folder of the results; when absent one in the run folder that is named by what is asked. */
  readonly out?: string;
  /** Dies at a time, a thread each. */
  readonly jobs: number;
  /** Begins it whatever time it will take. */
  readonly force?: boolean;
  /** How the user wrote all this, for the page. */
  readonly command: string;
  /** Stops at once; dies that are measured are kept. */
  readonly signal?: AbortSignal;
  told?(done: number, all: number): void;
  note?(text: string): void;
}

/**
 * Measures the weights of a run on dies that it never met, in threads. Dies that the folder holds
 * are kept, so that a measurement that was killed goes on to the same table.
 * @throws InputError before anything is measured.
 */
export async function measureYield(request: YieldRequest): Promise<YieldResult> {
  const asked = await readYieldAsked(request);
  const { run } = request;
  const opened = await reopen(run, request.data);
  opened.run.session.close();
  const { experiment, circuitText } = opened.plan;
  if (!settles(experiment.learning.rule)) refuseBackpropagation(run);
  const circuit = await circuitOfPlan(opened.plan, asked.without);
  refuseUnmovable(asked, circuit);
  const dies = diesAsked(request.dies ?? "100", metDies(experiment));
  refuseTooMany(opened, dies.length, request);
  const dir = request.out ?? join(run, folderName(request));
  checkWritable(dir, reportBytes);
  const told = askedOfDies(run, opened, asked, circuit);
  openDies(dir, told);
  const unlock = lockFolder(dir);
  try {
    const work = workOf(opened, asked, circuit);
    const measured = await measureAll(dies, dir, work, asked.goal, request);
    const rows = prefixOf(dies, measured, asked.goal);
    const enough = rows.length === dies.length || areEnough(rows, asked.goal);
    const summary = yieldOf(rows, asked.goal);
    const result: YieldResult = {
      outcome: enough ? "completed" : "interrupted",
      run: experiment.name,
      runDir: run,
      outDir: dir,
      asked: told,
      below: asked.goal.below,
      wanted: dies.length,
      met: dies.filter((die) => metDies(experiment).includes(die)),
      unseen: unseenOf(rows, metDies(experiment)),
      testImages: work.split.test.count,
      ...summary,
      corners: cornersOf(summary),
      schematic: sha256(circuitText),
      rows,
    };
    await writeYield(dir, result, request.command);
    return result;
  } finally {
    unlock();
  }
}

/** A page holds the plotting library, 5 MB. */
const reportBytes = 8e6;

function refuseTooMany(
  { plan, split }: Reopened,
  dies: number,
  { run, jobs, force }: YieldRequest,
): void {
  const one = evaluationOf(plan, split);
  refuseTooLarge(
    {
      ...one,
      of: `${run}: ${dies} dies, ${jobs} at a time`,
      bytes: jobs * one.bytes,
      seconds: (dies * (one.seconds ?? 0)) / jobs,
      shorter: "ask for fewer dies",
    },
    { ...roomFor(longest.run, { force }), bytes: totalmem() },
  );
}

/** `yield`, and what is asked that is not usual. */
function folderName({ move, temperature, age, without }: WrittenYield): string {
  const said = [
    move === "program" ? undefined : move,
    temperature,
    age,
    without === undefined ? undefined : `without ${without}`,
  ].filter((part) => part !== undefined);
  return ["yield", ...said].join("-").replace(/[^A-Za-z0-9.=]+/g, "-");
}

function askedOfDies(
  run: string,
  { split }: Reopened,
  { move, kelvin, seconds, without }: AskedYield,
  circuit: Circuit,
): AskedOfDies {
  return {
    checkpoint: sha256(readFileSync(join(run, names.checkpoint))),
    data: dataHash(split),
    circuit: circuit.name,
    move: writtenMove(move),
    temperature: kelvin ?? circuit.temperature,
    age: seconds ?? null,
    without: without.join(", "),
  };
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function workOf(
  { run, plan, split }: Reopened,
  { move, kelvin = plan.circuit.temperature, seconds }: AskedYield,
  circuit: Circuit,
): DieWork {
  const changed = seconds !== undefined || kelvin !== circuit.temperature;
  return {
    experiment: plan.experiment,
    circuit: atTemperature(circuit, kelvin),
    split: sharedSplit(split),
    snapshot: run.session.snapshot(),
    carried: {
      lambda: run.session.trained().lambda,
      alike: keepsAlike(circuit, plan.circuit),
    },
    move,
    later: changed ? { seconds: seconds ?? 0, kelvin } : undefined,
  };
}

/** The first dies that were measured one and all, in the order asked for, as many as it takes. */
function prefixOf(
  dies: readonly number[],
  measured: ReadonlyMap<number, DieRow>,
  goal: YieldGoal,
): readonly DieRow[] {
  const rows: DieRow[] = [];
  for (const die of dies) {
    const row = measured.get(die);
    if (row === undefined || areEnough(rows, goal)) break;
    rows.push(row);
  }
  return rows;
}

async function measureAll(
  dies: readonly number[],
  dir: string,
  work: DieWork,
  goal: YieldGoal,
  { jobs, signal, told, note }: YieldRequest,
): Promise<ReadonlyMap<number, DieRow>> {
  const measured = new Map(readDies(dir));
  const todo = dies.filter((die) => !measured.has(die));
  if (todo.length < dies.length)
    note?.(`keeping ${dies.length - todo.length} dies of ${dies.length} in ${dir}`);
  const enough = () => areEnough(prefixOf(dies, measured, goal), goal);
  if (todo.length === 0 || enough()) return measured;
  const stop = new AbortController();
  const end = () => {
    stop.abort();
  };
  let broken: string | undefined;
  signal?.addEventListener("abort", end);
  try {
    await runPool<DieScore>(todo.length, (i) => todo[i], {
      jobs,
      signal: stop.signal,
      module: new URL("./worker.js", import.meta.url),
      workerData: work,
      progress: () => undefined,
      ended(i, verdict) {
        if (verdict.is === "failed") broken ??= `die ${todo[i]}: ${verdict.message}`;
        if (verdict.is === "done")
          measured.set(todo[i], keepDie(dir, { die: todo[i], ...verdict.measured }));
        told?.(dies.filter((die) => measured.has(die)).length, dies.length);
        if (broken !== undefined || enough()) end();
      },
    });
  } finally {
    signal?.removeEventListener("abort", end);
  }
  if (broken !== undefined) throw new InputError(`${dir}: ${broken}`);
  return measured;
}

/** Apart, where there are both: dies that the run learned on, and those that it never met. */
function unseenOf(rows: readonly DieRow[], met: readonly number[]): YieldResult["unseen"] {
  const seen = rows.filter(({ die }) => met.includes(die));
  const others = rows.filter(({ die }) => !met.includes(die));
  if (seen.length === 0 || others.length === 0) return null;
  const { errors: ofSeen } = yieldOf(seen, { below: null });
  const { errors: ofOthers } = yieldOf(others, { below: null });
  return { seen: ofSeen?.mean ?? null, unseen: ofOthers?.mean ?? null };
}

function cornersOf({ worst, best, median }: YieldSummary): Readonly<Record<string, number>> {
  return {
    ...Object.fromEntries(worst.map(({ die }, i) => [`worst-${i + 1}`, die])),
    ...(median && { median: median.die }),
    ...(best && { "best-1": best.die }),
  };
}
