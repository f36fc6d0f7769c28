import type { Data, Layout, LayoutAxis } from "plotly.js-dist-min";
import { axis, figureLayout, logAxis, type Figure } from "../report/figure.ts";
import { drawable, withPrefix } from "../report/format.ts";
import { ink } from "../report/theme.ts";
import {
  barWidth,
  chartKinds,
  isBand,
  rampStops,
  type Chart,
  type ChartAxis,
  type ChartLine,
  type ChartPanel,
} from "./chart.ts";

const dashes = ["solid", "dash", "dot", "dashdot"] as const;
const symbols = ["circle", "square", "triangle-up", "diamond", "triangle-down"] as const;

/**
 * The chart for the report, to be looked at closely: its panels side by side, in rows of three,
 * four of them in two.
 */
export function chartFigure(chart: Chart, id: string): Figure {
  const columns = chart.panels.length === 4 ? 2 : Math.min(3, Math.max(1, chart.panels.length));
  const rows = Math.ceil(chart.panels.length / columns);
  const titled = chart.panels.some((p) => p.title !== "");
  const axes: Record<string, Partial<LayoutAxis>> = {};
  chart.panels.forEach((_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns);
    const suffix = i === 0 ? "" : String(i + 1);
    const same = (name: "x" | "y") => (i > 0 ? { matches: name } : {});
    axes[`xaxis${suffix}`] = {
      ...axisOf(chart.x, chart, "x", row === rows - 1 || i + columns >= chart.panels.length),
      ...same("x"),
      domain: part(column, columns, 0.05),
      anchor: `y${suffix}` as LayoutAxis["anchor"],
    };
    axes[`yaxis${suffix}`] = {
      ...axisOf(chart.y, chart, "y", column === 0),
      ...same("y"),
      domain: part(rows - 1 - row, rows, titled ? 0.16 : 0.12),
      anchor: `x${suffix}` as LayoutAxis["anchor"],
    };
  });
  return {
    id,
    label: `${chart.title}: ${chart.y.label} against ${chart.x.label}`,
    data: chart.panels.flatMap((panel, i) =>
      panel.heat
        ? [heat(chart, panel.heat, i)]
        : panel.lines.flatMap((line) => [
            ...band(chart, line, i),
            ...dots(chart, line, i),
            chartKinds[chart.kind].bars ? bars(chart, line, i) : trace(chart, line, i),
          ]),
    ),
    layout: figureLayout({
      ...(axes as Partial<Layout>),
      showlegend: chart.series.length > 1,
      margin: { l: 62, r: 16, t: titled ? 84 : 40, b: 52 },
      // Above the names of the panels.
      ...(titled
        ? {
            legend: {
              orientation: "h",
              x: 0,
              xanchor: "left",
              y: 1 + 0.09 / rows,
              yanchor: "bottom",
              font: { size: 13 },
            },
          }
        : {}),
      annotations: chart.panels.flatMap((p, i) => annotations(chart, p, i)),
    }),
  };
}

/** The name of a panel above it, and where its lines end in it. */
function annotations(
  { series }: Chart,
  { title, ends = [] }: ChartPanel,
  panel: number,
): NonNullable<Layout["annotations"]> {
  const suffix = panel === 0 ? "" : String(panel + 1);
  const at = {
    showarrow: false,
    xref: `x${suffix} domain` as "paper",
    yref: `y${suffix} domain` as "paper",
    y: 1,
  } as const;
  return [
    ...(title === ""
      ? []
      : [
          {
            ...at,
            text: `<b>${escapePlotly(title)}</b>`,
            x: 0,
            xanchor: "left" as const,
            yanchor: "bottom" as const,
            font: { size: 13, color: ink.text },
          },
        ]),
    ...ends.map(({ series: s, text }, i) => ({
      ...at,
      text: escapePlotly(`${series[s].label}: ${text}`),
      x: 1,
      xanchor: "right" as const,
      yanchor: "top" as const,
      yshift: -16 * i,
      font: { size: 12, color: series[s].color },
    })),
  ] as NonNullable<Layout["annotations"]>;
}

