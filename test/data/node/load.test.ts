import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cacheFolder, loadSplit } from "../../../src/data/node/load.ts";
import { serializeIdx } from "../../../src/data/idx.ts";
import { sources, type FileSet, type SetFile } from "../../../src/data/sources.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import {
  dotted,
  failureOf,
  folder,
  published,
  put,
  raw,
  skipReason,
  syntheticFiles,
  zipped,
} from "./synthetic.ts";
import { imagesIn } from "../../support/images.ts";

describe("loading a data set", () => {
  it.each<[string, (part: SetFile, rank: number) => string]>([
    ["raw with a dash", raw],
    ["raw with a dot", dotted],
    ["gzipped", zipped],
    ["gzipped with a dot", (part, rank) => `${dotted(part, rank)}.gz`],
  ])("reads files that are %s", async (_, name) => {
    const dir = folder();
    const files = syntheticFiles();
    put(dir, files, name);
    const split = await loadSplit("mnist", dir);
    expect([split.train.count, split.test.count]).toEqual([20, 10]);
    expect(split.train).toMatchObject({ shape: [28, 28] });
    expect(imagesIn(split.train)).toMatchObject({ classes: 10, scale: 1 / 255 });
    expect([...imagesIn(split.train).pixels]).toEqual([...files["train-images"].subarray(16)]);
    expect([...imagesIn(split.test).labels]).toEqual([...files["t10k-labels"].subarray(8)]);
    expect(split.source).toBe(`MNIST, from ${dir}`);
    expect(split.cites).toEqual(sources.mnist.cites);
  });

  it("unpacks by content: a gzipped file without .gz is read too", async () => {
    const dir = folder();
    const files = syntheticFiles();
    put(dir, files, raw);
    writeFileSync(join(dir, "train-images-idx3-ubyte"), gzipSync(files["train-images"]));
    expect((await loadSplit("mnist", dir)).train.count).toBe(20);
  });

  it.each<[FileSet, string]>([
    ["mnist", "MNIST/raw"],
    ["fashion-mnist", "FashionMNIST/raw"],
    ["kmnist", "KMNIST/raw"],
    ["kmnist", "kmnist"],
  ])("finds %s in DIR/%s", async (set, below) => {
    const dir = folder();
    put(join(dir, below), syntheticFiles(), raw);
    expect((await loadSplit(set, dir)).source).toContain(join(dir, below));
  });

  it("looks in --data first, then in the environment's folder, then in the cache", async () => {
    const [given, root, cache] = [folder(), folder(), folder()];
    const env = { EQPROP_DATA: root, XDG_CACHE_HOME: cache };
    put(cacheFolder("mnist", env), syntheticFiles(1, 1), raw);
    expect((await loadSplit("mnist", undefined, env)).train.count).toBe(1);
    put(join(root, "mnist"), syntheticFiles(2, 1), raw);
    expect((await loadSplit("mnist", undefined, env)).train.count).toBe(2);
    put(given, syntheticFiles(3, 1), raw);
    expect((await loadSplit("mnist", given, env)).train.count).toBe(3);
  });

  it("never falls back to the cache when --data has no files", async () => {
    const cache = folder();
    const empty = folder();
    const env = { XDG_CACHE_HOME: cache };
    put(cacheFolder("mnist", env), syntheticFiles(), raw);
    expect((await failureOf(loadSplit("mnist", empty, env))).message).not.toContain(cache);
  });

  it("names every place it looked at and the command that fetches the set", async () => {
    const root = folder();
    const cache = folder();
    const error = await failureOf(
      loadSplit("kmnist", undefined, { EQPROP_DATA: root, XDG_CACHE_HOME: cache }),
    );
    expect(error).toBeInstanceOf(InputError);
    for (const place of [
      root,
      join(root, "kmnist"),
      join(root, "KMNIST", "raw"),
      join(cache, "analog-eqprop", "kmnist"),
    ])
      expect(error.message).toContain(`  ${place}\n`);
    expect(error.message).toContain("analog-eqprop data fetch kmnist");
  });

  it("keeps the cache under ~/.cache when the environment names no other place", () => {
    expect(cacheFolder("mnist", {})).toMatch(/\.cache[/\\]analog-eqprop[/\\]mnist$/);
  });
});

