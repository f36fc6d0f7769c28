import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { random } from "../../src/numerics/random.ts";
import { activeSet, type ActiveSetOptions } from "../../src/solver/active-set.ts";
import { euler } from "../../src/solver/euler.ts";
import { settle } from "../../src/solver/settle.ts";
import { bogackiShampine, dormandPrince, forwardEuler } from "../../src/solver/tableaux.ts";
import { orderOf } from "../support/order.ts";
import { problem } from "../support/problems.ts";
import { ideal, sparseInputs } from "../support/setups.ts";

/** F = b − A s between 0 and 1, A = 1 − W with W symmetric and Xavier-like, started anywhere. */
interface Net {
  readonly a: readonly Float64Array[];
  readonly b: Float64Array;
  readonly start: Float64Array;
}

function clipped(seed: number, n = 24): Net {
  const rng = random(seed, "clipped");
  const reach = Math.sqrt(6 / (2 * n));
  const a = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) a[i][j] = a[j][i] = -reach * (2 * rng.uniform() - 1);
  a.forEach((row, i) => {
    row[i] = 1;
  });
  const b = Float64Array.from({ length: n }, () => 1.2 * rng.uniform() - 0.3);
  return { a, b, start: Float64Array.from({ length: n }, () => rng.uniform()) };
}

const times = (
  a: Net["a"],
  v: ArrayLike<number>,
  out: Float64Array,
  sign: number,
  b?: Float64Array,
) => {
  a.forEach((row, i) => {
    out[i] = row.reduce((sum, x, j) => sum + sign * x * v[j], b?.[i] ?? 0);
  });
};
const flow = ({ a, b }: Net, rate: number | readonly number[] = 1) =>
  problem({
    size: b.length,
    low: 0,
    high: 1,
    rate,
    force(s, out) {
      times(a, s, out, -1, b);
    },
    jacobian(_, v, out) {
      times(a, v, out, -1);
    },
  });

/**
 * Where the flow is at T, to rounding: between events the free units follow a linear equation,
 * solved by the eigenvectors of their A; events are looked for on a grid and found by halving.
 */
function exact(
  { a, b, start }: Net,
  T: number,
): { readonly state: Float64Array; readonly events: number } {
  const n = b.length;
  const held = new Int8Array(n);
  let s = start;
  let t = 0;
  let events = 0;
  const force = (at: Float64Array) => {
    const f = new Float64Array(n);
    times(a, at, f, -1, b);
    return f;
  };
  for (;;) {
    const free = [...held.keys()].filter((i) => held[i] === 0);
    const base = s;
    const f0 = force(base);
    const { realEigenvalues: rates, eigenvectorMatrix: v } = new EigenvalueDecomposition(
      new Matrix(free.map((i) => free.map((j) => a[i][j]))),
      { assumeSymmetric: true },
    );
    const modes = v.transpose().mmul(Matrix.columnVector(free.map((i) => f0[i])));
    /** s(t + x) = s + V diag((1 − e^(−λx))/λ) Vᵀ F(s) on the free units. */
    const at = (x: number) => {
      const moved = v.mmul(
        Matrix.columnVector(
          rates.map((rate, k) => (-Math.expm1(-rate * x) / rate) * modes.get(k, 0)),
        ),
      );
      const out = base.slice();
      free.forEach((i, k) => {
        out[i] += moved.get(k, 0);
      });
      return out;
    };
    const past = (state: Float64Array) => {
      const f = force(state);
      return [...held.keys()].map((i) =>
        held[i] !== 0 ? -held[i] * f[i] : Math.max(-state[i], state[i] - 1),
      );
    };
    const step = 1 / 512;
    let x = 0;
    while (t + x < T && Math.max(...past(at(x + step))) <= 1e-13) x += step;
    if (t + x >= T) return { state: at(T - t), events };
    let low = x;
    let high = x + step;
    while (0.5 * (low + high) > low && 0.5 * (low + high) < high) {
      const middle = 0.5 * (low + high);
      if (Math.max(...past(at(middle))) > 1e-13) high = middle;
      else low = middle;
    }
    if (t + high >= T) return { state: at(T - t), events };
    t += high;
    s = at(high);
    past(s).forEach((g, i) => {
      if (g <= 1e-13) return;
      events++;
      held[i] = held[i] !== 0 ? 0 : s[i] < 0.5 ? -1 : 1;
      if (held[i] !== 0) s[i] = s[i] < 0.5 ? 0 : 1;
    });
  }
}

