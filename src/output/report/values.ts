import type { ReportData } from "../report-data.ts";
import { axis, figureLayout, heading, slot } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { drawable, significant } from "./format.ts";
import { escapeHtml } from "./html.ts";
import { ink, tint } from "./theme.ts";

/** What real targets are and what is left of them, in the user's unit; nothing of classes. */
export function valuesSection({ values, metrics }: ReportData): Section {
  if (values.length === 0) return { html: "" };
  const figures = values.flatMap((value, k) => [predicted(value, k), residuals(value, k)]);
  const scores = metrics.at(-1)?.scores.test;
  const rows = (["copy", "chip"] as const).flatMap((who) => {
    const score = scores?.[who];
    if (score?.kind !== "reals") return [];
    return score.fits.map(
      ({ name, rmse, r2 }) =>
        `<tr><th scope="row">${escapeHtml(name)}, ${who}</th><td>R² ${significant(r2, 3)}</td>` +
        `<td>RMSE ${significant(rmse, 3)}</td></tr>`,
    );
  });
  return {
    html: `<section><h2>What it tells</h2>
<p>Each point is one test sample: what its target is, and what it was told to be. RMSE is in the \
unit of the target; R² is the share of its variance that is explained.</p>
<table>${rows.join("")}</table>
<div class="row">${figures.map((f) => slot(f, "square")).join("")}</div></section>`,
    figures,
  };
}

type Value = ReportData["values"][number];

function predicted(value: Value, k: number): Figure {
  const { name, truth } = value;
  const ends = [Math.min(...truth), Math.max(...truth)];
  return {
    id: `value-${k}`,
    label: `${name}: what was told against what is`,
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: ends,
        y: ends,
        line: { color: ink.line, width: 1.5 },
        hoverinfo: "skip",
        showlegend: false,
      },
      ...points(value, (told) => told),
    ],
    layout: layout(`<b>${escapeHtml(name)}</b>`, "true value", "told"),
  };
}

function residuals(value: Value, k: number): Figure {
  return {
    id: `residual-${k}`,
    label: `${value.name}: what is left against what is`,
    data: points(value, (told, truth) => told - truth),
    layout: layout("<b>What is left</b>", "true value", "told − true"),
  };
}

function points(value: Value, of: (told: number, truth: number) => number): Figure["data"] {
  return (["chip", "copy"] as const).flatMap((who) => {
    const told = value[who];
    if (told === null) return [];
    return [
      {
        type: "scatter" as const,
        mode: "markers" as const,
        name: who,
        x: drawable(value.truth),
        y: drawable(told.map((t, i) => of(t, value.truth[i]))),
        marker: { color: tint[who], opacity: 0.55, size: 6 },
        hovertemplate: `${who}: %{y:.4~g} at %{x:.4~g}<extra></extra>`,
      },
    ];
  });
}

function layout(title: string, x: string, y: string): Figure["layout"] {
  return figureLayout({
    title: heading(title),
    hovermode: "closest",
    showlegend: false,
    margin: { l: 56, r: 8, t: 44, b: 50 },
    xaxis: axis(x),
    yaxis: axis(y),
  });
}
