import { InputError } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { NumberInput, Rows } from "./contents.ts";
import type { Scaling } from "./scaling.ts";

/** A range of raw values that becomes rail to rail. */
type Range = readonly [low: number, high: number];

/**
 * How inputs are scaled: by mean and deviation, by the least and the greatest value, not at all, by
 * one range, or by ranges of columns (all others by their least and greatest value).
 */
export type ScaleAsked = "standard" | "minmax" | "none" | Range | Readonly<Record<string, Range>>;

/** Standard deviations from the mean to a rail. */
const deviations = 3;

/** What the training rows of a column are like. */
interface Moments {
  readonly mean: number;
  readonly sd: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The scaling of every input, fitted on training rows; one-hot inputs stay as they are. A column
 * that is the same in all of them is shown as 0, which costs nothing.
 * @param columns inputs of names have as many one-hot inputs as names.
 */
export function fitScaling(
  rows: Rows,
  columns: readonly ({ kind: "numbers" } | { kind: "names"; names: readonly string[] })[],
  train: Uint32Array,
  asked: ScaleAsked | undefined,
): { readonly scaling: Scaling; readonly notes: readonly string[] } {
  const scale = asked ?? usualScale(rows);
  checkNames(rows, scale);
  const offset: number[] = [];
  const factor: number[] = [];
  const constant: string[] = [];
  rows.inputs.forEach((input, i) => {
    const column = columns[i];
    if (input.kind === "names" || column.kind === "names") {
      const hot = column.kind === "names" ? column.names.length : 0;
      offset.push(...new Array<number>(hot).fill(0));
      factor.push(...new Array<number>(hot).fill(1));
      return;
    }
    const found = rangeOf(scale, input, train);
    if (!found.every((x) => Math.abs(x) < largest)) throw tooLarge(rows, input, train);
    if (!(found[1] > found[0])) constant.push(input.name);
    offset.push(found[0]);
    factor.push(found[1] > found[0] ? 1 / (found[1] - found[0]) : 0);
  });
  const kind = typeof scale === "string" ? scale : "range";
  return {
    scaling: { kind, offset, factor, clips: true },
    notes: rows.shape === null ? constantNotes(rows, constant) : [],
  };
}

/** Bytes are what images are made of: 0 to 255. */
function usualScale({ shape, inputs }: Rows): ScaleAsked {
  const bytes = inputs.every((i) => i.kind === "numbers" && i.values instanceof Uint8Array);
  return shape !== null && bytes ? [0, 255] : "standard";
}

/** Beyond it squares and ranges overflow. */
const largest = 1e150;

function tooLarge({ source }: Rows, input: NumberInput, train: Uint32Array): InputError {
  const { low, high } = momentsOf(input, train);
  return new InputError(
    `${source}: column ${JSON.stringify(input.name)} goes from ${low} to ${high}, expected ` +
      `values between ±${largest}; write them in another unit, or drop the column with data.drop`,
  );
}

function isRange(scale: ScaleAsked): scale is Range {
  return Array.isArray(scale);
}

/** What becomes rail to rail. */
function rangeOf(scale: ScaleAsked, input: NumberInput, train: Uint32Array): Range {
  if (isRange(scale)) return scale;
  if (scale === "none") return [0, 1];
  if (scale === "standard") {
    const { mean, sd } = momentsOf(input, train);
    return [mean - deviations * sd, mean + deviations * sd];
  }
  const { low, high } = momentsOf(input, train);
  return (scale === "minmax" ? undefined : scale[input.name]) ?? [low, high];
}

function momentsOf({ values, offset, stride }: NumberInput, train: Uint32Array): Moments {
  let mean = 0;
  let squares = 0;
  let low = Infinity;
  let high = -Infinity;
  train.forEach((row, n) => {
    const x = values[row * stride + offset];
    const d = x - mean;
    mean += d / (n + 1);
    squares += d * (x - mean);
    if (x < low) low = x;
    if (x > high) high = x;
  });
  return { mean, sd: high > low ? Math.sqrt(squares / train.length) : 0, low, high };
}

function checkNames({ inputs, source }: Rows, scale: ScaleAsked): void {
  if (typeof scale === "string" || isRange(scale)) return;
  const names = inputs.map((input) => input.name);
  for (const name of Object.keys(scale))
    if (!names.includes(name))
      throw new InputError(
        `data.scale: ${source} has no input column ${JSON.stringify(name)}; ` +
          didYouMean(name, names, "columns"),
      );
}

function constantNotes({ source }: Rows, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 6).map((n) => JSON.stringify(n));
  const which = `${shown.join(", ")}${names.length > 6 ? ` and ${names.length - 6} more` : ""}`;
  return [
    `${source}: column${names.length > 1 ? "s" : ""} ${which} the same in all training rows, so ` +
      `nothing can be learned of ${names.length > 1 ? "them" : "it"}: shown as 0; leave out with ` +
      `drop: [${shown.join(", ")}]`,
  ];
}
