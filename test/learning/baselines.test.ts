import { describe, expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, directed, graph } from "../../src/energy/graph.ts";
import { learner } from "../../src/learning/algorithm.ts";
import { backpropagation } from "../../src/learning/backpropagation.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { settle } from "../../src/solver/settle.ts";
import { blockDescent } from "../../src/solver/minimise/block-descent.ts";
import { backpropagationStep, forward, theta, trainingStep } from "../support/reference.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../support/setups.ts";

const net = chain([13, 9, 7, 5]);
const skipping = graph(
  [13, 9, 7, 5],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
  ],
);
const rates = [0.1, 0.05, 0.02];
const rows = 4;

describe("backpropagation", () => {
  test.each([
    ["a chain, ρ + 0.01u", net, "leaky"],
    ["a block that skips layers, sigmoid", skipping, "sigmoid"],
  ] as const)(
    "descends the squared error of the outputs, by finite differences: %s",
    (_, g, activation) => {
      const chip = fabricate(ideal, g, { batch: rows, precision: "f64" });
      const copy = digitalCopy(chip, { activation, loss: "global", seed: 3 });
      const xs = sparseInputs(rows, 13, 5);
      const labels = labelsFor(rows, g, 5);
      const before = copy.parameters.tensors();
      const theta0 = chip.parameters.tensors();
      chip.inputs.showReals(xs.flat(), rows);
      chip.inputs.label(labels);
      const teacher = backpropagation(chip, copy, { rates });
      teacher.learn(1);
      const expected = backpropagationStep(
        copy.graph,
        theta(copy.graph, before),
        xs,
        labels,
        rates,
        activation,
      );
      const after = theta(copy.graph, copy.parameters.tensors());
      const was = theta(copy.graph, before);
      // Rounding of a difference quotient: 2⁻⁵³ of a cost of order one over 2h = 2e-5.
      const near = (a: number, b: number) => {
        expect(Math.abs(a - b)).toBeLessThan(0.1 * 1e-10);
      };
      let moved = 0;
      expected.weights.forEach((w, m) =>
        w.forEach((row, i) =>
          row.forEach((d, j) => {
            near(after.weights[m][i][j] - was.weights[m][i][j], d);
            moved += d ** 2;
          }),
        ),
      );
      expected.biases.forEach((b, l) =>
        b.forEach((d, i) => {
          near(after.biases[l][i] - was.biases[l][i], d);
        }),
      );
      expect(moved).toBeGreaterThan(0);
      expect(chip.parameters.tensors()).toEqual(theta0);
      expect([teacher.finite, teacher.residual, teacher.namedByChip]).toEqual([true, null, null]);
    },
  );

  test("says so when an output is no longer a number", () => {
    const chip = fabricate(ideal, net, { batch: rows });
    const copy = digitalCopy(chip, { loss: "global" });
    const teacher = backpropagation(chip, copy, { rates });
    chip.inputs.showReals(sparseInputs(rows, 13, 5).flat(), rows);
    copy.parameters.bias.array.fill(NaN);
    teacher.settle();
    expect(teacher.finite).toBe(false);
  });
});

describe("a copy tied to the chip", () => {
  test(
    "guesses by the feedforward pass through the chip's own weights, before and after the chip " +
      "has learned",
    () => {
      const chip = fabricate(ideal, skipping, { batch: rows, precision: "f64" });
      const copy = digitalCopy(chip, { tied: true });
      const teacher = learner(chip, copy, { ...phases(20, 4), beta: 0.5, lambda: 0.1, rates });
      const xs = sparseInputs(rows, 13, 5);
      const guesses = () => {
        teacher.settle();
        return xs.map((_, r) =>
          copy.graph.sizes
            .slice(1)
            .map((n, l) =>
              Array.from(
                copy.guess.array.subarray(
                  r * chip.size + chip.layout.offset[l + 1],
                  r * chip.size + chip.layout.offset[l + 1] + n,
                ),
              ),
            ),
        );
      };
      chip.inputs.showReals(xs.flat(), rows);
      chip.inputs.label(labelsFor(rows, net, 5));
      const seen: number[][][][] = [];
      for (let step = 0; step < 2; step++) {
        const now = theta(copy.graph, chip.parameters.tensors());
        const found = guesses();
        xs.forEach((x, r) =>
          forward(copy.graph, now, x, "leaky")
            .s.slice(1)
            .forEach((layer, l) =>
              layer.forEach((s, i) => {
                expect(found[r][l][i]).toBeCloseTo(s, 12);
              }),
            ),
        );
        seen.push(found);
        teacher.learn(1);
      }
      expect(seen[1]).not.toEqual(seen[0]);
      expect(copy.parameters.tensors()).toEqual([]);
    },
  );
});

