import { join } from "node:path";
import type { Split } from "../../data/dataset.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import type { PreparedSplit } from "../../data/split-of.ts";
import { InputError } from "../../numerics/errors.ts";
import { appendLine, writeFileAtomic } from "../../output/node/files.ts";
import { version } from "../../version.generated.ts";
import { cautions } from "../../training/cautions.ts";
import { trainingDemand } from "../../training/demand.ts";
import type { Override } from "../../experiment/overrides.ts";
import { nothingFound, probe, type Probe } from "../../testbench/probe.ts";
import type { Session } from "../../training/session.ts";
import { differences } from "../../experiment/settings.ts";
import { parseExperiment, resolvedYaml } from "../../experiment/yaml.ts";
import { readCheckpoint, restoreCheckpoint } from "./checkpoint.ts";
import { keepPreparation, readData } from "./data.ts";
import { environmentOf } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { checkWritable, claimFolder, folderState, names, runFolders } from "./folder.ts";
import { copyFiles, writeReport } from "./artifacts.ts";
import { idealBeside } from "./ideal.ts";
import {
  buildSession,
  dataHash,
  imagesOf,
  readPlan,
  sessionOn,
  withoutPatience,
} from "./inputs.ts";
import type { Plan, Tools } from "./inputs.ts";
import { guarded, learn, rateOf } from "./learn.ts";
import type { Ending, Run, Watcher } from "./learn.ts";
import { lockFolder } from "./lock.ts";
import {
  readClock,
  readMetrics,
  readResult,
  removeResult,
  truncateMetrics,
  writeResult,
} from "./records.ts";
import type { RunResult } from "./records.ts";
import { longest, roomFor } from "./room.ts";
import { readOwnText } from "./text.ts";

