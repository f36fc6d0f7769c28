import type { Data, Layout, LayoutAxis } from "plotly.js-dist-min";
import { escapeHtml } from "./html.ts";
import { font, ink } from "./theme.ts";

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
  return `<div class="plot ${shape}" id="${figure.id}" role="img" aria-label="${escapeHtml(figure.label)}"></div>`;
}

/** The canvas that image `index` of the set `name` is drawn into. */
export function canvas(name: string, { height, width }: Pictures, index: number, label: string): string {
  return `<canvas data-set="${name}" data-index="${index}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(label)}"></canvas>`;
}

/** Bytes as a string for JSON. */
export function base64(bytes: readonly number[]): string {
  return btoa(bytes.map((b) => String.fromCharCode(b)).join(""));
}

export function axis(title: string, more: Partial<LayoutAxis> = {}): Partial<LayoutAxis> {
  return {
    title: { text: title, font: { size: 13, color: ink.soft }, standoff: 10 },
    automargin: true, gridcolor: ink.grid, linecolor: ink.line, showline: true, zeroline: false,
    ticks: "outside", tickcolor: ink.line, ticklen: 4, tickfont: { size: 12, color: ink.soft }, ...more,
  };
}

export function layout(more: Partial<Layout>): Partial<Layout> {
  return {
    font: { family: font, size: 13, color: ink.text },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 16, t: 28, b: 48 },
    hoverlabel: { font: { family: font, size: 13 }, bgcolor: "#fff", bordercolor: ink.line },
    legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", font: { size: 13 } },
    ...more,
  };
}

/** A small heading inside the figure. */
export function heading(text: string): Partial<Layout>["title"] {
  return { text, font: { size: 14, color: ink.text }, x: 0, xref: "paper", xanchor: "left", y: 0.97, yanchor: "top" };
}
