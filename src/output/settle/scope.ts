import type { Data, Layout, LayoutAxis, Shape } from "plotly.js-dist-min";
import { takesTime, type SolverKind } from "../../solver/solver.ts";
import { distinct, ramp } from "../plot/chart.ts";
import {
  axis,
  headLegend,
  figureLayout,
  logAxis,
  panelHeading,
  type Figure,
} from "../report/figure.ts";
import { drawable, withPrefix } from "../report/format.ts";
import { ink, tint } from "../report/theme.ts";
import { targetText, type SettleData, type Shown, type SolverTrace } from "./data.ts";
import { power } from "../../numerics/power.ts";

/** A figure of several panels above one another, and how high it is in pixels. */
interface Scope {
  readonly figure: Figure;
  readonly height: number;
}

interface Panel {
  readonly title: string;
  readonly height: number;
  readonly axis: Partial<LayoutAxis>;
  readonly lines: readonly Line[];
  /** Whether its lines stand in the legend: one a solver. */
  readonly named?: boolean;
}

interface Line {
  readonly name: string;
  /** Whose line it is, for the legend. */
  readonly trace: SolverTrace;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly color: string;
  readonly width: number;
  readonly dash?: "solid" | "dot";
  /** Steps, held until the next one. */
  readonly held?: boolean;
}

const gap = 46;
const top = 88;
const bottom = 58;

/**
 * What an oscilloscope at the chip would show: states layer by layer, then energy, residual and
 * step sizes.
 */
export function scope(data: SettleData, kind: SolverKind): Scope | null {
  const traces = data.traces.filter((t) => t.kind === kind);
  if (traces.length === 0) return null;
  const panels = [
    ...data.shown.map((shown, l) => layerPanel(data, traces, shown, l)),
    ...measures(data, traces),
  ];
  const flow = takesTime[kind];
  const { inner, axes, headings } = stacked(panels, flow);
  const end = reach(traces);
  const last = `y${panels.length === 1 ? "" : String(panels.length)}` as LayoutAxis["anchor"];
  const tau = Number.isFinite(data.tauSeconds)
    ? `τ; 1 τ = ${withPrefix(data.tauSeconds, "s")}`
    : "τ";
  return {
    height: inner + top + bottom,
    figure: {
      id: `scope-${kind}`,
      label:
        "States of some units, energy, " +
        `residual${flow ? " and step sizes against time" : " against iterations"}, ` +
        traces.map((t) => t.solver).join(", "),
      data: [
        ...panels.flatMap((panel, i) =>
          panel.lines.map((line) => drawn(line, i, panel.named === true && traces.length > 1)),
        ),
        ...(flow ? [onSecondsAxis] : []),
      ],
      layout: figureLayout({
        ...(axes as Partial<Layout>),
        hovermode: "closest",
        margin: { l: 70, r: 64, t: top, b: bottom },
        legend: headLegend,
        showlegend: traces.length > 1,
        xaxis: axis(flow ? `time (${tau})` : "iterations", { anchor: last, range: [0, end] }),
        ...(flow ? { xaxis2: secondsAxis(data.tauSeconds, end) } : {}),
        annotations: [...headings, ...outputNames(data, traces, end)],
        shapes: tolerance(data, panels.length - (flow ? 1 : 0)),
      }),
    },
  };
}

/** Panels from above to below: their axes and headings, and how high they are together, in px. */
function stacked(panels: readonly Panel[], underAnAxis: boolean) {
  const inner = panels.reduce((sum, p) => sum + p.height, 0) + gap * (panels.length - 1);
  const axes: Record<string, Partial<LayoutAxis>> = {};
  const headings: NonNullable<Layout["annotations"]> = [];
  let from = inner;
  panels.forEach((panel, i) => {
    const suffix = i === 0 ? "" : String(i + 1);
    const domain: [number, number] = [(from - panel.height) / inner, from / inner];
    axes[`yaxis${suffix}`] = { ...panel.axis, domain };
    headings.push(panelHeading(panel.title, domain[1], i === 0 && underAnAxis ? 24 : 4));
    from -= panel.height + gap;
  });
  return { inner, axes, headings };
}

