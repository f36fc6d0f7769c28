import { InputError } from "../../../numerics/errors.ts";
import { format } from "../../../numerics/units.ts";
import type { Measurements } from "../csv.ts";
import { square } from "../../../numerics/power.ts";

/** A run of pulses in one direction. */
export interface Segment {
  readonly up: boolean;
  /** Pulses between each row and the one before it; 0 for the first. */
  readonly pulses: Int32Array;
  /** Conductance after them, siemens. */
  readonly conductance: Float64Array;
  /** Where it begins in the table. */
  readonly first: number;
}

const leastRows = 8;
const mostSegments = 200;
const mostPulses = 10_000_000;

/**
 * The runs of one direction in measured pulses. A run ends where the direction changes, or where
 * the pulse number does not grow. Without directions each run between two restarts is taken as up
 * or down by where it ends, and cut at its peak (or trough) where it has one.
 * @throws InputError for too few rows, negative or constant conductances, and pulse numbers that
 *   are not whole.
 */
export function segmentsOf(data: Measurements): {
  readonly segments: readonly Segment[];
  readonly notes: readonly string[];
} {
  check(data);
  const {
    directions,
    x: { values: number },
  } = data;
  const notes: string[] = [];
  const cuts = [0];
  for (let i = 1; i < data.rows; i++)
    if (number[i] <= number[i - 1] || (directions && directions[i] !== directions[i - 1]))
      cuts.push(i);
  cuts.push(data.rows);
  const segments = cuts
    .slice(1)
    .flatMap((to, k) =>
      directions ? [cut(data, cuts[k], to, directions[cuts[k]] > 0)] : guess(data, cuts[k], to),
    )
    .filter((s) => s.pulses.length > 1);
  if (!directions) {
    const first = segments
      .slice(0, 4)
      .map((s) => `${s.up ? "up" : "down"} from row ${s.first + 1}`)
      .join(", ");
    notes.push(
      `directions are read from the curve: ${first}${segments.length > 4 ? " …" : ""}; ` +
        "add a column direction (up or down) where that is wrong",
    );
  }
  if (segments.length === 0)
    throw new InputError(
      `${data.file}: no two rows follow each other in one direction, expected runs of pulses ` +
        "up and down",
    );
  if (segments.length > mostSegments)
    throw new InputError(
      `${data.file}: ${segments.length} runs of pulses, expected at most ${mostSegments}; ` +
        "average the cycles, or fit some of them",
    );
  if (segments.reduce((sum, s) => sum + s.pulses.reduce((a, b) => a + b, 0), 0) > mostPulses)
    throw new InputError(`${data.file}: more than ${mostPulses} pulses; number fewer of them`);
  return { segments, notes };
}

function check({ file, lines, rows, x, y }: Measurements): void {
  if (rows < leastRows)
    throw new InputError(
      `${file}: ${rows} ${rows === 1 ? "row" : "rows"}, expected at least ${leastRows} ` +
        "measured pulses",
    );
  for (let i = 0; i < rows; i++) {
    const at = { file, line: lines[i], column: 1 };
    if (!Number.isInteger(x.values[i]))
      throw new InputError(`pulse: found ${x.values[i]}, expected a whole number`, at);
    if (y.values[i] < 0)
      throw new InputError(
        `conductance: found ${format(y.values[i], "S")}, expected zero or more; subtract the ` +
          "reference after the fit, not before",
        at,
      );
  }
  const least = y.values.reduce((a, b) => Math.min(a, b));
  const most = y.values.reduce((a, b) => Math.max(a, b));
  if (!(most - least > 1e-9 * most))
    throw new InputError(
      `${file}: every conductance is ${format(least, "S")}, expected pulses that change it`,
    );
}

function cut(
  { x: { values: number }, y: { values: g } }: Measurements,
  from: number,
  to: number,
  up: boolean,
): Segment {
  return {
    up,
    first: from,
    conductance: g.slice(from, to),
    pulses: Int32Array.from({ length: to - from }, (_, i) =>
      i === 0 ? 0 : number[from + i] - number[from + i - 1],
    ),
  };
}

function guess(data: Measurements, from: number, to: number): readonly Segment[] {
  const g = data.y.values.subarray(from, to);
  const first = g[0];
  const last = g[g.length - 1];
  const peak = g.indexOf(g.reduce((a, b) => Math.max(a, b)));
  const trough = g.indexOf(g.reduce((a, b) => Math.min(a, b)));
  const size = g[peak] - g[trough];
  const turns = (at: number) =>
    Math.min(Math.abs(g[at] - first), Math.abs(g[at] - last)) > 0.25 * size;
  for (const [at, up] of [
    [peak, true],
    [trough, false],
  ] as const)
    if (turns(at)) return [cut(data, from, from + at + 1, up), cut(data, from + at, to, !up)];
  return [cut(data, from, to, last >= first)];
}

/**
 * The ends of the measured conductances: where a run has come to rest the mean of its rest, so that
 * noise does not widen the range, else the farthest reading.
 */
export function endsOf(segments: readonly Segment[]): readonly [low: number, high: number] {
  const of = (up: boolean) =>
    segments
      .filter((s) => s.up === up)
      .map((s) => rest(s.conductance))
      .filter((g) => g !== undefined);
  const tops = of(true);
  const floors = of(false);
  const all = segments.map((s) => s.conductance);
  return [
    floors.length > 0
      ? Math.min(...floors)
      : Math.min(...all.map((g) => g.reduce((a, b) => Math.min(a, b)))),
    tops.length > 0
      ? Math.max(...tops)
      : Math.max(...all.map((g) => g.reduce((a, b) => Math.max(a, b)))),
  ];
}

/** The mean of the last fifth of a run where it moves no more than its noise lets it. */
function rest(g: Float64Array): number | undefined {
  const n = Math.floor(g.length / 5);
  if (n < 5) return undefined;
  const tail = g.subarray(g.length - n);
  const mean = tail.reduce((a, b) => a + b, 0) / n;
  const middle = (n - 1) / 2;
  let sxy = 0;
  let sxx = 0;
  let syy = 0;
  for (const [i, v] of tail.entries()) {
    sxy += (i - middle) * (v - mean);
    sxx += square(i - middle);
    syy += square(v - mean);
  }
  const slope = sxy / sxx;
  const error = Math.sqrt(Math.max(0, syy - slope * sxy) / (n - 2) / sxx);
  return Math.abs(slope) <= 2 * error + (1e-12 * Math.abs(mean)) / n ? mean : undefined;
}
