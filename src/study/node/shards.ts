import { readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { InputError } from "../../numerics/errors.ts";
import { revisionOf } from "../../runs/node/revision.ts";
import { codeOf, reason } from "../../runs/node/text.ts";
import { version } from "../../version.generated.ts";
import { failed, type CellResult, type Provenance } from "../measurement.ts";
import { studyFiles } from "./folder.ts";
import { resultLines } from "./results.ts";

/**
 * The file that one writer appends its results to.
 * @throws InputError when the name cannot be part of a file's name.
 */
function shardFile(shard: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(shard))
    throw new InputError(
      `--shard ${shard}: expected up to 100 letters, digits, "_", "-" and ".", the first a ` +
        "letter or a digit",
    );
  return `results.${shard}.jsonl`;
}

/**
 * Where a writer appends, in its first attempt or a later one, and what its attempts have written
 * so far. A task that is begun again, maybe on another machine, cannot know whether the first
 * attempt has ended: each has a file of its own.
 */
export function attemptOf(dir: string, shard: string, attempt: number) {
  const family = (of: string) => join(dir, shardFile(of));
  const name = attempt === 0 ? shard : `${shard}.again-${attempt}`;
  const earlier = Array.from({ length: attempt }, (_, i) =>
    family(i === 0 ? shard : `${shard}.again-${i}`),
  );
  return { name, path: family(name), files: [...earlier, family(name)] };
}

/** The files of a folder that hold results: `results.jsonl`, and those of shards by their names. */
export function resultFiles(dir: string): readonly string[] {
  try {
    const all = readdirSync(dir);
    const shards = all.filter((f) => /^results\..+\.jsonl$/.test(f)).sort();
    return [...all.filter((f) => f === studyFiles.results), ...shards].map((f) => join(dir, f));
  } catch (error) {
    throw new InputError(`${dir}: ${reason(codeOf(error))}; name the folder of a study`);
  }
}

/** What a folder's files say of its cells. */
interface Gathered<T> {
  /** By the cell's id: of its last result, where one that did not fail counts more. */
  readonly of: ReadonlyMap<string, T>;
  /** Results, those included that count no more. */
  readonly lines: number;
  /** Cells that were computed more than once, with numbers that differ. */
  readonly conflicts: readonly Conflict[];
  /** The hashes of the data that they were computed from, and a file that has such results. */
  readonly data: ReadonlyMap<string, string>;
}

/** Two results of one cell that should be equal. */
export interface Conflict {
  /** The key of the cell. */
  readonly id: string;
  /** Where the result that is kept is from. */
  readonly first: Source;
  /** Where the other one is from. */
  readonly second: Source;
}

interface Source extends Pick<Provenance, "version" | "host"> {
  /** The file that holds it. */
  readonly file: string;
}

/**
 * Reads the results of a folder, whoever wrote them, file by file.
 * @param kept what is wanted of a result; the rest is forgotten at once.
 * @throws InputError when a whole line is no result.
 */
export function gather<T>(
  files: readonly string[],
  kept: (result: CellResult, text: string) => T,
): Gathered<T> {
  const known = new Map<
    string,
    { kept: T; isFailed: boolean; digest: string | undefined; source: Source }
  >();
  const conflicts = new Map<string, Conflict>();
  const data = new Map<string, string>();
  let lines = 0;
  for (const file of files)
    for (const { result, text } of resultLines(file)) {
      lines++;
      if (result.made && !data.has(result.made.data)) data.set(result.made.data, file);
      const { id, outcome, made } = result;
      const isFailed = outcome === failed;
      const before = known.get(id);
      if (before && isFailed && !before.isFailed) continue;
      const source = { file, version: made?.version ?? "", host: made?.host ?? "" };
      const digest = made?.digest;
      if (
        before?.digest !== undefined &&
        digest !== undefined &&
        before.digest !== digest &&
        !isFailed &&
        !before.isFailed
      )
        conflicts.set(id, { id, first: before.source, second: source });
      known.set(id, { kept: kept(result, text), isFailed, digest, source });
    }
  return {
    of: new Map([...known].map(([id, { kept: own }]) => [id, own])),
    lines,
    conflicts: [...conflicts.values()],
    data,
  };
}

/**
 * That results come from the data of their study.
 * @param hash of all its data, as the environment has it.
 * @throws InputError that names a file which has others.
 */
export function refuseOtherData({ data }: Pick<Gathered<unknown>, "data">, hash: string): void {
  const own = hash.split(" ");
  for (const [other, file] of data)
    if (!own.includes(other))
      throw new InputError(
        `${file}: its results come from other data than those of the study; move the file away, ` +
          "and run its cells again",
      );
}

/** Says where results come from that are made here and now. */
export function provenance(): (
  result: Pick<CellResult, "outcome" | "advice" | "values" | "curves">,
  data: string,
) => Provenance {
  const common = { version, revision: revisionOf(process.cwd()), host: hostname() };
  return ({ outcome, advice, values, curves }, data) => ({
    ...common,
    data,
    digest: createHash("sha256")
      .update(JSON.stringify([outcome, advice ?? "", values, curves]))
      .digest("hex")
      .slice(0, 16),
  });
}