/** Plotly draws an axis only where something stands on it. */
const onSecondsAxis = {
  type: "scatter",
  x: [0],
  y: [null],
  xaxis: "x2",
  yaxis: "y",
  showlegend: false,
  hoverinfo: "skip",
} satisfies Partial<Data>;

/** States of one layer. One solver: each unit has its colour. Several: each solver has. */
function layerPanel(
  data: SettleData,
  traces: readonly SolverTrace[],
  { layer, units, of }: Shown,
  l: number,
): Panel {
  const output = layer === data.layers.length - 1;
  const { label } = data.solvers[0].samples[0];
  const lines = traces.flatMap((trace, t) =>
    units.map((unit, u): Line => {
      const alone = traces.length === 1;
      const isLabel = output && unit % data.classes === label;
      const color = alone
        ? isLabel
          ? tint.chip
          : output
            ? "#8b94a3"
            : ramp((0.85 * u) / Math.max(1, units.length - 1))
        : colorOf(data, trace);
      return {
        name: output ? outputName(unit, of, data) : `unit ${unit}`,
        trace,
        x: trace.at,
        y: trace.states[l][u],
        color,
        width: isLabel ? 2.6 : alone ? 1.7 : t === 0 ? 1.8 : 1.4,
      };
    }),
  );
  const values = lines.flatMap((line) => line.y).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), 0);
  const high = values.reduce((a, b) => Math.max(a, b), 0.02);
  const name = output ? "output" : `layer ${layer}`;
  const part = units.length < of ? `${units.length} of ${of} units` : `all ${of} units`;
  const highlight =
    output && traces.length === 1 && label !== null
      ? `, ${escapePlotly(targetText(data, label))} in ` +
        `<span style="color:${tint.chip}">copper</span>`
      : "";
  return {
    title: `${name}: ${part}${highlight}`,
    height: output ? 170 : 150,
    axis: axis("state s", { range: [low - 0.06 * (high - low), high + 0.06 * (high - low)] }),
    lines,
  };
}

/** `class 3`; of a pair `class 3, V⁺`. */
function outputName(unit: number, outputs: number, data: SettleData): string {
  const { classes } = data;
  const end = outputs === classes ? "" : unit < classes ? ", V⁺" : ", V⁻";
  return targetText(data, unit % classes) + end;
}

function measures(data: SettleData, traces: readonly SolverTrace[]): readonly Panel[] {
  const line = (
    trace: SolverTrace,
    x: readonly number[],
    y: readonly number[],
    held = false,
  ): Line => ({
    name: trace.solver,
    trace,
    x,
    y,
    color: data.traces.length === 1 ? ink.text : colorOf(data, trace),
    width: 2,
    held,
  });
  const residuals = traces.flatMap((t) => t.residual);
  const lengths = traces.flatMap((t) => t.steps.length);
  const energy: Panel = {
    title: "energy",
    height: 130,
    axis: axis("E"),
    lines: traces.map((t) => line(t, t.at, t.energy)),
  };
  const steps: Panel = {
    title: "step size",
    height: 110,
    axis: logAxis("h (τ)", lengths),
    // The last step ends where the run does.
    lines: traces.map((t) =>
      line(
        t,
        [...t.steps.at, t.at[t.at.length - 1]],
        [...t.steps.length, t.steps.length.at(-1) ?? NaN],
        true,
      ),
    ),
  };
  return [
    ...(traces.some((t) => t.energy.length > 0) ? [energy] : []),
    {
      title: `natural residual${data.tolerance === null ? "" : ", and the tolerance (dotted)"}`,
      height: 160,
      named: true,
      axis: logAxis("max |s − clip(s + F)|", [...residuals, data.tolerance]),
      lines: traces.map((t) => line(t, t.at, positiveOrNaN(t.residual))),
    },
    ...(takesTime[traces[0].kind] ? [steps] : []),
  ];
}

/** A logarithmic axis has no place for an exact zero. */
export function positiveOrNaN(values: readonly number[]): number[] {
  return values.map((v) => (v > 0 ? v : NaN));
}

/** Each solver's colour, the same in all figures of a page. */
export function colorOf({ traces }: SettleData, trace: SolverTrace): string {
  return distinct[traces.findIndex((t) => t.solver === trace.solver) % distinct.length];
}

