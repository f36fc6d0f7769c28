import { chartFigure } from "./plot/plotly.ts";
import { htmlDocument } from "./report/document.ts";
import { slot, type Section } from "./report/figure.ts";
import { grouped } from "./report/format.ts";
import { escapeHtml } from "./report/html.ts";
import { code, duration, settingsTables, table, tile } from "./report/page.ts";
import type { ClaimResult, StudyData, TableResult } from "./study-data.ts";

/**
 * The report of a study as one HTML file that opens from disk: figures, table, claims, what failed,
 * and how to make it again. All of `data` appears as text and never as markup.
 */
export function renderStudyReport(data: StudyData, plotlySource: string): string {
  const sections = [
    ...(data.table ? [tableSection(data.table)] : []),
    ...data.charts.map(figureSection),
    ...claimsSection(data.claims),
    ...failedSection(data),
    settings(data),
  ];
  return htmlDocument({ title: data.name, header: header(data), sections, style }, plotlySource);
}

/** The figures of a study alone, to be looked at closely. */
export function renderStudyFigures(data: StudyData, plotlySource: string): string {
  return htmlDocument(
    { title: data.name, header: head(data), sections: data.charts.map(figureSection), style },
    plotlySource,
  );
}

/** The claims as Markdown, for people and for diffs: a table, and the evidence for each. */
export function claimsMarkdown({
  name,
  quick,
  claims,
}: Pick<StudyData, "name" | "quick" | "claims">): string {
  const blocks = claims.map(
    ({ sentence, verdict, value, expected, paper, computed, evidence }) =>
      `## ${marks[verdict]} ${asText(sentence)}\n\n**${verdict}**: ${asText(value)}, expected ` +
      `${asText(expected)}${paper === undefined ? "" : `; the paper: ${asText(paper)}`}\n\n    ` +
      `${inOneLine(computed)}\n` +
      (evidence.length > 0 ? `\n${evidence.map((e) => `- ${asText(e)}\n`).join("")}` : ""),
  );
  const body =
    claims.length > 0
      ? `${tally(claims)}\n\n${claimsTable(claims)}\n${blocks.join("\n")}`
      : "This study makes none.\n";
  return `# Claims of ${asText(name)}${quick ? " (quick settings)" : ""}\n\n${body}`;
}

function claimsTable(claims: readonly ClaimResult[]): string {
  const rows = claims.map(({ sentence, paper = "", expected, value, verdict }) => [
    sentence,
    paper,
    expected,
    verdict === "open" ? "" : value,
    `${marks[verdict]} ${verdict}`,
  ]);
  return markdownTable([
    ["claim", "the paper", "expected", "found", ""],
    ["---", "---", "--:", "--:", "---"],
    ...rows,
  ]);
}

/** A table of results as Markdown. */
export function tableMarkdown({ corner, columns, rows }: TableResult): string {
  return markdownTable([
    [corner, ...columns],
    ["---", ...columns.map(() => "--:")],
    ...rows.map(({ label, cells }) => [
      label,
      ...cells.map(({ text, note }) => (note === "" ? text : `${text} (${note})`)),
    ]),
  ]);
}

function markdownTable(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => asText(text).replaceAll("|", "\\|");
  return rows.map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");
}

const inOneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** Text that Markdown shows as it is: one line, in which nothing is markup, link or image. */
function asText(text: string): string {
  return inOneLine(text)
    .replace(/[\\`*_[\]]|<(?=[a-z/!?])|&(?=#|[a-z]+;)|^(?:[#>+]|-(?= ))/gi, "\\$&")
    .replace(/^(\d+)(?=[.)] )/, "$1\\");
}

const marks = { held: "✓", "did not hold": "✗", open: "?" } satisfies Record<
  ClaimResult["verdict"],
  string
>;

function tally(claims: readonly ClaimResult[]): string {
  const count = (verdict: ClaimResult["verdict"]) =>
    claims.filter((c) => c.verdict === verdict).length;
  return (
    `${count("held")} of ${claims.length} held, ${count("did not hold")} did not, ` +
    `${count("open")} left open.`
  );
}

function head({ name, description, measure, quick }: StudyData, more = ""): string {
  const [tone, which] = quick ? ["interrupted", "quick settings"] : ["completed", "full settings"];
  return `<header><div class="over"><span class="badge ${tone}">${which}</span>\
<span>Study of ${escapeHtml(measure)}</span></div>
<h1>${escapeHtml(name)}</h1>
${description ? `<p class="lead">${escapeHtml(description)}</p>` : ""}${more}</header>`;
}

function header(data: StudyData): string {
  const { seeds, cells, outcomes, missing, seconds } = data;
  const all = [...outcomes, ...(missing > 0 ? [["not run", missing] as const] : [])];
  return head(
    data,
    `
<div class="tiles">${[
      tile(grouped(cells), cells === 1 ? "cell" : "cells"),
      tile(grouped(seeds.length), seeds.length === 1 ? "seed" : "seeds"),
      ...all.map(([outcome, n]) => tile(grouped(n), escapeHtml(outcome))),
      tile(duration(seconds), "of work, summed over cells"),
    ].join("")}</div>`,
  );
}

function tableSection({ corner, value, columns, rows }: TableResult): Section {
  const head = columns.map((c) => `<th scope="col">${escapeHtml(c)}</th>`).join("");
  const body = rows
    .map(
      ({ label, cells }) =>
        `<tr><th scope="row">${escapeHtml(label)}</th>${cells.map(tableCell).join("")}</tr>`,
    )
    .join("");
  return {
    html:
      `<section><h2>${escapeHtml(value)}</h2><div class="scroll"><table class="results">` +
      `<thead><tr><th>${escapeHtml(corner)}</th>${head}</tr></thead>` +
      `<tbody>${body}</tbody></table></div></section>`,
  };
}

function tableCell({ text, note, best }: TableResult["rows"][number]["cells"][number]): string {
  const small = note === "" ? "" : `<small>${escapeHtml(note)}</small>`;
  return `<td${best ? ` class="best"` : ""}>${escapeHtml(text)}${small}</td>`;
}

function figureSection(chart: StudyData["charts"][number], i: number): Section {
  const figure = chartFigure(chart, `figure-${i + 1}`);
  const rows = Math.ceil(chart.panels.length / (chart.panels.length === 4 ? 2 : 3));
  const notes = [...chart.notes.map((n) => `${n}.`), `For print: figure-${i + 1}.svg.`].join(" ");
  return {
    html:
      `<section><h2>${escapeHtml(chart.title)}</h2>${slot(figure, rows > 1 ? "large" : "wide")}` +
      `<p class="note">${escapeHtml(notes)}</p></section>`,
    figures: [figure],
  };
}

function claimsSection(claims: readonly ClaimResult[]): readonly Section[] {
  if (claims.length === 0) return [];
  const items = claims.map(claimHtml).join("\n");
  return [
    { html: `<section><h2>Claims</h2><p>${escapeHtml(tally(claims))}</p>${items}</section>` },
  ];
}

function claimHtml(claim: ClaimResult): string {
  const { sentence, verdict, value, expected, paper, computed, evidence } = claim;
  const inPaper = paper === undefined ? "" : ` The paper: ${paper}.`;
  const found = `Computed: ${value}. Expected: ${expected}.${inPaper}`;
  const log = [computed, ...evidence].join("\n");
  return `<div class="claim ${verdict.replaceAll(" ", "-")}">\
<p><b>${escapeHtml(verdict)}</b> ${escapeHtml(sentence)}</p>
<p class="note">${escapeHtml(found)}</p>\
<details><summary>Evidence</summary><pre>${escapeHtml(log)}</pre></details></div>`;
}

function failedSection({ failed }: StudyData): readonly Section[] {
  if (failed.length === 0) return [];
  const rows = failed.map(({ id, where, message }) => [`${where} (${id})`, message] as const);
  return [
    {
      html:
        "<section><h2>Cells that failed</h2><p>They are tried again when the same command is " +
        `given again.</p>${table(rows)}</section>`,
    },
  ];
}

function settings({ command, settings, environment }: StudyData): Section {
  return {
    html: `<section><h2>Make it again</h2>\
<p>This command gives the same numbers on the same platform.</p>${code(command)}
${settingsTables(settings, environment)}</section>`,
  };
}

const style = `
.scroll { overflow-x: auto; } .results th { width: auto; white-space: nowrap; } \
.results td { white-space: nowrap; }
.results thead th { border-bottom: 2px solid var(--edge); } .results td.best { font-weight: 700; }
.results small { display: block; color: var(--bad); font-size: 12px; }
.claim { border-left: 4px solid var(--edge); padding: 4px 0 4px 18px; margin: 0 0 18px; } \
.claim p { margin: 0 0 4px; }
.claim.held { border-color: #2f9e60; } .claim.did-not-hold { border-color: #c4382f; } \
.claim b { margin-right: 6px; }
`;
