import {
  seriesColors,
  type Chart,
  type ChartAxis,
  type ChartLine,
  type ChartPanel,
  type ChartPoint,
} from "../output/plot/chart.ts";
import type { TableCell, TableResult } from "../output/study-data.ts";
import { curveName, overOf } from "./check.ts";
import { matches } from "./grid.ts";
import { endOf, linesOf, type XPlaces } from "./lines.ts";
import { diverged, type CellResult, type Produced } from "./measurement.ts";
import type { Study } from "./read.ts";
import type { FigureAsked, TableAsked } from "./schema.ts";
import {
  areNumbers,
  fieldOf,
  formatted,
  groupBy,
  groups,
  labelOn,
  labelsOf,
  labelsShown,
  numberOn,
  sampleMeans,
  statistic,
  troubles,
  unitOn,
  type Group,
  type Statistic,
} from "./statistics.ts";

/** The parts of a study that its drawings need. */
type Grid = Pick<Study, "axes" | "seeds" | "over" | "measurement">;

/** A figure of a study, from the results that there are. */
export function chartOf(grid: Grid, figure: FigureAsked, results: readonly CellResult[]): Chart {
  const chosen = results.filter((r) => matches(r, figure.where ?? {}));
  const panels = groups(grid, figure.panel === undefined ? [] : [figure.panel], chosen);
  if (figure.kind === "heat") return heatOf(grid, figure, panels);
  const lines = [figure.line ?? []].flat();
  const ys = [figure.y].flat();
  const all = groups(grid, lines, chosen);
  const colors = seriesColors(
    all.length > 1 ? all.length : ys.length,
    lines.length === 1 && all.length > 2 && areNumbers(labelsOf(grid, lines[0])),
  );
  const called = (name: string) => figure.labels?.[name] ?? labelled(grid, name);
  const series = all.flatMap((line, l) =>
    ys.map((y, k) => ({
      label: [
        ...(line.label === "" ? [] : [called(line.label)]),
        ...(ys.length > 1 || line.label === "" ? [called(curveName(y) ?? y)] : []),
      ].join(" · "),
      color: colors[all.length > 1 ? l : k],
      dash: all.length > 1 ? k : 0,
    })),
  );
  const x = xAxis(grid, figure);
  const notes: string[] = [];
  const lineOf = new Map(all.flatMap((line, l) => line.results.map((r) => [r, l])));
  const drawn = panels.map((panel): ChartPanel => {
    const byLine = groupBy(panel.results, (r) => lineOf.get(r));
    const each = all.flatMap((_, l) =>
      ys.map((y, k) => ({ y, series: l * ys.length + k, own: byLine.get(l) ?? [] })),
    );
    const { ends: format } = figure;
    const ends =
      format === undefined
        ? []
        : each.flatMap(({ y, series: s, own }) => {
            const text = endOf(own, curveName(y) ?? y, format);
            return text === undefined ? [] : [{ series: s, text }];
          });
    return {
      title: called(panel.label),
      lines: each.flatMap(({ y, series: s, own }) =>
        linesOf(grid, figure, y, own, x, notes).map(
          (line): ChartLine => ({
            ...line,
            series: s,
            points: drawable(line.points, x.scale, figure.yscale, notes),
            ...(line.dots ? { dots: drawable(line.dots, x.scale, figure.yscale, notes) } : {}),
          }),
        ),
      ),
      ...(ends.length > 0 ? { ends } : {}),
    };
  });
  return {
    title: figure.title,
    kind: figure.kind,
    ...inUse(series, drawn),
    x: { label: figure.xlabel ?? xLabel(grid, figure), ...x },
    y: {
      label: figure.ylabel ?? yLabel(grid, ys, called),
      scale: figure.yscale,
    },
    notes: [
      ...spreadNote(grid, figure, chosen),
      ...new Set(notes),
      ...divergedNote(chosen),
      ...missingNote(ys, chosen),
    ],
  };
}

/** Without the series that no panel has, as the copy of a chip that learns without one. */
function inUse(
  series: Chart["series"],
  panels: readonly ChartPanel[],
): Pick<Chart, "series" | "panels"> {
  const used = series
    .map((_, s) => s)
    .filter((s) => panels.some((p) => p.lines.some((l) => l.series === s && l.points.length > 0)));
  const renumbered = <T extends { readonly series: number }>(entries: readonly T[]) =>
    entries
      .filter((e) => used.includes(e.series))
      .map((e) => ({ ...e, series: used.indexOf(e.series) }));
  return {
    series: used.map((s) => series[s]),
    panels: panels.map((p) => ({
      ...p,
      lines: renumbered(p.lines),
      ...(p.ends ? { ends: renumbered(p.ends) } : {}),
    })),
  };
}

