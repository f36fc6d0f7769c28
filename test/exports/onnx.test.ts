import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { evaluatePortable } from "../../src/exports/evaluate.ts";
import { writeOnnx } from "../../src/exports/onnx/write.ts";
import { quantise } from "../../src/exports/quantise.ts";
import { evaluateCopyNetwork, type CopyActivation } from "../../src/learning/copy-network.ts";
import { random } from "../../src/numerics/random.ts";
import { version } from "../../src/version.generated.ts";
import { blocks, bytesOf, copyNetwork, portable, walled } from "../support/portable.ts";

ort.env.wasm.numThreads = 1;

const activations: CopyActivation[] = ["hard", "leaky", "sigmoid", "step"];
const cases = activations.flatMap(
  (activation) =>
    [
      ["a chain", activation, blocks.chain],
      ["a net with skip connections", activation, blocks.skips],
    ] as const,
);

describe("the ONNX copy", () => {
  test.each(cases)(
    "as %s with the %s activation computes in another runtime what the reference computes",
    async (_, activation, joined) => {
      const net = copyNetwork([30, 20, 12, 5], joined, activation);
      const session = await ort.InferenceSession.create(writeOnnx(bare(net)));
      for (const batch of [1, 7]) {
        const rng = random(2, batch);
        const inputs = Float32Array.from({ length: batch * 30 }, () => rng.uniform());
        const { output } = await session.run({
          input: new ort.Tensor("float32", inputs, [batch, 30]),
        });
        const expected = evaluateCopyNetwork(net, Float64Array.from(inputs), batch);
        expect(output.dims).toEqual([batch, 5]);
        expectClose(output.data as Float32Array, expected);
        expect(expected.some((x) => x > 0.02 && x < 0.98)).toBe(true);
      }
    },
  );

  test("rounds a float64 network to float32", async () => {
    const net = copyNetwork([6, 4, 3, 2], blocks.chain, "leaky", "f64");
    const session = await ort.InferenceSession.create(writeOnnx(bare(net)));
    const inputs = Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1);
    const { output } = await session.run({ input: new ort.Tensor("float32", inputs, [1, 6]) });
    expectClose(
      output.data as Float32Array,
      evaluateCopyNetwork(net, Float64Array.from(inputs), 1),
    );
  });

  test("names its input, its output and the batch dimension", async () => {
    const session = await ort.InferenceSession.create(
      writeOnnx(bare(copyNetwork([6, 4, 3, 2], blocks.skips, "hard"))),
    );
    expect(session.inputMetadata).toMatchObject([
      { name: "input", type: "float32", shape: ["N", 6] },
    ]);
    expect(session.outputMetadata).toMatchObject([
      { name: "output", type: "float32", shape: ["N", 2] },
    ]);
  });

  test("carries its metadata, its producer and PyTorch's parameter names as text", () => {
    const model = new TextDecoder("latin1").decode(
      writeOnnx({
        network: copyNetwork([6, 4, 3, 2], blocks.skips, "hard"),
        metadata: { seed: "17", testErrorCopy: "2.08" },
      }),
    );
    for (const piece of [
      "analog-eqprop",
      version,
      "analog_eqprop.seed",
      "17",
      "testErrorCopy",
      "2.08",
      "layers.0.weight",
      "layers.0.bias",
      "layers.2.from0.weight",
    ])
      expect(model).toContain(piece);
  });

  test("that does not fit together is refused", () => {
    const net = copyNetwork([6, 4, 3, 2], blocks.chain, "hard");
    expect(() => writeOnnx(bare({ ...net, sizes: [6, 4, 3, 3] }))).toThrow(/expected \[3\]/);
  });

  test.each([
    ["leaky", copyNetwork([30, 20, 12, 5], blocks.chain, "leaky")],
    ["walls", walled(copyNetwork([30, 20, 12, 5], blocks.chain, "leaky"))],
  ])("scales raw inputs itself: %s", async (_, net) => {
    const scaled = portable(net);
    const raw = bytesOf(64, 30);
    const session = await ort.InferenceSession.create(writeOnnx(scaled));
    const { output } = await session.run({
      input: new ort.Tensor("float32", Float32Array.from(raw), [64, 30]),
    });
    expectClose(output.data as Float32Array, evaluatePortable(scaled, raw, 64));
  });

  test.each(["hard", "leaky", "sigmoid"] as const)(
    "in whole numbers runs in another runtime as it does here: %s",
    async (activation) => {
      const raw = bytesOf(64, 30);
      const net = portable(copyNetwork([30, 20, 12, 5], blocks.skips, activation));
      const whole = quantise(net, raw, 64);
      const session = await ort.InferenceSession.create(writeOnnx(whole));
      const { output } = await session.run({
        input: new ort.Tensor("float32", Float32Array.from(raw), [64, 30]),
      });
      const expected = evaluatePortable(whole, raw, 64);
      // A sum that lies half way between two whole numbers may fall to either side.
      const off = expected.filter((y, i) => Math.abs(y - (output.data[i] as number)) > 1e-5);
      expect(off.length / expected.length).toBeLessThan(0.05);
      expect(expected.some((x) => x > 0.02 && x < 0.98)).toBe(true);
    },
  );
});

/** A network of its own inputs. */
function bare(network: Parameters<typeof portable>[0]) {
  return { network, metadata: {} };
}

/**
 * Sums of at most 62 float32 products of order one: 62 · 2⁻²⁴ ≈ 4·10⁻⁶ in each of three layers,
 * below 10⁻⁵ of the outputs' scale.
 */
function expectClose(actual: Float32Array, expected: Float64Array): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(scale).toBeGreaterThan(0.1);
  const worst = Math.max(...expected.map((x, i) => Math.abs(x - actual[i])));
  expect(worst / scale).toBeLessThan(1e-5);
}
