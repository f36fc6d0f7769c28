import { describe, expect, test } from "vitest";
import type { Dynamics } from "../../../src/dynamics/dynamics.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import type { Vec } from "../../../src/numerics/vec.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import { diagnose, type Diagnosis } from "../../../src/solver/truth/diagnose.ts";
import { loop } from "../../support/loop.ts";
import { boxProblem, problem } from "../../support/problems.ts";
import { ideal, sparseInputs } from "../../support/setups.ts";
import { digitChip } from "./digit-chip.ts";

async function ending(
  d: Dynamics,
  s: Vec,
  steps: number,
  step = loop(1),
  tolerance = 1e-6,
): Promise<Diagnosis> {
  const ended = settle(d, s, step, { steps, tolerance });
  return diagnose(d, s, step, ended, tolerance);
}

/** F = A s. */
function linear(a: readonly number[]): Dynamics {
  const times = (s: Float64Array, out: Float64Array) => {
    out[0] = a[0] * s[0] + a[1] * s[1];
    out[1] = a[2] * s[0] + a[3] * s[1];
  };
  return problem({ size: 2, force: times, jacobian: (_, v, out) => times(v, out) });
}

/**
 * Two units whose state is turned by `angle` and shrunk by `keep` in each Euler step of length 1.
 */
function turning(angle: number, keep: number): Dynamics {
  const c = keep * Math.cos(angle) - 1;
  const z = keep * Math.sin(angle);
  return linear([c, -z, z, c]);
}

describe("a run that did not settle", () => {
  test.each([10, 100])(
    "is a two-cycle when Euler ε = 0.5 meets λ = %i on 784-500-10",
    async (lambda) => {
      const chip = digitChip([784, 500, 10], 3, { lambda, beta: 0 });
      const s = chip.state.array;
      const step = euler(0.5);
      const ended = settle(chip, s, step, { steps: 200, tolerance: 1e-6 });
      const before = s.slice();
      expect(ended.outcome).toBe("max-steps");
      const found = await diagnose(chip, s, step, ended, 1e-6);
      expect(found.outcome).toBe("limit-cycle");
      expect(found.samples.map((x) => x.outcome)).toEqual([
        "limit-cycle",
        "limit-cycle",
        "limit-cycle",
      ]);
      expect(found.findings.map((f) => f.period)).toEqual([2, 2, 2]);
      expect(found.residual).toBe(ended.residual);
      expect(s).toEqual(before);
      // Looking did not derail the chip: the next run goes on as if nobody had looked.
      expect(settle(chip, s, euler(0.01), { steps: 5000, tolerance: 1e-6 }).outcome).toBe(
        "settled",
      );
    },
  );

  test("stays at max-steps when it was on its way", async () => {
    const chip = digitChip([784, 500, 10], 3, { lambda: 1, beta: 0 });
    const found = await diagnose(
      chip,
      chip.state.array,
      euler(0.1),
      settle(chip, chip.state.array, euler(0.1), { steps: 40, tolerance: 1e-6 }),
      1e-6,
    );
    expect(found.samples.map((x) => x.outcome)).toEqual(["max-steps", "max-steps", "max-steps"]);
    expect(found.findings).toEqual([{}, {}, {}]);
  });

  test("is no cycle when thermal noise makes it wander", async () => {
    const noisy = {
      ...ideal,
      temperature: 300,
      noise: { thermal: 1 },
      neuron: { ...ideal.neuron, capacitance: 1e-15 },
    };
    const chip = digitChip([784, 100, 10], 3, { lambda: 1, beta: 0 }, noisy);
    const found = await diagnose(
      chip,
      chip.state.array,
      euler(0.5),
      settle(chip, chip.state.array, euler(0.5), { steps: 200, tolerance: 1e-6 }),
      1e-6,
    );
    expect(found.samples.map((x) => x.outcome)).toEqual(["max-steps", "max-steps", "max-steps"]);
  });

  test.each([2, 3, 5, 8])(
    "closes after %i steps when each turns the state by that part of a circle",
    async (period) => {
      const found = await ending(turning((2 * Math.PI) / period, 1), new Float64Array([1, 0]), 20);
      expect(found.findings[0].period).toBe(period);
      expect(found.outcome).toBe("limit-cycle");
    },
  );

  test("is no cycle when the turning dies out, however slowly it creeps, or takes more than eight steps", async () => {
    // 1 % lost each step: 2–8 % each period, far more than the 0.1 % that counts as coming back.
    for (const period of [2, 3, 5, 8])
      expect(
        (await ending(turning((2 * Math.PI) / period, 0.99), new Float64Array([1, 0]), 20)).outcome,
      ).toBe("max-steps");
    expect((await ending(turning(0, 1 - 1e-4), new Float64Array([1, 0]), 20)).outcome).toBe(
      "max-steps",
    );
    expect(
      (await ending(turning((2 * Math.PI) / 9, 1), new Float64Array([1, 0]), 20)).outcome,
    ).toBe("max-steps");
  });

  test("is no cycle when single precision goes back and forth by its last bit", async () => {
    // −s rounded away from 0 at 2⁻²⁰: a step that overshoots by what rounding leaves.
    const tiny = 2 ** -20;
    const d = problem({
      size: 1,
      force(s, out) {
        out[0] = s[0] > 0 ? -2 * tiny : 2 * tiny;
      },
      jacobian() {
        /* never asked */
      },
    });
    const found = await ending(d, new Float64Array([tiny]), 20);
    expect(found.residual).toBeGreaterThan(1e-6);
    expect(found.outcome).toBe("max-steps");
  });
});