describe("broken files", () => {
  const labelsOf = (...values: number[]) =>
    serializeIdx({ name: "l", shape: [values.length], data: Uint8Array.from(values) });
  const zeros = (...shape: number[]) =>
    serializeIdx({ name: "z", shape, data: new Uint8Array(shape.reduce((a, b) => a * b)) });
  const good = syntheticFiles();

  it.each([
    [
      "is cut short",
      { "train-images": good["train-images"].subarray(0, 5000) },
      /train-images-idx3-ubyte: it is cut short/,
    ],
    [
      "has fewer labels than images",
      { "t10k-labels": labelsOf(1, 2) },
      /t10k-labels-idx1-ubyte: 2 labels for the 10 images/,
    ],
    [
      "has a label out of range",
      { "t10k-labels": labelsOf(0, 1, 2, 3, 4, 5, 6, 7, 8, 11) },
      /label 9 is 11, expected 0 to 9/,
    ],
    [
      "has images of another size",
      { "t10k-images": zeros(10, 32, 32) },
      /32 × 32 pixels found, expected 28 × 28/,
    ],
    [
      "is empty",
      { "train-labels": new Uint8Array(0) },
      /train-labels-idx1-ubyte: 0 byte\(s\) is no IDX file/,
    ],
    [
      "is a web page",
      { "train-labels": new TextEncoder().encode("<html>403</html>") },
      /starts with 3c 68 74 6d/,
    ],
  ])("give a clear error when one %s", async (_, change, message) => {
    const dir = folder();
    put(dir, { ...good, ...change }, raw);
    const error = await failureOf(loadSplit("mnist", dir));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  it.each([
    ["cut short", (z: Uint8Array) => z.subarray(0, z.length - 40)],
    ["corrupt", (z: Uint8Array) => z.map((b, i) => (i === z.length >> 1 ? b ^ 255 : b))],
  ])("give a clear error when a gzip stream is %s", async (_, damage) => {
    const dir = folder();
    put(dir, good, zipped);
    writeFileSync(join(dir, "train-images-idx3-ubyte.gz"), damage(gzipSync(good["train-images"])));
    const error = await failureOf(loadSplit("mnist", dir));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/train-images-idx3-ubyte\.gz: gzip cannot unpack it/);
  });

  it("give a clear error when one of the four is missing or a folder", async () => {
    const missing = folder();
    put(missing, { "train-images": good["train-images"] }, raw);
    expect((await failureOf(loadSplit("mnist", missing))).message).toMatch(
      /train-labels is missing, expected train-labels-idx1-ubyte or/,
    );
    const odd = folder();
    put(
      odd,
      {
        "train-images": good["train-images"],
        "t10k-images": good["t10k-images"],
        "t10k-labels": good["t10k-labels"],
      },
      raw,
    );
    mkdirSync(join(odd, "train-labels-idx1-ubyte"));
    const error = await failureOf(loadSplit("mnist", odd));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(
      /train-labels-idx1-ubyte: illegal operation on a directory \(EISDIR\)/,
    );
  });
});

describe("the published MNIST files", () => {
  it.skipIf(!published)(`are read whole${skipReason}`, async () => {
    const { train, test } = await loadSplit("mnist", published);
    expect([train.count, test.count]).toEqual([60000, 10000]);
    expect([...imagesIn(train).labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  });

  it.skipIf(!published)("are refused where another set is expected", async () => {
    await expect(loadSplit("fashion-mnist", published)).rejects.toThrow(
      /labels of MNIST, expected those of Fashion-MNIST/,
    );
  });
});
