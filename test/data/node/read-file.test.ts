import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { circuitText } from "../../../src/circuit/library.ts";
import { parseCircuit } from "../../../src/circuit/read/parse.ts";
import { parseIdx } from "../../../src/data/idx.ts";
import { readArrays, readDataFile } from "../../../src/data/node/read-file.ts";
import { splitContents } from "../../../src/data/split-of.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { createSession } from "../../../src/training/create-session.ts";
import type { Contents } from "../../../src/data/table.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { npy } from "../../support/arrays.ts";
import { failureOf, folder, put, raw, syntheticFiles, zipped } from "./synthetic.ts";

const files = syntheticFiles(20, 10);
const pixels = parseIdx(files["train-images"], "i").data;
const labels = parseIdx(files["train-labels"], "l").data;
const columns = Array.from({ length: 784 }, (_, p) => `p${p}`);

/** The same samples, row by row, whatever they were read from. */
function plain(contents: Contents) {
  if (contents.kind === "labelled") {
    const { inputs, targets } = contents;
    const wanted =
      targets?.kind === "names"
        ? Array.from(targets.codes, (code) => Number(targets.names[code]))
        : Array.from(targets?.values ?? []);
    return { values: Uint8Array.from(inputs.values), wanted };
  }
  const numbers = contents.columns.map((c) => (c.kind === "numbers" ? c.values : c.codes));
  const values = new Uint8Array(contents.rows * 784);
  for (let r = 0; r < contents.rows; r++)
    for (let p = 0; p < 784; p++) values[r * 784 + p] = numbers[p][r];
  return { values, wanted: Array.from(numbers[784]) };
}

/** Every form of one set that we read, each in a folder of its own. */
const forms: Readonly<Record<string, (dir: string) => string>> = {
  "a folder of IDX": (dir) => {
    put(dir, files, raw);
    return dir;
  },
  "a folder of gzipped IDX": (dir) => {
    put(dir, files, zipped);
    return dir;
  },
  CSV: (dir) => {
    writeFileSync(join(dir, "set.csv"), csv());
    return join(dir, "set.csv");
  },
  "gzipped CSV of another name": (dir) => {
    writeFileSync(join(dir, "set"), gzipSync(csv()));
    return join(dir, "set");
  },
  NPZ: (dir) => {
    const arrays = {
      "x_train.npy": npy("|u1", [20, 28, 28], pixels),
      "y_train.npy": npy("<i8", [20], labels),
    };
    writeFileSync(join(dir, "set.npz"), zipSync(arrays));
    return join(dir, "set.npz");
  },
  Parquet: (dir) => {
    const columnData = [...columns, "label"].map((name, p) => ({
      name,
      type: "INT32" as const,
      data: Int32Array.from(labels, (label, i) => (p === 784 ? label : pixels[784 * i + p])),
    }));
    writeFileSync(join(dir, "set"), new Uint8Array(parquetWriteBuffer({ columnData })));
    return join(dir, "set");
  },
  "a folder of PNG": (dir) => {
    labels.forEach((label, i) => {
      mkdirSync(join(dir, String(label)), { recursive: true });
      const data = pixels.subarray(784 * i, 784 * (i + 1));
      const png = encode({ height: 28, width: 28, channels: 1, depth: 8, data });
      writeFileSync(join(dir, String(label), `${i}.png`), png);
    });
    return dir;
  },
};

const csv = () =>
  [
    [...columns, "label"].join(),
    ...Array.from(labels, (label, i) => [...pixels.subarray(784 * i, 784 * (i + 1)), label].join()),
  ].join("\n");

