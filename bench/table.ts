/** A column: its heading and whether its cells are numbers, which stand to the right. */
export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

type Rows = readonly (readonly string[])[];

/** Columns of equal width for a terminal. */
export function textTable(columns: readonly Column[], rows: Rows): string {
  const width = columns.map(({ title }, c) =>
    Math.max(title.length, ...rows.map((row) => row[c].length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (columns[c].numeric ? cell.padStart(width[c]) : cell.padEnd(width[c])))
      .join("  ")
      .trimEnd();
  return [
    line(columns.map((c) => c.title)),
    width.map((w) => "─".repeat(w)).join("  "),
    ...rows.map(line),
  ].join("\n");
}

/** The same as Markdown. */
export function markdownTable(columns: readonly Column[], rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  return [
    line(columns.map((c) => c.title)),
    `|${columns.map((c) => (c.numeric ? "--:" : "---")).join("|")}|`,
    ...escaped.map(line),
  ].join("\n");
}

/** `12 300`: thin groups of three, no decimals. */
export function whole(x: number): string {
  return Math.round(x)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ");
}

/** `12.3`, `0.0123`: so many digits that mean something. */
export function digits(x: number, count = 3): string {
  return Math.abs(x) >= 10 ** count ? whole(x) : Number(x.toPrecision(count)).toString();
}

/** `1.42 ×`; a dash where there is nothing to compare with. */
export function times(ratio: number | null): string {
  return ratio === null ? "–" : `${ratio.toFixed(2)} ×`;
}