function follow(net: Net, options: ActiveSetOptions, time = 2) {
  const s = net.start.slice();
  const runner = activeSet(options).prepare(flow(net));
  runner.run(s, { steps: 1e5, time });
  return { s, cost: runner.tally };
}
const distance = (a: Float64Array, b: Float64Array) =>
  a.reduce((top, x, i) => Math.max(top, Math.abs(x - b[i])), 0);

describe("24 coupled units that hit and leave their rails", () => {
  const nets = [1, 2, 3].map((seed) => clipped(seed));
  const ends = nets.map((net) => exact(net, 2));

  test("have events, and units on rails in the end", () => {
    expect(ends.map((e) => e.events).reduce((a, b) => a + b)).toBeGreaterThanOrEqual(15);
    for (const { state } of ends)
      expect(state.filter((x) => x === 0 || x === 1).length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    [bogackiShampine, 2.8, 3.2],
    [dormandPrince, 4.5, 5.4],
  ])("are followed at the full order of $name", (tableau, least, most) => {
    const counts = [20, 40, 80];
    nets.forEach((net, k) => {
      const errors = counts.map((n) =>
        distance(follow(net, { tableau, step: 2 / n }).s, ends[k].state),
      );
      const order = orderOf(
        counts.map((n) => 1 / n),
        errors,
      );
      expect(order).toBeGreaterThan(least);
      expect(order).toBeLessThan(most);
    });
  });

  test("are followed to the tolerance that is asked for", () => {
    nets.forEach((net, k) => {
      for (const tol of [1e-4, 1e-6, 1e-9, 1e-12])
        expect(distance(follow(net, { rtol: tol, atol: tol }).s, ends[k].state)).toBeLessThan(tol);
    });
  });

  test("cost some five steps an event, an event ending a step early", () => {
    nets.forEach((net, k) => {
      const { cost } = follow(net, { step: 0.05 });
      expect(cost.steps[0]).toBeGreaterThan(40);
      expect(cost.steps[0]).toBeLessThanOrEqual(40 + ends[k].events);
      expect(cost.evaluations[0]).toBeLessThan(1 + 6 * (40 + 8 * ends[k].events));
    });
  });

  test("settle to a residual of 1e-9, long after the last event", () => {
    const s = nets[0].start.slice();
    const found = settle(flow(nets[0]), s, activeSet(), { steps: 1000, tolerance: 1e-9 });
    expect(found.outcome).toBe("settled");
  });

  test("are followed with rates of their own", () => {
    const rates = nets[0].b.map((_, i) => 10 ** (-(i % 3) / 2));
    const run = (options: ActiveSetOptions) => {
      const s = nets[0].start.slice();
      activeSet(options)
        .prepare(flow(nets[0], [...rates]))
        .run(s, { steps: 1e6, time: 2 });
      return s;
    };
    const s = nets[0].start.slice();
    const h = 2 ** -13;
    const f = new Float64Array(24);
    const d = flow(nets[0]);
    for (let k = 0; k < 2 / h; k++) {
      d.force(s, f);
      for (let i = 0; i < 24; i++) s[i] = Math.min(Math.max(s[i] + h * rates[i] * f[i], 0), 1);
    }
    // Euler's error is of the order of h.
    expect(distance(run({}), s)).toBeLessThan(4 * h);
    expect(distance(run({}), run({ rtol: 1e-12, atol: 1e-12 }))).toBeLessThan(1e-9);
  });
});

describe("an event", () => {
  test("is a hit at the instant that the rail is reached", () => {
    // s = 2 − 2e^(−t) meets 1 at ln 2.
    const s = Float64Array.of(0);
    const ends: number[] = [];
    const d = problem({
      size: 1,
      low: 0,
      high: 1,
      force: (x, out) => {
        out[0] = 2 - x[0];
      },
      jacobian: (_, v, out) => {
        out[0] = -v[0];
      },
    });
    const middle = new Float64Array(1);
    activeSet({ rtol: 1e-12, atol: 1e-12 })
      .prepare(d)
      .run(s, { steps: 1000, time: 1 }, (_, t, h, interpolate) => {
        ends.push(t + h);
        interpolate(0.5, middle);
        // The dense output is of order 4: as good as the tolerance but for a factor.
        expect(Math.abs(middle[0] - Math.min(1, 2 - 2 * Math.exp(-t - h / 2)))).toBeLessThan(1e-10);
      });
    expect(s[0]).toBe(1);
    expect(Math.min(...ends.map((t) => Math.abs(t - Math.LN2)))).toBeLessThan(1e-12);
    expect(ends.at(-1)).toBe(1);
  });

  test("is a release at the instant that the force turns inward", () => {
    // y = e^(−t) holds x at its lower rail while y > ½, up to ln 2; then ẋ = ½ − e^(−t) from 0.
    const s = Float64Array.of(0, 1);
    const d = problem({
      size: 2,
      low: 0,
      high: 1,
      force: (x, out) => {
        out[0] = 0.5 - x[1];
        out[1] = -x[1];
      },
      jacobian: (_, v, out) => {
        out[0] = -v[1];
        out[1] = -v[1];
      },
    });
    activeSet({ step: 0.1 }).prepare(d).run(s, { steps: 1000, time: 1.5 });
    expect(Math.abs(s[0] - (0.5 * (1.5 - Math.LN2) + Math.exp(-1.5) - 0.5))).toBeLessThan(1e-8);
  });

  test("is found when it comes and goes within one step", () => {
    // x = cos t is beyond −0.9 for 0.9 about π; held there, it leaves with the y that it met.
    const d = problem({
      size: 2,
      low: [-0.9, -10],
      high: 10,
      force: (x, out) => {
        out[0] = -x[1];
        out[1] = x[0];
      },
      jacobian: (_, v, out) => {
        out[0] = -v[1];
        out[1] = v[0];
      },
    });
    // From where it is met, y falls at 0.9 per τ to 0, where the rail lets go; unhindered x would
    // end 0.04 away.
    const met = Math.acos(-0.9);
    const left = met + Math.sin(met) / 0.9;
    const end = -0.9 * Math.cos(4 - left);
    for (const [step, error] of [
      [1.2, 5e-3],
      [0.05, 1e-8],
    ] as const) {
      const s = Float64Array.of(1, 0);
      activeSet({ step }).prepare(d).run(s, { steps: 1000, time: 4 });
      expect(Math.abs(s[0] - end)).toBeLessThan(error);
    }
    expect(Math.abs(Math.cos(4) - end)).toBeGreaterThan(0.04);
  });

  test("at the start takes no time", () => {
    // Both units start on a rail with no force; the second's turns outward at once, the first's
    // inward.
    const s = Float64Array.of(0, 1, 0.5);
    const d = problem({
      size: 3,
      low: 0,
      high: 1,
      force: (x, out) => {
        out[0] = x[2] - 0.5;
        out[1] = x[2] - 0.5;
        out[2] = 1;
      },
      jacobian: (_, v, out) => {
        out[0] = v[2];
        out[1] = v[2];
        out[2] = 0;
      },
    });
    activeSet().prepare(d).run(s, { steps: 100, time: 0.25 });
    expect(Math.abs(s[0] - 0.25 ** 2 / 2)).toBeLessThan(1e-9);
    expect(s[1]).toBe(1);
  });
});

describe("a run", () => {
  test("of a chip settles where Euler does, each sample by itself", () => {
    const at = (rows: number[]) => {
      const xs = sparseInputs(4, 30, 1);
      const chip = fabricate(ideal, chain([30, 20, 7]), {
        batch: rows.length,
        precision: "f64",
        seed: 2,
      });
      chip.inputs.showReals(
        rows.flatMap((r) => xs[r]),
        rows.length,
      );
      chip.present();
      chip.tie({ lambda: 10, beta: 0 });
      return chip;
    };
    const chip = at([0, 1, 2, 3]);
    const s = new Float64Array(4 * chip.size);
    const e = s.slice();
    const stop = { steps: 5000, tolerance: 1e-10 };
    const found = settle(chip, s, activeSet(), stop);
    expect(found.outcome).toBe("settled");
    settle(chip, e, euler(0.1), stop);
    // Of 27 units with residuals r a state is within (1 + L)/μ·√27·r of the equilibrium, with μ = 9
    // and L = 13 here; there are two.
    expect(distance(s, e)).toBeLessThan(2 * (14 / 9) * Math.sqrt(27) * 1e-10);
    const alone = at([2]);
    const one = new Float64Array(alone.size);
    const single = settle(alone, one, activeSet(), stop);
    expect(one).toEqual(s.subarray(2 * chip.size, 3 * chip.size));
    expect(single.samples[0]).toEqual(found.samples[2]);
  });

  test(
    "of a chip in single precision settles as well as its forces allow, at the cost of one in " +
      "double",
    () => {
      const [double, single] = (["f64", "f32"] as const).map((precision) => {
        const chip = fabricate(ideal, chain([30, 20, 7]), { batch: 1, precision, seed: 2 });
        chip.inputs.showReals(sparseInputs(1, 30, 1)[0], 1);
        chip.present();
        chip.tie({ lambda: 1, beta: 0 });
        return settle(chip, chip.state.array, activeSet({ rtol: 1e-6, atol: 1e-6 }), {
          steps: 500,
          tolerance: 1e-5,
        });
      });
      expect([double.outcome, single.outcome]).toEqual(["settled", "settled"]);
      expect(single.stats.evaluations).toBeLessThan(1.5 * double.stats.evaluations);
    },
  );

  test("keeps to its steps, counts rejected ones, and stops a sample that is no number", () => {
    const net = clipped(1);
    const d = flow(net);
    const s = net.start.slice();
    const runner = activeSet({ rtol: 1e-12, atol: 1e-12 }).prepare(d);
    runner.run(s, { steps: 7 });
    expect(runner.tally.steps[0] + runner.tally.rejected[0]).toBe(7);
    s[3] = NaN;
    runner.run(s, { steps: 7 });
    expect(runner.tally.steps[0]).toBe(0);
    expect(s[3]).toBeNaN();
  });

  test("is refused on noisy circuits, with tolerances that are none and without a way to choose steps", () => {
    const hot = fabricate({ ...ideal, noise: { thermal: 1 } }, chain([3, 4, 2]), { batch: 1 });
    expect(() => activeSet().prepare(hot)).toThrow(/active-set: the circuit is noisy/);
    expect(() => activeSet({ rtol: 0 })).toThrow(
      /active-set: rtol is 0, expected a positive number/,
    );
    expect(() => activeSet({ atol: -1 })).toThrow(/active-set: atol is -1/);
    expect(() => activeSet({ step: NaN })).toThrow(/active-set: the step is NaN/);
    expect(() => activeSet({ tableau: forwardEuler })).toThrow(
      /forward-euler does not estimate its error; give the `step`/,
    );
  });
});
