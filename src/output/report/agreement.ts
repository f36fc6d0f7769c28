import type { ReportData } from "../report-data.ts";
import { axis, heading, figureLayout, slot } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { drawable, isNumber, significant } from "./format.ts";
import { tinted } from "./html.ts";
import { ink, tint } from "./theme.ts";

type Layer = ReportData["scatter"][number];

/** Every layer's guessed states against its settled ones; nothing without a copy. */
export function agreementSection({ scatter }: ReportData): Section {
  if (scatter.length === 0) return { html: "" };
  const figures = scatter.map(scatterFigure);
  return {
    html: `<section><h2>How well the copy guesses</h2>
<p>Each point is one unit on one test sample: the ${tinted("copy", "copy’s guess")} and where the \
${tinted("chip", "chip")} settles. On the diagonal the guess is exact.</p>
<div class="row">${figures.map((f) => slot(f, "square")).join("")}</div></section>`,
    figures,
  };
}

function scatterFigure({ layer, copy, chip, correlation, rms }: Layer): Figure {
  const all = [...copy, ...chip].filter(isNumber);
  const low = Math.min(0, ...all);
  const high = Math.max(1, ...all);
  const pad = 0.04 * (high - low);
  const ticks = high - low > 3 ? { nticks: 6 } : { dtick: 0.25 };
  const range: [number, number] = [low - pad, high + pad];
  return {
    id: `scatter-${layer}`,
    label: `States of layer ${layer}: the copy's guess against the settled chip`,
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: [low, high],
        y: [low, high],
        line: { color: ink.line, width: 1.5 },
        hoverinfo: "skip",
      },
      {
        type: "scatter",
        mode: "markers",
        x: drawable(copy, 4),
        y: drawable(chip, 4),
        marker: { color: ink.text, opacity: 0.22, size: 5 },
        hovertemplate: "copy %{x:.3f}, chip %{y:.3f}<extra></extra>",
      },
    ],
    layout: figureLayout({
      title: heading(
        `<b>Layer ${layer}</b>   correlation ${significant(correlation, 3)}   rms ` +
          significant(rms),
      ),
      showlegend: false,
      hovermode: "closest",
      margin: { l: 52, r: 8, t: 44, b: 50 },
      xaxis: axis("copy’s guess", {
        range,
        ...ticks,
        title: { text: "copy’s guess", font: { size: 13, color: tint.copy } },
      }),
      yaxis: axis("settled chip", {
        range,
        ...ticks,
        scaleanchor: "x",
        title: { text: "settled chip", font: { size: 13, color: tint.chip } },
      }),
    }),
  };
}
