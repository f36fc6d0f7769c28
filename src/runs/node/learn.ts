import { existsSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InputError } from "../../numerics/errors.ts";
import type { Metrics, RunOutcome } from "../../output/metrics.ts";
import { appendLine } from "../../output/node/files.ts";
import { breakdown } from "../../training/divergence.ts";
import { divergenceAdvice, type Rehearsing } from "../../training/remedies.ts";
import { unsoundTensor } from "../../training/sound.ts";
import { trainUntil, type TrainingEnd } from "../../training/train-until.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Session } from "../../training/session.ts";
import { evaluationLine } from "../../training/progress.ts";
import type { Progress } from "../../training/progress.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { names } from "./folder.ts";
import { appendMetrics, writeClock } from "./records.ts";
import type { Clock } from "./records.ts";
import { codeOf, whyNot } from "./text.ts";

/** What a run tells while it goes on. */
export interface Watcher {
  note?(text: string): void;
  progress?(progress: Progress): void;
  evaluated?(metrics: Metrics, progress: Progress): void;
}

/** A run in its folder, between two minibatches. */
export interface Run {
  readonly dir: string;
  readonly experiment: Experiment;
  readonly session: Session;
  readonly hashes: { readonly config: string; readonly data: string };
  readonly metrics: Metrics[];
  /** The minibatch from which on it is judged whether it diverges. */
  readonly since: number;
  clock: Clock;
}

/**
 * A training run that cannot go on for a reason outside of the input, such as a disk that filled
 * up.
 */
export class RunError extends Error {
  override readonly name = "RunError";
}

interface LearnOptions {
  readonly signal: AbortSignal | undefined;
  readonly watcher: Watcher;
  /** Seconds between checkpoints, besides those of evaluations. */
  readonly checkpointEvery: number;
  /** Makes a session on the same images, to try on what would have helped. */
  readonly rehearsal: Rehearsing["create"];
}

export interface Ending {
  readonly outcome: RunOutcome;
  readonly advice: string | undefined;
}

/** Milliseconds of work after which signals and the display get their turn. */
const turn = 50;

/**
 * Learns until the end, a divergence or the signal, with evaluations and checkpoints on the way.
 */
export async function learn(
  run: Run,
  { signal, watcher, checkpointEvery, rehearsal }: LearnOptions,
): Promise<Ending> {
  const { session, experiment, metrics } = run;
  const before = run.clock;
  const begin = performance.now();
  const firstStep = session.step;
  let training = 0;
  let lastTurn = begin;
  let lastSave = begin;
  const tick = () => {
    run.clock = {
      trainSeconds: before.trainSeconds + training / 1000,
      seconds: before.seconds + (performance.now() - begin) / 1000,
    };
  };
  const progress = (): Progress =>
    progressOf(run, session.step - firstStep, run.clock.seconds - before.seconds);
  const end = await trainUntil(
    session,
    { ...experiment.train, since: run.since },
    {
      seen: metrics,
      advance() {
        const start = performance.now();
        session.advance();
        training += performance.now() - start;
      },
      advanced() {
        const broken = breakdown(session.recentError) !== undefined;
        if (broken || performance.now() - lastSave <= 1000 * checkpointEvery) return;
        tick();
        save(run);
        lastSave = performance.now();
      },
      evaluate() {
        const found = measure(run, tick);
        lastSave = performance.now();
        const now = progress();
        logLine(run.dir, evaluationLine(found, now));
        watcher.evaluated?.(found, now);
        return found;
      },
      stops() {
        if (performance.now() - lastTurn <= turn) return signal?.aborted ?? false;
        tick();
        watcher.progress?.(progress());
        return nextTurn().then(() => {
          lastTurn = performance.now();
          return signal?.aborted ?? false;
        });
      },
    },
  );
  if (end.outcome === "interrupted") {
    tick();
    save(run);
  }
  if (end.outcome === "diverged") watcher.note?.("it diverged; trying what would have helped");
  return { outcome: end.outcome, advice: await adviceOn(end, run, rehearsal) };
}

async function adviceOn(
  end: TrainingEnd,
  { dir, session, experiment }: Run,
  create: Rehearsing["create"],
): Promise<string | undefined> {
  switch (end.outcome) {
    case "completed":
      return undefined;
    case "interrupted":
      return `Go on with \`--resume\`, after ${session.step} of ${session.totalSteps} minibatches.`;
    case "diverged": {
      const { trouble } = end;
      const from =
        trouble.kind === "not-finite" ? readCheckpoint(dir)?.snapshot : session.snapshot();
      const { step } = session;
      const advice = await divergenceAdvice({ experiment, step, trouble, from, create });
      return `The run diverged: ${trouble.text}. ${advice}`;
    }
    default:
      return end satisfies never;
  }
}

function logLine(dir: string, line: string): void {
  guarded(dir, () => appendLine(join(dir, names.log), `${new Date().toISOString()}  ${line}`));
}

// The line of metrics comes first: the checkpoint counts the lines that belong to it.
function measure(run: Run, tick: () => void): Metrics {
  const evaluation = run.session.evaluate();
  tick();
  const { trainSeconds } = run.clock;
  const metrics: Metrics = { ...evaluation, samplesPerSecond: rateOf(run), trainSeconds };
  guarded(run.dir, () => appendMetrics(run.dir, metrics));
  run.metrics.push(metrics);
  if (evaluation.finite) save(run);
  return metrics;
}

/** Writes the checkpoint of a run; an older one stays where nothing is a number any more. */
function save(run: Run): void {
  const snapshot = run.session.snapshot();
  if (unsoundTensor(snapshot.tensors) !== undefined) return;
  guarded(run.dir, () => {
    writeCheckpoint(run.dir, snapshot, {
      ...run.hashes,
      metrics: run.metrics.length,
    });
    writeClock(run.dir, run.clock);
  });
}

/** Samples a second of training time. */
export function rateOf({ session, experiment, clock }: Run): number {
  return clock.trainSeconds > 0 ? (session.step * experiment.train.batch) / clock.trainSeconds : 0;
}

function progressOf(run: Run, steps: number, seconds: number): Progress {
  const { session, metrics } = run;
  return {
    step: session.step,
    totalSteps: session.totalSteps,
    epoch: session.step / session.stepsPerEpoch,
    epochs: session.totalSteps / session.stepsPerEpoch,
    samplesPerSecond: rateOf(run),
    secondsLeft: steps > 0 ? (seconds / steps) * (session.totalSteps - session.step) : undefined,
    recentError: session.recentError,
    chance: session.chance,
    last: metrics.at(-1),
  };
}

/** Trouble with the disk in the middle of a run fails the run; it is no bad input. */
export function guarded<T>(dir: string, write: () => T, kept = keptOfRun): T {
  try {
    return write();
  } catch (error) {
    throw diskFailure(dir, error, kept);
  }
}

/** The true reason and what is left, where the disk is to blame; any other error as it is. */
export function diskFailure(dir: string, error: unknown, kept = keptOfRun): unknown {
  if (!(error instanceof InputError) && codeOf(error) === "") return error;
  const why = error instanceof InputError ? error.message : `${dir}: ${whyNot(error)}`;
  const left = existsSync(dir) ? kept(dir) : `The folder ${dir} is gone, and what was in it.`;
  return new RunError(`${why}\n${left}`);
}

function keptOfRun(dir: string): string {
  return existsSync(join(dir, names.checkpoint))
    ? `The run is kept in ${dir} as of its last checkpoint; then go on with --resume ` +
        `--out ${dir}.`
    : `Nothing was saved in ${dir} yet; then start again.`;
}
