import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluatePortable } from "../../src/exports/evaluate.ts";
import { networkFormats, writeNetwork } from "../../src/exports/formats.ts";
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

test.skipIf(lacking !== null && process.env["CI"] !== "true")(
  "the official ONNX checker, PyTorch and numpy read what is exported",
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-interop-"));
    try {
      const rows = 100;
      const raw = bytesOf(rows, 64);
      const net = {
        network: copyNetwork([64, 30, 20, 10], blocks.chain, "leaky"),
        inputs: {
          offset: new Float32Array(64),
          factor: new Float32Array(64).fill(1 / 255),
          low: -Infinity,
          high: Infinity,
        },
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
