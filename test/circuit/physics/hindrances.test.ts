import { describe, expect, test } from "vitest";
import { nudgingOf, usualSchemes } from "../../../src/circuit/nudging.ts";
import type { TransconductorCircuit } from "../../../src/circuit/circuit.ts";
import type { WeightStore } from "../../../src/circuit/elements.ts";
import { hindrances, type Case } from "../../../src/circuit/physics/index.ts";
import { ideal } from "../../support/setups.ts";
import { inDevices, inRegisters } from "../../support/stores.ts";

/**
 * 2-3-1 with a mean |w| of 0.2, a learning signal of 0.3 and 0.6, and updates of 0.001 · 0.2 and
 * 0.0005 · 0.4.
 */
/** Percentiles of |signal| that is uniform up to so much. */
const uniformTo = (most: number) => Array.from({ length: 101 }, (_, k) => (most * k) / 100);
const of = (change: Partial<TransconductorCircuit>): Case => ({
  circuit: { ...ideal, noise: { thermal: 1, excess: 0 }, ...change },
  given: {},
  wiring: {
    sizes: [2, 3, 1],
    blocks: [
      { from: 0, to: 1, synapses: 6 },
      { from: 1, to: 2, synapses: 3 },
    ],
    copy: true,
  },
  weights: { source: "weights of a test", absolute: [1.2, 0.6], biases: 0.5 },
  contrast: {
    beta: 0.5,
    nudging: nudgingOf(usualSchemes["one-sided"]),
    batch: 4,
    blocks: [
      {
        from: 0,
        to: 1,
        synapses: 6,
        rate: 0.001,
        rms: 0.3,
        mean: 0.2,
        squares: 0.5,
        halving: 0.01,
        halvingAgain: 0.005,
        percentiles: uniformTo(0.4),
      },
      {
        from: 1,
        to: 2,
        synapses: 3,
        rate: 0.0005,
        rms: 0.6,
        mean: 0.4,
        squares: 0.8,
        halving: 0.04,
        halvingAgain: 0.02,
        percentiles: uniformTo(0.8),
      },
    ],
  },
});
const said = (store: WeightStore) => hindrances(of({ synapse: { coding: "signed", ...store } }));
const named = (sentences: readonly string[]) => sentences.map((s) => s.split(":")[0]);