// Plotly reads some markup in texts.
const escapePlotly = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function part(i: number, count: number, gap: number): [number, number] {
  const size = (1 - gap * (count - 1)) / count;
  return [i * (size + gap), i * (size + gap) + size];
}

function axisOf(
  asked: ChartAxis,
  { panels }: Chart,
  along: "x" | "y",
  isOuter: boolean,
): Partial<LayoutAxis> {
  const { scale, categories, zero } = asked;
  const title = isOuter ? escapePlotly(asked.label) : "";
  const values = panels.flatMap((p) =>
    p.lines.flatMap((l) => l.points.map((point) => point[along])),
  );
  switch (scale) {
    case "category":
      return axis(title, {
        tickmode: "array",
        tickvals: categories?.map((_, i) => i),
        ticktext: categories?.map(escapePlotly),
        range: [-0.5, (categories?.length ?? 1) - 0.5],
      });
    case "log": {
      const log = zero === undefined ? logAxis(title, values) : zeroAxis(title, values, zero);
      return { ...log, ...ticksOf(asked, log) };
    }
    case "linear": {
      const fromZero = along === "y" && values.every((v) => v >= 0);
      const linear = axis(title, fromZero ? { rangemode: "tozero" } : {});
      return { ...linear, ...ticksOf(asked, linear) };
    }
    default:
      return scale satisfies never;
  }
}

/** The ticks that an axis asks for, in place of those it would have. */
function ticksOf({ ticks, unit }: ChartAxis, { tickvals }: Partial<LayoutAxis>) {
  if (ticks === undefined && unit === undefined) return {};
  const values = ticks ?? (Array.isArray(tickvals) ? (tickvals as number[]) : undefined);
  // Plotly itself chooses the ticks of a linear axis, and writes its own prefixes.
  if (values === undefined) return { ticksuffix: unit, exponentformat: "SI" as const };
  return {
    tickmode: "array" as const,
    tickvals: [...values],
    ticktext: values.map((v) => (unit === undefined ? String(v) : withPrefix(v, unit))),
  };
}

/** A logarithmic axis with a place for zero: the ticks of the others, and one more. */
function zeroAxis(title: string, values: readonly number[], zero: number): Partial<LayoutAxis> {
  const plain = logAxis(
    title,
    values.filter((v) => v !== zero),
  );
  const high: unknown = plain.range?.at(1);
  const before = <T>(first: T, rest: unknown) => [
    first,
    ...(Array.isArray(rest) ? (rest as T[]) : []),
  ];
  return {
    ...plain,
    range: [Math.log10(zero) - 0.1, high],
    tickvals: before(zero, plain.tickvals),
    ticktext: before("0", plain.ticktext),
  };
}

/** A shaded band around a line of many points, as in the picture. */
function band(
  { series, kind }: Chart,
  { series: s, points, failed }: ChartLine,
  panel: number,
): readonly Partial<Data>[] {
  if (failed || !isBand(kind, points)) return [];
  const around = points.filter((p) => p.low !== undefined && p.high !== undefined);
  const back = [...around].reverse();
  return [
    {
      type: "scatter",
      mode: "lines",
      ...axesOf(panel),
      legendgroup: String(s),
      showlegend: false,
      x: drawable([...around, ...back].map((p) => p.x)),
      y: drawable([...around.map((p) => p.high!), ...back.map((p) => p.low!)]),
      fill: "toself",
      fillcolor: `${series[s].color}29`,
      line: { width: 0 },
      hoverinfo: "skip",
    },
  ];
}

function dots(
  { series }: Chart,
  { series: s, dots: all = [] }: ChartLine,
  panel: number,
): readonly Partial<Data>[] {
  if (all.length === 0) return [];
  return [
    {
      type: "scatter",
      mode: "markers",
      ...axesOf(panel),
      legendgroup: String(s),
      showlegend: false,
      x: drawable(all.map((p) => p.x)),
      y: drawable(all.map((p) => p.y)),
      marker: { color: series[s].color, size: 5, opacity: 0.45 },
      hovertemplate: "%{x:.4~g}: %{y:.4~g}<extra></extra>",
    },
  ];
}

