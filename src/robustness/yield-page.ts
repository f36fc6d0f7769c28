import type { Chart } from "../output/plot/chart.ts";
import { distinct } from "../output/plot/chart.ts";
import { chartFigure } from "../output/plot/plotly.ts";
import { htmlDocument } from "../output/report/document.ts";
import { slot } from "../output/report/figure.ts";
import { escapeHtml } from "../output/report/html.ts";
import { code, notesList, resultsStyle, resultsTable, tile } from "../output/report/page.ts";
import { ascending, histogram } from "./quantiles.ts";
import {
  conditionsText,
  errorPercent,
  quantileRows,
  yieldHeadline,
  yieldNotes,
} from "./yield-text.ts";
import type { YieldResult } from "./yield.ts";

/** How the errors of dies are distributed: a histogram, and the share of dies below each error. */
export function yieldCharts(result: YieldResult): readonly Chart[] {
  const errors = ascending(result.rows.flatMap(({ error }) => (error === null ? [] : [error])));
  const series = [{ label: "dies", color: distinct[0], dash: 0 }];
  const x = { label: "test error of the chip (%)", scale: "linear" } as const;
  const n = result.rows.length;
  const notes = [`${n} dies of ${result.asked["circuit"]}, ${conditionsText(result)}`];
  const bars = histogram(errors).map(({ low, high, count }) => ({ x: (low + high) / 2, y: count }));
  const steps = errors.flatMap((error, i) => [
    { x: error, y: (100 * i) / n },
    { x: error, y: (100 * (i + 1)) / n },
  ]);
  return [
    {
      title: `${result.run}: errors of ${n} dies`,
      kind: "bars",
      x,
      y: { label: "dies", scale: "linear" },
      series,
      panels: [{ title: "", lines: [{ series: 0, points: bars }] }],
      notes,
    },
    {
      title: `${result.run}: share of dies below an error`,
      kind: "lines",
      x,
      y: { label: "dies (%)", scale: "linear" },
      series,
      panels: [{ title: "", lines: [{ series: 0, points: steps }] }],
      notes,
    },
  ];
}

/** A measured yield as one HTML file that opens from disk. All of `result` appears as text. */
export function renderYieldPage(
  result: YieldResult,
  command: string,
  plotlySource: string,
): string {
  const { run, dies, errors, worst, yield: found } = result;
  const tiles = [
    ...(found ? [tile(`${(100 * found.share).toFixed(1)} %`, "of the dies are good", "chip")] : []),
    tile(String(dies), "dies"),
    tile(errorPercent(errors?.mean), "mean error", "chip"),
    tile(errorPercent(errors?.greatest), "largest error"),
  ];
  const rows = worst.map(({ die, error, agreement, beyond }, i) => [
    `worst-${i + 1}`,
    String(die),
    errorPercent(error),
    errorPercent(agreement),
    String(beyond),
  ]);
  const figures = yieldCharts(result).map((chart, i) => {
    const figure = chartFigure(chart, `yield-${i + 1}`);
    return { html: section(chart.title, slot(figure, "large")), figures: [figure] };
  });
  const quantiles = resultsTable(["dies below", "test error, chip"], quantileRows(result));
  const notes = ["Brackets: 95 % by the number of dies (Wilson).", ...yieldNotes(result)];
  const heads = ["name", "die", "error", "agreement with the copy", "weights beyond its devices"];
  const lead = `${yieldHeadline(result)}: ${conditionsText(result)}.`;
  return htmlDocument(
    {
      title: `Yield of ${run}`,
      header:
        `<header><h1>${escapeHtml(`Yield of ${run}`)}</h1>` +
        `<p class="lead">${escapeHtml(lead)}</p>` +
        `<div class="tiles">${tiles.join("")}</div></header>`,
      style: resultsStyle,
      sections: [
        ...figures,
        { html: section("Quantiles", quantiles + notesList(notes)) },
        {
          html: section(
            "The worst dies",
            "<p>Every command takes them by name: <code>--die worst-1@FOLDER</code>.</p>" +
              resultsTable(heads, rows),
          ),
        },
        { html: section("Make it again", code(command)) },
      ],
    },
    plotlySource,
  );
}

function section(title: string, html: string): string {
  return `<section><h2>${escapeHtml(title)}</h2>${html}</section>`;
}
