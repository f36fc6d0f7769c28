import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serializeIdx } from "../../src/data/idx.ts";
import { evaluatePortable, namedClasses } from "../../src/exports/evaluate.ts";
import { networkFormats, writeNetwork } from "../../src/exports/formats.ts";
import { keysOf } from "../../src/numerics/keys.ts";
import { writeNpy } from "../../src/exports/npy.ts";
import { quantise } from "../../src/exports/quantise.ts";
import { blocks, bytesOf, copyNetwork } from "../support/portable.ts";

const python = "/usr/bin/python3";

function missing(): string | null {
  try {
    execFileSync(python, ["-c", "import numpy, onnx, torch"], { stdio: "ignore" });
    return null;
  } catch {
    return `${python} lacks numpy, onnx or torch (apt install python3-onnx python3-torch)`;
  }
}

const lacking = missing();
if (lacking !== null) console.warn(`readers of other programs are not tried: ${lacking}`);

/** Rows of images, and of a standardised table whose columns differ by six orders. */
const nets = {
  images: { offset: () => 0, factor: () => 1 / 255, low: -Infinity, high: Infinity },
  "a standardised table": {
    offset: (k: number) => 100 * 10 ** ((k % 7) - 4),
    factor: (k: number) => 1 / (60 * 10 ** ((k % 7) - 4)),
    low: 0,
    high: 1,
  },
} as const;

test.skipIf(lacking !== null && process.env["CI"] !== "true").each(keysOf(nets))(
  "the official ONNX checker, PyTorch and numpy read what is exported of %s",
  async (name) => {
    const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-interop-"));
    try {
      const rows = 100;
      const { offset, factor, low, high } = nets[name];
      const of = (f: (k: number) => number) => Float32Array.from({ length: 64 }, (_, k) => f(k));
      const inputs = { offset: of(offset), factor: of(factor), low, high };
      // From below the low rail to above the high one, where there are rails.
      const raw = bytesOf(rows, 64).map(
        (x, i) => offset(i % 64) + (low === 0 ? (x / 200 - 0.1) / factor(i % 64) : x),
      );
      const net = {
        network: copyNetwork([64, 30, 20, 10], blocks.chain, "leaky"),
        inputs,
        metadata: { seed: "1" },
      };
      const whole = quantise(net, raw, rows);
      for (const format of ["onnx", "onnx-int8", "npz", "safetensors"] as const) {
        const { quantised, extension } = networkFormats[format];
        const bytes = await writeNetwork(quantised ? whole : net, format);
        writeFileSync(join(dir, `copy.${extension}`), bytes);
      }
      const outputs = evaluatePortable(net, raw, rows);
      writeFileSync(join(dir, "raw.npy"), writeNpy({ shape: [rows, 64], data: raw }));
      writeFileSync(join(dir, "expected.npy"), writeNpy({ shape: [rows, 10], data: outputs }));
      const script = join(import.meta.dirname, "readers.py");
      const told = execFileSync(python, [script, dir], { encoding: "utf8" });
      expect(JSON.parse(told)).toMatchObject({
        "copy.onnx": expect.anything() as unknown,
        "copy.int8.onnx": expect.anything() as unknown,
        "copy.safetensors": expect.anything() as unknown,
        "load_state_dict of copy.npz": { renamed: 0 },
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  120_000,
);

const board = ["arm-none-eabi-gcc", "qemu-system-arm"];
const lacksBoard = board.some((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
});

// Large to install, and so a script that is documented: tried wherever both programs are.
test.skipIf(lacksBoard).each(["c-int8", "c"] as const)(
  "an emulated Cortex-M3 names by the header in %s what this package names",
  async (format) => {
    const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-cortex-"));
    try {
      const rows = 50;
      const raw = bytesOf(rows, 64);
      const net = {
        network: copyNetwork([64, 30, 20, 10], blocks.chain, "leaky"),
        inputs: {
          offset: new Float32Array(64),
          factor: new Float32Array(64).fill(1 / 255),
          low: -Infinity,
          high: Infinity,
        },
        metadata: {},
      };
      const written = networkFormats[format].quantised ? quantise(net, raw, rows) : net;
      const named = namedClasses(evaluatePortable(written, raw, rows), 10);
      const idx = (name: string, shape: readonly number[], data: Uint8Array) => {
        const path = join(dir, name);
        writeFileSync(path, serializeIdx({ name, shape, data }));
        return path;
      };
      const header = join(dir, "copy.h");
      writeFileSync(header, await writeNetwork(written, format));
      const told = execFileSync(
        join(import.meta.dirname, "cortex-m.sh"),
        [
          header,
          idx("images", [rows, 8, 8], Uint8Array.from(raw)),
          idx("labels", [rows], Uint8Array.from(named)),
          String(rows),
        ],
        { encoding: "utf8" },
      );
      expect(told).toMatch(/50 of 50 right/);
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
  60_000,
);
