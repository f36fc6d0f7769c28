import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkFile, isOwnFolder } from "../../src/data/node/check-file.ts";
import { serializeIdx } from "../../src/data/idx.ts";
import { startExperiment } from "../../src/runs/node/start.ts";
import { InputError } from "../../src/numerics/errors.ts";
import { commandIn } from "../support/command.ts";

let dir: string;
let csv: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "eqprop-data-files-"));
  csv = join(dir, "flowers.csv");
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 11},${"ab"[i % 2]}`);
  writeFileSync(csv, `length,width,kind\n${rows.join("\n")}\n`);
});
afterAll(() => rmSync(dir, { recursive: true }));

test("a file is checked as training reads it", async () => {
  const report = await checkFile(csv, {}, {});
  expect(report.problems).toEqual([]);
  expect(report.train).toMatchObject({ kind: "table", rows: 40 });
  expect(report.training).toMatchObject({ task: "classes", outputs: ["a", "b"], inputs: 2 });
});

test("what training refuses is said in its words", async () => {
  const { problems, training } = await checkFile(csv, {}, { target: "kinds" });
  expect(training).toBeNull();
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain('did you mean "kind"?');
  const { train, problems: unread } = await checkFile(join(dir, "gone.csv"), {}, {});
  expect(train).toBeNull();
  expect(unread[0]).toContain("no such file");
});

test("an experiment is started on a file, and nothing is overwritten", async () => {
  const out = join(dir, "experiment.yaml");
  const text = await startExperiment({ path: csv, out, target: "kind" });
  expect(text).toBe(readFileSync(out, "utf8"));
  expect(text).toContain('file: "flowers.csv"\n  target: "kind"');
  expect(text).toContain("layers: [2, 16, 2]");
  await expect(startExperiment({ path: csv, out })).rejects.toThrow("there is such a file already");
  expect(readFileSync(out, "utf8")).toBe(text);
  const other = join(dir, "other.yaml");
  await expect(startExperiment({ path: csv, out: other, target: "kinds" })).rejects.toThrow(
    InputError,
  );
  expect(existsSync(other)).toBe(false);
});

/** The four IDX files of images with so many rows and columns, under the names of MNIST. */
function idxFolder(name: string, side: number, parts = ["train", "t10k"]): string {
  const path = join(dir, name);
  mkdirSync(path);
  for (const part of parts) {
    const data = Uint8Array.from(
      { length: 120 * side * side },
      (_, i) => (i * 7 + part.length) % 251,
    );
    const labels = Uint8Array.from({ length: 120 }, (_, i) => 1 + (i % 10));
    const put = (file: string, bytes: Uint8Array) => {
      writeFileSync(join(path, file), file.endsWith(".gz") ? gzipSync(bytes) : bytes);
    };
    put(`${part}-images-idx3-ubyte.gz`, serializeIdx({ name, shape: [120, side, side], data }));
    put(`${part}-labels-idx1-ubyte`, serializeIdx({ name, shape: [120], data: labels }));
  }
  return path;
}

test("IDX files of another size than any published set has are a user's own data", async () => {
  const usps = idxFolder("usps", 16);
  const { run } = commandIn(dir);
  const { code, stdout } = await run("data", "check", usps);
  expect(stdout).toContain("16 × 16");
  expect(stdout).toContain("10 classes; 120 training and 120 test samples");
  expect(stdout).toContain("its images are of no size or type that `data.set` takes");
  expect(stdout).toContain("No problems found.");
  expect(code).toBe(0);
  const half = await run("data", "check", idxFolder("half", 16, ["train"]));
  expect(half.stdout).toContain("there is no t10k-images-idx3-ubyte (or .gz)");
  expect(half.code).toBe(2);
  expect(await isOwnFolder(idxFolder("like-mnist", 28))).toBe(false);
});
