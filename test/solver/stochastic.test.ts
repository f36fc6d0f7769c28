import { describe, expect, test } from "vitest";
import { thermalVariance } from "../../src/circuit/circuit.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import type { Dynamics, Noise } from "../../src/dynamics/dynamics.ts";
import { chain } from "../../src/energy/graph.ts";
import { euler } from "../../src/solver/euler.ts";
import { refuseNoise } from "../../src/solver/refuse-noise.ts";
import { settle } from "../../src/solver/settle.ts";
import { eulerMaruyama, stochasticHeun } from "../../src/solver/stochastic.ts";
import { orderOf } from "../support/order.ts";
import { problem, type Problem } from "../support/problems.ts";
import { ideal } from "../support/setups.ts";

const field = (p: Omit<Problem, "jacobian">) =>
  problem({
    ...p,
    jacobian: () => {
      throw new Error("these schemes have no use for a Jacobian");
    },
  });

/** Normal numbers of a step: a small counter-based generator, by Box and Muller. */
function white(size: number, amplitude: number | readonly number[], seed = 1): Noise {
  return {
    clock: 0,
    amplitude: Float64Array.from({ length: size }, (_, i) =>
      typeof amplitude === "number" ? amplitude : amplitude[i % amplitude.length],
    ),
    normal(step, out) {
      let state = (seed * 0x9e3779b9 + step * 0x85ebca6b) >>> 0;
      const uniform = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), state | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
      };
      for (let i = 0; i < out.length; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        const angle = 2 * Math.PI * uniform();
        out[i] = radius * Math.cos(angle);
        if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
      }
    },
  };
}

const copies = 2000;

/** Many copies of E = ½s² − m·s between 0 and 1 at temperature T. */
const walled = (m: number, temperature: number) =>
  field({
    size: copies,
    low: 0,
    high: 1,
    noise: white(copies, Math.sqrt(2 * temperature)),
    force(s, out) {
      for (let i = 0; i < s.length; i++) out[i] = m - s[i];
    },
  });

/** States seen every `every` steps after 6 τ. */
function sightings(
  d: Dynamics,
  step: number,
  every: number,
  move: (s: Float64Array, steps: number) => void,
  look: (s: Float64Array) => void,
  times = 200,
): void {
  const s = new Float64Array(d.size).fill(0.5);
  move(s, Math.round(6 / step));
  for (let k = 0; k < times; k++) {
    move(s, every);
    look(s);
  }
}

interface Law {
  readonly distance: number;
  readonly meanError: number;
  readonly atoms: number;
}

/**
 * Total variation distance over 50 bins to exp(−E/T)/Z. The copies forget within 0.5 τ (the slowest
 * rate is near π²T + 1), so sightings 1 τ apart are 4·10⁵ independent ones: by chance alone the
 * distance is 0.4·√(50/4·10⁵) = 0.0045 and the error of a mean has 4σ = 4·0.25/√(4·10⁵) = 0.0016.
 */
function law(
  m: number,
  temperature: number,
  step: number,
  move: (d: Dynamics) => (s: Float64Array, steps: number) => void,
): Law {
  const bins = 50;
  const fine = 200;
  const d = walled(m, temperature);
  const seen = new Float64Array(bins);
  const exact = new Float64Array(bins);
  let sum = 0;
  let count = 0;
  let atoms = 0;
  let weight = 0;
  let mean = 0;
  sightings(d, step, Math.round(1 / step), move(d), (s) => {
    for (const x of s) {
      seen[Math.min(bins - 1, Math.floor(x * bins))]++;
      sum += x;
      count++;
      if (x === 0 || x === 1) atoms++;
    }
  });
  for (let k = 0; k < bins * fine; k++) {
    const x = (k + 0.5) / (bins * fine);
    const w = Math.exp(-(0.5 * x * x - m * x) / temperature);
    exact[Math.floor(k / fine)] += w;
    weight += w;
    mean += w * x;
  }
  return {
    distance: 0.5 * seen.reduce((far, n, b) => far + Math.abs(n / count - exact[b] / weight), 0),
    meanError: sum / count - mean / weight,
    atoms: atoms / count,
  };
}

