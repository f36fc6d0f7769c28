import type { Annotation } from "plotly.js-dist-min";
import type { ReportData, SettlingCurve } from "../report-data.ts";
import { axis, figureLayout, logAxis, slot } from "./figure.ts";
import type { Figure, Section } from "./figure.ts";
import { drawable, isNumber, plain, significant, grouped, withPrefix } from "./format.ts";
import { tinted } from "./html.ts";
import { ink, tint } from "./theme.ts";

/**
 * A hundredth of the rail span: near enough to an equilibrium to be read, and above the tail of the
 * few slowest images.
 */
const near = 0.01;

/** When each start first reaches the same residual; times in τ, null: never. */
interface Race {
  readonly level: number;
  readonly zero: number;
  readonly guess: number | null;
}

/**
 * Compares the two starts where they come near an equilibrium, or at the level where the zero start
 * ends when that is higher; null when it ends at no number.
 */
export function race(fromZero: SettlingCurve, fromGuess: SettlingCurve): Race | null {
  const end = fromZero.residual.at(-1);
  if (!isNumber(end)) return null;
  const level = Math.max(end, near);
  const reach = ({ time, residual }: SettlingCurve) => {
    const at = residual.findIndex((r) => isNumber(r) && r <= level);
    return at < 0 ? null : time[at];
  };
  const zero = reach(fromZero);
  return zero === null ? null : { level, zero, guess: reach(fromGuess) };
}

export function settlingSection({ settling }: ReportData): Section {
  if (!settling) return { html: "" };
  const { fromZero, fromGuess, images, tauSeconds } = settling;
  const result = fromGuess && race(fromZero, fromGuess);
  const shorter = result && result.guess !== null && result.guess < result.zero;
  const drawn = fromZero.residual.some(isNumber);
  const figure = settlingFigure(settling, result);
  return {
    html: `<section><h2>${shorter ? "The guess shortens the settling" : "How the chip settles"}</h2>
${result ? `<p class="finding">${finding(result, tauSeconds)}</p>` : ""}
<p>${hasEnergyIn(fromZero) ? "Energy and residual are means" : "The residual is a mean"} over \
${grouped(images)} \
test sample${images === 1 ? "" : "s"} in the free phase.
A sample’s residual is the largest distance of a unit from where its equation of motion would \
put it: 0 at an exact equilibrium, 1 from rail to rail.</p>
${drawn ? slot(figure, "large") : undrawn}</section>`,
    figures: drawn ? [figure] : [],
  };
}

const undrawn = `<p class="note">No settling curve: the states were not finite numbers.</p>`;

/** The point of the paper in one sentence. */
function finding({ level, zero, guess }: Race, tau: number): string {
  const copy = tinted("copy", "copy’s guess");
  const there = `a residual of ${significant(level)}`;
  if (guess === null)
    return (
      `The chip reaches ${there} after ${plain(zero)} τ from zero; from the ${copy} it does not ` +
      "come that far in the same time."
    );
  const sooner = zero - guess;
  const seconds = withPrefix(Math.abs(sooner) * tau, "s");
  if (sooner === 0)
    return (
      `From zero and from the ${copy} alike, the chip reaches ${there} after ` + `${plain(zero)} τ.`
    );
  const start = guess === 0 ? `The ${copy} already has` : `From the ${copy} the chip reaches`;
  const verdict =
    sooner > 0 ? `<strong>${plain(sooner)} τ sooner</strong>` : `${plain(-sooner)} τ later`;
  const when = guess === 0 ? "before any settling" : `after ${plain(guess)} τ`;
  return (
    `${start} ${there} ${when}; from zero the chip takes ${plain(zero)} τ. That is ${verdict} ` +
    `(${seconds}).`
  );
}

const hasEnergyIn = ({ energy }: SettlingCurve) => energy.some(isNumber);

