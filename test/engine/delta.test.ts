import { describe, expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, graph } from "../../src/energy/graph.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { denseRelax } from "../support/dense.ts";
import { ideal, sparseInputs } from "../support/setups.ts";

const nets = {
  SMALL: { graph: chain([784, 500, 10]), seeds: [6, 7, 8, 9] },
  LARGE: { graph: chain([784, 500, 500, 500, 10]), seeds: [6, 7] },
  "a network with skip and lateral blocks": {
    graph: graph(
      [784, 90, 70, 10],
      [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 2, to: 3 },
        { from: 0, to: 2 },
        { from: 1, to: 3 },
        { from: 1, to: 1 },
        { from: 2, to: 2 },
      ],
    ),
    seeds: [6, 7, 8, 9],
  },
} as const;
const steps = 500;
const dt = 0.5;
const lambda = 0.1;

describe(
  `after ${steps} steps from the copy's guess, carried drives end within 1e-5 of drives formed ` +
    "anew in every step",
  () => {
    const cells = Object.entries(nets).flatMap(([name, { graph: g, seeds }]) =>
      [1, 2].flatMap((factor) => seeds.map((seed) => ({ name, factor, seed, g }))),
    );
    test.each(cells)(
      "$name, $factor × Xavier weights, seed $seed",
      ({ factor, seed, g }) => {
        const [x] = sparseInputs(1, 784, seed);
        const chip = fabricate(ideal, g, { batch: 1, seed });
        const copy = digitalCopy(chip, { seed });
        chip.program(
          chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map((w) => factor * w) })),
        );
        chip.inputs.showReals(x, 1);
        chip.present();
        copy.forward();
        chip.start(copy.guess);
        chip.tie({ lambda, beta: 0 });
        const dense = denseRelax(chip, x, 0, lambda, dt, steps);
        chip.relax!(chip.state.array, dt, steps);
        let far = 0;
        dense.slice(1).forEach((layer, l) => {
          layer.forEach((s, i) => {
            far = Math.max(far, Math.abs(s - chip.state.array[chip.layout.offset[l + 1] + i]));
          });
        });
        expect(far).toBeLessThan(1e-5);
      },
      30_000,
    );
  },
);
