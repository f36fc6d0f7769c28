import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { looksLikeIdx, readIdxArray } from "../arrays/idx-array.ts";
import { labelled } from "../arrays/labelled.ts";
import { looksLikeNpy, readNpyArray } from "../arrays/npy.ts";
import { looksLikeZip, readNpzArrays } from "../arrays/npz.ts";
import { looksLikeParquet, readParquet } from "../arrays/parquet.ts";
import type { RandomAccess } from "../arrays/parquet-pages.ts";
import { readImages, type ImageFile } from "../images/folder.ts";
import { looksLikeJpeg } from "../images/jpeg.ts";
import { looksLikePng } from "../images/png.ts";
import type { ContentParts, Contents, Labelled, ReadOptions, SampleBlock } from "../table.ts";
import { readTable } from "../text/read.ts";
import { chunksOf, headOf, reading, wholeOf, withFile, type OpenFile } from "./chunks.ts";
import { systemReason } from "./disk.ts";
import { fileNames } from "./files.ts";

/** Bytes of arrays, which are held at once, and of texts, which are not. */
const mostArrayBytes = 2 * 2 ** 30;
const mostTextBytes = 64 * 2 ** 30;
const mostImageBytes = 2 ** 28;

type Format = "npy" | "zip" | "parquet" | "idx" | "image" | "text";

function formatOf(head: Uint8Array): Format {
  if (looksLikeNpy(head)) return "npy";
  if (looksLikeZip(head)) return "zip";
  if (looksLikeParquet(head)) return "parquet";
  if (looksLikeIdx(head)) return "idx";
  return looksLikePng(head) || looksLikeJpeg(head) ? "image" : "text";
}

/**
 * Reads a file of data, whatever its name: CSV and its kin, IDX, NPY, NPZ and Parquet, each also
 * gzipped; or a folder, of images with a folder a class (below `train` and `test`, if there are
 * such), or of the four IDX files that MNIST is published in.
 * @throws InputError that names the file, and the line and column where there is one.
 */
export async function readDataFile(path: string, options: ReadOptions = {}): Promise<ContentParts> {
  const found = await reading(path, () => stat(path));
  if (found.isDirectory()) return readFolder(path, options);
  return withFile(path, async (file) => {
    const format = await formatAt(file);
    switch (format) {
      case "zip":
        return readNpzArrays(await wholeOf(file, mostArrayBytes), path, options);
      case "npy":
      case "idx":
        return whole(labelled(path, await arrayOf(file, format), null));
      case "parquet":
        return whole(await readParquet(await access(file), path, options));
      case "image":
        throw new InputError(
          `${path}: it is one image, expected a folder with a folder of images a class`,
        );
      case "text": {
        const bytes = file.isGzipped ? 0 : file.bytes;
        return whole(
          await readTable(chunksOf(file, mostTextBytes), path, options, bytes).catch(
            (error: unknown) => {
              throw misnamed(path, error);
            },
          ),
        );
      }
      default:
        return format satisfies never;
    }
  });
}

/** Files that are known by their first bytes, which these lack. */
const known: readonly (readonly [ending: RegExp, what: string])[] = [
  [/\.parquet(\.gz)?$/i, "a Parquet file"],
  [/\.npy(\.gz)?$/i, "an NPY file"],
  [/\.npz$/i, "an NPZ file"],
  [/\.(png|jpe?g)$/i, "a picture"],
  [/-ubyte(\.gz)?$/i, "an IDX file"],
];

/** Why a file cannot be read as text: it was meant to be something else. */
function misnamed(path: string, error: unknown): unknown {
  const [, what] = known.find(([ending]) => ending.test(path)) ?? [];
  return error instanceof InputError && what !== undefined
    ? new InputError(
        `${path}: this is not ${what}, whatever its name, nor text: ${error.message}; get it again`,
      )
    : error;
}

/**
 * Reads samples and what is wanted for each from two files, NPY or IDX.
 * @throws InputError as `readDataFile`, or when they do not go together.
 */
export async function readArrays(inputs: string, targets: string): Promise<Labelled> {
  return labelled(inputs, await readArray(inputs), await readArray(targets));
}

function readArray(path: string): Promise<SampleBlock> {
  return withFile(path, async (file) => {
    const format = await formatAt(file);
    if (format === "npy" || format === "idx") return arrayOf(file, format);
    throw new InputError(`${path}: neither NPY nor IDX, expected an array of one of them`);
  });
}

