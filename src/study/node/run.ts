import { createHash } from "node:crypto";
import { join } from "node:path";
import { settingsOf } from "../../experiment/settings.ts";
import type { ClaimResult, StudyData } from "../../output/study-data.ts";
import { diskFailure, guarded } from "../../runs/node/learn.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { version } from "../../version.generated.ts";
import { evaluateClaims } from "../claims.ts";
import { failed, type CellResult } from "../measurement.ts";
import { resolvedText, studyFiles, writeEnvironment } from "./folder.ts";
import { isWhole, writeOutputs } from "./output.ts";
import {
  prepareStudy,
  settleIn,
  type Prepared,
  type PrepareRequest,
  type Claimed,
} from "./prepare.ts";
import { appendResult, resultsOf } from "./results.ts";
import { gather, resultFiles } from "./shards.ts";
import { runCells, type StudyWatcher } from "./work.ts";

/** What `run` is asked to do. */
export interface RunStudyRequest extends PrepareRequest {
  /** Stops at once; finished cells are kept. */
  readonly signal?: AbortSignal;
  readonly watcher?: StudyWatcher;
}

/** How many claims ended in each way. */
export function verdictsOf({ claims }: Pick<StudyData, "claims">): StudyResult["claims"] {
  const count = (verdict: ClaimResult["verdict"]) =>
    claims.filter((c) => c.verdict === verdict).length;
  return { held: count("held"), didNotHold: count("did not hold"), open: count("open") };
}

/** What `run --json` prints. */
export interface StudyResult {
  /** Its name. */
  readonly study: string;
  /** `failed` where a cell did. */
  readonly outcome: "completed" | "failed" | "interrupted";
  /** Whether with `--quick`. */
  readonly quick: boolean;
  /** How many there are. */
  readonly cells: number;
  /** Cells kept from before. */
  readonly kept: number;
  /** Cells run now. */
  readonly ran: number;
  /** Cells that failed. */
  readonly failed: number;
  /** How many claims ended in each way. */
  readonly claims: {
    /** As expected. */
    readonly held: number;
    /** Not as expected. */
    readonly didNotHold: number;
    /** Cells that they need are not there. */
    readonly open: number;
  };
  /** Wall time of this command, seconds. */
  readonly seconds: number;
  /** The folder of the results. */
  readonly outDir: string;
}

/**
 * Runs the cells of a study that have no result yet and writes what follows from all of them.
 * @throws InputError before anything is written; RunError when the disk fails later.
 */
export async function runStudy(request: RunStudyRequest): Promise<StudyResult> {
  const begin = performance.now();
  const { quick = false, watcher = {} } = request;
  const prepared = await prepareStudy(request, (text) => watcher.note?.(text));
  const { study, cells, circuits, splits, dir } = prepared;
  const unlock = lockFolder(dir);
  try {
    const { state, environment, drawn } = settleIn(prepared, request);
    const known = new Map(gather(resultFiles(dir), (result): CellResult => result).of);
    const todo = cells.filter((c) => (known.get(c.id)?.outcome ?? failed) === failed);
    const kept = cells.length - todo.length;
    if (state === "study" && kept > 0)
      watcher.note?.(
        todo.length === 0
          ? `all ${cells.length} cells are finished in ${dir}`
          : `keeping ${kept} finished cells of ${cells.length} in ${dir}`,
      );
    const path = join(dir, studyFiles.results);
    const { finished, ran } = await runCells(
      {
        dir,
        measurement: study.measurement.name,
        todo,
        circuits,
        splits,
        keep(result) {
          guarded(dir, () => known.set(result.id, appendResult(path, result)), keptOfStudy);
        },
      },
      request,
    );
    const results = resultsOf(cells, known);
    const data = await drawOnce({ study, dir, results, environment, drawn }, cells).catch(
      (error: unknown) => {
        throw diskFailure(dir, error, keptOfStudy);
      },
    );
    return {
      study: study.name,
      outcome: !finished ? "interrupted" : data.failed.length > 0 ? "failed" : "completed",
      quick,
      cells: cells.length,
      kept,
      ran,
      failed: data.failed.length,
      claims: verdictsOf(data),
      seconds: (performance.now() - begin) / 1000,
      outDir: dir,
    };
  } finally {
    unlock();
  }
}

/** What is drawn, and what the drawings that are there were made of. */
interface Drawing extends Pick<Prepared, "study" | "dir">, Omit<Claimed, "state"> {
  readonly results: readonly CellResult[];
}

/** Draws a folder, unless the same was drawn of the same results before. */
async function drawOnce(
  { study, dir, results, environment, drawn }: Drawing,
  cells: Prepared["cells"],
): Promise<Pick<StudyData, "claims"> & { readonly failed: readonly unknown[] }> {
  const hash = createHash("sha256").update(`${version}\n${resolvedText(study)}\n${cells.length}\n`);
  for (const result of results) hash.update(`${JSON.stringify(result)}\n`);
  const now = hash.digest("hex").slice(0, 16);
  const { command, ...rows } = environment;
  const isDrawn = now === drawn && isWhole(dir, study);
  const data = isDrawn
    ? {
        claims: await evaluateClaims(study, results),
        failed: results.filter((r) => r.outcome === failed),
      }
    : await writeOutputs(dir, study, cells, results, { environment: settingsOf(rows), command });
  // Last: a run that is killed while it draws has to do it again.
  writeEnvironment(dir, { ...environment, drawn: now });
  return data;
}

/** What is told where the disk fails. */
const keptOfStudy = (dir: string) =>
  `The finished cells are kept in ${dir}; then go on by the same command again.`;
