import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { answerUnits, type AnswerUnit } from "../../circuit/physics/index.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Metrics, RunOutcome, Scores } from "../../output/metrics.ts";
import { appendLine, readJsonLines, writeFileAtomic } from "../../output/node/files.ts";
import { names } from "./folder.ts";
import { checkOwn, readJson } from "./text.ts";

/** In `unit`, SI; null: unknown. */
interface PhysicalValue {
  /** The number; null where it is unknown. */
  readonly value: number | null;
  /** Its unit, empty for a pure number. */
  readonly unit: AnswerUnit;
  /** Where two measurements of it lie, the lower one first. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * How a run ended: `result.json`, and what `train --json` prints. Errors are in percent, as in
 * `Evaluation`.
 */
export interface RunResult {
  /** `diverged` where it came apart, `interrupted` by Ctrl-C. */
  readonly outcome: RunOutcome;
  /**
   * Test error of the copy's guess at the last evaluation; null before the first, without a copy,
   * and where its weights or states are not numbers.
   */
  readonly testErrorCopy: number | null;
  /** Test error of the settled chip; null likewise. */
  readonly testErrorChip: number | null;
  /** Training error of the copy's guess. */
  readonly trainErrorCopy: number | null;
  /** Training error of the settled chip. */
  readonly trainErrorChip: number | null;
  /** The scores of that evaluation in full; null before the first. */
  readonly scores: Scores | null;
  /** Epochs learned. */
  readonly epochs: number;
  /** While it learned, evaluations apart. */
  readonly samplesPerSecond: number;
  /** Of this run with its evaluations, over all its parts when it was resumed. */
  readonly seconds: number;
  /** The run folder. */
  readonly runDir: string;
  /**
   * The physical answers by key, null values for what is unknown; null for a run that was
   * interrupted, or whose weights or states are not numbers.
   */
  readonly physics: Readonly<Record<string, PhysicalValue>> | null;
  /**
   * What of the chip works against its learning, a sentence each; none where that was not measured.
   */
  readonly hindrances: readonly string[];
  /** What happened and what to try, when the run did not complete. */
  readonly advice: string | undefined;
}

/** What is never below zero; JSON has no NaN, and zod takes no infinities. */
const amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const error = z.number().min(0).nullable();
// JSON writes NaN and the infinities as null.
const number = z
  .number()
  .nullable()
  .transform((x) => x ?? NaN);
const networkScore = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("classes"), error: amount, balanced: amount }),
    z.strictObject({
      kind: z.literal("reals"),
      fits: z.array(z.strictObject({ name: z.string(), rmse: number, r2: z.number().nullable() })),
    }),
  ])
  .nullable();
const pairScore = z.strictObject({ copy: networkScore, chip: networkScore });
const nothing = { copy: null, chip: null };
const scoresSchema = z.strictObject({
  test: pairScore,
  train: pairScore,
  validation: pairScore.nullable(),
});
const resultSchema = z.strictObject({
  outcome: z.enum(["completed", "diverged", "interrupted"]),
  testErrorCopy: error,
  testErrorChip: error,
  trainErrorCopy: error,
  trainErrorChip: error,
  scores: scoresSchema.nullable().default(null),
  epochs: amount,
  samplesPerSecond: amount,
  seconds: amount,
  /** Where it was then; the folder may have moved. */
  runDir: z.string(),
  advice: z.string().optional(),
  physics: z
    .record(
      z.string(),
      z.strictObject({
        value: z.number().nullable(),
        unit: z.enum(answerUnits),
        range: z.tuple([z.number(), z.number()]).optional(),
      }),
    )
    .nullable()
    .default(null),
  hindrances: z.array(z.string()).default([]),
});

/** The result of a run that has ended, or undefined. */
export function readResult(dir: string): RunResult | undefined {
  const path = join(dir, names.result);
  if (!existsSync(path)) return undefined;
  const todo = "remove the file and resume the run";
  const result = checkOwn(readJson(path, "result"), resultSchema, `result ${path}`, todo);
  return { advice: undefined, ...result, runDir: dir };
}

export function writeResult(dir: string, result: RunResult): void {
  writeFileAtomic(join(dir, names.result), `${JSON.stringify(result, null, 2)}\n`);
}

/** A run that goes on has no result. */
export function removeResult(dir: string): void {
  rmSync(join(dir, names.result), { force: true });
}

export function appendMetrics(dir: string, metrics: Metrics): void {
  appendLine(join(dir, names.metrics), JSON.stringify(metrics));
}

const weights = z.array(
  z.strictObject({ block: z.string(), mean: number, std: number, max: number }),
);
const metricsSchema = z
  .strictObject({
    epoch: amount,
    step: amount.int(),
    testErrorCopy: error,
    testErrorChip: error,
    trainErrorCopy: error,
    trainErrorChip: error,
    // Earlier versions wrote errors alone.
    scores: scoresSchema.default({ test: nothing, train: nothing, validation: null }),
    residual: number,
    agreement: z.number().min(0).max(100).nullable(),
    lambda: amount.nullable(),
    freeEvaluations: amount.nullable(),
    nudgedEvaluations: amount.nullable(),
    chipWeights: weights,
    copyWeights: weights,
    finite: z.boolean(),
    samplesPerSecond: amount,
    trainSeconds: amount,
    // JSON has null for what is not a number as well: only where all is finite does it mean that no
    // chip settles.
  })
  .transform((m) => (m.finite && m.testErrorChip === null ? { ...m, residual: null } : m));

/**
 * The evaluations of a run, in order.
 * @throws InputError when a line is no evaluation.
 */
export function readMetrics(dir: string): readonly Metrics[] {
  const path = join(dir, names.metrics);
  const todo = "the file was damaged or edited: restore it, or start a new run";
  return readJsonLines(path).map((value, i) =>
    checkOwn(value, metricsSchema, { file: path, line: i + 1, column: 1 }, todo),
  );
}

/**
 * The first `count` evaluations; lines after them, written after the checkpoint, are cut off.
 * @throws InputError when there are fewer.
 */
export function truncateMetrics(dir: string, count: number): readonly Metrics[] {
  const path = join(dir, names.metrics);
  const all = readMetrics(dir);
  if (all.length < count)
    throw new InputError(
      `${path}: ${all.length} evaluation(s) in it, but the checkpoint knows ${count}; restore ` +
        "the file, or start a new run",
    );
  const kept = all.slice(0, count);
  if (existsSync(path)) writeFileAtomic(path, kept.map((m) => `${JSON.stringify(m)}\n`).join(""));
  return kept;
}

/** Seconds spent, beside the checkpoint: times are not reproducible, so they are kept out of it. */
export interface Clock {
  readonly trainSeconds: number;
  readonly seconds: number;
}

const clockSchema = z.strictObject({ trainSeconds: amount, seconds: amount });

export function writeClock(dir: string, clock: Clock): void {
  writeFileAtomic(join(dir, names.clock), JSON.stringify(clock));
}

export function readClock(dir: string): Clock {
  const path = join(dir, names.clock);
  if (!existsSync(path)) return { trainSeconds: 0, seconds: 0 };
  const todo = "remove the file: it holds times alone";
  return checkOwn(readJson(path, "clock"), clockSchema, `clock ${path}`, todo);
}