describe("persistent states", () => {
  test(
    "a free phase begins where the caller says the last one ended, and its lesson is the " +
      "paper's from there",
    () => {
      const chip = fabricate(ideal, net, { batch: rows, precision: "f64" });
      const teacher = learner(chip, null, {
        ...phases(3, 4),
        beta: 0.5,
        lambda: 0,
        rates: [0, 0, 0],
        persistent: true,
      });
      const xs = sparseInputs(rows, 13, 5);
      const labels = labelsFor(rows, net, 5);
      const { begin, end } = teacher.persistent!;
      chip.inputs.showReals(xs.flat(), rows);
      chip.inputs.label(labels);
      teacher.learn(1);
      const first = end.array.slice();
      begin.array.set(first);
      teacher.learn(1);
      // Nothing was learned, so two visits of three steps are one of six.
      const once = learner(chip, null, { ...phases(6, 4), beta: 0.5, lambda: 0, rates: [0, 0, 0] });
      once.settle();
      const whole = once.free.state;
      expect(end.array).not.toEqual(first);
      whole.forEach((s, i) => {
        expect(end.array[i]).toBeCloseTo(s, 12);
      });

      const lesson = learner(chip, null, {
        ...phases(3, 4),
        beta: 0.5,
        lambda: 0,
        rates,
        persistent: true,
      });
      const before = chip.parameters.tensors();
      lesson.persistent!.begin.array.set(first);
      lesson.learn(1);
      const starts = xs.map((x, r) => [
        x,
        ...chip.layout.offset
          .slice(1)
          .map((o, l) =>
            Array.from(
              first.subarray(r * chip.size + o, r * chip.size + o + chip.layout.sizes[l + 1]),
            ),
          ),
      ]);
      const th = theta(net, before);
      const expected = trainingStep(net, th, net, th, xs, labels, {
        epsilon: 0.5,
        freeSteps: 3,
        nudgedSteps: 4,
        beta: 0.5,
        lambda: 0,
        rates,
        activation: "leaky",
        loss: "local",
        plain: true,
        starts,
      }).theta;
      const after = theta(net, chip.parameters.tensors());
      expected.weights.forEach((w, m) =>
        w.forEach((row, i) =>
          row.forEach((d, j) => {
            expect(after.weights[m][i][j] - th.weights[m][i][j]).toBeCloseTo(d, 12);
          }),
        ),
      );
    },
  );

  test("settling without learning starts from zero, whatever is kept", () => {
    const chip = fabricate(ideal, net, { batch: rows, precision: "f64" });
    const teacher = learner(chip, null, {
      ...phases(3, 4),
      beta: 0.5,
      lambda: 0,
      rates,
      persistent: true,
    });
    chip.inputs.showReals(sparseInputs(rows, 13, 5).flat(), rows);
    teacher.persistent!.begin.array.fill(1);
    teacher.settle();
    const kept = teacher.free.state.slice();
    teacher.persistent!.begin.array.fill(0);
    teacher.settle();
    expect(teacher.free.state).toEqual(kept);
  });
});

