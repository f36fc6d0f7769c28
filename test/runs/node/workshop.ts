import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll } from "vitest";
import { serializeIdx } from "../../../src/data/idx.ts";
import { random } from "../../../src/numerics/random.ts";

/**
 * A folder that is gone after the tests of a file, with tiny IDX files in `data/` and an experiment
 * in `tiny.yaml`.
 */
export function workshop(extra = ""): {
  readonly at: (...path: string[]) => string;
  readonly data: string;
  readonly file: string;
} {
  const root = mkdtempSync(join(tmpdir(), "eqprop-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const at = (...path: string[]) => join(root, ...path);
  mkdirSync(at("data"));
  writeIdx(at("data"), "train", 400);
  writeIdx(at("data"), "t10k", 100);
  writeFileSync(at("tiny.yaml"), tiny + extra);
  return { at, data: at("data"), file: at("tiny.yaml") };
}

const tiny = `name: Tiny Run
data: { set: mnist }
network: { layers: [784, 6, 10] }
settle: { free: { steps: 4 }, nudged: { steps: 2 } }
learning: { rates: [0.1, 0.05] }
train: { epochs: 3, batch: 10, every: 0.5 }
`;

function writeIdx(dir: string, part: "train" | "t10k", count: number): void {
  const draw = random(1, part);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const pixels = Uint8Array.from({ length: count * 784 }, (_, k) =>
    (k % 784) % 10 === labels[Math.floor(k / 784)] ? 128 + draw.below(128) : draw.below(64),
  );
  writeFileSync(
    join(dir, `${part}-images-idx3-ubyte`),
    serializeIdx({ name: part, shape: [count, 28, 28], data: pixels }),
  );
  writeFileSync(
    join(dir, `${part}-labels-idx1-ubyte`),
    serializeIdx({ name: part, shape: [count], data: labels }),
  );
}

/** sha256 of a file. */
export function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
