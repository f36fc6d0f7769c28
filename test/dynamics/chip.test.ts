import { describe, expect, test } from "vitest";
import type { Chip } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, graph, type Graph } from "../../src/energy/graph.ts";
import { learner } from "../../src/learning/algorithm.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { random } from "../../src/numerics/random.ts";
import { euler } from "../../src/solver/euler.ts";
import { settle, trace } from "../../src/solver/settle.ts";
import { energy, theta, type States } from "../support/reference.ts";
import { ideal, labelsFor, sparseInputs } from "../support/setups.ts";

const odd = graph(
  [11, 7, 6, 5],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
    { from: 1, to: 3 },
    { from: 2, to: 2 },
  ],
);
const rows = 3;

/** A chip with inputs, a guess, targets and both ties, at random interior states. */
function tied(
  g: Graph,
  circuit = ideal,
): { chip: Chip; labels: number[]; xs: number[][]; guess: States[] } {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64", seed: 4 });
  const xs = sparseInputs(rows, g.sizes[0], 2);
  const labels = labelsFor(rows, g, 3);
  const copy = digitalCopy(chip, { seed: 4 });
  const rng = random(1, "states");
  chip.inputs.showReals(xs.flat(), rows);
  chip.inputs.label(labels);
  chip.present();
  copy.forward();
  chip.tie({ lambda: 0.3, beta: 0.2 });
  chip.state.array.set(
    chip.state.array.map((_, i) => (isUnit(chip, i) ? 0.1 + 0.8 * rng.uniform() : 0)),
  );
  chip.touch();
  return { chip, labels, xs, guess: xs.map((x, r) => unpack(chip, copy.guess.array, r, x)) };
}

const isUnit = (chip: Chip, i: number) =>
  chip.layout.offset.some(
    (o, l) => l > 0 && i % chip.size >= o && i % chip.size < o + chip.layout.sizes[l],
  );
const unpack = (chip: Chip, s: ArrayLike<number>, r: number, x: number[]): States =>
  chip.layout.sizes.map((n, l) =>
    l === 0 ? x : Array.from({ length: n }, (_, i) => s[r * chip.size + chip.layout.offset[l] + i]),
  );

describe("the energy", () => {
  test("is eq. 1 with the λ pull of eq. 10 and the nudge, sample by sample", () => {
    const { chip, labels, xs, guess } = tied(odd);
    const out = new Float64Array(rows);
    const p = theta(odd, chip.parameters.tensors());
    chip.energy!(chip.state.array, out);
    labels.forEach((label, r) => {
      const y = Array.from({ length: 5 }, (_, i) => (i === label ? 1 : 0));
      expect(out[r]).toBeCloseTo(
        energy(odd, p, unpack(chip, chip.state.array, r, xs[r]), {
          lambda: 0.3,
          guess: guess[r],
          beta: 0.2,
          y,
        }),
        12,
      );
    });
  });

  test("falls along the force: F = −∂E/∂s by central differences", () => {
    const { chip } = tied(odd);
    const s = Float64Array.from(chip.state.array.subarray(0, rows * chip.size));
    const f = new Float64Array(s.length);
    const e = new Float64Array(rows);
    const d = 1e-5;
    chip.force(s, f);
    for (let i = 0; i < s.length; i++) {
      if (!isUnit(chip, i)) {
        expect(f[i]).toBe(0);
        continue;
      }
      const at = (h: number) => {
        const moved = Float64Array.from(s);
        moved[i] += h;
        chip.energy!(moved, e);
        return e[Math.floor(i / chip.size)];
      };
      // E is quadratic, so the central difference is exact up to rounding: 1e-16·|E|/d.
      expect(f[i]).toBeCloseTo(-(at(d) - at(-d)) / (2 * d), 8);
    }
  });

  test("never rises while an Euler step is short", () => {
    const { chip } = tied(odd);
    const seen = trace(chip, chip.state.array, euler(0.1), 200);
    for (let t = 1; t < seen.energy.length; t++)
      expect(seen.energy[t] - seen.energy[t - 1]).toBeLessThanOrEqual(1e-14);
    expect(seen.energy[0] - seen.energy.at(-1)!).toBeGreaterThan(0.01);
  });
});