function xAxis(grid: Grid, figure: FigureAsked): Pick<ChartAxis, "scale"> & XPlaces {
  const { x, xscale } = figure;
  const labels = x === undefined ? [] : labelsShown(grid, figure, x);
  const scale = xscale ?? (areNumbers(labels) ? "linear" : "category");
  if (scale === "category") return { scale, categories: labels };
  const positive = labels
    .map(numberOn)
    .filter((v) => v > 0)
    .sort((a, b) => a - b);
  // Zero stands as far below the least value as the next stands above it, and at least a factor of
  // two.
  return scale === "log" && labels.some((l) => numberOn(l) === 0) && positive.length > 0
    ? { scale, zero: positive[0] / Math.max(2, (positive.at(1) ?? 0) / positive[0]) }
    : { scale };
}

function heatOf(grid: Grid, figure: FigureAsked, panels: readonly Group[]): Chart {
  const x = figure.x ?? "";
  const [y] = [figure.y].flat();
  const value = figure.value ?? "";
  const columns = labelsOf(grid, x);
  const rows = labelsOf(grid, y);
  const all = panels.flatMap((p) => p.results);
  const mean = (results: readonly CellResult[], row: string, column: string) =>
    statistic(
      results
        .filter((r) => r.outcome !== diverged)
        .filter((r) => labelOn(r, y) === row && labelOn(r, x) === column)
        .map((r) => fieldOf(r, value)),
    )?.mean ?? null;
  return {
    title: figure.title,
    kind: "heat",
    series: [],
    value,
    x: { label: figure.xlabel ?? x, scale: "category", categories: columns },
    y: { label: figure.ylabel ?? y, scale: "category", categories: rows },
    panels: panels.map((p) => ({
      title: p.label,
      lines: [],
      heat: rows.map((row) => columns.map((column) => mean(p.results, row, column))),
    })),
    notes: [...divergedHeat(all), ...missingNote([value], all)],
  };
}

function drawable(
  points: readonly ChartPoint[],
  xscale: Chart["x"]["scale"],
  yscale: Chart["y"]["scale"],
  notes: string[],
): readonly ChartPoint[] {
  const kept = points.filter(
    ({ x, y }) => (xscale !== "log" || x > 0) && (yscale !== "log" || y > 0),
  );
  if (kept.length < points.length)
    notes.push("Points at zero or below have no place on a logarithmic axis and are left out");
  return kept;
}

function spreadNote(
  grid: Grid,
  figure: FigureAsked,
  chosen: readonly CellResult[],
): readonly string[] {
  const { spread, kind, dots } = figure;
  const over = overOf(grid, figure);
  const samples = new Map<string, Set<string>>();
  for (const r of chosen) {
    const rest = Object.entries(r.axes).filter(
      ([axis]) => axis !== grid.over && !over.includes(axis),
    );
    const point = JSON.stringify(rest);
    const sample = JSON.stringify(over.map((axis) => labelOn(r, axis)));
    samples.set(point, (samples.get(point) ?? new Set()).add(sample));
  }
  const counts = [...samples.values()].map((s) => s.size);
  const least = Math.min(...counts);
  const most = Math.max(0, ...counts);
  if (most < 2 || kind === "scatter") return [];
  const what = over.length === 1 ? plural(over[0]) : `pairs of ${over.join(" and ")}`;
  return [
    `Means over ${least < most ? `${least} to ` : ""}${most} ${what}${aroundMeans[spread]}` +
      (dots ? `, a dot each` : ""),
  ];
}

const plural = (axis: string) => `${axis}s`;

/** What a value or a curve of the measurement is called. */
function labelled({ measurement: { produces } }: Grid, name: string): string {
  const of: Readonly<Record<string, Produced>> = { ...produces.values, ...produces.curves };
  return Object.hasOwn(of, name) ? (of[name].label ?? name) : name;
}

/** `copy's test error (%)`: of several values the unit alone. */
function yLabel(
  { measurement: { produces } }: Grid,
  ys: readonly string[],
  called: (name: string) => string,
): string {
  const of: Readonly<Record<string, Produced>> = { ...produces.values, ...produces.curves };
  const names = ys.map((y) => curveName(y) ?? y);
  const units = new Set(names.map((n) => (Object.hasOwn(of, n) ? of[n].unit : undefined)));
  const [unit] = units;
  const isShared = units.size === 1 && unit !== undefined;
  // What comes before a comma is common to values of one kind: "test error, copy".
  const kinds = new Set(names.map((n) => called(n).split(", ")[0]));
  const what = names.length === 1 ? called(names[0]) : kinds.size === 1 ? [...kinds][0] : "";
  if (!isShared || (names.length === 1 && what === names[0])) return what;
  return what === "" ? unit : `${what} (${unit})`;
}

/** The axis without what it stands in, and the unit of its labels. */
function xLabel(grid: Grid, { x }: FigureAsked): string {
  if (x === undefined) return "";
  const unit = unitOn(labelsOf(grid, x));
  const name = labelled(grid, x).replace(/^circuit\./, "");
  return unit === "" ? name : `${name} (${unit})`;
}

