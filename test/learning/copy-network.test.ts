import { describe, expect, test } from "vitest";
import { InputError } from "../../src/numerics/errors.ts";
import { copyTensors, evaluateCopyNetwork } from "../../src/learning/copy-network.ts";
import type { CopyActivation, CopyNetwork } from "../../src/learning/copy-network.ts";

const tensor = (name: string, shape: number[], ...values: number[]) => ({
  name,
  shape,
  data: Float64Array.from(values),
});

/** One unit, u = 0.5 + 2x, then another that sees both the input and the first. */
const tiny = (activation: CopyActivation): CopyNetwork => ({
  sizes: [1, 1, 1],
  layers: [
    {
      bias: tensor("c1", [1], 0.5),
      incoming: [{ from: 0, weight: tensor("w", [1, 1], 2) }],
      activation,
    },
    {
      bias: tensor("c2", [1], 0.25),
      incoming: [
        { from: 1, weight: tensor("v", [1, 1], 0.5) },
        { from: 0, weight: tensor("skip", [1, 1], -1) },
      ],
      activation,
    },
  ],
});

describe("the copy as plain data", () => {
  test("with a hard sigmoid clips to the rails", () => {
    expect([...evaluateCopyNetwork(tiny("hard"), Float64Array.of(0, 0.125, 1), 3)]).toEqual([
      0.5, 0.5, 0,
    ]);
  });

  test("with the leaky activation adds a hundredth of u", () => {
    const first = 1 + 0.01 * 2.5;
    const second = 0.25 + 0.5 * first - 1;
    expect(evaluateCopyNetwork(tiny("leaky"), Float64Array.of(1), 1)[0]).toBeCloseTo(
      0.01 * second,
      15,
    );
  });

  test("with a sigmoid is the logistic function of the sums", () => {
    const logistic = (u: number) => 1 / (1 + Math.exp(-u));
    expect(evaluateCopyNetwork(tiny("sigmoid"), Float64Array.of(1), 1)[0]).toBeCloseTo(
      logistic(0.25 + 0.5 * logistic(2.5) - 1),
      15,
    );
  });

  test("with a step is the rail nearer to each sum, and at one half the lower one", () => {
    expect([...evaluateCopyNetwork(tiny("step"), Float64Array.of(-1, 0, 0.01, 1), 4)]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  test("goes into PyTorch's layout [out × in] with PyTorch's names", () => {
    const net: CopyNetwork = {
      sizes: [2, 3, 1],
      layers: [
        {
          bias: tensor("c1", [3], 7, 8, 9),
          incoming: [{ from: 0, weight: tensor("w", [2, 3], 1, 2, 3, 4, 5, 6) }],
          activation: "hard",
        },
        {
          bias: tensor("c2", [1], 0),
          incoming: [
            { from: 1, weight: tensor("v", [3, 1], 1, 2, 3) },
            { from: 0, weight: tensor("skip", [2, 1], 4, 5) },
          ],
          activation: "hard",
        },
      ],
    };
    expect(copyTensors(net).map(({ name, shape, data }) => [name, shape, [...data]])).toEqual([
      ["layers.0.weight", [3, 2], [1, 4, 2, 5, 3, 6]],
      ["layers.0.bias", [3], [7, 8, 9]],
      ["layers.1.weight", [1, 3], [1, 2, 3]],
      ["layers.1.from0.weight", [1, 2], [4, 5]],
      ["layers.1.bias", [1], [0]],
    ]);
  });

  test("is refused when its parts do not fit", () => {
    const good = tiny("hard");
    const [first, second] = good.layers;
    const broken: [CopyNetwork, RegExp][] = [
      [{ ...good, sizes: [1, 1] }, /2 layer\(s\)/],
      [{ ...good, sizes: [1, 1, 2] }, /expected \[2\]/],
      [{ ...good, layers: [{ ...first, incoming: [] }, second] }, /nothing drives layer 1/],
      [
        {
          ...good,
          layers: [{ ...first, incoming: [{ from: 1, weight: first.incoming[0].weight }] }, second],
        },
        /expected a lower layer/,
      ],
    ];
    for (const [net, message] of broken) {
      expect(() => copyTensors(net)).toThrow(InputError);
      expect(() => copyTensors(net)).toThrow(message);
    }
    expect(() => evaluateCopyNetwork(good, Float64Array.of(1, 2), 1)).toThrow(/expected 1 × 1/);
  });
});