const by =
  (solver: (step: number) => ReturnType<typeof eulerMaruyama>, step: number) => (d: Dynamics) => {
    const runner = solver(step).prepare(d);
    return (s: Float64Array, steps: number) => {
      runner.run(s, { steps });
    };
  };
/** Euler–Maruyama with another treatment of the rails. */
const byHand = (step: number, rails: (x: number) => number) => (d: Dynamics) => {
  const f = new Float64Array(d.size);
  const z = new Float64Array(d.size);
  let tick = 0;
  return (s: Float64Array, steps: number) => {
    for (let k = 0; k < steps; k++) {
      d.force(s, f);
      d.noise!.normal(tick++, z);
      for (let i = 0; i < d.size; i++)
        s[i] = rails(s[i] + step * f[i] + Math.sqrt(step) * d.noise!.amplitude[i] * z[i]);
    }
  };
};

describe("the stationary law between rails", () => {
  test("is exp(−E/T) under stochastic Heun with reflection, with nothing on the rails", () => {
    const { distance, meanError, atoms } = law(0.3, 0.1, 0.1, by(stochasticHeun, 0.1));
    expect(distance).toBeLessThan(0.012);
    expect(Math.abs(meanError)).toBeLessThan(0.003);
    expect(atoms).toBe(0);
  });

  test("is further from it under Euler–Maruyama, by an amount that shrinks with the step", () => {
    const coarse = law(0.3, 0.1, 0.5, by(eulerMaruyama, 0.5));
    const fine = law(0.3, 0.1, 0.1, by(eulerMaruyama, 0.1));
    // Far from rails the variance is exact, at them noise is weaker by 1 − h/2: the distances are
    // 0.05 and 0.015.
    expect(coarse.distance).toBeGreaterThan(0.04);
    expect(coarse.distance).toBeLessThan(0.06);
    expect(fine.distance).toBeGreaterThan(0.012);
    expect(fine.distance).toBeLessThan(0.025);
    expect(coarse.atoms + fine.atoms).toBe(0);
  });

  test("is lost by clipping, which piles up units on the rails", () => {
    const { distance, atoms } = law(
      0.3,
      0.1,
      0.1,
      byHand(0.1, (x) => Math.min(Math.max(x, 0), 1)),
    );
    expect(distance).toBeGreaterThan(0.05);
    expect(atoms).toBeGreaterThan(0.05);
  });

  test("holds where the force presses units onto a rail, where folding the whole step is wrong", () => {
    // Pressed onto the rail the copies forget sooner than those that the 0.0045 of chance was
    // reckoned for.
    // At the rail Euler–Maruyama's noise is weaker by 1 − h/2, so that a layer of a mean T/F is
    // thinner by 5 %, at a distance of 0.05/e.
    for (const [solver, far] of [
      [eulerMaruyama, 0.012 + 0.05 / Math.E],
      [stochasticHeun, 0.012],
    ] as const)
      expect(law(-0.5, 0.01, 0.1, by(solver, 0.1)).distance, solver.name).toBeLessThan(far);
    expect(law(-0.5, 0.1, 0.1, by(stochasticHeun, 0.1)).distance).toBeLessThan(0.012);
    const folded = byHand(0.1, (x) => 1 - Math.abs(1 - Math.abs(x)));
    expect(law(-0.5, 0.01, 0.1, folded).distance).toBeGreaterThan(0.3);
  });
});

const both = 4000;

/** Copies of E = ½(x² + y²) + 0.6xy − 0.6x − 0.5y, with the rates of x and y. */
const pairs = (rates: readonly [number, number], amplitudes: readonly [number, number]) =>
  field({
    size: both,
    low: 0,
    high: 1,
    rate: Array.from({ length: both }, (_, i) => rates[i % 2]),
    noise: white(both, amplitudes),
    force(s, out) {
      for (let i = 0; i < s.length; i += 2) {
        out[i] = 0.6 - s[i] - 0.6 * s[i + 1];
        out[i + 1] = 0.5 - s[i + 1] - 0.6 * s[i];
      }
    },
  });
