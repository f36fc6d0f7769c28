import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { take } from "../../data/dataset.ts";
import { readArrays, readDataFile } from "../../data/node/read-file.ts";
import { readSet } from "../../data/node/read.ts";
import type { Preparation } from "../../data/prepare.ts";
import { scalingKinds } from "../../data/scaling.ts";
import { splitContents, type PartContents, type PreparedSplit } from "../../data/split-of.ts";
import type { ContentParts, Contents, ReadOptions } from "../../data/table.ts";
import { dataName, dataSourceOf } from "../../experiment/data-asked.ts";
import type { Files } from "../../experiment/data-parts.ts";
import type { DataAsked } from "../../experiment/data-schema.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { names } from "./folder.ts";
import { checkOwn, readJson } from "./text.ts";

/** Where data are looked for. */
interface DataPlace {
  /** `--data`: the folder of a set or of files; or a file or folder to test on instead. */
  readonly given?: string;
  /** What paths of an experiment are relative to: its folder. */
  readonly root?: string;
  /** A preparation that was fitted before, to be applied again. */
  readonly known?: Preparation;
}

/**
 * The data that an experiment asks for, cut to size.
 * @throws InputError where files are missing or cannot be used.
 */
export async function readData(
  { data }: { readonly data: DataAsked },
  { given, root = ".", known }: DataPlace = {},
): Promise<PreparedSplit> {
  const source = dataSourceOf(data);
  if (source.from === "set") {
    const split = await readSet(source.set, given);
    return {
      ...split,
      train: take(split.train, source.train),
      test: take(split.test, source.test),
    };
  }
  const isRoot = given !== undefined && isFolder(given) && holds(given, source.train);
  const reader = filesReader(isRoot ? given : root, data);
  const { asked } = source;
  const first = await reader.read(source.train);
  const other = async (files: Files | null): Promise<Contents | null> =>
    files === null ? null : (await reader.read(files)).train;
  const own = asked.test || asked.fold ? null : first.test;
  const parts: PartContents = {
    train: first.train,
    test:
      given !== undefined && !isRoot
        ? (await reader.read(resolve(given))).train
        : ((await other(source.test)) ?? own),
    validation: await other(source.validation),
  };
  const split = splitContents(dataName(data), parts, asked, known);
  const also = parts.test && parts.test !== own ? `, tested on ${parts.test.source}` : "";
  return { ...split, source: `${split.source}${also}` };
}

/** Reads the files of an experiment from the folder that its paths are relative to. */
function filesReader(root: string, { target, ...data }: DataAsked) {
  const options: ReadOptions = {
    header: data.header,
    delimiter: data.delimiter,
    decimal: data.decimal,
    names: data.names,
    drop: data.drop,
    resize: data.resize,
    colour: data.colour,
  };
  const at = (path: string) => resolve(root, path);
  return {
    async read(files: Files): Promise<ContentParts> {
      if (typeof files === "string")
        return readDataFile(at(files), {
          ...options,
          ...(typeof target === "string" && files.endsWith(".npz") && { targets: target }),
        });
      if (files.file === undefined)
        return { train: await readArrays(at(files.inputs), at(files.target)), test: null };
      const { inputs, target: targets } = files;
      const { train } = await readDataFile(at(files.file), { ...options, inputs, targets });
      return { train, test: null };
    },
  };
}

/** Whether a folder has the files of a training part under their own paths. */
function holds(folder: string, files: Files): boolean {
  return existsSync(join(folder, typeof files === "string" ? files : (files.file ?? files.inputs)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What a run keeps of data of one's own: how rows become samples, and which they were. */
export function keepPreparation(dir: string, split: PreparedSplit, hash: string): void {
  if (!split.preparation) return;
  const { source, notes, preparation } = split;
  const kept = { source, hash, notes, preparation };
  writeFileAtomic(join(dir, names.data), `${JSON.stringify(kept, null, 2)}\n`);
}

const list = z.array(z.string());
const scalingSchema = z
  .strictObject({
    kind: z.enum(scalingKinds),
    offset: z.array(z.number()),
    factor: z.array(z.number()),
    clips: z.boolean(),
  })
  .refine(({ offset, factor }) => offset.length === factor.length, {
    path: ["factor"],
    message: "expected as many as of offset",
  });
const preparationSchema = z
  .strictObject({
    shape: z.array(z.number().int().min(1)).min(1),
    columns: z
      .array(
        z.discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("numbers"), name: z.string() }),
          z.strictObject({ kind: z.literal("names"), name: z.string(), names: list }),
        ]),
      )
      .nullable(),
    scaling: scalingSchema,
    targets: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("classes"), names: list.min(1) }),
      z
        .strictObject({ kind: z.literal("reals"), names: list.min(1), scaling: scalingSchema })
        .refine(({ names: n, scaling }) => n.length === scaling.offset.length, {
          path: ["scaling"],
          message: "expected one for each name",
        }),
    ]),
  })
  .refine(({ shape, scaling }) => shape.reduce((n, s) => n * s, 1) === scaling.offset.length, {
    path: ["scaling"],
    message: "expected one for each input of the shape",
  })
  .refine(
    ({ columns, scaling }) =>
      columns === null ||
      columns.reduce((n, c) => n + (c.kind === "names" ? c.names.length : 1), 0) ===
        scaling.offset.length,
    { path: ["columns"], message: "expected an input for each number and each name" },
  );
const keptSchema = z.strictObject({
  source: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  notes: list,
  preparation: preparationSchema,
});

/**
 * The preparation that a run keeps; undefined of a named set.
 * @throws InputError that names the field which is not what a run writes.
 */
export function keptPreparation(dir: string): Preparation | undefined {
  const path = join(dir, names.data);
  if (!existsSync(path)) return undefined;
  const todo = "restore the file, or start a new run";
  return checkOwn(readJson(path, "data"), keptSchema, `data ${path}`, todo).preparation;
}
