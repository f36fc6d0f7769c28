import { existsSync, realpathSync } from "node:fs";
import { InputError } from "../../numerics/errors.ts";
import { settingsOf } from "../../experiment/settings.ts";
import { machine, readStudyEnvironment } from "../../runs/node/environment.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import type { Study } from "../read.ts";
import { writeOutputs } from "./output.ts";
import { defaultFolder, planStudy, type PlanRequest } from "./plan.ts";
import { openFolder, requireSameStudy, writeEnvironment, writeResolved } from "./folder.ts";
import { readResults, resultsOf } from "./results.ts";
import { verdictsOf, type StudyResult } from "./run.ts";
import type { StudyWatcher } from "./work.ts";

/** What `run --results` is asked to do. */
export interface DrawStudyRequest extends PlanRequest {
  /** A `results.jsonl` or `drawn.jsonl`. */
  readonly results: string;
  readonly out?: string;
  readonly command?: string;
  readonly watcher?: Pick<StudyWatcher, "note">;
}

/**
 * Draws a study from results that are there, those of its cells that a file has, and runs nothing.
 * @throws InputError when the file has none of them, or the folder holds results of its own.
 */
export async function drawStudy(request: DrawStudyRequest): Promise<StudyResult> {
  const begin = performance.now();
  const { file, results: from, watcher = {} } = request;
  const { study, cells } = await planStudy(request);
  if (!existsSync(from))
    throw new InputError(
      `--results ${from}: there is no such file; give the results.jsonl or the drawn.jsonl of ` +
        "a run",
    );
  const known = readResults(realpathSync(from));
  const results = resultsOf(cells, known);
  if (results.length === 0)
    throw new InputError(
      `--results ${from}: it has none of the ${cells.length} cells of this study; they are ` +
        `those of other settings${study.quick ? "" : ", or of --quick"}`,
    );
  if (results.length < cells.length)
    watcher.note?.(`${from} has ${results.length} of ${cells.length} cells`);
  const dir = request.out ?? `${defaultFolder(study)}-drawn`;
  refuseOwnResults(dir, study);
  const unlock = lockFolder(dir);
  try {
    // Once more: until the lock was ours another process may have worked here.
    refuseOwnResults(dir, study);
    const { command, ...environment } = {
      ...machine(),
      results: from,
      command: request.command ?? `analog-eqprop run ${file} --results ${from}`,
    };
    writeEnvironment(dir, { ...environment, command });
    writeResolved(dir, study);
    return await drawResults(dir, { study, cells }, results, { ...environment, command }, begin);
  } finally {
    unlock();
  }
}

/** Writes all that follows from results of cells, beside the environment that they are told of. */
export async function drawResults(
  dir: string,
  { study, cells }: { readonly study: Study; readonly cells: Parameters<typeof writeOutputs>[2] },
  results: Parameters<typeof writeOutputs>[3],
  { command, ...environment }: { readonly command: string },
  begin: number,
): Promise<StudyResult> {
  const data = await writeOutputs(dir, study, cells, results, {
    environment: settingsOf(environment),
    command,
  });
  return {
    study: study.name,
    outcome: data.failed.length > 0 ? "failed" : "completed",
    quick: study.quick,
    cells: cells.length,
    kept: results.length,
    ran: 0,
    failed: data.failed.length,
    claims: verdictsOf(data),
    seconds: (performance.now() - begin) / 1000,
    outDir: dir,
  };
}

function refuseOwnResults(dir: string, study: Study): void {
  if (openFolder(dir) !== "study") return;
  requireSameStudy(dir, study, true);
  if ("dataHash" in readStudyEnvironment(dir))
    throw new InputError(
      `--out ${dir}: the study was run in this folder and has results of its own there; ` +
        "choose another folder",
    );
}
