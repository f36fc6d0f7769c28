import type { ReportData } from "../report-data.ts";
import { axis, base64, canvas, figureLayout, slot } from "./figure.ts";
import type { Figure, Pictures, Section } from "./figure.ts";
import { grouped } from "./format.ts";
import { escapeHtml, tinted } from "./html.ts";
import { ink, plum } from "./theme.ts";

/** What is confused with what, and the images themselves; nothing without a test. */
export function mistakesSection(data: ReportData): Section {
  const { confusion, mistakes } = data;
  if (confusion.length === 0 && mistakes.examples.length === 0) return { html: "" };
  const who =
    data.settling === null || data.settling.fromGuess || data.scatter.length > 0 ? "copy" : "chip";
  const figure = confusion.length > 0 ? confusionFigure(data) : undefined;
  const pictures: Pictures = {
    height: mistakes.shape[0],
    width: mistakes.shape[1],
    palette: paper,
    images: mistakes.examples.map((e) => base64(e.pixels)),
  };
  const shown =
    mistakes.examples.length > 0 && mistakes.examples.length < mistakes.total
      ? ` Below are the first ${grouped(mistakes.examples.length)}.`
      : "";
  const examples = mistakes.examples.map((example, i) =>
    mistake(data, example, canvas("mistakes", pictures, i, `a ${nameOf(data, example.label)}`)),
  );
  const matrix = figure
    ? `<div class="row halves"><div><h3>${matrixTitle(data)}</h3>${slot(figure, "square")}</div>` +
      `${ranking(data)}</div>`
    : "";
  const gallery =
    examples.length > 0
      ? `<h3>Misread images</h3><div class="mistakes">${examples.join("")}</div>`
      : "";
  return {
    html: `<section><h2>What it gets wrong</h2>
<p>The ${tinted(who, who)} misreads ${grouped(mistakes.total)} \
test sample${mistakes.total === 1 ? "" : "s"}.${shown}</p>
${matrix}
${gallery}</section>`,
    figures: figure ? [figure] : [],
    pictures: examples.length > 0 ? { mistakes: pictures } : {},
  };
}

function matrixTitle({ confusion }: ReportData): string {
  return confusion.length > mostClasses
    ? `Confusion matrix of the ${mostClasses} worst of ${confusion.length} classes`
    : "Confusion matrix";
}

/** Classes at most in a matrix that can be read. */
const mostClasses = 25;

/** The part of a confusion matrix with the classes that are in most mistakes. */
function worstClasses(
  confusion: ReportData["confusion"],
  classNames: readonly string[],
): Pick<ReportData, "confusion" | "classNames"> {
  if (confusion.length <= mostClasses) return { confusion, classNames };
  const wrong = confusion.map((row, k) =>
    row.reduce((sum, n, j) => sum + (j === k ? 0 : n + confusion[j][k]), 0),
  );
  const kept = [...wrong.keys()]
    .sort((a, b) => wrong[b] - wrong[a])
    .slice(0, mostClasses)
    .sort((a, b) => a - b);
  return {
    confusion: kept.map((k) => kept.map((j) => confusion[k][j])),
    classNames: kept.map((k) => classNames[k] ?? String(k)),
  };
}

/** The most frequent confusions, with bars. */
function ranking(data: ReportData): string {
  const pairs = data.confusion
    .flatMap((row, truth) => row.map((count, named) => ({ truth, named, count })))
    .filter((p) => p.truth !== p.named && p.count > 0);
  const top = pairs.sort((a, b) => b.count - a.count).slice(0, 10);
  if (top.length === 0) return "";
  const name = (index: number) => `<b>${escapeHtml(nameOf(data, index))}</b>`;
  const rows = top.map(
    (p) =>
      `<tr><th scope="row">${name(p.truth)} read as ${name(p.named)}</th><td><i ` +
      `style="width:${Math.round((70 * p.count) / top[0].count)}%"></i> ` +
      `${grouped(p.count)}</td></tr>`,
  );
  const table = `<table class="ranking">${rows.join("")}</table>`;
  return `<div><h3>Most frequent confusions</h3>${table}</div>`;
}

