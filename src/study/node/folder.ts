import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { makeFolders } from "../../data/node/folders.ts";
import { differences } from "../../experiment/settings.ts";
import { InputError } from "../../numerics/errors.ts";
import { checkTree, readYaml } from "../../numerics/yaml.ts";
import { isTemporary, writeFileAtomic } from "../../output/node/files.ts";
import { names as runNames } from "../../runs/node/folder.ts";
import { readStudyEnvironment } from "../../runs/node/environment.ts";
import { codeOf, readOwnText, reason, whyNot } from "../../runs/node/text.ts";
import type { Study } from "../read.ts";

/**
 * The files of a study's folder; `figure.svg`, `.png`, `.pdf` and `.html` hold all figures,
 * `figure-1.svg`,
 * … one each.
 */
export const studyFiles = {
  study: "study.resolved.yaml",
  environment: "environment.json",
  /** The cells in the order of the grid, for whoever runs or counts them. */
  cells: "cells.jsonl",
  results: "results.jsonl",
  csv: "results.csv",
  parquet: "results.parquet",
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
    studyFiles.cells,
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

/** Writes what a study depends on beyond its settings. */
export function writeEnvironment(
  dir: string,
  environment: ReturnType<typeof readStudyEnvironment>,
): void {
  writeFileAtomic(join(dir, studyFiles.environment), `${JSON.stringify(environment, null, 2)}\n`);
}

/** Writes a study, its base and options put in. */
export function writeResolved(dir: string, study: Study): void {
  writeFileAtomic(join(dir, studyFiles.study), resolvedText(study));
}

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
 * That the results of the folder come from the same data.
 * @returns what its drawings were made of.
 * @throws InputError when they do not, or nothing was run in it.
 */
export function requireSameData(dir: string, hash: string): string | undefined {
  const environment = readStudyEnvironment(dir);
  if ("results" in environment)
    throw new InputError(
      `--out ${dir}: the folder was drawn from ${environment.results}, nothing was run in it; ` +
        "choose another folder",
    );
  if (environment.dataHash !== hash)
    throw new InputError(
      `--out ${dir}: its results come from other data; name their folder with --data DIR, ` +
        "or choose another folder",
    );
  return environment.drawn;
}
