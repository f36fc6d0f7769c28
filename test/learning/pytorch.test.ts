import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { learner } from "../../src/learning/algorithm.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { ideal, phases } from "../support/setups.ts";

type Net = Readonly<Record<"theta" | "phi", readonly (readonly number[])[]>>;
interface Golden {
  readonly pixels: readonly number[];
  readonly labels: readonly number[];
  readonly order: readonly (readonly number[])[];
  readonly signs: readonly (1 | -1)[];
  readonly start: Net;
  readonly end: Net;
}
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../golden/algorithm-1.json"), "utf8"),
) as Golden;

// The bound of the issue in single precision; in double, a hundred steps of rounding.
test.each([
  ["f32", 1e-4],
  ["f64", 1e-10],
] as const)(
  "a hundred steps of Algorithm 1 in %s end at the parameters of PyTorch",
  (precision, tolerance) => {
    const chip = fabricate(ideal, chain([64, 20, 10]), { batch: 20, precision });
    const copy = digitalCopy(chip);
    const teacher = learner(chip, copy, {
      ...phases(20, 4),
      beta: 0.5,
      lambda: 0.1,
      rates: [0.1, 0.05],
    });
    const filled = (tensors: readonly Tensor[], values: Net["theta"]) =>
      tensors.map((t, k) => ({ ...t, data: Float64Array.from(values[k]) }));
    chip.program(filled(chip.parameters.tensors(), golden.start.theta));
    copy.parameters.load(filled(copy.parameters.tensors(), golden.start.phi));
    const pixels = Uint8Array.from(golden.pixels);
    golden.order.forEach((chosen, step) => {
      chip.inputs.showBytes(pixels, chosen, 1 / 255);
      chip.inputs.label(chosen.map((i) => golden.labels[i]));
      teacher.learn(golden.signs[step]);
    });
    for (const [net, end] of [
      [chip, golden.end.theta],
      [copy, golden.end.phi],
    ] as const)
      net.parameters.tensors().forEach((t, k) => {
        expect(Math.max(...t.data.map((v, i) => Math.abs(v - end[k][i])))).toBeLessThan(tolerance);
      });
    const moved = Math.max(
      ...golden.end.theta[0].map((v, i) => Math.abs(v - golden.start.theta[0][i])),
    );
    expect(moved).toBeGreaterThan(0.01);
  },
);