function settlingFigure(
  { fromZero, fromGuess, tauSeconds }: NonNullable<ReportData["settling"]>,
  result: Race | null,
): Figure {
  const curves = [
    { name: "from zero", curve: fromZero, color: tint.chip },
    ...(fromGuess ? [{ name: "from the copy’s guess", curve: fromGuess, color: tint.copy }] : []),
  ];
  // Where no energy exists there is no panel for it.
  const hasEnergy = hasEnergyIn(fromZero);
  const trace = (
    { name, curve, color }: (typeof curves)[number],
    values: readonly number[],
    yaxis: "y" | "y2",
    what: string,
  ) => ({
    type: "scatter" as const,
    mode: "lines+markers" as const,
    name,
    legendgroup: name,
    showlegend: (yaxis === "y2") === hasEnergy,
    yaxis,
    x: drawable(curve.time),
    y: drawable(values),
    customdata: curve.time.map((t) => withPrefix(t * tauSeconds, "s")),
    line: { color, width: 3 },
    marker: { color, size: 5 },
    hovertemplate: `${what} %{y:.3g} after %{x:.3~g} τ (%{customdata})`,
  });
  // A logarithmic axis has no place for an exact zero.
  const positive = (values: readonly number[]) => values.map((r) => (r > 0 ? r : NaN));
  return {
    id: "settling",
    label:
      `${hasEnergy ? "Energy and residual" : "Residual"} against settling time, ` +
      "from a zero start and from the copy's guess",
    data: [
      ...(hasEnergy ? curves.map((c) => trace(c, c.curve.energy, "y2", "energy")) : []),
      ...curves.map((c) => trace(c, positive(c.curve.residual), "y", "residual")),
      ...(result ? [finish(result)] : []),
    ],
    layout: figureLayout({
      margin: { l: 76, r: 20, t: 40, b: 56 },
      hovermode: "closest",
      legend: {
        orientation: "h",
        x: 0,
        xanchor: "left",
        y: 1.02,
        yanchor: "bottom",
        font: { size: 15 },
      },
      xaxis: axis(
        `settling time (τ${isNumber(tauSeconds) ? `; 1 τ = ${withPrefix(tauSeconds, "s")}` : ""})`,
        { anchor: "y", rangemode: "tozero" },
      ),
      yaxis: logAxis(
        "mean residual (log scale)",
        curves.flatMap((c) => c.curve.residual),
        { domain: [0, hasEnergy ? 0.62 : 1] },
      ),
      ...(hasEnergy && { yaxis2: axis("mean energy", { domain: [0.7, 1] }) }),
      annotations: result ? arrow(result) : [],
    }),
  };
}

/** The two moments that the arrow joins. */
function finish({ level, zero, guess }: Race) {
  const points = [
    { x: zero, color: tint.chip },
    ...(guess === null ? [] : [{ x: guess, color: tint.copy }]),
  ];
  return {
    type: "scatter" as const,
    mode: "markers" as const,
    yaxis: "y" as const,
    showlegend: false,
    hoverinfo: "skip" as const,
    x: points.map((p) => p.x),
    y: points.map(() => level),
    marker: { size: 13, color: ink.page, line: { width: 3, color: points.map((p) => p.color) } },
  };
}

function arrow({ level, zero, guess }: Race): Partial<Annotation>[] {
  if (guess === null || guess === zero) return [];
  const y = Math.log10(level);
  const sooner = zero - guess;
  return [
    {
      x: guess,
      y,
      ax: zero,
      ay: y,
      xref: "x",
      yref: "y",
      axref: "x",
      ayref: "y",
      text: "",
      showarrow: true,
      arrowhead: 2,
      arrowsize: 1.1,
      arrowwidth: 2,
      arrowcolor: ink.text,
      standoff: 9,
      startstandoff: 8,
    },
    // Falling curves leave room to the right of the later point.
    {
      x: Math.max(zero, guess),
      xanchor: "left",
      xshift: 12,
      yanchor: "middle",
      y,
      xref: "x",
      yref: "y",
      showarrow: false,
      text: `<b>${plain(Math.abs(sooner))} τ ${sooner > 0 ? "sooner" : "later"}</b>`,
      font: { size: 16, color: ink.text },
    },
  ];
}
