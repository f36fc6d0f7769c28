import { imperfectionsIn } from "../../circuit/read/imperfections.ts";
import { InputError } from "../../numerics/errors.ts";
import {
  mostTie,
  readLambda,
  numberOption,
  oneOf,
  readLayers,
  readTime,
  whole,
} from "../settle/options.ts";

/** What a command line says, as text. */
export interface RawSpiceOptions {
  readonly sizes?: string;
  readonly die?: string;
  readonly seed?: string;
  readonly input?: string;
  readonly lambda?: string;
  readonly beta?: string;
  readonly time?: string;
  readonly phase?: string;
  readonly noise?: string;
  readonly noiseStep?: string;
  readonly fold?: boolean;
  readonly op?: boolean;
  readonly without?: string;
}

/** The same, understood; undefined where nothing was said. */
export interface AskedOfSpice {
  readonly sizes?: readonly number[];
  readonly die?: number;
  readonly seed?: number;
  readonly input: number;
  readonly lambda?: number;
  readonly beta: number;
  /** Of each phase. */
  readonly time?: { readonly tau: number } | { readonly seconds: number };
  readonly phase: "free" | "nudged";
  /** Steps of the noise, in τ; absent: no noise. */
  readonly noise?: number;
  readonly fold: boolean;
  /** Operating points alone. */
  readonly op: boolean;
  /** Imperfections of the circuit that are left out. */
  readonly without: readonly string[];
}

/** @throws InputError that names the option, what is wrong with it and what was expected. */
export async function readSpiceOptions(raw: RawSpiceOptions): Promise<AskedOfSpice> {
  const step = numberOption(
    "--noise-step",
    raw.noiseStep,
    "a time above 0 in τ, such as 0.02",
    (x) => x > 0,
  );
  if (raw.noise !== undefined) oneOf("--noise", raw.noise, ["pwl"]);
  else if (step !== undefined)
    throw new InputError(
      `--noise-step ${raw.noiseStep!}: there is no noise without --noise pwl; add it`,
    );
  for (const [option, given] of [
    ["--time", raw.time],
    ["--noise", raw.noise],
  ] as const)
    if (raw.op && given !== undefined)
      throw new InputError(
        `${option} ${given}: an operating point knows no time; leave out it or --op`,
      );
  return {
    without: raw.without === undefined ? [] : imperfectionsIn(raw.without),
    sizes: raw.sizes === undefined ? undefined : readLayers(raw.sizes, "--sizes"),
    die: whole("--die", raw.die, 0, 2 ** 53 - 1),
    seed: whole("--seed", raw.seed, 0, 2 ** 53 - 1),
    input: whole("--input", raw.input, 0, Number.MAX_SAFE_INTEGER) ?? 0,
    lambda: readLambda(raw.lambda),
    beta:
      numberOption(
        "--beta",
        raw.beta,
        `a number up to ${mostTie} that is not 0, such as 0.5 or -0.25`,
        (x) => x !== 0 && Math.abs(x) <= mostTie,
      ) ?? 0.5,
    time: raw.time === undefined ? undefined : await readTime(raw.time),
    phase: raw.phase === undefined ? "free" : oneOf("--phase", raw.phase, ["free", "nudged"]),
    noise: raw.noise === undefined ? undefined : (step ?? 0.02),
    fold: raw.fold ?? false,
    op: raw.op ?? false,
  };
}