describe("one set in every form gives the same samples in the same order", () => {
  it.each(Object.keys(forms))("%s", async (form) => {
    const { train } = await readDataFile(forms[form](folder()));
    const { values, wanted } = plain(train);
    expect(values).toEqual(Uint8Array.from(pixels));
    expect(wanted).toEqual([...labels]);
  });

  it("so that training on them ends with the same weights", async () => {
    const experiment = experimentSchema.parse({
      name: "x",
      network: { layers: [784, 4, 10] },
      settle: { free: { steps: 4 }, nudged: { steps: 2 } },
      learning: { rates: [0.1, 0.1] },
      train: { epochs: 2, batch: 4 },
    });
    const circuit = await parseCircuit(circuitText("ideal"), "ideal");
    const trained: string[] = [];
    for (const form of ["a folder of IDX", "CSV", "NPZ", "Parquet", "a folder of PNG"]) {
      const { train } = await readDataFile(forms[form](folder()));
      const asked = { scale: [0, 255], task: "classes", test: { rows: 4 } } as const;
      const split = splitContents("set", { train, test: null }, asked);
      expect(split.train.inputs.kind, form).toBe("bytes");
      const session = createSession(experiment, circuit, split);
      while (session.step < session.totalSteps) session.advance();
      const hash = createHash("sha256");
      for (const { data } of session.snapshot().tensors) hash.update(data);
      trained.push(hash.digest("hex"));
      session.close();
    }
    expect(new Set(trained).size).toBe(1);
  });

  it("and so do two files of arrays", async () => {
    const dir = folder();
    put(dir, files, zipped);
    const at = (part: "train-images" | "train-labels", rank: number) =>
      join(dir, zipped(part, rank));
    const pair = await readArrays(at("train-images", 3), at("train-labels", 1));
    expect(plain(pair)).toEqual({ values: Uint8Array.from(pixels), wanted: [...labels] });
    const swapped = readArrays(at("train-images", 3), join(dir, zipped("t10k-labels", 1)));
    expect((await failureOf(swapped)).message).toContain("10 targets for the 20 samples of");
  });
});

describe("a folder with train and test", () => {
  const png = (channels: 1 | 3) =>
    encode({
      height: 1,
      width: 2,
      channels,
      depth: 8,
      data: Uint8Array.from({ length: 2 * channels }, (_, i) => 40 * i),
    });
  const made = (train: 1 | 3, test: 1 | 3) => {
    const dir = folder();
    for (const [part, channels] of [["train", train] as const, ["test", test] as const])
      for (const label of ["a", "b"]) {
        mkdirSync(join(dir, part, label), { recursive: true });
        writeFileSync(join(dir, part, label, "1.png"), png(channels));
      }
    return dir;
  };

  it("has two parts, with colours in both or in none", async () => {
    const { train, test } = await readDataFile(made(3, 1));
    expect(train).toMatchObject({ inputs: { rows: 2, shape: [1, 2, 3] } });
    expect(test).toMatchObject({ inputs: { rows: 2, shape: [1, 2, 3] } });
    const failure = await failureOf(readDataFile(made(1, 3)));
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain("say colour: true or false");
  });
});

describe("what is no file of data is refused, with its path", () => {
  it.each<[string, (dir: string) => string, string]>([
    ["nothing there", (dir) => join(dir, "x.csv"), "no such file or directory (ENOENT)"],
    ["an empty folder", (dir) => dir, "no folders with images in it"],
    ["a device without end", () => "/dev/zero", "/dev/zero: not a file"],
    [
      "one image",
      (dir) => {
        writeFileSync(
          join(dir, "x"),
          encode({ height: 1, width: 1, channels: 1, data: [1] as never }),
        );
        return join(dir, "x");
      },
      "it is one image, expected a folder",
    ],
    [
      "gzip that is cut short",
      (dir) => {
        writeFileSync(join(dir, "x"), gzipSync("a,b\n1,2\n").subarray(0, 20));
        return join(dir, "x");
      },
      "gzip cannot unpack it",
    ],
    [
      "a class without images",
      (dir) => {
        mkdirSync(join(dir, "a"));
        mkdirSync(join(dir, "b"));
        writeFileSync(join(dir, "a", "1.png"), "");
        return dir;
      },
      "/b: no PNG or JPEG in it",
    ],
    [
      "images in another format",
      (dir) => {
        mkdirSync(join(dir, "a"));
        writeFileSync(join(dir, "a", "1.gif"), "");
        return dir;
      },
      "/a/1.gif: expected PNG or JPEG; convert it",
    ],
  ])("%s", async (_, make, message) => {
    const failure = await failureOf(readDataFile(make(folder())));
    expect(failure).toBeInstanceOf(InputError);
    expect(failure.message).toContain(message);
  });
});
