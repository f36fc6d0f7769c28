import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { readStudyEnvironment } from "../../runs/node/environment.ts";
import { guarded } from "../../runs/node/learn.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { version } from "../../version.generated.ts";
import type { Cell } from "../cells.ts";
import { failed } from "../measurement.ts";
import { studyFiles } from "./folder.ts";
import { readManifest, type ListedCell, type Manifest } from "./manifest.ts";
import { planStudy, type PlanRequest } from "./plan.ts";
import { prepareStudy, settleIn } from "./prepare.ts";
import { appendResult } from "./results.ts";
import { attemptOf, gather } from "./shards.ts";
import { loadSplits } from "./splits.ts";
import { runCells, type Working } from "./work.ts";

/** What `study cell` is asked to do. */
export interface CellsRequest extends PlanRequest, Working {
  /** Some cells of the study, by their ids. */
  readonly ids: readonly string[];
  /** The folder of the study. */
  readonly out: string;
  /** Folder of the data sets; found elsewhere when absent. */
  readonly data?: string;
  /** Whose file the results go to; the first id unless given. */
  readonly shard?: string;
  /** How often the same work was begun before. */
  readonly attempt?: number;
  /** How the user wrote all this. */
  readonly command?: string;
}

/** What `study cell --json` prints. */
export interface CellsResult {
  /** `failed` where a cell did. */
  readonly outcome: "completed" | "failed" | "interrupted";
  /** Cells that were asked for. */
  readonly cells: number;
  /** Cells that were finished before. */
  readonly kept: number;
  /** Cells run now. */
  readonly ran: number;
  /** Cells that failed. */
  readonly failed: number;
  /** The file that their results are in. */
  readonly results: string;
}

/**
 * Runs some cells of a study that have no result yet, each in its time, and appends their results
 * to a file of their own. Any number of processes do this at once in one folder.
 * @throws InputError when the list of cells is another program's or the study has changed since.
 */
export async function runListedCells(request: CellsRequest): Promise<CellsResult> {
  const { out, ids, watcher = {}, shard = ids[0], attempt = 0 } = request;
  const note = (text: string) => watcher.note?.(text);
  if (!existsSync(join(out, studyFiles.cells)))
    settleIn(await prepareStudy(request, note), request);
  const manifest = readManifest(out);
  const listed = listedCells(out, manifest, ids);
  const wanted = new Set(listed.map(keyOf));
  const { study, cells, circuits } = await planStudy({
    ...request,
    only: (axes, seed) => wanted.has(keyOf({ axes, seed })),
  });
  refuseChanged(request, listed, cells);
  const splits = await loadSplits(study, cells, request.data, note);
  refuseOtherSplits(out, splits.hash);
  const { name, path, files } = attemptOf(out, shard, attempt);
  const unlock = lockFolder(out, {
    name: `lock.${name}.json`,
    what: `shard ${name} of ${out}`,
    other: "choose another one with --shard NAME",
  });
  try {
    const { of: known } = gather([join(out, studyFiles.results), ...files], (r) => r.outcome);
    const todo = cells.filter(({ id }) => (known.get(id) ?? failed) === failed);
    let broken = 0;
    const { finished, ran } = await runCells(
      {
        dir: out,
        measurement: study.measurement.name,
        todo,
        circuits,
        splits,
        keep(result) {
          guarded(out, () => appendResult(path, result), keptOfCells);
          if (result.outcome === failed) broken++;
        },
      },
      request,
    );
    return {
      outcome: !finished ? "interrupted" : broken > 0 ? "failed" : "completed",
      cells: cells.length,
      kept: cells.length - todo.length,
      ran,
      failed: broken,
      results: path,
    };
  } finally {
    unlock();
  }
}

const keptOfCells = (dir: string) =>
  `The finished cells are kept in ${dir}; then run the same command again.`;

const keyOf = ({ axes, seed }: Pick<ListedCell, "axes" | "seed">) => JSON.stringify([axes, seed]);

function listedCells(
  dir: string,
  { version: theirs, cells }: Manifest,
  ids: readonly string[],
): readonly ListedCell[] {
  const path = join(dir, studyFiles.cells);
  if (theirs !== version)
    throw new InputError(
      `${path}: analog-eqprop ${theirs} made this list of cells, this is ${version}, whose ` +
        "numbers may be others; use that version, or make the list anew with `study cells`",
    );
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  return ids.map((id) => {
    const cell = byId.get(id);
    if (cell) return cell;
    throw new InputError(
      `study cell ${id}: ${path} has no such cell; take the ids that \`study cells\` prints`,
    );
  });
}

function refuseChanged(
  { file }: PlanRequest,
  listed: readonly ListedCell[],
  cells: readonly Cell[],
): void {
  const found = new Set(cells.map(({ id }) => id));
  const lost = listed.find(({ id }) => !found.has(id));
  if (!lost) return;
  const now = cells.find((cell) => keyOf(cell) === keyOf(lost));
  throw new InputError(
    `study cell ${lost.id}: the study has changed since its cells were listed: ${file} ` +
      (now
        ? `gives ${JSON.stringify(lost.axes)}, seed ${lost.seed}, other settings now (${now.id})`
        : `has no ${JSON.stringify(lost.axes)}, seed ${lost.seed}, any more`) +
      "; restore the file and its options, or make the list anew with `study cells --resume`",
  );
}

function refuseOtherSplits(dir: string, hash: string): void {
  const environment = readStudyEnvironment(dir);
  const known = "dataHash" in environment ? environment.dataHash.split(" ") : [];
  if (hash.split(" ").some((h) => !known.includes(h)))
    throw new InputError(
      `--out ${dir}: the study was begun with other data; name their folder with --data DIR`,
    );
}