describe("settling", () => {
  test("fused and step-by-step Euler end at the same state to rounding, over 500 steps", () => {
    const a = tied(odd).chip;
    const b = tied(odd).chip;
    settle(a, a.state.array, euler(0.1), { steps: 500 });
    const s = Float64Array.from(b.state.array);
    const f = new Float64Array(s.length);
    for (let t = 0; t < 500; t++) {
      b.force(s, f);
      for (let i = 0; i < s.length; i++) s[i] += 0.1 * b.rate[i % b.size] * f[i];
      b.project(s);
    }
    expect(furthest(a.state.array, s)).toBeLessThan(1e-13);
  });

  test("single precision stays within 1e-5 of double over 500 steps of LARGE", () => {
    const g = chain([784, 500, 500, 500, 10]);
    const [single, double] = (["f32", "f64"] as const).map((precision) => {
      const chip = fabricate(ideal, g, { batch: 4, precision });
      chip.inputs.showReals(sparseInputs(4, 784, 1).flat(), 4);
      // Weights of the single-precision chip, so that only the dynamics differ.
      chip.program(fabricate(ideal, g, { batch: 1, precision: "f32" }).parameters.tensors());
      // λ = 1 makes the energy convex, so rounding is not amplified by a nearly flat valley.
      chip.present();
      chip.tie({ lambda: 1, beta: 0 });
      chip.start();
      settle(chip, chip.state.array, euler(0.1), { steps: 500 });
      return chip;
    });
    expect(furthest(single.state.array, double.state.array)).toBeLessThan(1e-5);
  }, 30_000);

  test("with β = 0 the nudged equilibrium is the free one", () => {
    const { chip } = tied(odd);
    chip.tie({ lambda: 0.3, beta: 0 });
    settle(chip, chip.state.array, euler(0.5), { steps: 500 });
    const free = chip.state.array.slice();
    settle(chip, chip.state.array, euler(0.5), { steps: 100 });
    expect(furthest(chip.state.array, free)).toBeLessThan(1e-14);
  });

  test("permuting the hidden units permutes the equilibrium", () => {
    const g = chain([11, 7, 5]);
    const order = random(1, "order").permutation(7);
    const xs = sparseInputs(1, 11, 2);
    const settled = (permuted: boolean) => {
      const chip = fabricate(ideal, g, { batch: 1, precision: "f64", seed: 9 });
      const [w1, w2, ...rest] = chip.parameters.tensors();
      const p = (i: number) => (permuted ? order[i] : i);
      chip.program([
        { ...w1, data: w1.data.map((_, k) => w1.data[Math.floor(k / 7) * 7 + p(k % 7)]) },
        { ...w2, data: w2.data.map((_, k) => w2.data[p(Math.floor(k / 5)) * 5 + (k % 5)]) },
        ...rest,
      ]);
      chip.inputs.showReals(xs[0], 1);
      chip.present();
      chip.start();
      settle(chip, chip.state.array, euler(0.5), { steps: 300 });
      return chip.state.array.slice();
    };
    const plain = settled(false);
    const permuted = settled(true);
    order.forEach((from, to) => {
      expect(permuted[to]).toBeCloseTo(plain[from], 12);
    });
  });

  test("a sample settles to the same bits whatever else is in its minibatch", () => {
    const g = chain([784, 500, 10]);
    const xs = sparseInputs(50, 784, 3);
    const settled = (some: number[][]) => {
      const chip = fabricate(ideal, g, { batch: 50 });
      const copy = digitalCopy(chip);
      chip.inputs.showReals(some.flat(), some.length);
      chip.present();
      copy.forward();
      chip.start(copy.guess);
      chip.tie({ lambda: 0.1, beta: 0 });
      settle(chip, chip.state.array, euler(0.5), { steps: 70 });
      return chip.state.array.slice(0, some.length * chip.size);
    };
    const all = settled(xs);
    const last = settled(xs.slice(49));
    expect(last).toEqual(all.slice(-last.length));
  });

  test("with a tolerance each sample stops when it has settled, and no sooner", () => {
    const g = chain([784, 100, 10]);
    const xs = sparseInputs(30, 784, 3);
    const step = euler(0.5);
    const run = (tolerance?: number, some = xs) => {
      const chip = fabricate(ideal, g, { batch: 30, precision: "f64" });
      chip.inputs.showReals(some.flat(), some.length);
      chip.present();
      chip.start();
      const end = settle(chip, chip.state.array, step, { steps: 3000, tolerance });
      return { chip, end, taken: Array.from(chip.stepsTaken.array.subarray(0, some.length)) };
    };
    const loose = run(1e-3);
    const tight = run(1e-9);
    const all = run();
    expect(loose.end.outcome).toBe("settled");
    expect(loose.end.residual).toBeLessThanOrEqual(1e-3);
    expect(tight.end.residual).toBeLessThanOrEqual(1e-9);
    expect(new Set(tight.taken).size).toBeGreaterThan(1);
    tight.taken.forEach((steps, r) => {
      expect(steps).toBeGreaterThanOrEqual(loose.taken[r]);
    });
    expect(all.taken.every((steps) => steps === 3000)).toBe(true);
    expect(tight.end.stats.steps).toBeCloseTo(tight.taken.reduce((a, b) => a + b) / 30, 12);
    // A residual r leaves a state error of r over the smallest curvature, here above 1e-2.
    expect(furthest(tight.chip.state.array, all.chip.state.array)).toBeLessThan(1e-7);
    // A sample rests at the same bits whatever the others still do.
    const alone = run(1e-3, xs.slice(7, 8));
    expect(alone.taken[0]).toBe(loose.taken[7]);
    expect(alone.chip.state.array.subarray(0, alone.chip.size)).toEqual(
      loose.chip.state.array.subarray(7 * loose.chip.size, 8 * loose.chip.size),
    );
  });

  test("a step too long for the weights ends non-finite or unsettled, and says so", () => {
    const { chip } = tied(odd);
    chip.tie({ lambda: 10, beta: 0 });
    expect(settle(chip, chip.state.array, euler(0.5), { steps: 200 }).outcome).toBe("max-steps");
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => NaN) })));
    expect(settle(chip, chip.state.array, euler(0.5), { steps: 1 }).outcome).toBe("non-finite");
  });
});

