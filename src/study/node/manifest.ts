import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import { jsonLines, writeFileAtomic } from "../../output/node/files.ts";
import { checkOwn } from "../../runs/node/text.ts";
import { version } from "../../version.generated.ts";
import type { Cell } from "../cells.ts";
import type { Study } from "../read.ts";
import { studyFiles } from "./folder.ts";

const format = "analog-eqprop cells 1";

const headSchema = z.strictObject({
  format: z.literal(format, { error: `expected ${format}` }),
  version: z.string(),
  study: z.string(),
  quick: z.boolean(),
  cells: z.number().int().min(0),
});
const cellSchema = z.strictObject({
  id: z.string().min(1),
  axes: z.record(z.string(), z.string()),
  seed: z.number().int().min(0),
});

/** A cell as it is called: what it takes to find it in its study again. */
export type ListedCell = Pick<Cell, "id" | "axes" | "seed">;

/** The cells of a folder in the order of the grid, and what laid them out. */
export interface Manifest extends Omit<z.output<typeof headSchema>, "format" | "cells"> {
  readonly cells: readonly ListedCell[];
}

/** Writes the list of the cells of a folder: a head, then a line a cell. */
export function writeManifest(
  dir: string,
  { name, quick }: Pick<Study, "name" | "quick">,
  cells: readonly ListedCell[],
): void {
  const head = { format, version, study: name, quick, cells: cells.length };
  const lines = cells.map(({ id, axes, seed }) => JSON.stringify({ id, axes, seed }));
  writeFileAtomic(
    join(dir, studyFiles.cells),
    [JSON.stringify(head), ...lines].map((l) => `${l}\n`).join(""),
  );
}

/**
 * The list of the cells of a folder.
 * @throws InputError when there is none, or it is damaged.
 */
export function readManifest(dir: string): Manifest {
  const path = join(dir, studyFiles.cells);
  const todo = "make it anew with `study cells STUDY --out DIR`, or the `run` that made the folder";
  const lines = jsonLines(path);
  const first = lines.next();
  if (first.done)
    throw new InputError(`${path}: there is no list of the cells of a study here; ${todo}`);
  const at = (line: number) => ({ file: path, line, column: 1 });
  const { format: _, cells: count, ...head } = checkOwn(first.value.value, headSchema, at(1), todo);
  const cells = Array.from(lines, ({ value, line }) => checkOwn(value, cellSchema, at(line), todo));
  if (cells.length !== count)
    throw new InputError(
      `${path}: it has ${cells.length} cells, expected ${count}: the file was damaged; ${todo}`,
    );
  return { ...head, cells };
}
