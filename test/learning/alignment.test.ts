import { expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, graph, type Graph } from "../../src/energy/graph.ts";
import { aligner } from "../../src/learning/alignment.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { random } from "../../src/numerics/random.ts";
import { forward, theta, type States } from "../support/reference.ts";
import { ideal, sparseInputs } from "../support/setups.ts";

const nets: readonly (readonly [string, Graph])[] = [
  ["a chain", chain([9, 7, 5, 4])],
  [
    "skip blocks",
    graph(
      [9, 7, 5, 4],
      [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 2, to: 3 },
        { from: 0, to: 2 },
        { from: 1, to: 3 },
      ],
    ),
  ],
];

/** Some guesses of a copy and what they should have been. */
function lesson(g: Graph, rows: number, batch: number) {
  const chip = fabricate(ideal, g, { batch, precision: "f64" });
  const copy = digitalCopy(chip, { activation: "sigmoid", seed: 3 });
  const xs = sparseInputs(rows, g.sizes[0], 5);
  const rng = random(2, "targets");
  const gradients = aligner(chip, copy);
  const targets: States[] = xs.map(() =>
    g.sizes.map((n) => Array.from({ length: n }, () => rng.uniform())),
  );
  const target = chip.vector();
  const add = (first: number, last: number) => {
    chip.inputs.showReals(xs.slice(first, last).flat(), last - first);
    chip.present();
    copy.forward();
    targets.slice(first, last).forEach((t, r) => {
      for (let l = 1; l < t.length; l++)
        target.array.set(t[l], r * chip.size + chip.layout.offset[l]);
    });
    gradients.add(target);
  };
  return { copy, xs, targets, gradients, add };
}

/** cos(∂L_l/∂φ_l, ∂Σ_{m>l} L_m/∂φ_l) by central differences in every parameter of every layer. */
function byDifferences(
  g: Graph,
  tensors: readonly Tensor[],
  xs: readonly number[][],
  targets: readonly States[],
): number[] {
  const losses = (changed: readonly Tensor[]) => {
    const phi = theta(g, changed);
    const sum = g.sizes.map(() => 0);
    xs.forEach((x, b) => {
      forward(g, phi, x, "sigmoid").s.forEach((layer, l) => {
        if (l > 0)
          layer.forEach((s, i) => {
            sum[l] += 0.5 * (s - targets[b][l][i]) ** 2;
          });
      });
    });
    return sum;
  };
  const d = 1e-5;
  return g.sizes.slice(1, -1).map((_, k) => {
    const l = k + 1;
    let product = 0;
    let near = 0;
    let far = 0;
    tensors.forEach((t, m) => {
      if (m < g.blocks.length ? g.blocks[m].to !== l : m - g.blocks.length !== k) return;
      t.data.forEach((_, i) => {
        const at = (by: number) =>
          losses(
            tensors.map((u) =>
              u === t ? { ...u, data: u.data.map((v, j) => (j === i ? v + by : v)) } : u,
            ),
          );
        const up = at(d);
        const down = at(-d);
        const slope = up.map((v, layer) => (v - down[layer]) / (2 * d));
        const local = slope[l];
        const distant = slope.slice(l + 1).reduce((a, b) => a + b, 0);
        product += local * distant;
        near += local ** 2;
        far += distant ** 2;
      });
    });
    return product / Math.sqrt(near * far);
  });
}

test.each(nets)(
  "local and distant gradients are the two parts of eq. 9, by finite differences on %s",
  (_, g) => {
    const { copy, xs, targets, gradients, add } = lesson(g, 6, 6);
    add(0, 6);
    const found = gradients.cosines();
    const expected = byDifferences(g, copy.parameters.tensors(), xs, targets);
    expect(found).toHaveLength(2);
    // Central differences of 1e-5 are right to about 1e-10 of slopes near 1e-2.
    found.forEach((c, i) => {
      expect(c).toBeCloseTo(expected[i], 7);
    });
  },
);

test("gradients of a whole set are sums over its parts, and forgotten when cleared", () => {
  const { gradients, add } = lesson(nets[1][1], 6, 6);
  add(0, 6);
  const whole = gradients.cosines();
  gradients.clear();
  add(0, 1);
  add(1, 4);
  add(4, 6);
  gradients.cosines().forEach((c, i) => {
    expect(c).toBeCloseTo(whole[i], 12);
  });
});

test("measuring the alignment changes no parameter; of gradients that vanish there is none", () => {
  const { copy, gradients, add } = lesson(chain([9, 7, 4]), 4, 4);
  const before = copy.parameters.tensors();
  add(0, 4);
  expect(copy.parameters.tensors()).toEqual(before);
  gradients.clear();
  expect(gradients.cosines()).toEqual([NaN]);
});
