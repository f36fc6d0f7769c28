import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serializeIdx } from "../../../src/data/idx.ts";
import { checkFolder, formatFolderReport } from "../../../src/data/node/check.ts";
import { loadSplit } from "../../../src/data/node/load.ts";
import { sources, type FileSet, type SetFile } from "../../../src/data/sources.ts";
import { train } from "../../../src/runs/node/index.ts";
import { random } from "../../../src/numerics/random.ts";
import { imagesIn } from "../../support/images.ts";
import { failureOf, folder, put } from "./synthetic.ts";

type EmnistSet = Extract<FileSet, `emnist-${string}`>;

/** A bar along the row of its class, upright: the files have it as a column. */
function emnistFiles(set: EmnistSet, counts: readonly [number, number]) {
  const { classNames, firstLabel } = sources[set];
  const part = (name: string, count: number) => {
    const rng = random(1, name);
    const data = new Uint8Array(count * 784);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < 28; k++)
        data[i * 784 + k * 28 + ((i % classNames.length) % 28)] = 200 + rng.below(56);
    const labels = Uint8Array.from(
      { length: count },
      (_, i) => firstLabel + (i % classNames.length),
    );
    return [
      serializeIdx({ name, shape: [count, 28, 28], data }),
      serializeIdx({ name, shape: [count], data: labels }),
    ] as const;
  };
  const [trainImages, trainLabels] = part("train", counts[0]);
  const [testImages, testLabels] = part("test", counts[1]);
  return {
    "train-images": trainImages,
    "train-labels": trainLabels,
    "t10k-images": testImages,
    "t10k-labels": testLabels,
  } satisfies Record<SetFile, Uint8Array>;
}

const named =
  (set: EmnistSet, end = "") =>
  (part: SetFile, rank: number) =>
    `${set}-${part.replace("t10k", "test")}-idx${rank}-ubyte${end}`;

const letters = emnistFiles("emnist-letters", [260, 52]);

describe("EMNIST under its published names", () => {
  it.each([
    ["", ""],
    ["emnist", ".gz"],
    ["EMNIST/raw", ".gz"],
  ])("is found in DIR/%s, named …%s", async (below, end) => {
    const dir = folder();
    put(join(dir, below), letters, named("emnist-letters", end));
    const { train, test, source, cites } = await loadSplit("emnist-letters", dir);
    expect([train.count, test.count]).toEqual([260, 52]);
    expect(source).toBe(`EMNIST letters, from ${join(dir, below)}`);
    expect(cites[0]).toContain("cohen2017emnist");
    expect([...imagesIn(test).labels].slice(0, 27)).toEqual([...Array(26).keys(), 0]);
    expect(test.targets.names[25]).toBe("z");
    // Image 3 shows a bar along row 3.
    const fourth = imagesIn(test).pixels.subarray(3 * 784, 4 * 784);
    expect([...fourth].map((byte, at) => (byte > 0 ? Math.trunc(at / 28) : 3))).toEqual(
      Array(784).fill(3),
    );
    expect(fourth.subarray(84, 112).every((byte) => byte >= 200)).toBe(true);
  });

  it("is told apart from other sets of one folder", async () => {
    const dir = folder();
    put(dir, letters, named("emnist-letters"));
    put(dir, emnistFiles("emnist-balanced", [94, 47]), named("emnist-balanced"));
    expect((await loadSplit("emnist-balanced", dir)).test.targets.names).toHaveLength(47);
    expect((await loadSplit("emnist-letters", dir)).test.targets.names).toHaveLength(26);
    const missing = await failureOf(loadSplit("emnist-digits", dir, {}));
    expect(missing.message).toContain("Looked for emnist-digits-train-images-idx3-ubyte (or .gz)");
    expect(missing.message).toContain(`Get gzip.zip from ${sources["emnist-digits"].page}`);
    expect(missing.message).not.toContain("data fetch");
  });

  it("is checked as it is loaded, by its own labels", async () => {
    const dir = folder();
    put(dir, letters, named("emnist-letters"));
    const report = await checkFolder(dir);
    expect(report.problems).toEqual([]);
    const counts = report.files.find(({ part }) => part === "t10k-labels")?.classCounts;
    expect(counts).toEqual(Array(26).fill(2));
    expect(formatFolderReport(report)).toContain(`${dir}: EMNIST letters by its name`);
    writeFileSync(
      join(dir, "emnist-letters-test-labels-idx1-ubyte"),
      serializeIdx({ name: "l", shape: [52], data: new Uint8Array(52) }),
    );
    const refusal = await failureOf(loadSplit("emnist-letters", dir));
    expect(refusal.message).toContain("label 0 is 0, expected 1 to 26");
    expect((await checkFolder(dir)).problems).toContain(refusal.message);
  });

  it("is learned", async () => {
    const dir = folder();
    put(join(dir, "emnist"), letters, named("emnist-letters", ".gz"));
    const experiment = join(dir, "letters.yaml");
    writeFileSync(
      experiment,
      "name: letters\ndata: { set: emnist-letters }\nnetwork: { layers: [784, 30, 26] }\n" +
        "learning: { rates: [0.3, 0.2] }\ntrain: { epochs: 8, batch: 10, every: 8 }\n",
    );
    const { testErrorCopy } = await train({ file: experiment, data: dir, out: join(dir, "run") });
    expect(testErrorCopy).toBeLessThan(70);
  });
});