const whole = (train: Contents): ContentParts => ({ train, test: null });

async function formatAt(file: OpenFile): Promise<Format> {
  return formatOf(await headOf(file));
}

async function arrayOf(file: OpenFile, format: "npy" | "idx"): Promise<SampleBlock> {
  const bytes = await wholeOf(file, mostArrayBytes);
  return format === "npy" ? readNpyArray(bytes, file.path) : readIdxArray(bytes, file.path);
}

async function access(file: OpenFile): Promise<RandomAccess> {
  if (file.isGzipped) {
    const bytes = await wholeOf(file, mostArrayBytes);
    const { buffer, byteOffset, byteLength } = bytes;
    return {
      byteLength,
      slice: (start, end = byteLength) => buffer.slice(byteOffset + start, byteOffset + end),
    };
  }
  return {
    byteLength: file.bytes,
    async slice(start, end = file.bytes) {
      const length = Math.max(0, Math.min(end, file.bytes) - Math.max(start, 0));
      const piece = new Uint8Array(length);
      await reading(file.path, () => file.handle.read(piece, 0, length, start));
      return piece.buffer;
    },
  };
}

async function readFolder(path: string, options: ReadOptions): Promise<ContentParts> {
  const entries = await list(path);
  const has = (name: string) => entries.folders.includes(name);
  if (entries.files.some((name) => /^(train|t10k|test)-(images|labels)/.test(name)))
    return readIdxFolder(path, entries.files);
  if (!has("train") || !has("test")) return whole(await readClasses(path, options));
  const train = await readClasses(join(path, "train"), options);
  const isColoured = train.inputs.shape.length === 3;
  const test = await readClasses(join(path, "test"), {
    ...options,
    colour: isColoured || options.colour,
  });
  if (test.inputs.shape.length !== train.inputs.shape.length)
    throw new InputError(
      `${test.source}: images with colours, and those of ${train.source} have none; say colour: ` +
        "true or false",
    );
  return { train, test };
}

/** Files and folders by name; those that begin with a point are no data. */
async function list(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError(
      `${path}: ${systemReason(error)}, expected a folder; check its path and permissions`,
    );
  });
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries.filter(({ name }) => !name.startsWith("."))) {
    const target = join(path, entry.name);
    const found = entry.isSymbolicLink() ? await reading(target, () => stat(target)) : entry;
    (found.isDirectory() ? folders : files).push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

async function readIdxFolder(path: string, names: readonly string[]): Promise<ContentParts> {
  const part = async (images: "train-images" | "t10k-images"): Promise<Labelled> => {
    const labels = images === "train-images" ? "train-labels" : "t10k-labels";
    const [first, second] = ([images, labels] as const).map((wanted) => {
      const name = fileNames(wanted).find((n) => names.includes(n));
      if (name !== undefined) return join(path, name);
      throw new InputError(
        `${path}: there is no ${fileNames(wanted)[0]} (or .gz), expected the four files of a set`,
      );
    });
    return readArrays(first, second);
  };
  return { train: await part("train-images"), test: await part("t10k-images") };
}

const imageName = /\.(png|jpe?g)$/i;
const otherImage = /\.(gif|bmp|tiff?|webp|pgm|ppm|heic|avif|svg)$/i;

async function readClasses(path: string, options: ReadOptions): Promise<Labelled> {
  const { folders } = await list(path);
  const files: ImageFile[] = [];
  for (const label of folders) {
    const { files: names } = await list(join(path, label));
    const other = names.find((name) => otherImage.test(name));
    if (other !== undefined)
      throw new InputError(`${join(path, label, other)}: expected PNG or JPEG; convert it`);
    const images = names.filter((name) => imageName.test(name));
    if (images.length === 0)
      throw new InputError(
        `${join(path, label)}: no PNG or JPEG in it, expected the images of the class ` +
          JSON.stringify(label),
      );
    for (const name of images) {
      const source = join(path, label, name);
      const read = () => withFile(source, (file) => wholeOf(file, mostImageBytes));
      files.push({ label, source, name, read });
    }
  }
  if (files.length === 0)
    throw new InputError(
      `${path}: no folders with images in it, expected PNG or JPEG in a folder a class`,
    );
  return readImages(files, path, options);
}