/** What `train` is asked to do. */
export interface TrainRequest {
  /** Path of the experiment file, or the name of one of this package. */
  readonly file: string;
  readonly overrides?: readonly Override[];
  /** Folder of the data set; found elsewhere when absent. */
  readonly data?: string;
  /** Run folder; `runs/<name>-<k>` when absent. */
  readonly out?: string;
  readonly resume?: boolean;
  /** Threads that share the work; 1 when absent. The numbers do not depend on it. */
  readonly threads?: number;
  /** Begins it whatever time it will take. */
  readonly force?: boolean;
  /** How the user wrote all this, for the report. */
  readonly command?: string;
  /** What a new run begins from, instead of drawn weights. */
  readonly begin?: (session: Session, split: Split) => void;
  /** Stops the run after the current minibatch, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly watcher?: Watcher;
}

/** What a test may exchange. */
export interface TrainTools extends Tools {
  /** Seconds between checkpoints, besides those of evaluations. */
  readonly checkpointEvery: number;
}

/**
 * Trains in a run folder, or goes on where a run stopped: resumed runs end with the bits of
 * unbroken ones.
 * @throws InputError before anything is written; RunError when the disk fails later.
 */
export async function train(
  request: TrainRequest,
  use: Partial<TrainTools> = {},
): Promise<RunResult> {
  return trainPlan(await readPlan(request.file, request.overrides), request, use);
}

/** Trains what a plan says, as `train` what a file says. */
export async function trainPlan(
  plan: Plan,
  request: Omit<TrainRequest, "overrides">,
  use: Partial<TrainTools> = {},
): Promise<RunResult> {
  const {
    createSession: create = sessionOn(request.threads),
    createSession: rehearsed = sessionOn(),
    probe: probed = probe,
    checkpointEvery = 20,
  } = use;
  const watcher = request.watcher ?? {};
  const { dir: chosen, goesOn, isNext } = chooseFolder(request, plan, watcher);
  if (goesOn) {
    await requireSameSettings(chosen, plan);
    const result = finishedResult(chosen, plan, watcher);
    if (result) return result;
  } else checkWritable(chosen, 0);
  const split = await readData(plan.experiment, { given: request.data, root: plan.root });
  refuseTooLarge(
    trainingDemand(plan.experiment, plan.circuit, imagesOf(split)),
    roomFor(longest.run, { threads: request.threads, force: request.force }),
  );
  const session = await buildSession(plan, split, create);
  try {
    const doubts = await cautions(plan.experiment, plan.circuit);
    for (const text of [...(split.notes ?? []), ...doubts]) watcher.note?.(`note: ${text}`);
    const hashes = { config: plan.hash, data: dataHash(split) };
    const { dir, unlock } = goesOn
      ? { dir: chosen, unlock: lockFolder(chosen) }
      : await begin(
          chosen,
          isNext,
          session,
          plan,
          split,
          environmentOf(plan, split, hashes.data, request),
        );
    try {
      // Once more: until the lock was ours another process may have finished the run.
      const result = goesOn ? finishedResult(dir, plan, watcher) : undefined;
      if (result) return result;
      const run = goesOn
        ? restore(dir, plan, session, hashes, watcher)
        : started(dir, plan, session, hashes);
      if (!goesOn) request.begin?.(session, split);
      const ending = await learn(run, {
        signal: request.signal,
        watcher,
        checkpointEvery,
        rehearsal: (changed) => rehearsed(changed, plan.circuit, split),
      });
      const found = ending.outcome === "interrupted" ? null : foundAtEnd(run, probed);
      return await finish(run, plan, split, { ...ending, found }, watcher);
    } finally {
      unlock();
    }
  } finally {
    session.close();
  }
}

/** What is looked at when a run has ended: nothing, of networks that are none. */
function foundAtEnd({ metrics, session, experiment }: Run, probed: TrainTools["probe"]) {
  return metrics.at(-1)?.finite === false ? nothingFound(session) : probed(session, experiment);
}

/** A run of which nothing is learned yet. */
function started(dir: string, { experiment }: Plan, session: Session, hashes: Run["hashes"]): Run {
  const clock = { trainSeconds: 0, seconds: 0 };
  return { dir, experiment, session, hashes, metrics: [], since: 0, clock };
}

function chooseFolder(
  { out, resume }: TrainRequest,
  { experiment }: Plan,
  watcher: Watcher,
): { dir: string; goesOn: boolean; isNext: boolean } {
  const folders = runFolders(experiment.name);
  const dir = out ?? (resume ? folders.last : undefined) ?? folders.next;
  const isNext = dir === folders.next && out === undefined;
  switch (folderState(dir, "--out")) {
    case "foreign":
      throw new InputError(
        `--out ${dir}: the folder holds other files and no run; choose an empty or a new folder`,
      );
    case "run":
      if (!resume)
        throw new InputError(
          `--out ${dir}: the folder holds a run already; go on with it by --resume, or choose ` +
            "another folder",
        );
      return { dir, goesOn: true, isNext };
    case "absent":
    case "empty":
      if (resume) watcher.note?.(`${dir} holds no run yet: starting from the beginning`);
      return { dir, goesOn: false, isNext };
  }
}

/**
 * The result of a run that is not to be gone on with. One that was stopped as diverged, but is of
 * numbers, goes on when told to.
 */
function finishedResult(
  dir: string,
  { experiment }: Plan,
  watcher: Watcher,
): RunResult | undefined {
  const result = readResult(dir);
  if (!result || result.outcome === "interrupted") return undefined;
  const isSound = readMetrics(dir).at(-1)?.finite === true;
  if (result.outcome === "diverged" && isSound && result.epochs < experiment.train.epochs)
    return undefined;
  const why =
    result.outcome === "diverged" && !isSound
      ? ": it would come apart again at the same place, so start a new run with other settings"
      : "; nothing is left to do";
  watcher.note?.(`${dir} is finished (${result.outcome})${why}`);
  return result;
}

async function requireSameSettings(dir: string, plan: Plan): Promise<void> {
  const path = join(dir, names.config);
  const there = await parseExperiment(
    readOwnText(path, "settings", "restore the file, or start a new run"),
    path,
  );
  const differing = [...differences(withoutPatience(there), withoutPatience(plan.experiment))];
  if (
    readOwnText(join(dir, names.circuit), "circuit", "restore the file, or start a new run") !==
    plan.circuitText
  )
    differing.push("circuit: its values differ");
  if (differing.length > 0)
    throw new InputError(
      `--resume: ${dir} holds a checkpoint of another ` +
        `configuration:\n${differing.map((d) => `  ${d}`).join("\n")}\nUse the settings of that ` +
        "run, or start a new run without --resume.",
    );
}

// The settings are written last: a folder without them does not count as a run.
async function begin(
  chosen: string,
  isNext: boolean,
  session: Session,
  plan: Plan,
  split: PreparedSplit,
  environment: Environment,
): Promise<{ dir: string; unlock: () => void }> {
  const parameters = session.snapshot().tensors.reduce((n, t) => n + t.data.byteLength, 0);
  const settings = await resolvedYaml(plan.experiment);
  checkWritable(chosen, 3 * parameters + reportBytes);
  const { dir, undo } = claimFolder(
    chosen,
    isNext ? () => runFolders(plan.experiment.name).next : undefined,
  );
  const unlock = lockFolder(dir);
  // Once more: until the lock was ours another process may have begun a run, and even ended it.
  if (folderState(dir, "--out") !== "empty") {
    unlock();
    throw new InputError(
      `--out ${dir}: another process has begun a run in the folder just now; go on with it by ` +
        "--resume, or choose another folder",
    );
  }
  try {
    writeFileAtomic(join(dir, names.environment), `${JSON.stringify(environment, null, 2)}\n`);
    writeFileAtomic(join(dir, names.circuit), plan.circuitText);
    keepPreparation(dir, split, environment.dataHash);
    writeFileAtomic(join(dir, names.config), settings);
    return { dir, unlock };
  } catch (error) {
    undo();
    throw error;
  }
}

/** A report holds the plotting library, 5 MB, and pictures. */
const reportBytes = 8e6;

function restore(
  dir: string,
  { experiment }: Plan,
  session: Session,
  hashes: Run["hashes"],
  watcher: Watcher,
): Run {
  const checkpoint = readCheckpoint(dir);
  if (checkpoint && checkpoint.config !== hashes.config)
    throw new InputError(
      `--resume: ${join(dir, names.checkpoint)} is a checkpoint of another configuration than ` +
        `${names.config} beside it; restore the folder, or start a new run`,
    );
  if (checkpoint && checkpoint.data !== hashes.data)
    throw new InputError(
      `--resume: the data are not those that ${dir} was trained on; restore them, name their ` +
        "folder with --data DIR, or start a new run",
    );
  const metrics = [...truncateMetrics(dir, checkpoint?.metrics ?? 0)];
  if (checkpoint) restoreCheckpoint(dir, session, checkpoint.snapshot);
  // Whoever goes on with a run that was given up asks for more patience.
  const since = readResult(dir)?.outcome === "diverged" ? session.step : 0;
  removeResult(dir);
  watcher.note?.(`resuming ${dir} after ${session.step} of ${session.totalSteps} minibatches`);
  appendLine(
    join(dir, names.log),
    `${new Date().toISOString()}  resumed after minibatch ${session.step}, by analog-eqprop ` +
      `${version} on node ${process.version}`,
  );
  return {
    dir,
    experiment,
    session,
    hashes,
    metrics,
    since,
    clock: checkpoint ? readClock(dir) : { trainSeconds: 0, seconds: 0 },
  };
}

// The result is written last: a folder without it is not finished.
async function finish(
  run: Run,
  plan: Plan,
  split: Split,
  ending: Ending & { readonly found: Probe | null },
  watcher: Watcher,
): Promise<RunResult> {
  const { dir, session, clock } = run;
  const { found } = ending;
  const last = run.metrics.at(-1);
  const result: RunResult = {
    outcome: ending.outcome,
    testErrorCopy: last?.testErrorCopy ?? null,
    testErrorChip: last?.testErrorChip ?? null,
    trainErrorCopy: last?.trainErrorCopy ?? null,
    trainErrorChip: last?.trainErrorChip ?? null,
    scores: last?.scores ?? null,
    epochs: session.step / session.stepsPerEpoch,
    samplesPerSecond: rateOf(run),
    seconds: clock.seconds,
    runDir: dir,
    advice: ending.advice,
    physics:
      found && last?.finite !== false
        ? Object.fromEntries(
            found.physics.map(({ key, value, unit, range }) => [
              key,
              { value, unit, ...(range && { range }) },
            ]),
          )
        : null,
    hindrances: found?.hindrances ?? [],
  };
  const ideal = found && (await idealBeside(dir, plan));
  const copy = ending.outcome === "interrupted" ? [] : await copyFiles(run, plan.circuit, split);
  guarded(dir, () => {
    if (found) {
      watcher.note?.("writing the report");
      if (last?.finite === false)
        watcher.note?.("nothing is exported: weights or states are not numbers");
      for (const [path, bytes] of copy) writeFileAtomic(path, bytes);
      writeReport(run, plan, split, { ...ending, ideal }, found);
    }
    appendLine(
      join(dir, names.log),
      `${new Date().toISOString()}  ${ending.outcome} after minibatch ${session.step}`,
    );
    writeResult(dir, result);
  });
  return result;
}
