import { tmpdir } from "node:os";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFolder, formatFolderReport } from "../../../src/data/node/check.ts";
import { serializeIdx } from "../../../src/data/idx.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import {
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
      /train-images is missing or cannot be read/,
      /train-labels-idx1-ubyte: holds images, expected labels/,
      /labels up to 12, expected 0 to 9/,
      /3 labels for the 10 images/,
      /ubyte\.gz\.part: an unfinished download/,
    ])
      expect(
        problems.filter((p) => expected.test(p)),
        String(expected),
      ).toHaveLength(1);
    expect(problems).toHaveLength(6);
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
        `  ${dir}: t10k-images is missing or cannot be read`,
        `  ${dir}: t10k-labels is missing or cannot be read`,
      ].join("\n"),
    );
  });
});

it("says what train will say of images, and questions bytes of 0 and 1", async () => {
  const dir = mkdtempSync(join(tmpdir(), "eqprop-check-"));
  const found = async (shape: readonly number[], byte: number) => {
    const data = new Uint8Array(shape.reduce((n, d) => n * d, 1)).fill(byte);
    const name = "train-images-idx3-ubyte";
    writeFileSync(join(dir, name), serializeIdx({ name, shape, data }));
    return (await checkFolder(dir)).problems.join("\n");
  };
  expect(await found([2, 8, 8], 9)).toContain("images of 8 × 8 pixels found, expected 28 × 28");
  expect(await found([0, 28, 28], 9)).toContain("no images in it, expected at least one");
  expect(await found([2, 28, 28], 1)).toContain("no byte is above 1, expected 0 to 255");
  rmSync(dir, { recursive: true });
});
