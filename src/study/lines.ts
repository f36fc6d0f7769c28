import type { ChartLine, ChartPoint } from "../output/plot/chart.ts";
import { curveName, leftover, overOf } from "./check.ts";
import { diverged, failed, type CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";
import type { FigureAsked } from "./schema.ts";
import {
  fieldOf,
  formatted,
  groups,
  labelOn,
  numberOn,
  sampleMeans,
  statistic,
  type Statistic,
} from "./statistics.ts";

/** The parts of a study that its drawings need. */
type Grid = Pick<Study, "axes" | "seeds" | "over">;
type Line = Omit<ChartLine, "series">;

/**
 * Where labels of the x axis stand: at their index among `categories`, or at their number, zero at
 * `zero`.
 */
export interface XPlaces {
  readonly categories?: readonly string[];
  readonly zero?: number;
}

/**
 * The lines of one series of one panel. Means are over the runs that did not diverge; each that did
 * has a line of its own, as have curves of different seeds that do not share their x.
 */
export function linesOf(
  grid: Grid,
  figure: FigureAsked,
  y: string,
  results: readonly CellResult[],
  places: XPlaces,
  notes: string[],
): readonly Line[] {
  const { x, kind, spread } = figure;
  const curve = curveName(y);
  const over = overOf(grid, figure);
  if (curve !== undefined) return curveLines(results, curve, { spread, over }, notes);
  if (x === undefined) return [];
  const isAxis = x === "seed" || grid.axes.some((a) => a.name === x);
  const placeOf = (r: CellResult) =>
    !isAxis
      ? fieldOf(r, x)
      : places.categories
        ? places.categories.indexOf(labelOn(r, x))
        : numberOn(labelOn(r, x)) || (places.zero ?? 0);
  const point = (r: CellResult) =>
    pointOf(statistic([placeOf(r)]), statistic([fieldOf(r, y)]), "none");
  const sound = results.filter((r) => r.outcome !== diverged);
  const lost = results
    .filter((r) => r.outcome === diverged)
    .map((r): Line => ({ points: point(r), failed: true }));
  if (kind === "scatter") return [{ points: sound.flatMap(point) }, ...lost];
  const along = isAxis
    ? [x]
    : leftover(grid, [figure.line ?? [], figure.panel ?? [], over].flat(), figure.where);
  const all = groups(grid, along, sound).map((g) => ({
    at: statistic(sampleMeans(g.results, over, placeOf)),
    samples: sampleMeans(g.results, over, (r) => fieldOf(r, y)),
  }));
  const dots = all.flatMap(({ at, samples }) =>
    at && samples.length > 1 ? samples.map((v) => ({ x: at.mean, y: v })) : [],
  );
  return [
    {
      points: all.flatMap(({ at, samples }) => pointOf(at, statistic(samples), spread)),
      ...(figure.dots && dots.length > 0 ? { dots } : {}),
    },
    ...lost,
  ];
}

function curveLines(
  results: readonly CellResult[],
  name: string,
  { spread, over }: { readonly spread: FigureAsked["spread"]; readonly over: readonly string[] },
  notes: string[],
): readonly Line[] {
  const having = results.filter((r) => r.outcome !== failed && Object.hasOwn(r.curves, name));
  const sound = having.filter((r) => r.outcome !== diverged);
  const curves = sound.map((r) => r.curves[name]);
  const lost = having.filter((r) => r.outcome === diverged);
  const own = (c: CellResult["curves"][string]) =>
    c.x.flatMap((x, i) => pointOf(statistic([x]), statistic([c.y[i]]), "none"));
  const failures = lost.map((r): Line => ({ points: own(r.curves[name]), failed: true }));
  if (curves.length === 0) return failures;
  const longest = curves.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  // A run that stopped early shares the beginning.
  if (curves.every((c) => c.x.every((x, i) => x === longest.x[i])))
    return [
      {
        points: longest.x.flatMap((x, i) =>
          pointOf(
            statistic([x]),
            statistic(sampleMeans(sound, over, (r) => r.curves[name].y[i])),
            spread,
          ),
        ),
      },
      ...failures,
    ];
  notes.push(
    "Each seed has a line of its own, because their curves were measured at different places",
  );
  return [...curves.map((c): Line => ({ points: own(c) })), ...failures];
}

/**
 * `2.08 ± 0.02, 1 of 3 failed`: where the curves of one line end; undefined where there is no
 * curve.
 */
export function endOf(
  results: readonly CellResult[],
  name: string,
  format: string,
): string | undefined {
  const having = results.filter((r) => r.outcome === failed || Object.hasOwn(r.curves, name));
  const sound = having.filter((r) => r.outcome !== failed && r.outcome !== diverged);
  if (having.length === 0) return undefined;
  const s = statistic(sound.map((r) => r.curves[name].y.at(-1)));
  const lost = having.length - sound.length;
  const mean = s
    ? `${formatted(s.mean, format)}${s.n > 1 ? ` ± ${formatted(s.sd, format)}` : ""}`
    : "";
  return [mean, lost === 0 ? "" : `${lost} of ${having.length} failed`]
    .filter((t) => t !== "")
    .join(", ");
}

function pointOf(
  x: Statistic | undefined,
  y: Statistic | undefined,
  spread: FigureAsked["spread"],
): readonly ChartPoint[] {
  if (!x || !y) return [];
  const around =
    y.n < 2 || spread === "none"
      ? {}
      : spread === "sd"
        ? { low: y.mean - y.sd, high: y.mean + y.sd }
        : { low: y.min, high: y.max };
  return [{ x: x.mean, y: y.mean, ...around }];
}
