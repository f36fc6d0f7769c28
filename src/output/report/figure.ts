import type { Data, Layout, LayoutAxis } from "plotly.js-dist-min";
import { isNumber, superscript } from "./format.ts";
import type { Maybe } from "./format.ts";
import { escapeHtml } from "./html.ts";
import { font, ink } from "./theme.ts";
import { power } from "../../numerics/power.ts";

/** One Plotly figure as plain data, drawn by the page into the element `id`. */
export interface Figure {
  readonly id: string;
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  readonly data: readonly Partial<Data>[];
  readonly layout: Partial<Layout>;
}

/** Byte images drawn through a palette of 256 colours by the page. */
export interface Pictures {
  readonly height: number;
  readonly width: number;
  readonly palette: readonly (readonly [number, number, number])[];
  /** Base64 of [height × width] palette indices. */
  readonly images: readonly string[];
}

/** A part of the report: its HTML, and what the page draws into it. */
export interface Section {
  readonly html: string;
  readonly figures?: readonly Figure[];
  readonly pictures?: Readonly<Record<string, Pictures>>;
}

/** The element that a figure is drawn into; `shape` is a class of the style sheet. */
export function slot(figure: Figure, shape: "large" | "wide" | "small" | "square"): string {
  return (
    `<div class="plot ${shape}" id="${figure.id}" role="img" ` +
    `aria-label="${escapeHtml(figure.label)}"></div>`
  );
}

/** The element of a figure that knows how high it is, in pixels. */
export function tallSlot({ id, label }: Figure, height: number): string {
  return (
    `<div class="plot" style="height:${height}px" id="${id}" role="img" ` +
    `aria-label="${escapeHtml(label)}"></div>`
  );
}

/** The canvas that image `index` of the set `name` is drawn into. */
export function canvas(
  name: string,
  { height, width }: Pictures,
  index: number,
  label: string,
): string {
  return (
    `<canvas data-set="${name}" data-index="${index}" width="${width}" height="${height}" ` +
    `role="img" aria-label="${escapeHtml(label)}"></canvas>`
  );
}

/** Bytes as a string for JSON. */
export function base64(bytes: readonly number[]): string {
  return btoa(bytes.map((b) => String.fromCharCode(b)).join(""));
}

export function axis(title: string, more: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return {
    title: { text: title, font: { size: 13, color: ink.soft }, standoff: 10 },
    automargin: true,
    gridcolor: ink.grid,
    linecolor: ink.line,
    showline: true,
    zeroline: false,
    ticks: "outside",
    tickcolor: ink.line,
    ticklen: 4,
    tickfont: { size: 12, color: ink.soft },
    ...more,
  };
}

/**
 * A logarithmic axis over the positive `values`, with ticks at 1, 2, 5 of every decade (at 1 only
 * over many decades): Plotly's own labels leave out the decade.
 */
export function logAxis(
  title: string,
  values: readonly Maybe[],
  more: Partial<LayoutAxis> = {},
): Partial<LayoutAxis> {
  const logs = values
    .filter(isNumber)
    .filter((v) => v > 0)
    .map(Math.log10);
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  if (logs.length === 0) return axis(title, { type: "log", ...more });
  const steps = high - low > 2.5 ? [1] : [1, 2, 5];
  const ticks: { at: number; text: string }[] = [];
  for (let decade = Math.floor(low) - 1; decade <= Math.ceil(high); decade++)
    for (const step of steps)
      ticks.push({ at: decade + Math.log10(step), text: tickText(step, decade) });
  // From the tick at or below the lowest value to the one at or above the highest; 1e-9 for
  // rounding in log10.
  const first = ticks.findLastIndex((t) => t.at <= low + 1e-9);
  const last = ticks.findIndex((t) => t.at >= high - 1e-9);
  const shown = ticks.slice(first, Math.max(last, first + 1) + 1);
  const pad = 0.03 * (shown[shown.length - 1].at - shown[0].at);
  return axis(title, {
    type: "log",
    range: [shown[0].at - pad, shown[shown.length - 1].at + pad],
    tickmode: "array",
    tickvals: shown.map((t) => power(10, t.at)),
    ticktext: shown.map((t) => t.text),
    ...more,
  });
}

function tickText(step: number, decade: number): string {
  if (decade >= -2 && decade <= 4)
    return Number((step * power(10, decade)).toPrecision(1)).toString();
  return step === 1 ? `10${superscript(decade)}` : `${step}·10${superscript(decade)}`;
}

export function figureLayout(more: Partial<Layout>): Partial<Layout> {
  return {
    font: { family: font, size: 13, color: ink.text },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 16, t: 28, b: 48 },
    hoverlabel: {
      font: { family: font, size: 13, color: ink.text },
      bgcolor: "#fff",
      bordercolor: ink.line,
    },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: ink.line, activecolor: ink.soft },
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1.02,
      yanchor: "bottom",
      font: { size: 13 },
    },
    ...more,
  };
}

/** The name of one of several panels, above its left end; `y` is a part of the figure's height. */
export function panelHeading(
  text: string,
  y: number,
  yshift: number,
): NonNullable<Layout["annotations"]>[number] {
  return {
    text: `<b>${text}</b>`,
    showarrow: false,
    xref: "paper",
    yref: "paper",
    x: 0,
    xanchor: "left",
    y,
    yanchor: "bottom",
    yshift,
    font: { size: 13, color: ink.text },
  };
}

/** The legend of a figure of several panels, above them all. */
export const headLegend: Partial<Layout>["legend"] = {
  orientation: "h",
  x: 0,
  xanchor: "left",
  y: 0.999,
  yanchor: "top",
  yref: "container",
  font: { size: 14 },
};

/** A small heading inside the figure. */
export function heading(text: string): Partial<Layout>["title"] {
  return {
    text,
    font: { size: 14, color: ink.text },
    x: 0,
    xref: "paper",
    xanchor: "left",
    y: 0.97,
    yanchor: "top",
  };
}
