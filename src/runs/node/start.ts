import { basename, dirname, relative, resolve, sep } from "node:path";
import { checkFile } from "../../data/node/check-file.ts";
import type { ColumnKey, Decimal } from "../../data/table.ts";
import { startingExperiment } from "../../experiment/starting.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { InputError } from "../../numerics/errors.ts";
import { destinationFor } from "../../output/node/destination.ts";

/** What an experiment is to be started from. */
export interface DataStart {
  readonly path: string;
  readonly out: string;
  /** Replaces a file of that name. */
  readonly overwrite?: boolean;
  readonly target?: ColumnKey;
  readonly drop?: readonly ColumnKey[];
  readonly resize?: readonly [height: number, width: number];
  readonly decimal?: Decimal;
}

/**
 * Writes an experiment that trains on a file of data.
 * @returns what it says.
 * @throws InputError when training would refuse the file, or `out` is there already.
 */
export async function startExperiment(start: DataStart): Promise<string> {
  const { path, out, overwrite, target, drop = [], resize, decimal } = start;
  const place = destinationFor("--out", out, overwrite);
  const { training, train, test, problems } = await checkFile(
    path,
    { drop, resize, decimal },
    { target, drop },
  );
  if (training === null || train === null) throw new InputError(problems.join("\n"));
  const file = relative(dirname(resolve(out)), resolve(path))
    .split(sep)
    .join("/");
  const name = basename(path).replace(/(\.(csv|tsv|txt|data|npz|npy|parquet|gz))+$/i, "");
  const text = startingExperiment(training, {
    name: name === "" ? "data" : name,
    file,
    target,
    drop,
    resize,
    decimal,
    isTable: train.kind === "table",
    hasTest: test !== null,
  });
  await parseExperiment(text, out);
  place.put(text);
  return text;
}
