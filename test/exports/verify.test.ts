import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { formatNames, networkFormats, writeNetwork } from "../../src/exports/formats.ts";
import { verify } from "../../src/exports/node/verify.ts";
import type { PortableNetwork } from "../../src/exports/portable.ts";
import { quantise } from "../../src/exports/quantise.ts";
import { blocks, bytesOf, copyNetwork, portable, walled } from "../support/portable.ts";

const raw = Float32Array.from(bytesOf(100, 30));
const count = 100;
const sizes = [30, 20, 12, 5];
const leaky = portable(copyNetwork(sizes, blocks.skips, "leaky"));

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function examined(format: (typeof formatNames)[number], float: PortableNetwork) {
  const net = networkFormats[format].quantised ? quantise(float, raw, count) : float;
  return { bytes: await writeNetwork(net, format), format, net, float, raw, count };
}

afterEach(() => vi.unstubAllEnvs());

describe("a file is held against the network", () => {
  test.each(formatNames)("as %s", async (format) => {
    const found = await verify({ ...(await examined(format, leaky)), labels: new Uint8Array(100) });
    expect(found.fault).toBeNull();
    expect(found.errorChange).not.toBeNull();
    expect(found.independent).toBe(!format.startsWith("c") || hasCompiler());
  });

  test.each(["safetensors", "npz", "json"] as const)(
    "as %s, by a reader of its own, whatever its units, walls and numbers",
    async (format) => {
      const nets = [
        portable(copyNetwork(sizes, blocks.chain, "sigmoid")),
        portable(copyNetwork(sizes, blocks.skips, "step")),
        portable(walled(copyNetwork(sizes, blocks.chain, "leaky"))),
        portable(copyNetwork(sizes, blocks.chain, "linear", "f64")),
        { network: copyNetwork(sizes, blocks.chain, "hard"), metadata: {} },
      ];
      for (const net of nets) {
        const found = await verify(await examined(format, net));
        expect(found).toMatchObject({ fault: null, renamed: 0, independent: true });
        expect(found.largestDifference).toBeLessThan(1e-12);
      }
    },
  );

  test.runIf(hasCompiler())("in C: equal to the bit, whatever its units and walls", async () => {
    const nets = [
      portable(copyNetwork(sizes, blocks.chain, "sigmoid")),
      portable(copyNetwork(sizes, blocks.skips, "step")),
      portable(walled(copyNetwork(sizes, blocks.chain, "leaky"))),
      { network: copyNetwork(sizes, blocks.chain, "hard"), metadata: {} },
    ];
    for (const net of nets) {
      const whole = await verify(await examined("c-int8", net));
      expect(whole).toMatchObject({ fault: null, renamed: 0, independent: true });
      // The exponential of C and that of this engine may differ in their last bit.
      expect(whole.largestDifference).toBeLessThan(1e-6);
      expect(await verify(await examined("c", net))).toMatchObject({ fault: null });
    }
  });

  test("and a weight that changed on the way is seen, by whoever reads it", async () => {
    for (const format of ["onnx", "safetensors", "npz", "json", "c", "js"] as const) {
      const { network } = leaky;
      const { bias } = network.layers[2];
      const layers = [...network.layers];
      layers[2] = { ...layers[2], bias: { ...bias, data: bias.data.map((b) => b + 1e-3) } };
      const other = { ...leaky, network: { ...network, layers } };
      const { bytes } = await examined(format, other);
      const found = await verify({ ...(await examined(format, leaky)), bytes });
      expect(found.fault).toMatch(/computes other outputs: up to 0\.0010/);
    }
  });

  test("without a compiler by this package, which says so", async () => {
    vi.stubEnv("CC", "a-compiler-that-is-not-there");
    expect(await verify(await examined("c", leaky))).toMatchObject({
      reader: "analog-eqprop",
      independent: false,
      fault: null,
    });
  });

  test.runIf(hasCompiler())("and a header that does not compile is an error", async () => {
    const job = await examined("c", leaky);
    const text = new TextDecoder().decode(job.bytes).replace("int i;", "int i; int unused;");
    await expect(verify({ ...job, bytes: new TextEncoder().encode(text) })).rejects.toThrow(
      /refuses the header.*unused/s,
    );
  });
});