/** exp(−E/0.1) on 10 × 10 bins, and its means. */
function exactPairs(): { readonly bins: Float64Array; readonly x: number; readonly y: number } {
  const bins = new Float64Array(100);
  const fine = 200;
  let x = 0;
  let y = 0;
  let sum = 0;
  for (let a = 0; a < fine; a++)
    for (let b = 0; b < fine; b++) {
      const p = (a + 0.5) / fine;
      const q = (b + 0.5) / fine;
      const w = Math.exp(-(0.5 * (p * p + q * q) + 0.6 * p * q - 0.6 * p - 0.5 * q) / 0.1);
      bins[Math.floor(p * 10) * 10 + Math.floor(q * 10)] += w;
      x += w * p;
      y += w * q;
      sum += w;
    }
  return { bins: bins.map((w) => w / sum), x: x / sum, y: y / sum };
}
function means(
  d: Dynamics,
  every: number,
  times: number,
): { readonly x: number; readonly y: number } {
  let x = 0;
  let y = 0;
  sightings(
    d,
    0.1,
    every,
    by(stochasticHeun, 0.1)(d),
    (s) =>
      s.forEach((v, i) => {
        if (i % 2 === 0) x += v;
        else y += v;
      }),
    times,
  );
  return { x: (2 * x) / (times * both), y: (2 * y) / (times * both) };
}

describe("two correlated units", () => {
  const spread = Math.sqrt(0.2);
  const exact = exactPairs();

  test("follow exp(−E/T) jointly", () => {
    const d = pairs([1, 1], [spread, spread]);
    const seen = new Float64Array(100);
    sightings(d, 0.1, 10, by(stochasticHeun, 0.1)(d), (s) => {
      for (let i = 0; i < s.length; i += 2)
        seen[Math.min(9, Math.floor(s[i] * 10)) * 10 + Math.min(9, Math.floor(s[i + 1] * 10))]++;
    });
    const distance =
      0.5 * seen.reduce((far, n, b) => far + Math.abs(n / (100 * both) - exact.bins[b]), 0);
    // By chance alone 0.4·√(100/4·10⁵) = 0.006.
    expect(distance).toBeLessThan(0.015);
  });

  test(
    "keep their means when one is ten times slower and its noise power is, too; not when the " +
      "power stays",
    () => {
      // Sightings 2 τ apart of a unit that forgets in some 5 τ: 100·2000 of them count for about
      // 4·10⁴, 4σ = 0.005.
      const right = means(pairs([1, 0.1], [spread, spread * Math.sqrt(0.1)]), 20, 100);
      const wrong = means(pairs([1, 0.1], [spread, spread * 0.1]), 20, 20);
      expect(Math.abs(right.x - exact.x)).toBeLessThan(0.005);
      expect(Math.abs(right.y - exact.y)).toBeLessThan(0.005);
      expect(Math.hypot(wrong.x - exact.x, wrong.y - exact.y)).toBeGreaterThan(0.03);
    },
  );
});

describe("a chip at 300 K", () => {
  const rows = 50;
  const units = 200;
  const hot = { ...ideal, noise: { thermal: 1 } };

  function loose(level: number) {
    const chip = fabricate(hot, chain([1, units, 4]), { batch: rows, precision: "f64" });
    chip.program(
      chip.parameters
        .tensors()
        .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 1 ? level : 0)) })),
    );
    chip.inputs.showReals(new Float64Array(rows), rows);
    chip.present();
    return { chip, s: new Float64Array(rows * chip.size) };
  }

  test("has the rms noise √(kT/C) on a node by itself", () => {
    const { chip, s } = loose(0.5);
    const runner = stochasticHeun(0.1).prepare(chip);
    const sightings = 8;
    let squares = 0;
    s.fill(0.5);
    runner.run(s, { steps: 50 });
    for (let k = 0; k < sightings; k++) {
      runner.run(s, { steps: 40 });
      for (let r = 0; r < rows; r++)
        for (let i = 0; i < units; i++) squares += (s[r * chip.size + i] - 0.5) ** 2;
    }
    // 8·10⁴ values: σ of their rms is 1/√(2·8·10⁴) = 0.25 %.
    expect(
      Math.abs(Math.sqrt(squares / (sightings * rows * units) / thermalVariance(hot)) - 1),
    ).toBeLessThan(0.02);
  });

  test("rests within microvolts of the rail that a force holds it at, whatever the step", () => {
    const { chip, s } = loose(-0.5);
    for (const solver of [eulerMaruyama(0.5), stochasticHeun(0.5)]) {
      s.fill(0);
      settle(chip, s, solver, { steps: 20 });
      // Pressed by F = ½ the distance to the rail is exponential with mean T/F = (64 µV)²/½ V: the
      // largest of 10⁴ is below 20 of them.
      expect(Math.max(...s)).toBeLessThan((20 * thermalVariance(hot)) / 0.5);
      expect(Math.max(...s)).toBeGreaterThan(0);
    }
  });

  test("without noise is projected Euler, to the bit of its forces", () => {
    const cold = fabricate(ideal, chain([6, 9, 4]), { batch: 2, precision: "f64" });
    cold.inputs.showReals(
      Float64Array.from({ length: 12 }, (_, i) => (i % 5) / 4),
      2,
    );
    cold.present();
    const a = new Float64Array(2 * cold.size);
    const b = a.slice();
    settle(cold, a, eulerMaruyama(0.2), { steps: 30 });
    settle(cold, b, euler(0.2), { steps: 30 });
    // The fused kernel sums in another order: 30 steps of rounding.
    a.forEach((x, k) => expect(Math.abs(x - b[k])).toBeLessThan(1e-13));
  });
});