describe("a settled sample", () => {
  /** E = (s₀² − ¼)² + ½ s₁² with the second unit held at its lower rail by a constant force. */
  const well = (push: number) =>
    problem({
      size: 2,
      low: [-1, 0],
      high: [1, 1],
      force(s, out) {
        out[0] = -4 * s[0] * (s[0] ** 2 - 0.25);
        out[1] = push - s[1];
      },
      jacobian(s, v, out) {
        out[0] = (1 - 12 * s[0] ** 2) * v[0];
        out[1] = -v[1];
      },
      energy: (s) => (s[0] ** 2 - 0.25) ** 2 + 0.5 * s[1] ** 2 - push * s[1],
    });

  test("on the hilltop of a double well is a saddle, and at its bottom settled", async () => {
    const top = await ending(well(-1), new Float64Array([0, 0]), 1, loop(0.1));
    expect(top.outcome).toBe("saddle");
    // H = 12 s² − 1 = −1 at the top; the held unit is no part of it.
    expect(top.findings[0].curvature!.smallest).toBeCloseTo(-1, 6);
    expect(top.findings[0].curvature).toMatchObject({ free: 1, weak: 0 });
    expect(Array.from(top.findings[0].curvature!.descent!, Math.abs)).toEqual([1, 0]);
    const bottom = await ending(well(-1), new Float64Array([0.5, 0]), 1, loop(0.1));
    expect(bottom.outcome).toBe("settled");
    expect(bottom.findings[0].curvature!.smallest).toBeCloseTo(2, 6);
  });

  test("says when a unit sits on its rail with nothing to hold it there", async () => {
    const found = await ending(well(0), new Float64Array([0.5, 0]), 1, loop(0.1));
    expect(found.outcome).toBe("settled");
    expect(found.findings[0].curvature).toMatchObject({ free: 2, weak: 1 });
  });

  test("is no saddle when the only way down leads through the rail", async () => {
    // E = ½ (s₀² + s₁²) − 2 s₀ s₁ curves down along (1, 1) only, and up along (1, −1): H has
    // eigenvalues −1 and 3.
    const at = (low: number[], high: number[]) =>
      ending(
        boxProblem([1, -2, -2, 1], [[0, 0]], low, high),
        new Float64Array([0, 0]),
        1,
        loop(0.1),
      );
    expect((await at([0, -1], [1, 0])).outcome).toBe("settled");
    expect((await at([0, 0], [1, 1])).outcome).toBe("saddle");
    expect((await at([-1, -1], [1, 1])).outcome).toBe("saddle");
  });

  // Biases and forces of order 10 in single precision are off by 10⁻⁶, which four steps from the
  // hilltop raise a little.
  test.each([
    ["f64", 1e-12],
    ["f32", 1e-4],
  ] as const)(
    "of a %s chip balanced at ½ by its biases is the saddle that an operating-point analysis " +
      "would return",
    async (precision, tolerance) => {
      const g = chain([784, 100, 10]);
      const chip = fabricate(ideal, g, { batch: 1, precision });
      const tensors = chip.parameters.tensors();
      chip.inputs.showReals(sparseInputs(1, 784, 1)[0], 1);
      const balance = (weights: number) => {
        // Hidden–output weights times `weights`; biases that cancel every force at ½, found from
        // the force itself.
        const scaled = tensors.map((t) => ({
          ...t,
          data: t.data.map((v) => (t.name.endsWith("1-2.weight") ? weights * v : v)),
        }));
        chip.program(scaled);
        chip.present();
        const force = new Float64Array(chip.size);
        const half = new Float64Array(chip.size).fill(0.5);
        chip.project(half);
        chip.force(half, force);
        chip.program(
          scaled.map((t) => {
            const layer = /layer\.(\d)/.exec(t.name)?.[1];
            return layer
              ? { ...t, data: t.data.map((_, i) => -force[chip.layout.offset[Number(layer)] + i]) }
              : t;
          }),
        );
        chip.present();
        chip.state.array.set(half);
        chip.touch();
        return ending(chip, chip.state.array, 4, euler(0.1), tolerance);
      };
      const steep = await balance(3);
      const flat = await balance(0.3);
      expect(steep.outcome).toBe("saddle");
      expect(steep.findings[0].curvature).toMatchObject({ free: 110, weak: 0 });
      expect(flat.outcome).toBe("settled");
      expect(flat.findings[0].curvature!.smallest).toBeGreaterThan(0);
      // Down from the saddle: the chip leaves along the direction that was named.
      await balance(3);
      const s = chip.state.array;
      steep.findings[0].curvature!.descent!.forEach((x, i) => {
        s[i] += 1e-3 * x;
      });
      chip.touch();
      expect(settle(chip, s, euler(0.1), { steps: 3000, tolerance: 1e-5 }).outcome).toBe("settled");
      expect(Math.max(...Array.from(s.subarray(0, 100), (x) => Math.abs(x - 0.5)))).toBeGreaterThan(
        0.1,
      );
    },
  );
});
