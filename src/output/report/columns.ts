import type { ReportData } from "../report-data.ts";
import { axis, figureLayout, tallSlot } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { isNumber } from "./format.ts";
import { escapeHtml } from "./html.ts";
import { square } from "../../numerics/power.ts";

/** Inputs at most that are shown: those with the largest weights. */
const most = 40;

/** First-layer weights by the names of inputs; nothing where inputs are pixels. */
export function columnsSection({ columns }: ReportData): Section {
  if (columns === null || columns.weights.length === 0) return { html: "" };
  const { names, weights } = columns;
  const size = (i: number) => Math.sqrt(weights.reduce((sum, unit) => sum + square(unit[i]), 0));
  const shown = names
    .map((name, i) => ({ name, i, size: size(i) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, most);
  const range = Math.max(1e-9, ...weights.flat().filter(isNumber).map(Math.abs));
  const figure: Figure = {
    id: "columns",
    label: "Weights of the first layer: an input a row, a unit a column",
    data: [
      {
        type: "heatmap",
        y: shown.map(({ name }) => escapeHtml(name)),
        z: shown.map(({ i }) => weights.map((unit) => Number(unit[i].toPrecision(3)))),
        zmin: -range,
        zmax: range,
        colorscale: "PRGn",
        hovertemplate: "%{y} to unit %{x}: %{z}<extra></extra>",
      },
    ],
    layout: figureLayout({
      margin: { l: 160, r: 8, t: 8, b: 48 },
      xaxis: axis("unit of the first layer", { showgrid: false }),
      yaxis: axis("", { type: "category", autorange: "reversed", showgrid: false }),
    }),
  };
  const few =
    names.length > most ? `, the ${most} of ${names.length} inputs with the largest weights` : "";
  return {
    html: `<section><h2>What the first layer looks at</h2>
<p>The weights from each input to units of the first layer${few}.</p>
${tallSlot(figure, 90 + 18 * shown.length)}</section>`,
    figures: [figure],
  };
}
