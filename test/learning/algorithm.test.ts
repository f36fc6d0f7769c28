import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../src/circuit/nudging.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, directed, graph, type Graph } from "../../src/energy/graph.ts";
import { learner, type LearningOptions } from "../../src/learning/algorithm.ts";
import { digitalCopy, type CopyOptions } from "../../src/learning/copy.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { theta, trainingStep, type Theta } from "../support/reference.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../support/setups.ts";

const small = chain([784, 500, 10]);
const large = chain([784, 500, 500, 500, 10]);
const odd = graph(
  [13, 9, 7, 5],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
    { from: 1, to: 3 },
    { from: 2, to: 2 },
    { from: 0, to: 2, mask: Uint8Array.from({ length: 13 * 7 }, (_, i) => (i % 3 === 0 ? 1 : 0)) },
  ],
);

type Case = [
  title: string,
  g: Graph,
  batch: number,
  o: Partial<LearningOptions> & { freeSteps?: number; nudgedSteps?: number; plain?: boolean },
  c: CopyOptions,
];
/** Skip and masked blocks, a weight of its own for each direction. */
const oneWay = directed(
  graph(
    [13, 9, 7, 5],
    [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 0, to: 3 },
      { from: 1, to: 3, mask: Uint8Array.from({ length: 9 * 5 }, (_, i) => (i % 3 === 0 ? 1 : 0)) },
    ],
  ),
);
const cases: Case[] = [
  ["SMALL", small, 20, {}, {}],
  ["SMALL, T⁻ = 4, negative β", small, 7, { freeSteps: 4, beta: -0.5 }, {}],
  [
    "LARGE",
    large,
    4,
    { freeSteps: 20, nudgedSteps: 8, beta: 1, rates: [0.128, 0.032, 0.008, 0.002] },
    {},
  ],
  ["plain equilibrium propagation", small, 5, { plain: true }, {}],
  ["skip, lateral and masked blocks of odd sizes", odd, 3, {}, {}],
  ["centred nudging", odd, 3, { scheme: usualSchemes.centred }, {}],
  ["the copy learning s⁺, ρ", odd, 3, { copyTarget: "nudged" }, { activation: "hard" }],
  ["a global loss, sigmoid", odd, 3, {}, { activation: "sigmoid", loss: "global" }],
  ["a global loss, ρ + 0.01u", chain([30, 20, 20, 6]), 6, {}, { loss: "global" }],
  ["the copy descending the energy at its guess", odd, 3, { copyTarget: "energy" }, {}],
  ["the same by its whole gradient", odd, 3, { copyTarget: "energy" }, { loss: "global" }],
  ["a copy of steps", chain([30, 20, 20, 6]), 6, {}, { activation: "step" }],
  ["a copy that guesses with the chip's weights", odd, 3, {}, { tied: true }],
  ["weights of their own in each direction", oneWay, 3, { rates: [0.4, 0.4, 0.4] }, {}],
  ["the same, centred", oneWay, 3, { scheme: usualSchemes.centred, rates: [0.4, 0.4, 0.4] }, {}],
];

describe("one training step is the paper's equations", () => {
  for (const precision of ["f64", "f32"] as const)
    test.each(cases)(`${precision}: %s`, (_, g, batch, o, c) => {
      const layers = g.sizes.length - 1;
      const options = {
        freeSteps: 20,
        nudgedSteps: 4,
        beta: 0.5,
        lambda: 0.1,
        rates: [0.1, 0.05, 0.02, 0.01].slice(0, layers),
        ...o,
      };
      const chip = fabricate(ideal, g, { batch, precision, seed: 3 });
      const copy = o.plain ? null : digitalCopy(chip, { ...c, seed: 3 });
      const xs = sparseInputs(batch, g.sizes[0], 5);
      const labels = labelsFor(batch, g, 5);
      const before = {
        theta: chip.parameters.tensors(),
        phi: copy && !c.tied ? copy.parameters.tensors() : chip.parameters.tensors(),
      };
      chip.inputs.showReals(xs.flat(), batch);
      chip.inputs.label(labels);
      learner(chip, copy, {
        ...options,
        ...phases(options.freeSteps, options.nudgedSteps),
        beta: Math.abs(options.beta),
      }).learn(options.beta < 0 ? -1 : 1);
      const copyGraph = copy?.graph ?? g;
      const phi = c.tied
        ? before.theta.slice(0, copyGraph.blocks.length).concat(before.theta.slice(g.blocks.length))
        : before.phi;
      const expected = trainingStep(
        g,
        theta(g, before.theta),
        copyGraph,
        theta(copyGraph, phi),
        xs,
        labels,
        {
          epsilon: 0.5,
          tied: c.tied,
          activation: c.activation ?? "leaky",
          loss: c.loss ?? "local",
          plain: o.plain ?? false,
          centred: o.scheme === usualSchemes.centred,
          ...options,
        },
      );
      // f32 keeps weights near 0.1 to 4e-9 where a step moves them by 1e-4 and less.
      const tolerance = precision === "f64" ? 1e-10 : 1e-4;
      expect(movementError(before.theta, chip.parameters.tensors(), expected.theta)).toBeLessThan(
        tolerance,
      );
      if (copy && !c.tied)
        expect(movementError(before.phi, copy.parameters.tensors(), expected.phi)).toBeLessThan(
          tolerance,
        );
    });
});

test("what is said of the free phase is not what the nudged phase did after it", () => {
  const g = chain([13, 9, 5]);
  const chip = fabricate(ideal, g, { batch: 3, precision: "f64" });
  const teacher = learner(chip, null, { ...phases(40, 4), beta: 0.5, lambda: 0, rates: [0, 0] });
  chip.inputs.showReals(sparseInputs(3, 13, 1).flat(), 3);
  chip.inputs.label([0, 1, 2]);
  teacher.settle();
  const free = { ...teacher.free, state: teacher.free.state.slice() };
  teacher.learn(1);
  expect(teacher.free).toEqual(free);
  expect(free.stats.steps).toBe(40);
  expect(free.time.tau).toBe(20);
});

/** ‖Δ − Δ_ref‖ / ‖Δ_ref‖, the worst tensor. */
function movementError(
  before: readonly Tensor[],
  after: readonly Tensor[],
  expected: Theta,
): number {
  const reference = [...expected.weights.map((w) => w.flat()), ...expected.biases.slice(1)];
  return Math.max(
    ...after.map((t, k) => {
      let off = 0;
      let size = 0;
      t.data.forEach((v, i) => {
        off += (v - before[k].data[i] - reference[k][i]) ** 2;
        size += reference[k][i] ** 2;
      });
      expect(size).toBeGreaterThan(0);
      return Math.sqrt(off / size);
    }),
  );
}
