import { describe, expect, test } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import { diode, linear, saturated } from "../support/clamped.ts";
import { lessons } from "../support/lessons.ts";
import { rough } from "../support/rough.ts";

const reciprocal: Circuit = { ...rough, mismatch: { ...rough.mismatch, reciprocal: true, gain: 0 } };
const range = { low: 0, high: 0.9 };
const noisy: Circuit = {
  ...rough, noise: { thermal: 1, excess: 0.67, shot: 1, flicker: { corner: 1e7 } }, hold: { capacitance: 1e-14, leakage: 1e-12, time: 1e-3 },
  converters: { input: { bits: 5, ...range }, guess: { bits: 6 }, readout: { bits: 8, noise: 1e-3, ...range } },
};

describe.each(["f32", "f64"] as const)("in %s, members on one memory learn the same bits however many they are", (precision) => {
  test.each<["relax" | "sweep", string, Circuit]>([
    ["relax", "every spread on", rough], ["relax", "every noise and converter on", noisy], ["relax", "reciprocal spreads on", reciprocal], ["sweep", "reciprocal spreads on", reciprocal],
    ["relax", "diodes, saturation, every noise and converter on", saturated(0.7, diode(0.5, 1e-14, noisy))], ["relax", "linear clamps", linear(10, rough)], ["sweep", "diodes", diode(0.1, 1e-14, reciprocal)],
  ])("by %s, with %s", (move, _, circuit) => {
    const alone = lessons({ circuit, precision, move });
    expect(lessons({ circuit, precision, move, parts: 2 })).toEqual(alone);
    expect(lessons({ circuit, precision, move, parts: 3 })).toEqual(alone);
    expect(alone.tensors.some(({ data }) => data.some((v) => v !== 0))).toBe(true);
  });
});