describe("a die", () => {
  const rough = {
    ...ideal,
    mismatch: { ...ideal.mismatch, capacitance: 0.05, leak: 0.02, offset: 0.01 },
  };

  test("keeps its mismatch whatever else is drawn, and differs from the next die", () => {
    const force = (die: number, batch: number, seed: number) => {
      const chip = fabricate(rough, odd, { die, batch, seed, precision: "f64" });
      chip.inputs.showReals(new Float64Array(11), 1);
      chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => 0) })));
      chip.present();
      const f = new Float64Array(chip.size);
      const s = new Float64Array(chip.size).fill(0.5);
      chip.project(s);
      chip.force(s, f);
      return f;
    };
    expect(force(7, 3, 1)).toEqual(force(7, 1, 99));
    expect(furthest(force(7, 1, 1), force(8, 1, 1))).toBeGreaterThan(1e-3);
  });

  test("with zero mismatch is the ideal chip, bit for bit, whichever die", () => {
    const settled = (die: number) => {
      const { chip } = tied(odd, ideal);
      const other = fabricate(ideal, odd, { die, batch: rows, precision: "f64", seed: 4 });
      expect(other.parameters.tensors()).toEqual(chip.parameters.tensors());
      other.inputs.showReals(sparseInputs(rows, 11, 2).flat(), rows);
      other.present();
      other.start();
      settle(other, other.state.array, euler(0.5), { steps: 50 });
      return other.state.array;
    };
    expect(settled(1)).toEqual(settled(2));
  });

  test("capacitance mismatch moves the path but not the equilibrium; leak mismatch moves both", () => {
    const settled = (mismatch: typeof rough.mismatch, steps: number) => {
      const { chip } = tied(odd, { ...ideal, mismatch });
      settle(chip, chip.state.array, euler(0.2), { steps });
      return chip.state.array;
    };
    const none = ideal.mismatch;
    const slow = { ...none, capacitance: 0.3 };
    const leaky = { ...none, leak: 0.3 };
    expect(furthest(settled(none, 5), settled(slow, 5))).toBeGreaterThan(1e-2);
    expect(furthest(settled(none, 3000), settled(slow, 3000))).toBeLessThan(1e-12);
    expect(furthest(settled(none, 3000), settled(leaky, 3000))).toBeGreaterThan(1e-2);
  });
});

test("equal seeds give equal bits: two runs of fifty steps end with the same weights", () => {
  const run = () => {
    const g = chain([784, 50, 10]);
    const chip = fabricate(ideal, g, { batch: 20, seed: 5 });
    const copy = digitalCopy(chip, { seed: 5 });
    const teacher = learner(chip, copy, {
      free: { solver: euler(0.5), stop: { steps: 20 } },
      nudged: { solver: euler(0.5), stop: { steps: 4 } },
      beta: 0.5,
      lambda: 0.1,
      rates: [0.1, 0.05],
    });
    for (let k = 0; k < 50; k++) {
      chip.inputs.showReals(sparseInputs(20, 784, k).flat(), 20);
      chip.inputs.label(labelsFor(20, g, k));
      teacher.learn(k % 2 ? 1 : -1);
    }
    return [...chip.parameters.tensors(), ...copy.parameters.tensors()];
  };
  expect(run()).toEqual(run());
});

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < a.length; i++) top = Math.max(top, Math.abs(a[i] - b[i]));
  return top;
}