function axesOf(panel: number): { readonly xaxis: string; readonly yaxis: string } {
  const suffix = panel === 0 ? "" : String(panel + 1);
  return { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
}

/** A bar at every point, from its base to its value. */
function bars(chart: Chart, { series: s, points }: ChartLine, panel: number): Partial<Data> {
  const { label, color } = chart.series[s];
  const bases = points.map((p) => p.base ?? 0);
  const error = {
    type: "data" as const,
    symmetric: false,
    array: drawable(points.map((p) => (p.high ?? p.y) - p.y)) as number[],
    arrayminus: drawable(points.map((p) => p.y - (p.low ?? p.y))) as number[],
    color: ink.text,
    thickness: 1.2,
    width: 4,
  };
  return {
    type: "bar",
    name: escapePlotly(label),
    showlegend: panel === 0 && chart.series.length > 1,
    ...axesOf(panel),
    x: drawable(points.map((p) => p.x)),
    y: drawable(points.map((p, i) => p.y - bases[i])),
    base: drawable(bases) as number[],
    width: barWidth(chart),
    marker: { color, opacity: 0.75 },
    ...(points.some((p) => p.low !== undefined) ? { error_y: error } : {}),
    hovertemplate: "%{x:.4~g}: %{y:.4~g}",
  };
}

function trace(
  { series, kind, panels }: Chart,
  { series: s, points, failed }: ChartLine,
  panel: number,
): Partial<Data> {
  const { label, color, dash, isLaw } = series[s];
  const first =
    panels.findIndex((p) => p.lines.some((l) => l.series === s && !l.failed)) === panel &&
    panels[panel].lines.find((l) => l.series === s && !l.failed)?.points === points;
  const hasSpread = points.some((p) => p.low !== undefined) && !isBand(kind, points);
  return {
    type: "scatter",
    name: escapePlotly(label),
    legendgroup: String(s),
    showlegend: first && !isLaw,
    ...axesOf(panel),
    x: drawable(points.map((p) => p.x)),
    y: drawable(points.map((p) => p.y)),
    mode: failed
      ? "lines+markers"
      : !chartKinds[kind].joins
        ? "markers"
        : points.length <= 30 && !isLaw
          ? "lines+markers"
          : "lines",
    ...(failed
      ? {
          line: { color, width: 1 },
          marker: {
            color,
            size: points.map((_, i) => (i === points.length - 1 ? 9 : 0.1)),
            symbol: "x",
          },
        }
      : {
          line: { color, width: 2.5, dash: dashes[dash % dashes.length] },
          marker: { color, size: 8, symbol: symbols[s % symbols.length] },
        }),
    ...(hasSpread
      ? {
          error_y: {
            type: "data",
            symmetric: false,
            array: drawable(points.map((p) => (p.high ?? p.y) - p.y)) as number[],
            arrayminus: drawable(points.map((p) => p.y - (p.low ?? p.y))) as number[],
            color,
            thickness: 1.2,
            width: 4,
          },
        }
      : {}),
    hovertemplate: "%{x:.4~g}: %{y:.4~g}",
  };
}

function heat(
  { x, y, value, panels }: Chart,
  z: readonly (readonly (number | null)[])[],
  panel: number,
): Partial<Data> {
  const suffix = panel === 0 ? "" : String(panel + 1);
  // One range for all panels, so that equal colours are equal values.
  const all = panels.flatMap((p) => p.heat?.flat() ?? []).filter((v): v is number => v !== null);
  return {
    type: "heatmap",
    x: x.categories?.map((_, i) => i),
    y: y.categories?.map((_, i) => i),
    z: z.map((row) => drawable(row)),
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
    colorscale: rampStops,
    zmin: Math.min(...all),
    zmax: Math.max(...all),
    showscale: panel === 0,
    colorbar: { title: { text: escapePlotly(value ?? "") }, thickness: 14 },
    texttemplate: "%{z:.3~g}",
    hovertemplate: "%{z:.4~g}<extra></extra>",
  };
}
