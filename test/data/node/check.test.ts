import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFolder, formatFolderReport } from "../../../src/data/node/check.ts";
import { serializeIdx } from "../../../src/data/idx.ts";
import { loadSplit } from "../../../src/data/node/load.ts";
import type { SetFile } from "../../../src/data/sources.ts";
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

const files = syntheticFiles();

describe("checking a folder", () => {
  it("tells kind, shape, storage and class balance of every file", async () => {
    const dir = folder();
    put(dir, files, zipped);
    const report = await checkFolder(dir);
    expect(report.problems).toEqual([]);
    expect(report.set).toBeNull();
    expect(report.files.map((f) => [f.part, f.kind, f.shape, f.gzipped])).toEqual([
      ["t10k-images", "images", [10, 28, 28], true],
      ["t10k-labels", "labels", [10], true],
      ["train-images", "images", [20, 28, 28], true],
      ["train-labels", "labels", [20], true],
    ]);
    expect(report.files[3].classCounts).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(report.files[0].classCounts).toBeNull();
  });

  it("looks into the layouts that loading would find", async () => {
    const dir = folder();
    put(join(dir, "FashionMNIST", "raw"), files, raw);
    put(join(dir, "kmnist"), files, raw);
    expect((await checkFolder(dir)).files).toHaveLength(8);
  });

  it("finds what does not fit", async () => {
    const dir = folder();
    put(
      dir,
      {
        "train-images": files["train-images"].subarray(0, 900),
        "t10k-images": files["t10k-images"],
        "t10k-labels": serializeIdx({ name: "l", shape: [3], data: Uint8Array.of(1, 2, 12) }),
        "train-labels": files["t10k-images"],
      },
      raw,
    );
    writeFileSync(join(dir, "t10k-images-idx3-ubyte.gz.part"), "");
    const { problems } = await checkFolder(dir);
    for (const expected of [
      /train-images-idx3-ubyte: it is cut short/,
      /train-labels-idx1-ubyte: 3 dimension\(s\) found, expected 1 \(count\); this is no file of/,
      /label 2 is 12, expected 0 to 9/,
      /3 labels for the 10 images/,
      /ubyte\.gz\.part: an unfinished download/,
    ])
      expect(
        problems.filter((p) => expected.test(p)),
        String(expected),
      ).toHaveLength(1);
    expect(problems).toHaveLength(5);
  });

  it("says when there is nothing, and refuses a folder that is not there", async () => {
    const dir = folder();
    mkdirSync(join(dir, "photos"));
    expect((await checkFolder(dir)).problems).toEqual([
      `${dir}: no IDX files in it, expected names like train-images-idx3-ubyte.gz`,
    ]);
    expect(await failureOf(checkFolder(join(dir, "nowhere")))).toBeInstanceOf(InputError);
  });

  it.skipIf(!published)(
    `recognises the published MNIST, repacked or not${skipReason}`,
    async () => {
      const { set, files: found, problems } = await checkFolder(published!);
      expect(set).toBe("mnist");
      expect(found.map((f) => f.set)).toEqual(["mnist", "mnist", "mnist", "mnist"]);
      expect(problems).toEqual([]);
    },
  );

  it("prints a report that people can read", async () => {
    const dir = folder();
    put(dir, { "train-images": files["train-images"], "train-labels": files["train-labels"] }, raw);
    expect(formatFolderReport(await checkFolder(dir))).toBe(
      [
        `${dir}: unknown contents`,
        `  ${join(dir, "train-images-idx3-ubyte")}`,
        "    images 20 × 28 × 28, 15696 bytes: unknown contents",
        `  ${join(dir, "train-labels-idx1-ubyte")}`,
        "    labels 20, 28 bytes: unknown contents",
        "    per class: 2 2 2 2 2 2 2 2 2 2",
        "Problems:",
        `  ${dir}: t10k-images is missing, expected ${namesOf("t10k-images", 3)} beside the ` +
          "other files; add it, or run `analog-eqprop data fetch mnist`",
        `  ${dir}: t10k-labels is missing, expected ${namesOf("t10k-labels", 1)} beside the ` +
          "other files; add it, or run `analog-eqprop data fetch mnist`",
      ].join("\n"),
    );
  });
});

