import type { Metrics, WeightStatistics } from "../metrics.ts";
import type { ReportData } from "../report-data.ts";
import { axis, heading, figureLayout, logAxis, slot } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { drawable, isNumber, percentage } from "./format.ts";
import type { Maybe } from "./format.ts";
import { escapeHtml, tinted } from "./html.ts";
import { meanR2 } from "../../learning/score.ts";
import { scoredOf } from "../score-text.ts";
import { tint } from "./theme.ts";

type Dash = "solid" | "dot" | "dash" | "dashdot";

export function learningSection({ metrics, outcome }: ReportData): Section {
  if (metrics.length === 0)
    return {
      html:
        `<section><h2>Learning</h2><p class="note">The run ended before its first evaluation: ` +
        "there are no learning curves.</p></section>",
    };
  if (metrics.every((m) => m.testErrorCopy === null && m.testErrorChip === null))
    return {
      html:
        `<section><h2>Learning until it diverged</h2><p class="note">At the first evaluation a ` +
        "weight or a state was no number any more: there are no learning curves.</p></section>",
    };
  const withCopy = metrics.some((m) => m.testErrorCopy !== null);
  const withChip = metrics.some((m) => m.testErrorChip !== null);
  const agreed = metrics.findLast((m) => m.agreement !== null);
  const curves = learningFigure(metrics, withCopy, withChip);
  const small = [
    ...(withChip ? [residualFigure(metrics)] : []),
    ...(withCopy && withChip && agreed ? [agreementFigure(metrics)] : []),
    weightsFigure(metrics),
  ];
  const title = withChip
    ? withCopy
      ? "Chip and copy learn together"
      : "The chip learns"
    : "The copy learns alone";
  const beside = withCopy
    ? `, the ${tinted("copy", "copy")} on its guess alone, without any settling`
    : "";
  const tested = withChip
    ? `The ${tinted("chip", "chip")} is tested where it settles${beside}.`
    : `The ${tinted("copy", "copy")} is a feedforward network; the gradient of its error goes ` +
      "back through all its layers.";
  const closing =
    withCopy && withChip && agreed
      ? ` ${outcome === "completed" ? "At the end" : "At the last evaluation"} both name the ` +
        `same class on ${percentage(agreed.agreement)} of the test samples.`
      : "";
  return {
    html: `<section><h2>${outcome === "diverged" ? "Learning until it diverged" : title}</h2>
<p>${tested}${closing}</p>
${slot(curves, "wide")}\
<div class="row">${small.map((f) => slot(f, "small")).join("")}</div></section>`,
    figures: [curves, ...small],
  };
}

function learningFigure(metrics: readonly Metrics[], withCopy: boolean, withChip: boolean): Figure {
  const measure = measureOf(metrics);
  const parts = [
    { part: "test", said: "test", dash: "solid" },
    { part: "train", said: "training samples", dash: "dot" },
  ] as const;
  const curves = parts.flatMap(({ part, said, dash }) =>
    (["copy", "chip"] as const)
      .filter((who) => (who === "copy" ? withCopy : withChip))
      .map((who) =>
        line(metrics, `${who}, ${said}`, (m) => measure.of(m, part, who), tint[who], dash),
      ),
  );
  return {
    id: "learning",
    label:
      `Test and training ${measure.word} of ` +
      `${[...(withChip ? ["chip"] : []), ...(withCopy ? ["copy"] : [])].join(" and ")} against ` +
      "epochs",
    data: curves,
    layout: figureLayout({
      hovermode: "x unified",
      xaxis: axis("epoch", { rangemode: "tozero" }),
      yaxis: measure.axis(curves.flatMap((t) => t.y.filter((y) => y !== null))),
    }),
  };
}

/** What learning curves show. */
interface Measure {
  readonly word: string;
  of(m: Metrics, part: "test" | "train", who: "copy" | "chip"): Maybe;
  axis(values: readonly number[]): ReturnType<typeof axis>;
}

