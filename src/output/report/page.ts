import type { ReportData } from "../report-data.ts";
import type { Section } from "./figure.ts";
import { isNumber, missing, percent, plain, whole, withPrefix } from "./format.ts";
import { escapeHtml, tinted } from "./html.ts";

/** Name, outcome and the numbers that matter. */
export function headerHtml(data: ReportData): string {
  const { name, description, outcome, advice, metrics, settling } = data;
  const last = metrics.at(-1);
  const withCopy = Boolean(settling?.fromGuess) || metrics.some((m) => m.testErrorCopy !== null);
  const withChip = settling !== null;
  const method = withChip
    ? withCopy
      ? "Initialized Equilibrium Propagation"
      : "Equilibrium Propagation"
    : "Backpropagation";
  const tiles = [
    ...(withCopy
      ? [tile(percent(last?.testErrorCopy), `test error of the ${tinted("copy", "copy")}`, "copy")]
      : []),
    ...(withChip
      ? [tile(percent(last?.testErrorChip), `test error of the ${tinted("chip", "chip")}`, "chip")]
      : []),
    tile(last ? plain(last.epoch) : missing, last?.epoch === 1 ? "epoch" : "epochs"),
    tile(whole(last?.samplesPerSecond), "samples learned per second"),
    ...(settling ? [tile(withPrefix(settling.tauSeconds, "s"), "time constant τ")] : []),
  ];
  const trained = isNumber(last?.trainSeconds)
    ? `<span>${duration(last.trainSeconds)} of training</span>`
    : "";
  return `<header><div class="over"><span class="badge ${outcome}">${outcome}</span><span>${method}</span>${trained}</div>
<h1>${escapeHtml(name)}</h1>
${description ? `<p class="lead">${escapeHtml(description)}</p>` : ""}
${advice ? `<p class="advice ${outcome}">${escapeHtml(advice)}</p>` : ""}
<div class="tiles">${tiles.join("")}</div>
${
  withChip
    ? `<p class="key"><span>${tinted("chip", "● chip")} the analog circuit, where it ` +
      `settles</span>${withCopy ? `<span>${tinted("copy", "● copy")} the digital network that guesses where</span>` : ""}</p>`
    : `<p class="key"><span>${tinted("copy", "● copy")} the digital network by itself: no chip ` +
      "settles here</span></p>"
}</header>`;
}

export function settingsSection({ settings, environment, command, bibtex }: ReportData): Section {
  return {
    html: `<section><h2>Make it again</h2>
<p>This command gives the same bits on the same platform.</p>${code(command)}
<div class="row halves"><div><h3>Settings</h3>${table(settings)}</div><div><h3>Environment</h3>${table(environment)}</div></div></section>
${citations(bibtex)}`,
  };
}

/** The section with what is to be cited, as BibTeX; nothing where that is nothing. */
export function citations(bibtex: readonly string[]): string {
  return bibtex.length > 0 ? `<section><h2>Cite</h2>${code(bibtex.join("\n\n"))}</section>` : "";
}

/** A number that matters, and what it is. */
export function tile(value: string, label: string, who = ""): string {
  return `<div class="tile"><b class="${who}">${escapeHtml(value)}</b><span>${label}</span></div>`;
}

/** Text that a button copies. */
export function code(text: string): string {
  return `<div class="code"><pre>${escapeHtml(text)}</pre><button type="button">Copy</button></div>`;
}

/** Settings in rows. */
export function table(rows: ReportData["settings"]): string {
  return `<table>${rows.map(([key, value]) => `<tr><th scope="row">${escapeHtml(key)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

/** "43 s", "12 min", "3.1 h". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