/**
 * On ds = −s dt + dW from 0 every scheme is linear in its noise: unit j is kicked at step j alone,
 * so that its end is the weight c_j of that kick, the variance is Σ c_j² and the error of the path
 * is an integral, with no chance in it.
 */
function response(
  solver: (step: number) => ReturnType<typeof eulerMaruyama>,
  steps: number,
): { readonly weak: number; readonly strong: number } {
  const h = 1 / steps;
  const d = field({
    size: steps,
    force(s, out) {
      for (let i = 0; i < s.length; i++) out[i] = -s[i];
    },
    noise: {
      amplitude: new Float64Array(steps).fill(1),
      clock: 0,
      normal(step, out) {
        out.forEach((_, i) => {
          out[i] = step === 3 * i ? 1 : 0;
        });
      },
    },
  });
  const c = new Float64Array(steps);
  solver(h).prepare(d).run(c, { steps });
  let variance = 0;
  let strong = 0;
  c.forEach((weight, j) => {
    const g = weight / Math.sqrt(h);
    const from = Math.exp(j * h - 1);
    const to = Math.exp((j + 1) * h - 1);
    variance += weight ** 2;
    // ∫ (g − e^(t−1))² dt over the step.
    strong += g * g * h - 2 * g * (to - from) + 0.5 * (to * to - from * from);
  });
  return { weak: Math.abs(variance - 0.5 * (1 - Math.exp(-2))), strong: Math.sqrt(strong) };
}

describe("the order of convergence", () => {
  const steps = [20, 40, 80];
  const h = steps.map((n) => 1 / n);

  test.each([eulerMaruyama, stochasticHeun])(
    "of $name is the one it states, of the path and of the law",
    (solver) => {
      const errors = steps.map((n) => response(solver, n));
      const { strongOrder, weakOrder } = solver(0.1);
      expect(
        Math.abs(
          orderOf(
            h,
            errors.map((e) => e.strong),
          ) - strongOrder,
        ),
      ).toBeLessThan(0.1);
      expect(
        Math.abs(
          orderOf(
            h,
            errors.map((e) => e.weak),
          ) - weakOrder,
        ),
      ).toBeLessThan(0.1);
    },
  );

  test.each([eulerMaruyama, stochasticHeun])(
    "of $name without noise is the one it states",
    (solver) => {
      const errors = steps.map((n) => {
        const s = Float64Array.of(1);
        solver(1 / n)
          .prepare(
            field({
              size: 1,
              force: (x, out) => {
                out[0] = -x[0];
              },
            }),
          )
          .run(s, { steps: n });
        return Math.abs(s[0] - Math.exp(-1));
      });
      expect(Math.abs(orderOf(h, errors) - solver(0.1).order!)).toBeLessThan(0.1);
    },
  );
});