const aroundMeans = {
  none: "",
  sd: ", with one standard deviation on each side",
  range: ", from the least to the greatest",
} satisfies Record<FigureAsked["spread"], string>;

function divergedNote(chosen: readonly CellResult[]): readonly string[] {
  const lost = chosen.filter((r) => r.outcome === diverged).length;
  return lost > 0
    ? [
        `${lost} of ${chosen.length} runs diverged: a cross is where one ended, and means are ` +
          "of the others",
      ]
    : [];
}

function divergedHeat(chosen: readonly CellResult[]): readonly string[] {
  const lost = chosen.filter((r) => r.outcome === diverged).length;
  return lost > 0
    ? [`${lost} of ${chosen.length} runs diverged: they are left out of the means`]
    : [];
}

function missingNote(names: readonly string[], chosen: readonly CellResult[]): readonly string[] {
  const without = chosen.filter((r) =>
    names.every((name) => {
      const curve = curveName(name);
      return curve === undefined ? !statistic([fieldOf(r, name)]) : !Object.hasOwn(r.curves, curve);
    }),
  );
  return without.length > 0
    ? [
        `${without.length} of ${chosen.length} cells are missing ` +
          `(${troubles(without) || "they gave no value"})`,
      ]
    : [];
}

/**
 * The table of a study: means ± standard deviations over the seeds that did not diverge. Columns
 * that have nothing are left out.
 */
export function tableOf(
  grid: Grid & Pick<Study, "points">,
  asked: TableAsked,
  results: readonly CellResult[],
): TableResult {
  const chosen = results.filter((r) => matches(r, asked.where ?? {}));
  const { rows, columns, labels = {} } = asked;
  const values = [asked.value].flat();
  const called = (name: string) => labels[name] ?? labelled(grid, name);
  const over = overOf(grid, asked);
  const isOn = (axis: string, label: string) => (r: CellResult) => labelOn(r, axis) === label;
  const heads =
    columns === undefined
      ? [{ title: [], has: () => true, of: {} }]
      : labelsOf(grid, columns)
          .filter((c) => chosen.some(isOn(columns, c)))
          .map((c) => ({ title: [called(c)], has: isOn(columns, c), of: { [columns]: c } }));
  const own = labelsOf(grid, rows).filter((row) => chosen.some(isOn(rows, row)));
  const places = new Set(
    grid.points.flatMap(({ labels: on, seeds }) =>
      seeds.map((seed) => placeIn((axis) => (axis === "seed" ? String(seed) : on[axis]), asked)),
    ),
  );
  const isAsked = (labels: Readonly<Record<string, string>>) =>
    places.has(placeIn((axis) => labels[axis], asked));
  const filled = heads
    .flatMap(({ title, has, of }) =>
      values.map((value) => {
        const inColumn = groupBy(chosen.filter(has), (r) => labelOn(r, rows));
        const cells = own.map((row) => inColumn.get(row) ?? []);
        const means = cells.map((cell) =>
          statistic(
            sampleMeans(
              cell.filter((r) => r.outcome !== diverged),
              over,
              (r) => fieldOf(r, value),
            ),
          ),
        );
        const known = means.flatMap((m) => (m ? [m.mean] : []));
        const best =
          asked.best === undefined || known.length < 2
            ? undefined
            : asked.best === "low"
              ? Math.min(...known)
              : Math.max(...known);
        // A chip that learns without a copy has no column for it.
        const isGiven = values.length === 1 || cells.flat().some((r) => fieldOf(r, value) !== null);
        return {
          title: [
            ...title,
            ...(values.length > 1 || title.length === 0 ? [called(value)] : []),
          ].join(" · "),
          isGiven,
          cells: cells.map((cell, i) =>
            isAsked({ [rows]: own[i], ...of })
              ? tableCell(cell, means[i], best, asked.format)
              : { text: "", note: "", best: false },
          ),
        };
      }),
    )
    .filter((c) => c.isGiven);
  return {
    corner: columns === undefined ? rows : `${rows} \\ ${columns}`,
    value: values.map(called).join(", "),
    columns: filled.map((c) => c.title),
    rows: own.map((label, i) => ({ label: called(label), cells: filled.map((c) => c.cells[i]) })),
  };
}

/** The cell of a table that labels belong to. */
function placeIn(
  labelOf: (axis: string) => string,
  { rows, columns }: Pick<TableAsked, "rows" | "columns">,
): string {
  return JSON.stringify([labelOf(rows), ...(columns === undefined ? [] : [labelOf(columns)])]);
}

function tableCell(
  results: readonly CellResult[],
  s: Statistic | undefined,
  best: number | undefined,
  format: string,
): TableCell {
  const text = s
    ? `${formatted(s.mean, format)}${s.n > 1 ? ` ± ${formatted(s.sd, format)}` : ""}`
    : "–";
  return {
    text,
    note: results.length === 0 ? "not run" : troubles(results),
    best: s !== undefined && s.mean === best,
  };
}
