import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkFile } from "../../src/data/node/check-file.ts";
import { startExperiment } from "../../src/runs/node/start.ts";
import { InputError } from "../../src/numerics/errors.ts";

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
  await expect(startExperiment({ path: csv, out })).rejects.toThrow("is there already");
  expect(readFileSync(out, "utf8")).toBe(text);
  const other = join(dir, "other.yaml");
  await expect(startExperiment({ path: csv, out: other, target: "kinds" })).rejects.toThrow(
    InputError,
  );
  expect(existsSync(other)).toBe(false);
});
