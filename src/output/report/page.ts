import type { ReportData } from "../report-data.ts";
import type { Section } from "./figure.ts";
import { meanR2 } from "../../learning/score.ts";
import type { Metrics } from "../metrics.ts";
import { r2Text, scoredOf } from "../score-text.ts";
import {
  isNumber,
  missing,
  percentage,
  plain,
  grouped,
  significant,
  withPrefix,
} from "./format.ts";
import { escapeHtml, tinted } from "./html.ts";

/** Name, outcome and the numbers that matter. */
export function headerHtml(data: ReportData): string {
  const { name, description, outcome, advice, metrics, settling } = data;
  const last = metrics.at(-1);
  const withCopy =
    Boolean(settling?.fromGuess) ||
    metrics.some((m) => m.testErrorCopy !== null || m.copyWeights.length > 0);
  const withChip = settling !== null || metrics.some((m) => m.chipWeights.length > 0);
  const method = withChip
    ? withCopy
      ? "Initialized Equilibrium Propagation"
      : "Equilibrium Propagation"
    : "Backpropagation";
  const tiles = [
    ...(withCopy ? [scoreTile(last, "copy")] : []),
    ...(withChip ? [scoreTile(last, "chip")] : []),
    tile(last ? plain(last.epoch) : missing, last?.epoch === 1 ? "epoch" : "epochs"),
    tile(grouped(last?.samplesPerSecond), "samples learned per second"),
    ...(settling ? [tile(withPrefix(settling.tauSeconds, "s"), "time constant τ")] : []),
  ];
  const trained = isNumber(last?.trainSeconds)
    ? `<span>${duration(last.trainSeconds)} of training</span>`
    : "";
  return `<header><div class="over"><span class="badge ${outcome}">${outcome}</span>\
<span>${method}</span>${trained}</div>
<h1>${escapeHtml(name)}</h1>
${description ? `<p class="lead">${escapeHtml(description)}</p>` : ""}
${advice ? `<p class="advice ${outcome}">${escapeHtml(advice)}</p>` : ""}
<div class="tiles">${tiles.join("")}</div>
${besideIdeal(data)}
<p class="key">${colourKey(withChip, withCopy)}</p></header>`;
}

/** The test error of a network, or the R² and the RMSE of what it tells. */
function scoreTile(last: Metrics | undefined, who: "copy" | "chip"): string {
  const network = `of the ${tinted(who, who)}`;
  const { score, error = null } = last ? scoredOf(last, "test")[who] : { score: null };
  if (score?.kind !== "reals") {
    const isNone = last?.finite === false && !isNumber(error);
    return tile(isNone ? "not a number" : percentage(error), `test error ${network}`, who);
  }
  const { fits } = score;
  const rest =
    fits.length === 1 ? `RMSE ${significant(fits[0].rmse, 3)}` : `mean of ${fits.length}`;
  return tile(r2Text(meanR2(score)), `test R² ${network}, ${rest}`, who);
}

/** The errors of the ideal chip of the same settings, or how to find them. */
function besideIdeal({ ideal, metrics }: ReportData): string {
  if (!ideal) return "";
  if (ideal.runDir === null)
    return (
      "<p>Is the chip good enough? What the ideal chip of the same settings comes to is not " +
      "known yet. This command trains it, and a report made after it sets both side by side:" +
      `</p>${code(ideal.command)}`
    );
  const last = metrics.at(-1);
  const beside = (who: "copy" | "chip", own: number | null | undefined, its: number | null) => {
    if (!last || !isNumber(own) || its === null) return [];
    const isReal = scoredOf(last, "test")[who].score?.kind === "reals";
    // Of reals the error is what is left, 100 (1 − R²).
    const told = (e: number) => (isReal ? `R² ${r2Text(1 - e / 100)}` : percentage(e));
    return [`${who} ${told(its)} (here ${told(own)}${isReal ? "" : `, ${more(own - its)}`})`];
  };
  const said = [
    ...beside("copy", last?.testErrorCopy, ideal.testErrorCopy),
    ...beside("chip", last?.testErrorChip, ideal.testErrorChip),
  ];
  return (
    `<p>The ideal chip of the same settings, ${escapeHtml(ideal.runDir)}, comes to: ` +
    `${escapeHtml(said.join("; ") || missing)}.</p>`
  );
}

const more = (points: number) =>
  `${Math.abs(points).toFixed(2)} points ${points < 0 ? "less" : "more"}`;

/** What the two colours stand for. */
function colourKey(withChip: boolean, withCopy: boolean): string {
  const copy = tinted("copy", "● copy");
  if (!withChip) return `<span>${copy} the digital network by itself: no chip settles here</span>`;
  const chip = `<span>${tinted("chip", "● chip")} the analog circuit, where it settles</span>`;
  return withCopy ? `${chip}<span>${copy} the digital network that guesses where</span>` : chip;
}

export function settingsSection({ settings, environment, command, bibtex }: ReportData): Section {
  return {
    html: `<section><h2>Make it again</h2>
<p>This command gives the same bits on the same platform.</p>${code(command)}
${settingsTables(settings, environment)}</section>
${citations(bibtex)}`,
  };
}

/** The section with what is to be cited, as BibTeX; nothing where that is nothing. */
export function citations(bibtex: readonly string[]): string {
  return bibtex.length > 0 ? `<section><h2>Cite</h2>${code(bibtex.join("\n\n"))}</section>` : "";
}

/** The settings of a run beside where it ran. */
export function settingsTables(
  settings: ReportData["settings"],
  environment: ReportData["environment"],
): string {
  return (
    `<div class="row halves"><div><h3>Settings</h3>${table(settings)}</div>` +
    `<div><h3>Environment</h3>${table(environment)}</div></div>`
  );
}

/** A number that matters, and what it is. */
export function tile(value: string, label: string, who = ""): string {
  return `<div class="tile"><b class="${who}">${escapeHtml(value)}</b><span>${label}</span></div>`;
}

/** Text that a button copies. */
export function code(text: string): string {
  const button = `<button type="button">Copy</button>`;
  return `<div class="code"><pre>${escapeHtml(text)}</pre>${button}</div>`;
}

/** Settings in rows. */
export function table(rows: ReportData["settings"]): string {
  return `<table>${rows.map(tableRow).join("")}</table>`;
}

function tableRow([first, ...rest]: readonly string[]): string {
  const cells = rest.map((text) => `<td>${escapeHtml(text)}</td>`).join("");
  return `<tr><th scope="row">${escapeHtml(first)}</th>${cells}</tr>`;
}

/** A table of results under the names of its columns. */
export function resultsTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const names = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  return (
    `<div class="scroll"><table class="results"><thead><tr>${names}</tr></thead>` +
    `<tbody>${rows.map(tableRow).join("")}</tbody></table></div>`
  );
}

/** What there is to say below a table of results, a line each. */
export function notesList(notes: readonly string[]): string {
  return `<ul class="notes">${notes.map((n) => `<li>${escapeHtml(n)}</li>`).join("")}</ul>`;
}

/** The rules of `resultsTable` and `notesList`. */
export const resultsStyle = `
.scroll { overflow-x: auto; } .results th { width: auto; } \
.results th, .results td { white-space: nowrap; }
.notes { margin: 24px 0 0; padding-left: 20px; max-width: 76ch; } .notes li { margin: 0 0 8px; }
`;

/** "43 s", "12 min", "3.1 h". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