describe("what works against learning", () => {
  test(
    "is nothing that is known of the ideal chip, nor of one whose learning signal was not " +
      "measured",
    () => {
      expect(hindrances(of({}))).toEqual([]);
      expect(hindrances({ ...of({ noise: { thermal: 1e12 } }), contrast: undefined })).toEqual([]);
    },
  );

  test("is noise, once it is as loud as the learning signal: σ √(2⟨s²⟩/B)/β", () => {
    // Per V of noise, rms over 6 and 3 synapses of √(2·0.5/4) and √(2·0.8/4), over β: 1.0954; the
    // signal is √((6·0.09 + 3·0.36)/9) = 0.4243.
    const sigma =
      (Math.sqrt((6 * 0.09 + 3 * 0.36) / 9) * 0.5) / Math.sqrt((6 * 0.25 + 3 * 0.4) / 9);
    const thermal = (sigma ** 2 * 1e-12) / (1.380649e-23 * 300);
    expect(hindrances(of({ noise: { thermal: 0.99 * thermal, excess: 0 } }))).toEqual([]);
    expect(hindrances(of({ noise: { thermal: 4 * thermal, excess: 0 } }))).toEqual([
      expect.stringMatching(
        /^noise: \S+ mV rms of a reading are 2 × the learning signal of a minibatch of 4 with \|β\| = 0.5; .* over 4 × as many/,
      ),
    ]);
  });

  test("is a register whose step is above the mean |w|", () => {
    // 1/(2² − 1) = 0.33 and 1/(2³ − 1) = 0.14 against 0.2.
    const step = "has a step of 0.33, 1.7 × the mean |w| of 0.2";
    expect(said(inRegisters({ bits: 3, rounding: "chance" }))).toEqual([
      `coarse steps: a register of 3 bits ${step}`,
    ]);
    expect(said(inRegisters({ bits: 4, accumulate: 8 }))).toEqual([]);
    expect(said(inRegisters({ bits: 8, accumulate: 8, dac: 3 }))).toEqual([
      `coarse steps: a DAC of 3 bits ${step}`,
    ]);
    expect(said(inRegisters({ dac: 4 }))).toEqual([]);
  });

  test("is a register that rounds to the nearest number what is mostly below half a step", () => {
    expect(said(inRegisters({ bits: 6 }))).toEqual([
      expect.stringMatching(
        /^lost updates: 100 % of the changes of a minibatch are below half a step of 0.032, and registers of 6 bits .* lose them; synapse.accumulate: 8 sums them up/,
      ),
    ]);
    // Half a step of 8e-6 is below all but a hundredth of the changes.
    expect(said(inRegisters({ bits: 18 }))).toEqual([]);
    for (const kept of [{ accumulate: 8 }, { rounding: "chance" as const }])
      expect(said(inRegisters({ bits: 6, ...kept }))).toEqual([]);
  });

  test("is chance that makes whole pulses of parts p: √(1000 p(1 − p)) of the largest pulse", () => {
    // 0.0002 of updates over ten times a step of 0.002, of which the largest, at the other end, is
    // 1 + γ 1.1724/0.8276.
    const part = 0.0002 / 0.02;
    const wander = Math.sqrt(1000 * part * (1 - part)) * 0.02 * (1 + (0.5085 * 1.1724) / 0.8276);
    const short = (x: number) => String(Number(x.toPrecision(2)));
    expect(said(inDevices("ecram", { span: 10 }))).toEqual([
      "updates by chance: a minibatch asks for 0.01 of a pulse, which is given as a whole one " +
        "now and then; in 1000 minibatches that moves a weight at random by up to " +
        `${short(wander)}, ${short(wander / 0.2)} × the mean |w|. synapse.accumulate: true sums ` +
        "updates up to whole pulses",
    ]);
    expect(said(inDevices("ecram", { span: 10, accumulate: true }))).toEqual([]);
    expect(said(inDevices("ecram", { span: 1 }))).toEqual([]);
  });

  test("is all of it on a measured array: few steps, writes that err, devices that are stuck", () => {
    expect(named(said(inDevices("reram-array-hfo2", { span: 0.5 })))).toEqual([
      "coarse steps",
      "updates by chance",
      "write error",
      "stuck devices",
    ]);
    expect(named(said(inDevices("reram-array-hfo2", { span: 0.5, accumulate: true })))).toEqual([
      "coarse steps",
      "write error",
      "stuck devices",
    ]);
    // σ = 0.5 · 0.5841 · 0.4622, and a pulse at the other end does two steps.
    expect(said(inDevices("reram-array-hfo2", { span: 0.5, accumulate: true }))).toEqual([
      "coarse steps: reram-array-hfo2 has 4.3 steps from bound to bound, the largest of 0.46, " +
        "2.3 × the mean |w| of 0.2",
      "write error: at every programming what a device conducts is off by another σ = 0.13, " +
        "0.67 × the mean |w|",
      "stuck devices: 9.8 % of reram-array-hfo2 never move",
    ]);
  });

  test("is the error of write-verify on a device that is programmed, σ(g) in units of the weight", () => {
    // σ(g) of Wan et al. is some 2 µS of 39 µS at half range, that is 0.1 of a weight of ±1 span.
    expect(said(inRegisters({ device: "reram-soft-bounds", span: 4 }))).toEqual([
      expect.stringMatching(/^write error: .* σ = 0\.\d+, [0-9.]+ × the mean \|w\|$/),
    ]);
    expect(said(inRegisters({ device: "reram-soft-bounds", span: 0.25 }))).toEqual([]);
  });
});
