import { fileURLToPath } from "node:url";
import { seed } from "./cells.ts";
import { busyText, machineText, type Machine } from "./machine.ts";
import { checkSection, writeSection } from "./page.ts";
import { markdownTable, textTable, type Column } from "./table.ts";

/** The folder of the package: two up from `build/bench`. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** The page that `--write` fills unless it names another. */
export const defaultPage = `${packageRoot}docs/performance.md`;

/** What every benchmark can be asked. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly write?: true | string;
}

/** A finished benchmark: one table, with what the numbers rest on. */
export interface Findings {
  /** The section of the page. */
  readonly name: string;
  readonly machine: Machine;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** One line each, below the table. */
  readonly notes: readonly string[];
  /** What `--json` prints, an object a line. */
  readonly objects: readonly object[];
  /** Markdown before the table. */
  readonly picture?: string;
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Checks what can be checked and says where a benchmark runs, on stderr, so that stdout has results
 * only.
 */
export function announce(
  name: string,
  what: string,
  machine: Machine,
  { write }: OutputOptions,
): void {
  if (write !== undefined) checkSection(pageOf(write), name);
  say(`${what}\n${machineText(machine)}, seed ${seed}`);
  const busy = busyText(machine);
  if (busy !== undefined) say(busy);
}

/** Prints the findings, and fills their section of the page when asked. */
export function publish(
  { name, machine, columns, rows, notes, objects, picture }: Findings,
  { json, write }: OutputOptions,
): void {
  const basis = `${machineText(machine)}, seed ${seed}`;
  process.stdout.write(
    json
      ? objects.map((o) => `${JSON.stringify(o)}\n`).join("")
      : `${[textTable(columns, rows), ...notes, basis].join("\n")}\n`,
  );
  if (write === undefined) return;
  const path = pageOf(write);
  writeSection(
    path,
    name,
    [
      picture,
      markdownTable(columns, rows),
      ...notes,
      `*${basis}, ${new Date().toISOString().slice(0, 10)}.*`,
    ]
      .filter((part) => part !== undefined)
      .join("\n\n"),
  );
  say(`wrote section "${name}" of ${path}`);
}

export function pageOf(write: true | string): string {
  return write === true ? defaultPage : write;
}
