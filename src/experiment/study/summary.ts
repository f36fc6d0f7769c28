import { seriesColors, type Chart, type ChartLine, type ChartPoint } from "../../output/plot/chart.ts";
import type { TableCell, TableResult } from "../../output/study-data.ts";
import { curveName, leftover } from "./check.ts";
import { matches } from "./grid.ts";
import { failed, type CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";
import type { FigureAsked, TableAsked } from "./schema.ts";
import { fieldOf, isNumeric, labelOn, named, product, statistic, troubles, type Statistic } from "./statistics.ts";

/** The parts of a study that its drawings need. */
type Grid = Pick<Study, "axes" | "seeds">;

interface Group { readonly label: string; readonly results: readonly CellResult[] }

/** A figure of a study, from the results that there are. */
export function chartOf(grid: Grid, figure: FigureAsked, results: readonly CellResult[]): Chart {
  const chosen = results.filter((r) => matches(r.axes, figure.where ?? {}));
  const panels = groups(grid, figure.panel === undefined ? [] : [figure.panel], chosen);
  if (figure.kind === "heat") return heatOf(grid, figure, panels);
  const lines = [figure.line ?? []].flat(), ys = [figure.y].flat(), all = groups(grid, lines, chosen);
  const colors = seriesColors(all.length > 1 ? all.length : ys.length, lines.length === 1 && all.length > 2 && labelsOf(grid, lines[0]).every(isNumeric));
  const series = all.flatMap((line, l) => ys.map((y, k) => ({
    label: [...line.label === "" ? [] : [line.label], ...ys.length > 1 || line.label === "" ? [curveName(y) ?? y] : []].join(" · "),
    color: colors[all.length > 1 ? l : k], dash: all.length > 1 ? k : 0,
  })));
  const x = xAxis(grid, figure), notes: string[] = [];
  return {
    title: figure.title, kind: figure.kind, series,
    x: { label: figure.xlabel ?? (figure.x ?? ""), ...x },
    y: { label: figure.ylabel ?? (ys.length === 1 ? curveName(ys[0]) ?? ys[0] : ""), scale: figure.yscale },
    panels: panels.map((panel) => ({
      title: panel.label,
      lines: all.flatMap((line, l) => {
        const own = panel.results.filter((r) => line.results.includes(r));
        return ys.flatMap((y, k) => linesOf(grid, figure, y, own, x.categories, notes)
          .map((points): ChartLine => ({ series: l * ys.length + k, points: drawable(points, x.scale, figure.yscale, notes) })));
      }),
    })),
    notes: [...spreadNote(figure, chosen), ...new Set(notes), ...missingNote(ys, chosen)],
  };
}

function xAxis(grid: Grid, { x, xscale }: FigureAsked): { scale: Chart["x"]["scale"]; categories?: readonly string[] } {
  const labels = x === undefined ? [] : labelsOf(grid, x);
  const scale = xscale ?? (labels.every(isNumeric) ? "linear" : "category");
  return scale === "category" ? { scale, categories: labels } : { scale };
}

/** The points of one series of one panel; several lists where curves of different seeds do not share their x. */
function linesOf(grid: Grid, figure: FigureAsked, y: string, results: readonly CellResult[], categories: readonly string[] | undefined, notes: string[]): readonly (readonly ChartPoint[])[] {
  const { x, kind, spread } = figure, curve = curveName(y);
  if (curve !== undefined) return curveLines(results, curve, spread, notes);
  if (x === undefined) return [];
  const isAxis = x === "seed" || grid.axes.some((a) => a.name === x);
  const placeOf = (r: CellResult) => !isAxis ? fieldOf(r, x) : categories ? categories.indexOf(labelOn(r, x)) : Number(labelOn(r, x));
  if (kind === "scatter") return [results.flatMap((r) => pointOf(statistic([placeOf(r)]), statistic([fieldOf(r, y)]), "none"))];
  const along = isAxis ? [x] : leftover(grid, [figure.line ?? [], figure.panel ?? []].flat(), figure.where);
  return [groups(grid, along, results).flatMap((g) => pointOf(statistic(g.results.map(placeOf)), statistic(g.results.map((r) => fieldOf(r, y))), spread))];
}

function curveLines(results: readonly CellResult[], name: string, spread: FigureAsked["spread"], notes: string[]): readonly (readonly ChartPoint[])[] {
  const curves = results.filter((r) => r.outcome !== failed && Object.hasOwn(r.curves, name)).map((r) => r.curves[name]);
  if (curves.length === 0) return [];
  const longest = curves.reduce((a, b) => b.x.length > a.x.length ? b : a);
  // A run that stopped early shares the beginning.
  if (curves.every((c) => c.x.every((x, i) => x === longest.x[i])))
    return [longest.x.flatMap((x, i) => pointOf(statistic([x]), statistic(curves.map((c) => c.y[i])), spread))];
  notes.push("Each seed has a line of its own, because their curves were measured at different places");
  return curves.map((c) => c.x.flatMap((x, i) => pointOf(statistic([x]), statistic([c.y[i]]), "none")));
}

function pointOf(x: Statistic | undefined, y: Statistic | undefined, spread: FigureAsked["spread"]): readonly ChartPoint[] {
  if (!x || !y) return [];
  const around = y.n < 2 || spread === "none" ? {} : spread === "sd" ? { low: y.mean - y.sd, high: y.mean + y.sd } : { low: y.min, high: y.max };
  return [{ x: x.mean, y: y.mean, ...around }];
}

function heatOf(grid: Grid, figure: FigureAsked, panels: readonly Group[]): Chart {
  const x = figure.x ?? "", [y] = [figure.y].flat(), value = figure.value ?? "", columns = labelsOf(grid, x), rows = labelsOf(grid, y);
  const mean = (results: readonly CellResult[], row: string, column: string) =>
    statistic(results.filter((r) => labelOn(r, y) === row && labelOn(r, x) === column).map((r) => fieldOf(r, value)))?.mean ?? null;
  return {
    title: figure.title, kind: "heat", series: [], value,
    x: { label: figure.xlabel ?? x, scale: "category", categories: columns }, y: { label: figure.ylabel ?? y, scale: "category", categories: rows },
    panels: panels.map((p) => ({ title: p.label, lines: [], heat: rows.map((row) => columns.map((column) => mean(p.results, row, column))) })),
    notes: missingNote([value], panels.flatMap((p) => p.results)),
  };
}

/** The cells by their labels on some axes, in the order of the grid; all in one group for no axes. */
function groups(grid: Grid, axes: readonly string[], results: readonly CellResult[]): readonly Group[] {
  return product(axes.map((a) => labelsOf(grid, a))).map((labels) => ({
    label: axes.map((a, i) => named(a, labels[i])).join(" · "),
    results: results.filter((r) => axes.every((a, i) => labelOn(r, a) === labels[i])),
  })).filter((g) => axes.length === 0 || g.results.length > 0);
}

function labelsOf({ axes, seeds }: Grid, name: string): readonly string[] {
  return name === "seed" ? seeds.map(String) : axes.find((a) => a.name === name)?.settings.map((s) => s.label) ?? [];
}

function drawable(points: readonly ChartPoint[], xscale: Chart["x"]["scale"], yscale: Chart["y"]["scale"], notes: string[]): readonly ChartPoint[] {
  const kept = points.filter(({ x, y }) => (xscale !== "log" || x > 0) && (yscale !== "log" || y > 0));
  if (kept.length < points.length) notes.push("Points at zero or below have no place on a logarithmic axis and are left out");
  return kept;
}

function spreadNote({ spread, kind }: FigureAsked, chosen: readonly CellResult[]): readonly string[] {
  const seeds = new Set(chosen.map((r) => r.seed)).size;
  if (seeds < 2 || kind === "scatter") return [];
  return [`Means over ${seeds} seeds${spread === "none" ? "" : spread === "sd" ? ", with one standard deviation on each side" : ", from the least to the greatest"}`];
}

function missingNote(names: readonly string[], chosen: readonly CellResult[]): readonly string[] {
  const without = chosen.filter((r) => names.some((name) => {
    const curve = curveName(name);
    return curve === undefined ? !statistic([fieldOf(r, name)]) : !Object.hasOwn(r.curves, curve);
  }));
  return without.length > 0 ? [`${without.length} of ${chosen.length} cells are missing (${troubles(without) || "they gave no value"})`] : [];
}

/** The table of a study: means ± standard deviations over seeds. */
export function tableOf(grid: Grid, asked: TableAsked, results: readonly CellResult[]): TableResult {
  const chosen = results.filter((r) => matches(r.axes, asked.where ?? {})), { rows, columns } = asked;
  const head = columns === undefined ? [undefined] : labelsOf(grid, columns).filter((c) => chosen.some((r) => labelOn(r, columns) === c));
  const own = labelsOf(grid, rows).filter((row) => chosen.some((r) => labelOn(r, rows) === row));
  const cells = own.map((row) => head.map((c) => chosen.filter((r) => labelOn(r, rows) === row && (columns === undefined || labelOn(r, columns) === c))));
  const means = cells.map((line) => line.map((cell) => statistic(cell.map((r) => fieldOf(r, asked.value)))));
  const bestOf = head.map((_, c) => {
    const column = means.flatMap((line) => line[c] ? [line[c].mean] : []);
    return asked.best === undefined || column.length < 2 ? undefined : asked.best === "low" ? Math.min(...column) : Math.max(...column);
  });
  return {
    corner: columns === undefined ? rows : `${rows} \\ ${columns}`, value: asked.value,
    columns: head.map((c) => c ?? asked.value),
    rows: own.map((label, i) => ({ label, cells: cells[i].map((cell, c) => tableCell(cell, means[i][c], bestOf[c], asked.format)) })),
  };
}

function tableCell(results: readonly CellResult[], s: Statistic | undefined, best: number | undefined, format: string): TableCell {
  const text = s ? `${formatted(s.mean, format)}${s.n > 1 ? ` ± ${formatted(s.sd, format)}` : ""}` : "–";
  return { text, note: results.length === 0 ? "not run" : troubles(results), best: s !== undefined && s.mean === best };
}

/** A number as `0.00` or `0.0e0` asks for. */
export function formatted(value: number, format: string): string {
  const decimals = /\.(0+)/.exec(format)?.[1].length ?? 0;
  return format.includes("e") ? value.toExponential(decimals) : value.toFixed(decimals);
}