function mistake(
  data: ReportData,
  { label, copy, chip }: ReportData["mistakes"]["examples"][number],
  image: string,
): string {
  const said = [
    ...(copy === null ? [] : [tinted("copy", `copy ${nameOf(data, copy)}`)]),
    ...(chip === null ? [] : [tinted("chip", `chip ${nameOf(data, chip)}`)]),
  ];
  const caption = [`<b>${escapeHtml(nameOf(data, label))}</b>`, ...said].join("<br>");
  return `<figure>${image}<figcaption>${caption}</figcaption></figure>`;
}

/**
 * Errors in plum by their share of the true class; the right answers stay grey, or they would drown
 * the errors.
 */
function confusionFigure({ confusion: all, classNames: every }: ReportData): Figure {
  const { confusion, classNames } = worstClasses(all, every);
  // Plotly reads tags in labels.
  const names = confusion.map((_, i) => escapeHtml(classNames[i] ?? i.toString()));
  const shares = confusion.map((row) => {
    const all = row.reduce((a, b) => a + b, 0);
    return row.map((n) => (all > 0 ? (100 * n) / all : 0));
  });
  const wrong = shares.map((row, i) =>
    row.map((x, j) => (i === j || x === 0 ? null : Number(x.toPrecision(3)))),
  );
  const worst = Math.max(1e-9, ...wrong.flat().map((x) => x ?? 0));
  const shared = {
    type: "heatmap" as const,
    x: names,
    y: names,
    xgap: 2,
    ygap: 2,
    showscale: false,
  };
  // Each of the two says its own cells: both texts over one another are read by nobody.
  const counts = (right: boolean) =>
    confusion.map((row, i) => row.map((n, j) => (n > 0 && (i === j) === right ? `${n}` : "")));
  return {
    id: "confusion",
    label: "Confusion matrix: the true class in rows, the named class in columns",
    data: [
      {
        ...shared,
        z: shares.map((row, i) => row.map((x, j) => (i === j ? Number(x.toPrecision(4)) : null))),
        text: counts(true),
        zmin: 0,
        zmax: 100,
        colorscale: [
          [0, "#f4f4f2"],
          [1, "#dfe2e6"],
        ],
        texttemplate: "%{text}",
        textfont: { color: ink.text },
        hovertemplate: "%{text} of class %{y} named right (%{z} %)<extra></extra>",
      },
      {
        ...shared,
        z: wrong,
        text: counts(false),
        zmin: 0,
        zmax: worst,
        colorscale: [
          [0, "#f6eef8"],
          [0.5, "#b98ac8"],
          [1, plum],
        ],
        texttemplate: "%{text}",
        hovertemplate: "%{text} of class %{y} named %{x} (%{z} %)<extra></extra>",
      },
    ],
    layout: figureLayout({
      margin: { l: 56, r: 8, t: 8, b: 52 },
      xaxis: axis("named class", {
        type: "category",
        showgrid: false,
        ticks: "",
        showline: false,
        constrain: "domain",
      }),
      yaxis: axis("true class", {
        type: "category",
        autorange: "reversed",
        showgrid: false,
        ticks: "",
        showline: false,
        scaleanchor: "x",
        constrain: "domain",
      }),
    }),
  };
}

function nameOf({ classNames }: ReportData, index: number): string {
  return classNames[index] ?? index.toString();
}

/** Byte 0 is paper, 255 is ink. */
const paper = Array.from({ length: 256 }, (_, i): [number, number, number] => {
  const at = (from: number, to: number) => Math.round(from + ((to - from) * i) / 255);
  return [at(255, 0x23), at(255, 0x27), at(255, 0x2f)];
});
