import type { Data, Layout, LayoutAxis, Shape } from "plotly.js-dist-min";
import { ramp } from "../plot/chart.ts";
import {
  axis,
  headLegend,
  figureLayout,
  logAxis,
  panelHeading,
  type Figure,
} from "../report/figure.ts";
import { drawable, isNumber, withPrefix } from "../report/format.ts";
import { ink, tint } from "../report/theme.ts";
import type { ParityData, ParityTrace } from "./data.ts";

const gap = 46;
const top = 60;
const bottom = 58;
const panelHeight = 190;

/**
 * Waveforms of some units of each layer, ours as lines and ngspice's as dots, and below how far all
 * units are apart.
 */
export function overlay(data: ParityData): { readonly figure: Figure; readonly height: number } {
  const { traces, layers, time, tauSeconds } = data;
  const withSpice = traces.apart.some(isNumber);
  const waveforms = layers.slice(1).map((_, l) =>
    waveformPanel(
      data,
      traces.units.filter((u) => u.layer === l + 1),
      l,
    ),
  );
  const panels = withSpice ? [...waveforms, differencePanel(data, waveforms.length)] : waveforms;
  const inner = panels.length * panelHeight + (panels.length - 1) * gap;
  const tops = panels.map((_, i) => 1 - (i * (panelHeight + gap)) / inner);
  const axes = Object.fromEntries(
    panels.map(({ axis }, i) => {
      const domain: [number, number] = [Math.max(0, tops[i] - panelHeight / inner), tops[i]];
      return [`yaxis${suffixOf(i)}`, { ...axis, domain }];
    }),
  );
  return {
    height: inner + top + bottom,
    figure: {
      id: "overlay",
      label:
        "Voltages of some units against time, ours and ngspice's, and their largest difference",
      data: panels.flatMap((p) => p.data),
      layout: figureLayout({
        ...(axes as Partial<Layout>),
        hovermode: "closest",
        margin: { l: 70, r: 24, t: top, b: bottom },
        showlegend: withSpice,
        legend: headLegend,
        xaxis: axis(`time (τ; 1 τ = ${withPrefix(tauSeconds, "s")})`, {
          anchor: `y${suffixOf(panels.length - 1)}` as LayoutAxis["anchor"],
          range: [0, time.free + time.nudged],
        }),
        annotations: panels.map(({ title }, i) => panelHeading(title, tops[i], 4)),
        shapes: [
          {
            type: "line",
            xref: "x",
            x0: time.free,
            x1: time.free,
            yref: "paper",
            y0: 0,
            y1: 1,
            line: { color: ink.soft, width: 1.2, dash: "dash" },
          } satisfies Partial<Shape>,
        ],
      }),
    },
  };
}

interface Panel {
  readonly title: string;
  readonly axis: Partial<LayoutAxis>;
  readonly data: readonly Partial<Data>[];
}

/** What Plotly calls the axes of panel `i` by. */
const suffixOf = (i: number) => (i === 0 ? "" : String(i + 1));

/** Some units of one layer above the input; the first panel names ours and ngspice's. */
function waveformPanel(data: ParityData, shown: readonly ParityTrace[], i: number): Panel {
  return {
    title: titleOf(data, shown, i + 1),
    axis: axis("V"),
    data: shown.flatMap((trace, k) =>
      pair(data, trace, {
        color: ramp(shown.length < 2 ? 0.3 : (0.85 * k) / (shown.length - 1)),
        yaxis: `y${suffixOf(i)}` as "y",
        named: i === 0 && k === 0,
      }),
    ),
  };
}

/** How far the units are apart, on a logarithmic axis, which has no place for an exact zero. */
function differencePanel({ traces: { tau, apart } }: ParityData, i: number): Panel {
  const millivolt = apart.map((v) => (isNumber(v) ? 1e3 * v : v));
  return {
    title: "largest difference of all units",
    axis: logAxis("mV", millivolt),
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: drawable(tau),
        y: drawable(millivolt.map((v) => (isNumber(v) && v > 0 ? v : null))),
        yaxis: `y${suffixOf(i)}` as "y",
        line: { color: ink.text, width: 1.4 },
        showlegend: false,
        hovertemplate: "%{y:.2~e} mV at %{x:.4~g} τ<extra></extra>",
      },
    ],
  };
}

function titleOf(
  { layers, label }: ParityData,
  shown: readonly ParityTrace[],
  layer: number,
): string {
  const output = layer === layers.length - 1;
  const of = layers[layer];
  const part = shown.length < of ? `${shown.length} of ${of} units` : `all ${of} units`;
  if (!output) return `layer ${layer}: ${part}`;
  const own =
    label === null ? "" : `, class ${label} in <span style="color:${tint.chip}">copper</span>`;
  return `output: ${part}${own}`;
}

/** Dots of ngspice, few enough to tell apart. */
const dots = 60;

function pair(
  { layers, classes, label, traces: { tau } }: ParityData,
  { layer, unit, ours, spice }: ParityTrace,
  { color, yaxis, named }: { color: string; yaxis: "y"; named: boolean },
): Partial<Data>[] {
  const output = layer === layers.length - 1;
  const own = output && unit % classes === label ? tint.chip : color;
  const every = Math.max(1, Math.floor(tau.length / dots));
  const some = tau.map((_, p) => p).filter((p) => p % every === 0);
  const name = `unit ${unit}`;
  const hover = `${name}: %{y:.4~g} V at %{x:.4~g} τ`;
  return [
    {
      type: "scatter",
      mode: "lines",
      name: "ours",
      legendgroup: "ours",
      showlegend: named,
      x: drawable(tau, 7),
      y: drawable(ours, 6),
      yaxis,
      line: { color: own, width: 1.8 },
      hovertemplate: `${hover}, ours<extra></extra>`,
    },
    {
      type: "scatter",
      mode: "markers",
      name: "ngspice",
      legendgroup: "ngspice",
      showlegend: named,
      x: drawable(
        some.map((p) => tau[p]),
        7,
      ),
      y: drawable(
        some.map((p) => spice[p]),
        6,
      ),
      yaxis,
      marker: { color: own, size: 5, symbol: "circle-open" },
      hovertemplate: `${hover}, ngspice<extra></extra>`,
    },
  ];
}