function drawn(
  { name, trace, x, y, color, width, held }: Line,
  panel: number,
  named: boolean,
): Partial<Data> {
  const few = x.length <= 60 && !held && name === trace.solver;
  return {
    type: "scatter",
    name: escapePlotly(named ? trace.solver : name),
    legendgroup: trace.solver,
    showlegend: named,
    yaxis: `y${panel === 0 ? "" : String(panel + 1)}` as "y",
    x: drawable(x, 7),
    y: drawable(y, 6),
    mode: few ? "lines+markers" : "lines",
    line: { color, width, shape: held ? "hv" : "linear" },
    marker: { size: 3.5, color },
    hovertemplate:
      `${escapePlotly(name)}${name === trace.solver ? "" : `, ${escapePlotly(trace.solver)}`}: ` +
      `%{y:.4~g} at %{x:.4~g}${takesTime[trace.kind] ? " τ" : ""}<extra></extra>`,
  };
}

// Plotly reads some markup in texts.
export const escapePlotly = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * How far along the figure goes: to where the last settled run ends, or to the end of all if none
 * settled.
 */
function reach(traces: readonly SolverTrace[]): number {
  const settled = traces.filter((t) => t.outcome === "settled");
  const of = settled.length > 0 ? settled : traces;
  const end = Math.max(...of.map((t) => t.at[t.at.length - 1]));
  return end > 0 ? end * 1.02 : 1;
}

/** The same time in seconds, above. */
function secondsAxis(tauSeconds: number, end: number): Partial<LayoutAxis> {
  const span = end * tauSeconds;
  const size = power(10, Math.floor(Math.log10(span / 6)));
  const step = size * ([1, 2, 5, 10].find((k) => k * size >= span / 7) ?? 10);
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, k) =>
    Number((k * step).toPrecision(12)),
  );
  return axis("", {
    overlaying: "x",
    side: "top",
    matches: "x",
    anchor: "free",
    position: 1,
    showgrid: false,
    tickmode: "array",
    tickvals: ticks.map((t) => t / tauSeconds),
    ticktext: ticks.map((t) => withPrefix(t, "s")),
  });
}

/** Names of the outputs that end up well above the others, at the right edge. */
function outputNames(
  data: SettleData,
  traces: readonly SolverTrace[],
  end: number,
): NonNullable<Layout["annotations"]> {
  const l = data.shown.length - 1;
  const shown = data.shown[l];
  if (traces.length > 1 || shown.units.length !== shown.of || shown.of !== data.classes) return [];
  const [trace] = traces;
  const { label } = data.solvers[0].samples[0];
  const suffix = l === 0 ? "" : String(l + 1);
  const ending = shown.units
    .map((unit, u) => ({ unit, y: trace.states[l][u].at(-1) ?? NaN }))
    .filter(({ y }) => Number.isFinite(y))
    .sort((a, b) => b.y - a.y);
  const kept: { unit: number; y: number }[] = [];
  const top = trace.states[l]
    .flat()
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0.02);
  // The right one first, then from the top, where there is room for a digit.
  for (const one of [...ending.filter((e) => e.unit === label), ...ending])
    if (kept.every((k) => Math.abs(k.y - one.y) > 0.1 * top)) kept.push(one);
  const x = Math.min(1, trace.at[trace.at.length - 1] / end);
  const nameOf = (unit: number) => escapePlotly(data.targets.names[unit] ?? String(unit));
  return kept.map(({ unit, y }) => ({
    text: unit === label ? `<b>${nameOf(unit)}</b>` : nameOf(unit),
    showarrow: false,
    xref: "x domain" as "paper",
    yref: `y${suffix}` as "y",
    x,
    y,
    xanchor: "left",
    xshift: 6,
    font: { size: 13, color: unit === label ? tint.chip : ink.soft },
  }));
}

function tolerance({ tolerance: at }: SettleData, residualPanel: number): Partial<Shape>[] {
  return at === null
    ? []
    : [
        {
          type: "line",
          xref: "paper",
          x0: 0,
          x1: 1,
          yref: `y${residualPanel === 1 ? "" : String(residualPanel)}` as "y",
          y0: at,
          y1: at,
          line: { color: ink.soft, width: 1.2, dash: "dot" },
        },
      ];
}
