import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { random } from "../../src/numerics/random.ts";
import type { Random } from "../../src/numerics/random.ts";
import { vec } from "../../src/numerics/vec.ts";
import type { Precision, Tensor } from "../../src/numerics/vec.ts";
import { evaluateCopyNetwork } from "../../src/learning/copy-network.ts";
import type { CopyActivation, CopyNetwork } from "../../src/learning/copy-network.ts";
import { writeOnnx } from "../../src/exports/onnx.ts";
import { version } from "../../src/version.generated.ts";

ort.env.wasm.numThreads = 1;

const chain: [number, number][] = [
  [0, 1],
  [1, 2],
  [2, 3],
];
const skip: [number, number][] = [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 3],
  [0, 3],
  [1, 3],
];
const activations: CopyActivation[] = ["hard", "leaky", "sigmoid", "step"];
const cases = activations.flatMap(
  (activation) =>
    [
      ["a chain", activation, chain],
      ["a net with skip connections", activation, skip],
    ] as const,
);

describe("the ONNX copy", () => {
  test.each(cases)(
    "as %s with the %s activation computes in another runtime what the reference computes",
    async (_, activation, blocks) => {
      const net = network([30, 20, 12, 5], blocks, activation, "f32");
      const session = await ort.InferenceSession.create(await writeOnnx(net));
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
    const net = network([6, 4, 3, 2], chain, "leaky", "f64");
    const session = await ort.InferenceSession.create(await writeOnnx(net));
    const inputs = Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1);
    const { output } = await session.run({ input: new ort.Tensor("float32", inputs, [1, 6]) });
    expectClose(
      output.data as Float32Array,
      evaluateCopyNetwork(net, Float64Array.from(inputs), 1),
    );
  });

  test("names its input, its output and the batch dimension", async () => {
    const session = await ort.InferenceSession.create(
      await writeOnnx(network([6, 4, 3, 2], skip, "hard", "f32")),
    );
    expect(session.inputMetadata).toMatchObject([
      { name: "input", type: "float32", shape: ["N", 6] },
    ]);
    expect(session.outputMetadata).toMatchObject([
      { name: "output", type: "float32", shape: ["N", 2] },
    ]);
  });

  test("carries its metadata, its producer and PyTorch's parameter names as text", async () => {
    const model = new TextDecoder("latin1").decode(
      await writeOnnx(network([6, 4, 3, 2], skip, "hard", "f32"), {
        seed: "17",
        testErrorCopy: "2.08",
      }),
    );
    for (const piece of [
      "analog-eqprop",
      version,
      "seed",
      "17",
      "testErrorCopy",
      "2.08",
      "layers.0.weight",
      "layers.0.bias",
      "layers.2.from0.weight",
    ])
      expect(model).toContain(piece);
  });

  test("that does not fit together is refused", async () => {
    const net = network([6, 4, 3, 2], chain, "hard", "f32");
    await expect(writeOnnx({ ...net, sizes: [6, 4, 3, 3] })).rejects.toThrow(/expected \[3\]/);
  });
});

/**
 * A copy whose sums u spread around ½ by about ½, so that some units are clipped and some are not.
 */
function network(
  sizes: number[],
  blocks: readonly (readonly [number, number])[],
  activation: CopyActivation,
  precision: Precision,
): CopyNetwork {
  const rng = random(1, activation);
  const layers = sizes.slice(1).map((n, i) => ({
    bias: normal(`c${i}`, [n], 0.2, precision, rng, 0.5),
    incoming: blocks
      .filter(([, to]) => to === i + 1)
      .map(([from]) => ({
        from,
        weight: normal(`w${from}`, [sizes[from], n], 0.7 / Math.sqrt(sizes[from]), precision, rng),
      })),
    // Sums near the threshold could fall on either side of it: there are none within 10⁻⁵. The
    // outputs of steps are leaky.
    activation: activation === "step" && i === sizes.length - 2 ? ("leaky" as const) : activation,
  }));
  return { sizes, layers };
}

function normal(
  name: string,
  shape: number[],
  scale: number,
  precision: Precision,
  rng: Random,
  mean = 0,
): Tensor {
  return {
    name,
    shape,
    data: vec(
      precision,
      shape.reduce((a, b) => a * b, 1),
    ).map(() => mean + scale * rng.normal()),
  };
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
