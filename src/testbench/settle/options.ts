import { imperfectionsIn } from "../../circuit/read/imperfections.ts";
import { InputError } from "../../numerics/errors.ts";
import { format, quantity } from "../../numerics/units.ts";
import { parseSolver, parseSolvers, type WrittenSolver } from "./solver-text.ts";

/** What a command line says, as text. */
export interface RawOptions {
  readonly input?: string;
  readonly images?: string;
  readonly solver?: string;
  readonly compare?: string;
  readonly tol?: string;
  readonly steps?: string;
  readonly time?: string;
  readonly lambda?: string;
  readonly beta?: string;
  readonly layers?: string;
  readonly from?: string;
  readonly seed?: string;
  readonly die?: string;
  readonly precision?: string;
  readonly starts?: string;
  readonly without?: string;
}

/** The same, understood; undefined where nothing was said. */
export interface Asked {
  readonly input: number;
  readonly images: number;
  /** Empty: the one of the run, or projected Euler. */
  readonly solvers: readonly WrittenSolver[];
  readonly tolerance?: number;
  readonly steps?: number;
  readonly time?: { readonly tau: number } | { readonly seconds: number };
  readonly lambda?: number;
  readonly beta: number;
  readonly layers?: readonly number[];
  readonly from?: "zero" | "guess" | "free";
  readonly seed?: number;
  readonly die?: number;
  readonly precision: "f32" | "f64";
  readonly starts?: number;
  /** Imperfections of the circuit that are left out. */
  readonly without?: readonly string[];
}

/** Residuals below it are rounding. */
const finest = { f32: 1e-6, f64: 1e-12 } as const;
const starts = ["zero", "guess", "free"] as const;
/** As many as a chip holds without more memory than it has for training. */
const mostImages = 100;

/** @throws InputError that names the option, what is wrong with it and what was expected. */
export async function readOptions(raw: RawOptions): Promise<Asked> {
  const precision =
    raw.precision === undefined ? "f64" : oneOf("--precision", raw.precision, ["f64", "f32"]);
  const tolerance = numberOption(
    "--tol",
    raw.tol,
    "a residual above 0, such as 1e-6",
    (x) => x > 0,
  );
  if (tolerance !== undefined && tolerance < finest[precision])
    throw new InputError(
      `--tol ${raw.tol!}: expected at least ${finest[precision]} in ` +
        `${precision === "f64" ? "double" : "single"} precision, which cannot tell smaller ` +
        `residuals from rounding${precision === "f32" ? "; leave --precision f32 out" : ""}`,
    );
  const compared = raw.compare === undefined ? [] : parseSolvers(raw.compare, "--compare");
  const single = raw.solver === undefined ? [] : [parseSolver(raw.solver, "--solver")];
  return {
    precision,
    tolerance,
    solvers: [...single, ...compared.filter((c) => c.text !== single[0]?.text)],
    input: whole("--input", raw.input, 0, Number.MAX_SAFE_INTEGER) ?? 0,
    images: whole("--images", raw.images, 1, mostImages) ?? 1,
    steps: whole("--steps", raw.steps, 1, 1e9),
    time: raw.time === undefined ? undefined : await readTime(raw.time),
    lambda: readLambda(raw.lambda),
    beta:
      numberOption(
        "--beta",
        raw.beta,
        `a number up to ${mostTie}, such as 0.5 or -0.5`,
        (x) => Math.abs(x) <= mostTie,
      ) ?? 0,
    layers: raw.layers === undefined ? undefined : readLayers(raw.layers),
    from: raw.from === undefined ? undefined : oneOf("--from", raw.from, starts),
    seed: whole("--seed", raw.seed, 0, 2 ** 53 - 1),
    die: whole("--die", raw.die, 0, 2 ** 53 - 1),
    starts: whole("--starts", raw.starts, 2, 1000),
    without: raw.without === undefined ? [] : imperfectionsIn(raw.without),
  };
}

/** Of λ and β, in leak conductances: ten orders of magnitude more than is of use. */
export const mostTie = 1e10;

/** λ as `--lambda` says it; undefined where nothing was said. */
export function readLambda(text: string | undefined): number | undefined {
  return numberOption(
    "--lambda",
    text,
    `a number from 0 to ${mostTie}, such as 0.1`,
    (x) => x >= 0 && x <= mostTie,
  );
}

/** @throws InputError unless the text is a number that fits; undefined where nothing was said. */
export function numberOption(
  option: string,
  text: string | undefined,
  expected: string,
  fits: (x: number) => boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const x = Number(text);
  if (text.trim() !== "" && Number.isFinite(x) && fits(x)) return x;
  throw new InputError(`${option} ${text}: expected ${expected}`);
}

export function whole(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  const limits = most >= Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `from ${least} to ${most}`;
  return numberOption(
    option,
    text,
    `a whole number ${limits}`,
    (x) => Number.isInteger(x) && x >= least && x <= most,
  );
}

export function oneOf<const T extends string>(
  option: string,
  text: string,
  known: readonly T[],
): T {
  const found = known.find((k) => k === text);
  if (found === undefined) throw new InputError(`${option} ${text}: expected ${known.join(", ")}`);
  return found;
}

/** @throws InputError unless the text is two sizes or more: `784,500,10`. */
export function readLayers(text: string, option = "--layers"): readonly number[] {
  const sizes = text
    .replace(/^\[|\]$/g, "")
    .split(/[,-]/)
    .map((n) => (/^\s*\d+\s*$/.test(n) ? Number(n) : NaN));
  if (sizes.length >= 2 && sizes.every((n) => Number.isInteger(n) && n >= 1)) return sizes;
  throw new InputError(
    `${option} ${text}: expected at least two sizes, whole numbers ≥ 1, such as ` +
      (option === "--sizes" ? "8-6-4" : "784,500,10"),
  );
}

/** `15 tau`, or a time with its unit. */
export async function readTime(text: string): Promise<NonNullable<Asked["time"]>> {
  const expected =
    `--time ${text}: expected a time above 0 with its unit, ` + `such as "15 tau" or "150 ns"`;
  const inTau = /^\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(?:τ|taus?)\s*$/i.exec(text);
  if (!inTau && /^\s*[-+\d.e]+\s*$/i.test(text)) throw new InputError(expected);
  const value = inTau
    ? Number(inTau[1])
    : await quantity(text, "time", "refused").catch((error: unknown) => {
        throw error instanceof InputError
          ? new InputError(`--time ${error.message}, or in time constants, such as "15 tau"`)
          : error;
      });
  if (!(value > 0 && value < Infinity)) throw new InputError(expected);
  return inTau ? { tau: value } : { seconds: value };
}

/** Ten orders of magnitude more time constants than any circuit takes to settle. */
const mostTau = 1e11;

/**
 * A time in time constants of a chip.
 * @throws InputError for one that is longer or shorter than anybody means.
 */
export function tauOf(time: NonNullable<Asked["time"]>, tauSeconds: number, least = 0): number {
  const tau = "tau" in time ? time.tau : time.seconds / tauSeconds;
  if (tau >= least && tau <= mostTau) return tau;
  const shown = "tau" in time ? "" : `${format(time.seconds, "s")} is `;
  throw new InputError(
    `--time: ${shown}${tau.toPrecision(3)} τ, ten orders of magnitude away from how long a ` +
      'circuit takes to settle; write a time such as "15 tau" or "150 ns"',
  );
}
