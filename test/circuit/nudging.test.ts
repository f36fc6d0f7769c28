import { describe, expect, test } from "vitest";
import {
  noiseGain,
  nudgedReadings,
  nudgingOf,
  usualSchemes,
  type Scheme,
} from "../../src/circuit/nudging.ts";
import { orderOf } from "../support/order.ts";

const schemes: readonly Scheme[] = [
  ...Object.values(usualSchemes),
  { kind: "points", points: 2, order: 2 },
  { kind: "points", points: 10, order: 4 },
  { kind: "points", points: 6, order: 6 },
  { kind: "lock-in", samples: 4, periods: 1 },
  { kind: "lock-in", samples: 16, periods: 5 },
];
const name = (s: Scheme) => JSON.stringify(s);

/** What a scheme finds of a state that is f(β), high − low over span β, and the mean of the two. */
function seen(scheme: Scheme, beta: number, f: (beta: number, k: number) => number) {
  const { free, phases, span } = nudgingOf(scheme);
  const side = (of: "high" | "low") =>
    phases.reduce((sum, p, k) => sum + p[of] * f(p.beta * beta, k), free[of] * f(0, -1));
  return {
    slope: (side("high") - side("low")) / (span * beta),
    value: (side("high") + side("low")) / 2,
  };
}

describe.each(schemes.map((s) => [name(s), s] as const))("%s", (_, scheme) => {
  const nudging = nudgingOf(scheme);
  const last = nudging.phases.length - 1;

  test("counts every state once, and never nudges beyond β", () => {
    for (const side of ["high", "low"] as const) {
      const all = nudging.phases.reduce((sum, p) => sum + p[side], nudging.free[side]);
      expect(all).toBeCloseTo(1, 12);
    }
    expect(Math.max(...nudging.phases.map((p) => Math.abs(p.beta)))).toBeLessThan(1 + 1e-12);
  });

  test("finds the slope of a smooth state with a bias of its order", () => {
    const f = (b: number) => Math.exp(b) / (1 + 0.5 * b);
    const betas = [0.4, 0.2, 0.1];
    const errors = betas.map((b) => Math.abs(seen(scheme, b, f).slope - 0.5));
    expect(Math.abs(orderOf(betas, errors) - nudging.order)).toBeLessThan(0.1 * nudging.order);
  });

  test("multiplies independent noise of readings by its gain", () => {
    // Each reading alone, of height 1: what it makes of the slope.
    const alone = [-1, ...nudging.phases.keys()].map(
      (k) => seen(scheme, 1, (__, j) => (j === k ? 1 : 0)).slope,
    );
    expect(Math.hypot(...alone)).toBeCloseTo(noiseGain(nudging), 12);
  });

  test("an offset of all readings is no slope, nor a steady drift of a lock-in", () => {
    expect(seen(scheme, 0.1, () => 1).slope).toBeCloseTo(0, 11);
    const drift = seen(scheme, 1, (__, k) => (k + 1) / (last + 1)).slope;
    if (scheme.kind === "lock-in") expect(drift).toBeCloseTo(0, 12);
    else expect(Math.abs(drift)).toBeGreaterThan(0.05);
  });
});

test("two points are both signs, and the noise of n periods falls as 1/√n", () => {
  const two = nudgingOf({ kind: "points", points: 2, order: 2 });
  const both = nudgingOf(usualSchemes.centred);
  two.phases.forEach((p, k) => {
    for (const of of ["beta", "high", "low"] as const)
      expect(p[of]).toBeCloseTo(both.phases[k][of], 12);
  });
  const gain = (periods: number) => noiseGain(nudgingOf({ kind: "lock-in", samples: 8, periods }));
  expect(gain(9) / gain(1)).toBeCloseTo(1 / 3, 12);
  expect(gain(1)).toBeCloseTo(Math.sqrt(2 / 8), 12);
  expect(noiseGain(both)).toBeCloseTo(Math.SQRT1_2, 12);
  expect(nudgedReadings(nudgingOf({ kind: "lock-in", samples: 8, periods: 3 }))).toBe(24);
});
