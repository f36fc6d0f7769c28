import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { readStudyEnvironment } from "../../runs/node/environment.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { failed, type CellResult } from "../measurement.ts";
import { drawResults } from "./draw.ts";
import { studyFiles } from "./folder.ts";
import { readManifest } from "./manifest.ts";
import { openStudy } from "./open.ts";
import { whereOf, writeTables } from "./output.ts";
import { resultsOf } from "./results.ts";
import type { StudyResult } from "./run.ts";
import { gather, refuseOtherData, resultFiles, type Conflict } from "./shards.ts";

/** What `study status --json` and `study merge --json` print. */
export interface StudyStatus {
  /** Its name. */
  readonly study: string;
  /** Whether with `--quick`. */
  readonly quick: boolean;
  /** The version that listed its cells. */
  readonly version: string;
  /** How many cells there are. */
  readonly cells: number;
  /** Cells with a result that is no failure. */
  readonly finished: number;
  /** How the cells with a result ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Cells without a result. */
  readonly missing: number;
  /** Cells that failed, and why. */
  readonly failed: readonly FailedCell[];
  /** Work in all results, seconds of a thread. */
  readonly seconds: number;
  /** Files that have results, and lines in them. */
  readonly files: number;
  /** Lines in those files. */
  readonly lines: number;
  /** Results of cells that the study does not have (any more). */
  readonly foreign: number;
  /** Cells that were computed more than once, with numbers that differ. */
  readonly conflicts: readonly Conflict[];
  /** The folder. */
  readonly outDir: string;
}

/** A cell that threw or whose thread died. */
interface FailedCell {
  /** The key of the cell. */
  readonly id: string;
  /** Its place in the grid, in words. */
  readonly where: string;
  /** What went wrong. */
  readonly message: string;
}

type Brief = Pick<CellResult, "outcome" | "seconds" | "advice"> & { readonly text: string };

/** Counts what the cells of a folder have come to, whoever runs them. */
export function studyStatus(dir: string): StudyStatus {
  return look(dir, () => "").status;
}

/**
 * Puts the results of all files into `results.jsonl`, one a cell in the order of the grid, and
 * the tables of it. The files of shards stay as they are; doing it again changes nothing.
 * @throws InputError when the folder is in use or results come from other data.
 */
export async function mergeStudy(dir: string): Promise<StudyStatus> {
  const unlock = lockFolder(dir);
  try {
    const { status, briefs, ids } = look(dir, (text) => text);
    const own = new Set(ids);
    const texts = [
      ...ids.flatMap((id) => briefs.get(id)?.text ?? []),
      // Of cells that are not asked for now, and may be again.
      ...[...briefs].filter(([id]) => !own.has(id)).map(([, { text }]) => text),
    ];
    if (texts.length > 0)
      writeFileAtomic(join(dir, studyFiles.results), texts.map((t) => `${t}\n`).join(""));
    const { study, manifest } = await openStudy(dir);
    // Curves are most of a result, and no table has them.
    const { of } = gather(resultFiles(dir), (result) => ({ ...result, curves: {} }));
    await writeTables(dir, study, resultsOf(manifest.cells, of));
    return status;
  } finally {
    unlock();
  }
}

/**
 * Draws a folder from all results that are in it, as `run` does when it ends.
 * @throws InputError when the folder is in use, or has no result.
 */
export async function reportStudy(dir: string): Promise<StudyResult> {
  const begin = performance.now();
  const { study, manifest, environment } = await openStudy(dir);
  const { cells } = manifest;
  const unlock = lockFolder(dir);
  try {
    const gathered = gather(resultFiles(dir), (result) => result);
    refuseOtherData(gathered, environment.dataHash);
    const results = resultsOf(cells, gathered.of);
    if (results.length === 0)
      throw new InputError(`${dir}: none of its ${cells.length} cells has a result; run some`);
    const { drawn: _drawn, ...told } = environment;
    return await drawResults(dir, { study, cells }, results, told, begin);
  } finally {
    unlock();
  }
}

function look(dir: string, keptText: (text: string) => string) {
  const { cells, study, quick, version } = readManifest(dir);
  const files = resultFiles(dir);
  const gathered = gather(
    files,
    ({ outcome, seconds, advice }, text): Brief => ({
      outcome,
      seconds,
      advice,
      text: keptText(text),
    }),
  );
  const environment = readStudyEnvironment(dir);
  if ("dataHash" in environment) refuseOtherData(gathered, environment.dataHash);
  const { of: briefs, lines, conflicts } = gathered;
  const found = cells.flatMap((cell) => {
    const brief = briefs.get(cell.id);
    return brief ? [{ ...cell, ...brief }] : [];
  });
  const outcomes: Record<string, number> = {};
  for (const { outcome } of found) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const broken = found.filter(({ outcome }) => outcome === failed);
  const status: StudyStatus = {
    study,
    quick,
    version,
    cells: cells.length,
    finished: found.length - broken.length,
    outcomes,
    missing: cells.length - found.length,
    failed: broken.map((c) => ({ id: c.id, where: whereOf(c), message: c.advice ?? "" })),
    seconds: found.reduce((sum, c) => sum + c.seconds, 0),
    files: files.length,
    lines,
    foreign: briefs.size - found.length,
    conflicts,
    outDir: dir,
  };
  return { status, briefs, ids: cells.map(({ id }) => id) };
}