describe("a run", () => {
  const noisy = (batch: number, targets: readonly number[]) =>
    field({
      size: 2,
      batch,
      low: 0,
      high: 1,
      noise: white(2, 0.1),
      force(s, out, r) {
        for (let i = 0; i < 2; i++) out[i] = targets[r] - s[i];
      },
    });

  test.each([eulerMaruyama, stochasticHeun])(
    "of $name goes on with new noise where the last one stopped",
    (solver) => {
      const once = Float64Array.of(0.2, 0.4);
      const twice = once.slice();
      solver(0.1)
        .prepare(noisy(1, [0.5]))
        .run(once, { steps: 20 });
      const runner = solver(0.1).prepare(noisy(1, [0.5]));
      runner.run(twice, { steps: 8 });
      runner.run(twice, { time: 1.2, steps: 100 });
      expect(twice).toEqual(once);
    },
  );

  test("moves a sample alike whatever leaves beside it", () => {
    const quiet = {
      amplitude: Float64Array.of(0.05, 0.05),
      clock: 0,
      normal: (step: number, out: { [k: number]: number; length: number }) => {
        for (let k = 0; k < out.length; k++) out[k] = Math.sin(7 * step + (k % 2));
      },
    };
    const of = (targets: readonly number[]) =>
      field({
        size: 2,
        batch: targets.length,
        low: 0,
        high: 1,
        noise: { ...quiet },
        force(s, out, r) {
          for (let i = 0; i < 2; i++) out[i] = targets[r] - s[i];
        },
      });
    const alone = of([0.9]);
    const beside = of([0.9, 0.1]);
    const a = new Float64Array(2).fill(0.1);
    const b = new Float64Array(4).fill(0.1);
    const one = stochasticHeun(0.1).prepare(alone);
    const two = stochasticHeun(0.1).prepare(beside);
    for (let k = 0; k < 3; k++) {
      one.run(a, { steps: 10, tolerance: 0.02 });
      two.run(b, { steps: 10, tolerance: 0.02 });
    }
    expect(b.subarray(0, 2)).toEqual(a);
    expect(two.tally.steps[1]).toBeLessThan(two.tally.steps[0]);
    expect(two.tally.evaluations[0]).toBe(one.tally.evaluations[0]);
  });

  test("ends at the time that it was given, tells of each step and counts its evaluations", () => {
    const s = Float64Array.of(0.2, 0.4);
    const runner = stochasticHeun(0.1).prepare(noisy(1, [0.5]));
    const ends: number[] = [];
    const half = new Float64Array(2);
    runner.run(s, { steps: 100, time: 0.25 }, (_, t, h, interpolate) => {
      ends.push(t + h);
      interpolate(0.5, half);
      expect(half.every((x) => x > 0 && x < 1)).toBe(true);
    });
    expect(ends.map((t) => t.toFixed(12))).toEqual([
      "0.100000000000",
      "0.200000000000",
      "0.250000000000",
    ]);
    expect([runner.tally.steps[0], runner.tally.evaluations[0]]).toEqual([3, 6]);
    expect(runner.tally.time[0]).toBeCloseTo(0.25, 14);
  });

  test("stops a sample that is no longer a number", () => {
    const s = Float64Array.of(NaN, 0.5, 0.5, 0.5);
    const runner = eulerMaruyama(0.1).prepare(noisy(2, [0.5, 0.5]));
    runner.run(s, { steps: 10 });
    expect([...runner.tally.steps]).toEqual([0, 10]);
    expect(s[2] > 0 && s[2] < 1).toBe(true);
  });

  test("is refused with a step that leads nowhere, without an end, and by solvers that know no noise", () => {
    expect(() => eulerMaruyama(0)).toThrow(/euler-maruyama: the step is 0, expected a length > 0/);
    expect(() => stochasticHeun(NaN)).toThrow(/stochastic-heun: the step is NaN/);
    expect(() =>
      stochasticHeun(0.1)
        .prepare(noisy(1, [0.5]))
        .run(new Float64Array(2), { steps: Infinity }),
    ).toThrow(/never rests/);
    expect(() => refuseNoise(noisy(1, [0.5]), "dormand-prince")).toThrow(
      /dormand-prince: the circuit is noisy.*euler-maruyama or stochastic-heun, or a circuit without its noise/,
    );
    expect(() =>
      refuseNoise(field({ size: 1, force: () => undefined }), "dormand-prince"),
    ).not.toThrow();
  });
});
