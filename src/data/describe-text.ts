import type { ContentFacts, NameFacts, NumberFacts } from "./describe.ts";

/** Columns and classes that are shown before they are only counted. */
const mostColumns = 24;
const mostNames = 12;
const bars = "▁▂▃▄▅▆▇█";

/** What was understood of a file, as lines for people. */
export function contentText(facts: ContentFacts): string {
  const what =
    facts.kind === "table"
      ? `a table of ${facts.rows} rows and ${facts.shape[0]} columns`
      : `${facts.rows} ${facts.kind === "images" ? "images" : "samples"} of ` +
        `${facts.shape.join(" × ") || "1"} numbers`;
  const shown = facts.columns.slice(0, mostColumns);
  const left = facts.columns.length - shown.length;
  const rows = (left > 0 ? [...shown, facts.columns.at(-1)!] : shown).map(cells);
  const lines = aligned(rows);
  if (left > 1) lines.splice(-1, 0, `… and ${left - 1} more`);
  return [
    `${facts.source}: ${what}`,
    ...lines.map((line) => `  ${line}`),
    ...(facts.picture ? ["", ...facts.picture.map((line) => `  ${line}`)] : []),
  ].join("\n");
}

function cells(facts: NumberFacts | NameFacts): readonly string[] {
  if (facts.kind === "names") {
    const names = facts.names.slice(0, mostNames);
    const counted = names.map((name, k) => `${printable(name)} ${facts.counts[k]}`);
    const left = facts.names.length - counted.length;
    const more = left > 0 ? ` and ${left} more` : "";
    return [
      printable(facts.name),
      `${facts.names.length} names`,
      counted.join(", ") + more + lacking(facts),
    ];
  }
  if (facts.least === null) return [printable(facts.name), "numbers", "none"];
  const most = Math.max(...facts.histogram);
  const heights = facts.histogram.map((n) =>
    n === 0 ? " " : bars[Math.min(bars.length - 1, Math.floor((bars.length * n) / most))],
  );
  return [
    printable(facts.name),
    facts.type,
    `${digits(facts.least)} … ${digits(facts.most!)}, mean ${digits(facts.mean!)} ± ` +
      `${digits(facts.deviation!)}  ${heights.join("")}${lacking(facts)}`,
  ];
}

/** Short, and without what moves the cursor of a terminal. */
function printable(text: string): string {
  const safe = text.replace(/\p{C}/gu, "\ufffd");
  return safe.length > 40 ? `${safe.slice(0, 40)}…` : safe;
}

const lacking = ({ missing }: { readonly missing: number }) =>
  missing > 0 ? `, ${missing} missing` : "";

const digits = (x: number) => String(Number(x.toPrecision(4)));

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map(([name, kind, text]) =>
    `${name.padEnd(widths[0])}  ${kind.padEnd(widths[1])}  ${text}`.trimEnd(),
  );
}
