import type { Data, Layout, LayoutAxis, Shape } from "plotly.js-dist-min";
import { ramp } from "../plot/chart.ts";
import { axis, layout, logAxis, type Figure } from "../report/figure.ts";
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
  const {
    traces: { tau, units, apart },
    layers,
    time,
    tauSeconds,
  } = data;
  const withSpice = apart.some(isNumber);
  const panels = [
    ...layers.slice(1).map((_, l) => units.filter((u) => u.layer === l + 1)),
    ...(withSpice ? [null] : []),
  ];
  const inner = panels.length * panelHeight + (panels.length - 1) * gap;
  const axes: Record<string, Partial<LayoutAxis>> = {};
  const traces: Partial<Data>[] = [];
  const notes: NonNullable<Layout["annotations"]> = [];
  panels.forEach((shown, i) => {
    const suffix = i === 0 ? "" : String(i + 1);
    const high = 1 - (i * (panelHeight + gap)) / inner;
    const domain: [number, number] = [Math.max(0, high - panelHeight / inner), high];
    axes[`yaxis${suffix}`] = {
      ...(shown
        ? axis("V")
        : logAxis(
            "mV",
            apart.map((v) => (isNumber(v) ? 1e3 * v : v)),
          )),
      domain,
    };
    notes.push({
      text: `<b>${shown ? titleOf(data, shown, i + 1) : "largest difference of all units"}</b>`,
      showarrow: false,
      xref: "paper",
      yref: "paper",
      x: 0,
      xanchor: "left",
      y: high,
      yanchor: "bottom",
      yshift: 4,
      font: { size: 13, color: ink.text },
    });
    const yaxis = `y${suffix}` as "y";
    if (shown)
      shown.forEach((trace, k) => {
        traces.push(
          ...pair(
            data,
            trace,
            ramp(shown.length < 2 ? 0.3 : (0.85 * k) / (shown.length - 1)),
            yaxis,
            i === 0 && k === 0,
          ),
        );
      });
    else
      traces.push({
        type: "scatter",
        mode: "lines",
        x: drawable(tau),
        y: drawable(apart.map((v) => (isNumber(v) && v > 0 ? 1e3 * v : null))),
        yaxis,
        line: { color: ink.text, width: 1.4 },
        showlegend: false,
        hovertemplate: "%{y:.2~e} mV at %{x:.4~g} τ<extra></extra>",
      });
  });
  return {
    height: inner + top + bottom,
    figure: {
      id: "overlay",
      label: `Voltages of some units against time, ours and ngspice's, and their largest difference`,
      data: traces,
      layout: layout({
        ...(axes as Partial<Layout>),
        hovermode: "closest",
        margin: { l: 70, r: 24, t: top, b: bottom },
        showlegend: withSpice,
        legend: {
          orientation: "h",
          x: 0,
          xanchor: "left",
          y: 0.999,
          yanchor: "top",
          yref: "container",
          font: { size: 14 },
        },
        xaxis: axis(`time (τ; 1 τ = ${withPrefix(tauSeconds, "s")})`, {
          anchor: `y${panels.length === 1 ? "" : String(panels.length)}` as LayoutAxis["anchor"],
          range: [0, time.free + time.nudged],
        }),
        annotations: notes,
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

function titleOf(
  { layers, label }: ParityData,
  shown: readonly ParityTrace[],
  layer: number,
): string {
  const output = layer === layers.length - 1;
  const of = layers[layer];
  return (
    `${output ? "output" : `layer ${layer}`}: ` +
    `${shown.length < of ? `${shown.length} of ${of} units` : `all ${of} units`}${output ? `, class ${label} in <span style="color:${tint.chip}">copper</span>` : ""}`
  );
}

/** Dots of ngspice, few enough to tell apart. */
const dots = 60;

function pair(
  { layers, classes, label, traces: { tau } }: ParityData,
  { layer, unit, ours, spice }: ParityTrace,
  color: string,
  yaxis: "y",
  first: boolean,
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
      showlegend: first,
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
      showlegend: first,
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