describe("a network with a weight of its own in each direction", () => {
  const one = directed(skipping);

  test("begins with the forward weights of its symmetric sister, and settles to another state", () => {
    const twins = [skipping, one].map((g) =>
      fabricate(ideal, g, { batch: rows, precision: "f64", seed: 2 }),
    );
    const [both, single] = twins.map(
      (chip) => new Map(chip.parameters.tensors().map((t) => [t.name, t])),
    );
    for (const [name, t] of both) expect(single.get(name)).toEqual(t);
    expect([...single.keys()].filter((name) => !both.has(name))).toEqual([
      "chip.block.2-1.weight",
      "chip.block.3-2.weight",
    ]);
    expect(single.get("chip.block.2-1.weight")!.shape).toEqual([7, 9]);
  });

  test(
    "with backward weights that are the forward ones transposed settles exactly as the " +
      "symmetric one",
    () => {
      const [both, single] = [skipping, one].map((g) =>
        fabricate(ideal, g, { batch: rows, precision: "f64", seed: 2 }),
      );
      const forwards = both.parameters.tensors();
      const by = (name: string) => forwards.find((t) => t.name === name)!;
      single.program(
        single.parameters.tensors().map((t) => {
          const back = /^chip\.block\.(\d)-(\d)\.weight$/.exec(t.name);
          if (!back || back[1] < back[2]) return by(t.name);
          const [rows, cols] = t.shape;
          const w = by(`chip.block.${back[2]}-${back[1]}.weight`).data;
          return { ...t, data: t.data.map((_, k) => w[(k % cols) * rows + Math.floor(k / cols)]) };
        }),
      );
      const states = [both, single].map((chip) => {
        chip.inputs.showReals(sparseInputs(rows, 13, 5).flat(), rows);
        chip.present();
        chip.start();
        chip.relax!(chip.state.array, 0.5, 40);
        return chip.state.array.slice();
      });
      expect(states[1]).toEqual(states[0]);
    },
  );

  test("has a synapse back where it has one forth", () => {
    const partial = directed(
      graph(
        [3, 5, 4],
        [
          { from: 0, to: 1 },
          {
            from: 1,
            to: 2,
            mask: Uint8Array.from({ length: 20 }, (_, k) => (k % 3 === 0 ? 1 : 0)),
          },
        ],
      ),
    );
    const tensors = fabricate(ideal, partial, { batch: 1 }).parameters.tensors();
    const of = (name: string) => tensors.find((t) => t.name === name)!.data;
    const forth = of("chip.block.1-2.weight");
    const back = of("chip.block.2-1.weight");
    forth.forEach((w, k) => {
      expect(back[(k % 4) * 5 + Math.floor(k / 4)] !== 0, `synapse ${k}`).toBe(w !== 0);
    });
    expect(forth.filter((w) => w !== 0)).toHaveLength(7);
  });

  test(
    "is the same network in a netlist: one backward synapse for each forward one, of its own " +
      "weight",
    () => {
      const chip = fabricate(ideal, one, { batch: 1, precision: "f64", seed: 2 });
      const weights = chip.parameters.tensors();
      const { blocks } = chip.components();
      expect(blocks.map(({ from, to }) => [from, to])).toEqual([
        [0, 1],
        [1, 2],
        [2, 3],
        [0, 3],
      ]);
      for (const { from, to, backward } of blocks)
        expect(backward && Array.from(backward)).toEqual(
          from === 0
            ? null
            : Array.from(weights.find((t) => t.name === `chip.block.${to}-${from}.weight`)!.data),
        );
    },
  );

  test("has no energy: what stands on one refuses it by name, and lateral blocks too", () => {
    const chip = fabricate(ideal, one, { batch: rows, precision: "f64" });
    expect(chip.energy).toBeUndefined();
    chip.inputs.showReals(sparseInputs(rows, 13, 5).flat(), rows);
    chip.present();
    expect(() => settle(chip, chip.state.array, blockDescent(), { steps: 3 })).toThrow(
      /energy|reciprocal/,
    );
    expect(() =>
      learner(chip, digitalCopy(chip), {
        ...phases(3, 4),
        beta: 0.5,
        lambda: 0,
        rates,
        copyTarget: "energy",
      }),
    ).toThrow(
      "whose synapses are not reciprocal: it has none; let the copy learn the free equilibrium",
    );
    expect(() =>
      directed(
        graph(
          [3, 2],
          [
            { from: 0, to: 1 },
            { from: 1, to: 1 },
          ],
        ),
      ),
    ).toThrow("block 1-1 is lateral, and a directed graph has none here");
  });
});
