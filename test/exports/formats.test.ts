import { expect, test } from "vitest";
import type { CopyNetwork } from "../../src/learning/copy-network.ts";
import { keysOf } from "../../src/numerics/keys.ts";
import { copyFileNames, copyFormats } from "../../src/exports/formats.ts";

const copy: CopyNetwork = {
  sizes: [2, 1],
  layers: [
    {
      bias: { name: "c", shape: [1], data: Float32Array.of(0.5) },
      activation: "hard",
      incoming: [{ from: 0, weight: { name: "w", shape: [2, 1], data: Float32Array.of(1, -1) } }],
    },
  ],
};

test("every format has a file of its own and writes the metadata into it", async () => {
  expect(copyFileNames).toEqual(["copy.onnx", "copy.safetensors"]);
  for (const format of keysOf(copyFormats)) {
    const bytes = await copyFormats[format].write(copy, { seed: "a seed to be found" });
    expect(new TextDecoder().decode(bytes)).toContain("a seed to be found");
  }
});
