import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { makeFolders } from "../../data/node/folders.ts";
import { differences } from "../../experiment/settings.ts";
import { InputError } from "../../numerics/errors.ts";
import {
  appendLine,
  isTemporary,
  readJsonLines,
  writeFileAtomic,
} from "../../output/node/files.ts";
import { names } from "../../runs/node/folder.ts";
import { checkOwn, readJson, whyNot } from "../../runs/node/text.ts";
import type { DieRow } from "../yield.ts";

/** The files of a folder of measured dies. */
export const dieFiles = {
  /** What every die was asked. */
  asked: "asked.json",
  /** A line a die, as they were measured. */
  dies: "dies.jsonl",
  csv: "dies.csv",
  result: names.corners,
  report: names.report,
  figure: "figure",
} as const;

/** What the errors of dies depend on, beside their numbers; JSON. */
export type AskedOfDies = Readonly<Record<string, string | number | null>>;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const rowSchema = z.strictObject({
  die: count,
  error: z.number().nullable(),
  agreement: z.number().nullable(),
  // JSON has null for what is not a number.
  residual: z.number().nullable(),
  beyond: count,
});

/**
 * Makes the folder, or finds that what it holds was asked alike.
 * @throws InputError when it holds something else, or dies that were asked something else.
 */
export function openDies(dir: string, asked: AskedOfDies): void {
  try {
    makeFolders(dir);
  } catch (error) {
    throw new InputError(
      `--out ${dir}: the folder cannot be made: ${whyNot(error)}; choose another one`,
    );
  }
  const path = join(dir, dieFiles.asked);
  if (!existsSync(path)) {
    const early: readonly string[] = [names.lock, `${names.lock}.next`];
    if (readdirSync(dir).some((name) => !early.includes(name) && !isTemporary(name)))
      throw new InputError(
        `--out ${dir}: the folder holds other files and no dies; choose an empty or a new one`,
      );
    writeFileAtomic(path, `${JSON.stringify(asked, null, 2)}\n`);
    return;
  }
  const differing = differences(readJson(path, "what dies were asked"), asked);
  if (differing.length > 0)
    throw new InputError(
      `--out ${dir}: its dies were asked something else:\n` +
        `${differing.map((d) => `  ${d}`).join("\n")}\nchoose another folder`,
    );
}

/**
 * The dies that were measured, a torn last line left out.
 * @throws InputError when a line is no die.
 */
export function readDies(dir: string): ReadonlyMap<number, DieRow> {
  const file = join(dir, dieFiles.dies);
  const todo = "the file was damaged or edited: remove the line or restore the file";
  return new Map(
    readJsonLines(file).map((line, i) => {
      const row = checkOwn(line, rowSchema, { file, line: i + 1, column: 1 }, todo);
      return [row.die, row] as const;
    }),
  );
}

/** Appends a die, waits until it is on the disk, and returns it as it will be read. */
export function keepDie(dir: string, row: DieRow): DieRow {
  const line = JSON.stringify(row);
  appendLine(join(dir, dieFiles.dies), line);
  return rowSchema.parse(JSON.parse(line));
}

/** The dies as CSV (RFC 4180), units in its heads; what is not known is an empty field. */
export function diesCsv(rows: readonly DieRow[]): string {
  const heads = [
    "die",
    "test error chip (%)",
    "agreement (%)",
    "residual",
    "weights beyond its devices",
  ];
  const lines = rows.map((r) => [r.die, r.error, r.agreement, r.residual, r.beyond]);
  return [heads, ...lines].map((line) => `${line.map((v) => v ?? "").join(",")}\r\n`).join("");
}
