import { z } from "zod";
import { appendLine, jsonLines } from "../../output/node/files.ts";
import { checkOwn } from "../../runs/node/text.ts";
import type { Cell } from "../cells.ts";
import type { CellResult } from "../measurement.ts";

const number = z.number().nullable();
const resultSchema = z.strictObject({
  id: z.string().min(1),
  axes: z.record(z.string(), z.string()),
  seed: z.number().int().min(0),
  outcome: z.string().min(1),
  values: z.record(z.string(), z.union([number, z.string()])),
  curves: z.record(
    z.string(),
    z
      .strictObject({ x: z.array(number), y: z.array(number) })
      .refine(({ x, y }) => x.length === y.length, "expected as many x as y"),
  ),
  seconds: z.number().min(0),
  advice: z.string().optional(),
  made: z
    .strictObject({
      version: z.string(),
      revision: z.string().nullable(),
      host: z.string(),
      data: z.string(),
      digest: z.string(),
    })
    .optional(),
});

/**
 * The last result of each cell, by its id; a torn last line is dropped.
 * @throws InputError when a whole line is no result.
 */
export function readResults(path: string): ReadonlyMap<string, CellResult> {
  const known = new Map<string, CellResult>();
  for (const { result } of resultLines(path)) known.set(result.id, result);
  return known;
}

/** The results of a file in its order, and the text of each. */
export function* resultLines(
  path: string,
): Generator<{ readonly result: CellResult; readonly text: string }> {
  const todo = "the file was damaged or edited: remove the line or restore the file";
  for (const { value, text, line } of jsonLines(path))
    yield {
      result: checkOwn(value, resultSchema, { file: path, line, column: 1 }, todo),
      text,
    };
}

/**
 * The results of the cells that have one, in the order of the grid. A cell's settings decide which
 * result is its, so that its labels are those of the study that asks, whatever they were called
 * when it ran.
 */
export function resultsOf(
  cells: readonly Pick<Cell, "id" | "axes">[],
  known: ReadonlyMap<string, CellResult>,
): readonly CellResult[] {
  return cells.flatMap(({ id, axes }) => {
    const result = known.get(id);
    return result ? [{ ...result, axes }] : [];
  });
}

/** Appends one result and waits until it is on the disk; returns it as it will be read. */
export function appendResult(path: string, result: CellResult): CellResult {
  const line = JSON.stringify(result);
  appendLine(path, line);
  return JSON.parse(line) as CellResult;
}
