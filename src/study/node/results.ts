import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { makeFolders } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { checkTree, readYaml } from "../../numerics/yaml.ts";
import { appendLine, isTemporary, readJsonLines } from "../../output/node/files.ts";
import { differences } from "../../experiment/settings.ts";
import type { Cell } from "../cells.ts";
import type { CellResult } from "../measurement.ts";
import type { Study } from "../read.ts";
import { names as runNames } from "../../runs/node/folder.ts";
import { checkOwn, codeOf, readOwnText, reason, whyNot } from "../../runs/node/text.ts";

/**
 * The files of a study's folder; `figure.svg`, `.png`, `.pdf` and `.html` hold all figures,
 * `figure-1.svg`,
 * … one each.
 */
export const studyFiles = {
  study: "study.resolved.yaml",
  environment: "environment.json",
  results: "results.jsonl",
  csv: "results.csv",
  /**
   * What of the results the figures, the table and the claims look at: small enough to be kept
   * beside a text.
   */
  drawn: "drawn.jsonl",
  report: "report.html",
  claims: "claims.md",
  table: "table.md",
  figure: "figure",
  lock: runNames.lock,
} as const;

/**
 * Makes the folder of a study, or finds it.
 * @throws InputError when it holds something else or cannot be made.
 */
export function openFolder(dir: string): "new" | "study" {
  try {
    makeFolders(dir);
  } catch (error) {
    const there = codeOf(error) === "EEXIST" ? "a file has that name" : whyNot(error);
    throw new InputError(
      `--out ${dir}: the folder cannot be made: ${there}; choose another folder`,
    );
  }
  let entries: readonly string[];
  try {
    entries = readdirSync(dir);
  } catch (error) {
    throw new InputError(`--out ${dir}: ${reason(codeOf(error))}; choose another folder`);
  }
  if (entries.includes(studyFiles.study)) return "study";
  // What a start leaves behind that was killed before its settings were written.
  const early: readonly string[] = [
    studyFiles.lock,
    `${studyFiles.lock}.next`,
    studyFiles.environment,
  ];
  if (entries.every((e) => early.includes(e) || isTemporary(e))) return "new";
  throw new InputError(
    `--out ${dir}: the folder holds ` +
      `${entries.includes(runNames.config) ? "a training run" : "other files"} and no study; ` +
      "choose an empty or a new folder",
  );
}

/** What results depend on; drawings and claims may change from one call to the next. */
const binding = ["measure", "options", "base", "grid", "skip", "seeds"];

/**
 * That the folder belongs to the study; with `resume` its settings may have changed.
 * @throws InputError that lists the differences.
 */
export function requireSameStudy(dir: string, { name, resolved }: Study, resume: boolean): void {
  const path = join(dir, studyFiles.study);
  const todo = "restore the file, or choose another folder";
  const tree = readYaml(readOwnText(path, "study", todo), path);
  const there = checkTree(tree.value, z.looseObject({ study: z.string() }), (at, part) =>
    tree.place(at, part),
  );
  if (there.study !== name)
    throw new InputError(
      `--out ${dir}: the folder holds the study "${there.study}", this is ` +
        `"${name}"; choose another folder`,
    );
  if (resume) return;
  const part = (study: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(binding.map((key) => [key, study[key]]));
  // What is compared went through a file on one side only.
  const differing = differences(part(there), JSON.parse(JSON.stringify(part(resolved))));
  if (differing.length > 0)
    throw new InputError(
      `--out ${dir}: the folder holds this study with other settings:\n${differing
        .slice(0, 12)
        .map((d) => `  ${d}`)
        .join(
          "\n",
        )}\nGive --resume to keep the cells that are still asked for, or choose another folder.`,
    );
}

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
});

/** The study as the folder keeps it. */
export function resolvedText({ resolved, quick }: Study): string {
  const head =
    `# This study with its base${quick ? ", its quick settings" : ""} and the options of the ` +
    "command put in; paths are relative to the original file.\n";
  return (
    head +
    stringify(JSON.parse(JSON.stringify(resolved)), {
      lineWidth: 0,
      aliasDuplicateObjects: false,
      collectionStyle: "any",
    })
  );
}

/**
 * The last result of each cell, by its id; a torn last line is dropped.
 * @throws InputError when a whole line is no result.
 */
export function readResults(path: string): ReadonlyMap<string, CellResult> {
  return new Map(
    readJsonLines(path).map((line, i) => {
      const place = { file: path, line: i + 1, column: 1 };
      const todo = "the file was damaged or edited: remove the line or restore the file";
      const result = checkOwn(line, resultSchema, place, todo);
      return [result.id, result] as const;
    }),
  );
}

/**
 * The results of the cells that have one, in the order of the grid. A cell's settings decide which
 * result is its, so that its labels are those of the study that asks, whatever they were called
 * when it ran.
 */
export function resultsOf(
  cells: readonly Cell[],
  known: ReadonlyMap<string, CellResult>,
): readonly CellResult[] {
  return cells.flatMap(({ id, axes }) => {
    const result = known.get(id);
    return result ? [{ ...result, axes }] : [];
  });
}

/** Appends one result and waits until it is on the disk; returns it as it will be read. */
export function appendResult(dir: string, result: CellResult): CellResult {
  const line = JSON.stringify(result);
  appendLine(join(dir, studyFiles.results), line);
  return JSON.parse(line) as CellResult;
}