/** Every name of a part, as it is asked for. */
function namesOf(part: SetFile, rank: number): string {
  const names = [raw(part, rank), dotted(part, rank)];
  return [...names, ...names.map((name) => `${name}.gz`)].join(" or ");
}

/** The synthetic files with some replaced by images of one byte, or by labels. */
const images = (count: number, side: number, byte: (i: number) => number) =>
  serializeIdx({
    name: "images",
    shape: [count, side, side],
    data: Uint8Array.from({ length: count * side * side }, (_, i) => byte(i)),
  });
const labels = (...values: number[]) =>
  serializeIdx({ name: "labels", shape: [values.length], data: Uint8Array.from(values) });

describe("what train refuses, the check refuses in the same words", () => {
  const damaged: Readonly<Record<string, Partial<Record<SetFile, Uint8Array>>>> = {
    "images of another size": { "train-images": images(20, 8, () => 9) },
    "no images": { "t10k-images": images(0, 28, () => 9), "t10k-labels": labels() },
    "labels where images belong": { "train-images": files["train-labels"] },
    "images where labels belong": { "t10k-labels": files["t10k-images"] },
    "a label beyond the classes": { "t10k-labels": labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 10) },
    "fewer labels than images": { "train-labels": labels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9) },
    "a file cut short": { "t10k-images": files["t10k-images"].subarray(0, 500) },
    "no IDX file": { "train-labels": new TextEncoder().encode("label\n3\n") },
  };
  for (const [what, replaced] of Object.entries(damaged))
    it(what, async () => {
      const dir = folder();
      put(dir, { ...files, ...replaced }, raw);
      const refusal = await failureOf(loadSplit("mnist", dir));
      expect(refusal).toBeInstanceOf(InputError);
      expect((await checkFolder(dir)).problems).toContain(refusal.message);
    });

  it("a missing file, also where a name is only similar", async () => {
    const dir = folder();
    put(dir, files, raw);
    renameSync(join(dir, "train-labels-idx1-ubyte"), join(dir, "train-labels-copy-idx1-ubyte"));
    const refusal = await failureOf(loadSplit("mnist", dir));
    expect((await checkFolder(dir)).problems).toEqual([refusal.message]);
  });
});

describe("values that can hardly be meant are questioned", () => {
  const only = async (replaced: Partial<Record<SetFile, Uint8Array>>) => {
    const dir = folder();
    put(dir, { ...files, ...replaced }, raw);
    const { notes = [] } = await loadSplit("mnist", dir);
    const { problems } = await checkFolder(dir);
    // What is wrong with images by themselves, training says too.
    expect(notes).toEqual(problems.filter((p) => /no byte is above|one value everywhere/.test(p)));
    return problems.map((p) => p.replaceAll(`${dir}/`, ""));
  };

  it("bytes of 0 and 1", async () => {
    const alternating = (i: number) => (i * i + (i >> 7)) % 2;
    expect(await only({ "train-images": images(20, 28, alternating) })).toEqual([
      "train-images-idx3-ubyte: no byte is above 1, expected 0 to 255; bytes of 0 and 1 are seen " +
        "as almost black: multiply them by 255",
    ]);
  });

  it("images of one value", async () => {
    const blank = files["train-images"].slice();
    blank.fill(7, 16 + 3 * 784, 16 + 5 * 784);
    expect(await only({ "train-images": blank })).toEqual([
      "train-images-idx3-ubyte: 2 of 20 images have one value everywhere, the first is image 3, " +
        "expected something to see; leave them out, with their labels",
    ]);
  });

  it("classes without a sample", async () => {
    expect(await only({ "t10k-labels": labels(0, 1, 2, 4, 4, 5, 6, 7, 8, 8) })).toEqual([
      "t10k-labels-idx1-ubyte: nothing is labelled 3, 9, expected some of each class 0 to 9; " +
        "check that the file is whole",
    ]);
  });

  it("images that are learned and tested", async () => {
    const test = files["t10k-images"].slice();
    test.set(files["train-images"].subarray(16 + 4 * 784, 16 + 6 * 784), 16 + 784);
    expect(await only({ "t10k-images": test })).toEqual([
      "t10k-images-idx3-ubyte: 2 of 10 images are also in train-images-idx3-ubyte, the first is " +
        "image 1, number 4 there, expected images that are not learned; leave them out of one of " +
        "the two files",
    ]);
  });
});
