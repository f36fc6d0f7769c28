import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/numerics/errors.ts";
import type { Dynamics } from "../../../src/dynamics/dynamics.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import { settlingTime, spectrum } from "../../../src/solver/truth/spectrum.ts";
import { boxProblem, problem } from "../../support/problems.ts";
import { ideal } from "../../support/setups.ts";
import { digitChip } from "./digit-chip.ts";

/** F = A s on two units without rails. */
function linear(a: readonly [number, number, number, number], rate: number[] = [1, 1]): Dynamics {
  const times = (s: Float64Array, out: Float64Array) => {
    out[0] = a[0] * s[0] + a[1] * s[1];
    out[1] = a[2] * s[0] + a[3] * s[1];
  };
  return problem({ size: 2, rate, force: times, jacobian: (_, v, out) => times(v, out) });
}

describe("the spectrum at an equilibrium", () => {
  test("of two reciprocal units is that of the matrix written by hand, with rates", async () => {
    // rate ⊙ J = ((−4, 2), (1, −2)): trace −6, determinant 6.
    const d = boxProblem([2, -1, -1, 2], [[0, 0]], -1, 1);
    const found = await spectrum({ ...d, rate: new Float64Array([2, 1]) }, new Float64Array(2), 0);
    expect(found.eigenvalues.map((x) => x.re)).toEqual([
      expect.closeTo(-3 + Math.sqrt(3), 12),
      expect.closeTo(-3 - Math.sqrt(3), 12),
    ]);
    expect(found).toMatchObject({ stable: true, free: 2, asymmetry: 0 });
    expect(found.slowest.tau).toBeCloseTo(1 / (3 - Math.sqrt(3)), 12);
    expect(found.longestStep).toBeCloseTo(2 / (3 + Math.sqrt(3)), 12);
  });

  test("of opposed units is complex, and bounds Euler's step by −2 Re λ / |λ|²", async () => {
    const found = await spectrum(linear([-1, 3, -3, -1]), new Float64Array(2), 0);
    expect(found.eigenvalues.map((x) => [x.re, Math.abs(x.im)])).toEqual([
      [expect.closeTo(-1, 12), expect.closeTo(3, 12)],
      [expect.closeTo(-1, 12), expect.closeTo(3, 12)],
    ]);
    expect(found.longestStep).toBeCloseTo(0.2, 12);
    // ‖J − Jᵀ‖ = 6√2, ‖J + Jᵀ‖ = 2√2.
    expect(found.asymmetry).toBeCloseTo(3, 12);
  });

  test("tells an unstable point, from which nothing settles", async () => {
    const found = await spectrum(linear([-1, 3, 2, -1]), new Float64Array(2), 0);
    expect(found).toMatchObject({
      stable: false,
      longestStep: 0,
      slowest: { tau: Infinity, seconds: Infinity },
    });
    expect(settlingTime(found, 1e-3)).toBe(Infinity);
  });

  test("leaves out the units that a rail holds, down to none", async () => {
    const held = boxProblem([1, 0, 0, 1], [[2, 0.5]], 0, 1);
    expect(await spectrum(held, new Float64Array([1, 0.5]), 0)).toMatchObject({ free: 1 });
    const all = await spectrum(
      boxProblem([1, 0, 0, 1], [[2, 2]], 0, 1),
      new Float64Array([1, 1]),
      0,
    );
    expect(all).toMatchObject({
      free: 0,
      eigenvalues: [],
      stable: true,
      slowest: { tau: 0 },
      longestStep: Infinity,
    });
    expect(settlingTime(all, 1e-6)).toBe(0);
  });

  test("foretells how a chip with mismatched capacitors relaxes, and Euler's longest step", async () => {
    const rough = { ...ideal, mismatch: { ...ideal.mismatch, capacitance: 0.2, leak: 0.05 } };
    const chip = digitChip([784, 500, 10], 1, { lambda: 0.8, beta: 0 }, rough);
    const s = chip.state.array;
    expect(settle(chip, s, euler(0.2), { steps: 20_000, tolerance: 1e-13 }).outcome).toBe(
      "settled",
    );
    const there = s.slice();
    const found = await spectrum(chip, s, 0);
    expect(found.stable).toBe(true);
    expect(found.slowest.seconds).toBe(found.slowest.tau * chip.tauSeconds);
    // Relaxing and scaling the deviation up again, over and over, leaves the slowest mode alone.
    const step = 0.02;
    const size = 1e-5;
    const steps = Math.ceil((3 * found.slowest.tau) / step);
    const away = () => Math.sqrt(Array.from(s).reduce((sum, x, i) => sum + (x - there[i]) ** 2, 0));
    const grow = (k: number) => {
      s.forEach((x, i) => {
        s[i] = there[i] + k * (x - there[i]);
      });
      chip.touch();
    };
    let lost = 0;
    s.forEach((x, i) => {
      if (x > 1e-4 && x < 1 - 1e-4) s[i] += size;
    });
    for (let round = 0; round < 150; round++) {
      grow(size / away());
      settle(chip, s, euler(step), { steps });
      lost = Math.log(size / away());
    }
    // An Euler step multiplies the mode by 1 − h/τ. The next mode decays faster by 0.027/τ: after
    // 150 · 3.9 τ it has e⁻¹⁶ of the length. `there` is known to 10⁻¹³ τ, against e⁻³ 10⁻⁵.
    expect(lost).toBeCloseTo(-steps * Math.log(1 - step / found.slowest.tau), 6);
    // The circuit itself decays by e in τ, Euler a little faster: by h/2τ to first order.
    expect(settlingTime(found, size * Math.exp(-lost), size) / (steps * step)).toBeCloseTo(
      1 + step / (2 * found.slowest.tau),
      3,
    );
    // Just inside the longest step it settles, just outside it does not.
    for (const [part, outcome] of [
      [0.98, "settled"],
      [1.02, "max-steps"],
    ] as const) {
      s.set(there);
      s.forEach((x, i) => {
        if (x > 1e-4 && x < 1 - 1e-4) s[i] += 1e-6 * (i % 2 ? 1 : -1);
      });
      chip.touch();
      expect(
        settle(chip, s, euler(part * found.longestStep), { steps: 4000, tolerance: 1e-9 }).outcome,
      ).toBe(outcome);
    }
  });

  test("refuses more units than a dense problem can take, and says what can", async () => {
    const n = 601;
    const none = new Float64Array(n);
    const many = problem({
      size: n,
      force: (_, out) => {
        out.fill(0);
      },
      jacobian: (_, v, out) => {
        out.set(v);
      },
    });
    await expect(spectrum(many, none, 0)).rejects.toThrow(InputError);
    await expect(spectrum(many, none, 0)).rejects.toThrow(
      /601 units are free, expected at most 600.*certificate/s,
    );
  });
});
