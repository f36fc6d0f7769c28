import { join } from "node:path";
import type { Split } from "../../data/dataset.ts";
import { parseCircuit } from "../../circuit/read/parse.ts";
import { asymmetry } from "../../dynamics/asymmetry.ts";
import { refuseTooLarge, type Demand } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Evaluation } from "../../output/metrics.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { settles } from "../../experiment/rules.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { probe } from "../../testbench/probe.ts";
import { evaluationDemand } from "../../training/demand.ts";
import type { Session, Snapshot } from "../../training/session.ts";
import { unsoundTensor } from "../../training/sound.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { readCheckpoint, restoreCheckpoint } from "./checkpoint.ts";
import { readEnvironment } from "./environment.ts";
import { folderState, names } from "./folder.ts";
import { copyFiles, writeReport } from "./artifacts.ts";
import { keptPreparation, readData } from "./data.ts";
import { buildSession, dataHash, imagesOf, planOf, sessionOn } from "./inputs.ts";
import type { Create, Plan, Tools } from "./inputs.ts";
import { RunError, type Run } from "./learn.ts";
import { idealBeside } from "./ideal.ts";
import { lockFolder } from "./lock.ts";
import type { RunResult } from "./records.ts";
import { readClock, readMetrics, readResult } from "./records.ts";
import { longest, roomFor } from "./room.ts";
import { readOwnText } from "./text.ts";

/** Chip and copy as the last checkpoint of a run has them. */
export interface Reopened {
  readonly run: Run;
  readonly plan: Plan;
  readonly split: Split;
  readonly sameData: boolean;
  /** undefined of a run that has not ended. */
  readonly result: RunResult | undefined;
}

/**
 * Rebuilds chip and copy from a run folder.
 * @param data the folder of the data set; where the run had it from when absent.
 * @throws InputError when the folder holds no run with a checkpoint, or the data are missing;
 *   RunError when the run diverged and left no network of numbers.
 */
export async function reopen(
  dir: string,
  data?: string,
  create: Create = sessionOn(),
): Promise<Reopened> {
  requireRun(dir);
  const checkpoint = readCheckpoint(dir);
  const result = readResult(dir);
  if (!checkpoint && result?.outcome === "diverged")
    throw new RunError(
      `${dir}: nothing of this run can be measured, settled or exported: it diverged before it ` +
        `had a checkpoint whose weights are numbers. ${result.advice ?? ""}`.trimEnd(),
    );
  if (!checkpoint)
    throw new InputError(
      `${dir} has no checkpoint yet; go on with it by \`analog-eqprop train FILE --resume ` +
        `--out ${dir}\``,
    );
  const path = join(dir, names.config);
  const circuitPath = join(dir, names.circuit);
  const todo = "restore the file, or start a new run";
  const { dataFolder, dataRoot } = readEnvironment(dir);
  const experiment = await parseExperiment(readOwnText(path, "settings", todo), path);
  const text = readOwnText(circuitPath, "circuit", todo);
  const schematic = { circuit: await parseCircuit(text, circuitPath), text };
  const plan = planOf(experiment, schematic, dataRoot);
  if (checkpoint.config !== plan.hash)
    throw new InputError(
      `${join(dir, names.checkpoint)} is a checkpoint of another configuration than ` +
        `${names.config} beside it; restore the folder`,
    );
  requireNumbers(dir, checkpoint.snapshot);
  const split = await readData(plan.experiment, {
    given: data ?? dataFolder ?? undefined,
    root: plan.root,
    known: keptPreparation(dir),
  });
  const session = await buildSession(plan, split, create);
  restoreCheckpoint(dir, session, checkpoint.snapshot);
  const hashes = { config: plan.hash, data: dataHash(split) };
  const run: Run = {
    dir,
    experiment: plan.experiment,
    session,
    hashes,
    // Of a run that has ended all belong to it; those after the last checkpoint of any other were
    // made by a process that died.
    metrics: [...(result ? readMetrics(dir) : readMetrics(dir).slice(0, checkpoint.metrics))],
    since: 0,
    clock: readClock(dir),
  };
  return { run, plan, split, result, sameData: checkpoint.data === hashes.data };
}

/** @throws RunError where a network of the checkpoint is none: earlier versions kept such. */
function requireNumbers(dir: string, { tensors, step }: Snapshot): void {
  const name = unsoundTensor(tensors);
  if (name !== undefined)
    throw new RunError(
      `${join(dir, names.checkpoint)}: ${name} holds NaN or infinities after ${step} minibatches` +
        ": the run diverged, and nothing of it can be measured, settled or exported; train again " +
        "with other settings",
    );
}

function requireRun(dir: string): void {
  if (folderState(dir) !== "run")
    throw new InputError(
      `${dir} is no run folder: ${names.config} is missing; give a folder made by ` +
        "`analog-eqprop train`",
    );
}

/** ‖W − Wᵀ‖ / ‖W + Wᵀ‖ of the chip; null without one that settles. */
export interface Symmetry {
  /** ‖W − Wᵀ‖ / ‖W + Wᵀ‖ between the chip's neurons; null without a chip that settles. */
  readonly asymmetry: number | null;
}

export function symmetry(session: Session, { learning }: Experiment): Symmetry {
  return {
    asymmetry: settles(learning.rule) ? asymmetry(session.trained().chip.components()) : null,
  };
}

/** What measuring a run once takes. */
export function evaluationOf({ experiment, circuit }: Plan, split: Split): Demand {
  return evaluationDemand(experiment, circuit, imagesOf(split));
}

/** What a run is measured on. */
interface TestedOn {
  /** The test samples, by the name of their set. */
  readonly data: string;
  /** Whether they are those that the run was tested on. */
  readonly sameData: boolean;
}

/** Measures chip and copy of a run once more, on the data given. */
export async function evaluateRun(
  dir: string,
  data?: string,
  create?: Create,
): Promise<Evaluation & Symmetry & TestedOn> {
  const { run, plan, split, sameData } = await reopen(dir, data, create);
  try {
    refuseTooLarge(evaluationOf(plan, split), roomFor(longest.run));
    return {
      ...run.session.evaluate(),
      ...symmetry(run.session, run.experiment),
      data: split.source,
      sameData,
    };
  } finally {
    run.session.close();
  }
}

/** Whether somebody is told how many steps are done, of how many. */
interface Told {
  readonly told?: (done: number, all: number) => void;
}

/** Makes the report and the exported copy of a run anew, and returns the path of the report. */
export async function reportRun(
  dir: string,
  data?: string,
  { createSession, probe: probed = probe, told }: Partial<Tools> & Told = {},
): Promise<string> {
  requireRun(dir);
  const unlock = lockFolder(dir);
  try {
    return await rewriteReport(await reopen(dir, data, createSession), probed, told);
  } finally {
    unlock();
  }
}

async function rewriteReport(
  { run, plan, split, result }: Reopened,
  probed: Tools["probe"],
  told: Told["told"],
): Promise<string> {
  try {
    refuseTooLarge(evaluationOf(plan, split), roomFor(longest.run));
    told?.(1, 4);
    for (const [path, bytes] of await copyFiles(run, plan.circuit, split))
      writeFileAtomic(path, bytes);
    told?.(2, 4);
    const found = probed(run.session, run.experiment);
    told?.(3, 4);
    const ideal = await idealBeside(run.dir, plan);
    const { outcome = "interrupted", advice } = result ?? {};
    return writeReport(run, plan, split, { outcome, advice, ideal }, found);
  } finally {
    run.session.close();
  }
}