/** Errors of classes; of a real target its RMSE in the user's unit, of several their mean R². */
function measureOf(metrics: readonly Metrics[]): Measure {
  const told = metrics.flatMap(({ scores: { test } }) => test.copy ?? test.chip ?? []).at(0);
  const fitsOf = (m: Metrics, part: "test" | "train", who: "copy" | "chip") => {
    const score = m.scores[part][who];
    return score?.kind === "reals" ? score : null;
  };
  if (told?.kind !== "reals")
    return {
      word: "error",
      of: (m, part, who) => scoredOf(m, part)[who].error,
      axis: (values) => fallingAxis("error (%)", "error (%, log scale)", values),
    };
  const { fits } = told;
  if (fits.length > 1)
    return {
      word: "R²",
      of(m, part, who) {
        const score = fitsOf(m, part, who);
        return score && meanR2(score);
      },
      axis: (values) => axis("mean R²", { range: [Math.max(-0.2, Math.min(0, ...values)), 1] }),
    };
  const title = `RMSE of ${escapeHtml(fits[0].name)}`;
  return {
    word: "RMSE",
    of: (m, part, who) => fitsOf(m, part, who)?.fits[0].rmse,
    axis: (values) => fallingAxis(title, `${title} (log scale)`, values),
  };
}

/** From zero, or logarithmic where values fall far. */
function fallingAxis(title: string, logTitle: string, values: readonly number[]) {
  const low = Math.min(...values);
  const wide = low > 0 && Math.max(...values) / low > 20;
  return wide ? logAxis(logTitle, values) : axis(title, { rangemode: "tozero" });
}

function residualFigure(metrics: readonly Metrics[]): Figure {
  const curve = line(
    metrics,
    "chip",
    (m) => (m.residual !== null && m.residual > 0 ? m.residual : null),
    tint.chip,
  );
  return small("free-residual", "Residual after the free phase", [curve], logAxis("", curve.y));
}

function agreementFigure(metrics: readonly Metrics[]): Figure {
  return small(
    "agreement",
    "Copy and chip agree (% of test samples)",
    [line(metrics, "agreement", (m) => m.agreement, tint.copy)],
    axis(""),
  );
}

function weightsFigure(metrics: readonly Metrics[]): Figure {
  const dashes: Dash[] = ["solid", "dash", "dot", "dashdot"];
  const blocks = (who: "chip" | "copy", of: (m: Metrics) => readonly WeightStatistics[]) =>
    [...new Set(metrics.flatMap((m) => of(m).map((s) => s.block)))].map((block, i) =>
      line(
        metrics,
        `${who} ${block}`,
        (m) => of(m).find((s) => s.block === block)?.std,
        tint[who],
        dashes[i % dashes.length],
      ),
    );
  return small(
    "weights",
    "Spread of the weights (std, block by block)",
    [...blocks("chip", (m) => m.chipWeights), ...blocks("copy", (m) => m.copyWeights)],
    axis("", { rangemode: "tozero" }),
  );
}

function small(
  id: string,
  title: string,
  data: Figure["data"],
  yaxis: ReturnType<typeof axis>,
): Figure {
  return {
    id,
    label: `${title}, against epochs`,
    data,
    layout: figureLayout({
      title: heading(title),
      showlegend: false,
      hovermode: "x unified",
      margin: { l: 44, r: 8, t: 40, b: 44 },
      xaxis: axis("epoch", { rangemode: "tozero" }),
      yaxis,
    }),
  };
}

function line(
  metrics: readonly Metrics[],
  name: string,
  of: (m: Metrics) => Maybe,
  color: string,
  dash: Dash = "solid",
) {
  const y = drawable(metrics.map(of));
  return {
    type: "scatter" as const,
    name,
    x: drawable(metrics.map((m) => m.epoch)),
    y,
    // One point alone, between gaps or in the whole run, has no line to be seen by.
    mode:
      metrics.length <= 30 || !y.every(isNumber) ? ("lines+markers" as const) : ("lines" as const),
    line: { color, dash, width: dash === "solid" ? 3 : 2 },
    marker: { color, size: 6 },
    hovertemplate: "%{y:.4~g}",
  };
}
