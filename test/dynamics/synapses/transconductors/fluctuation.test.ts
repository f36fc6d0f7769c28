import { describe, expect, test } from "vitest";
import type { Circuit, TransconductorCircuit } from "../../../../src/circuit/circuit.ts";
import { timeConstant } from "../../../../src/circuit/families/families.ts";
import { conductance } from "../../../../src/circuit/devices/device.ts";
import { deviceNamed } from "../../../../src/circuit/devices/registry.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { weightOf } from "../../../../src/dynamics/synapses/memory/law.ts";
import { chain, type Graph } from "../../../../src/energy/graph.ts";
import { random } from "../../../../src/numerics/random.ts";
import { euler } from "../../../../src/solver/euler.ts";
import { settle } from "../../../../src/solver/settle.ts";
import { diode, linear } from "../../../support/clamped.ts";
import { tangled } from "../../../support/graphs.ts";
import { lessons } from "../../../support/lessons.ts";
import { rough } from "../../../support/rough.ts";
import { ideal, labelsFor, sparseInputs } from "../../../support/setups.ts";
import { inRegisters } from "../../../support/stores.ts";

const tau = timeConstant(ideal);
const depth = 0.3;
/** Telegraph noise that switches so often in a τ, each way. */
const telegraph = (often: number, circuit = ideal): TransconductorCircuit => ({
  ...circuit,
  noise: { ...circuit.noise, telegraph: { depth, rate: often / tau } },
});
const read = (sigma: number, device: string, circuit = ideal): TransconductorCircuit => ({
  ...circuit,
  synapse: { coding: device === "pcm" ? "pair" : "signed", ...inRegisters({ device }) },
  noise: { ...circuit.noise, read: sigma },
});

const many = 60;
const inputs = 50;
/**
 * A chip of one layer whose minibatch has one input on in each sample: its forces at rest are the
 * rows of its weights.
 */
function rows(
  circuit: Circuit,
  moment = 0,
  weight = 0.5,
): { chip: Chip; seen: () => Float64Array } {
  const chip = fabricate(circuit, chain([inputs, many]), { batch: inputs, precision: "f64" });
  const zero = new Float64Array(inputs * chip.size);
  const out = new Float64Array(zero.length);
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 2 ? weight : 0)) })),
  );
  chip.inputs.showReals(
    Float64Array.from({ length: inputs ** 2 }, (_, k) =>
      Number(k % inputs === Math.floor(k / inputs)),
    ),
    inputs,
    moment,
  );
  chip.present();
  return {
    chip,
    seen() {
      chip.force(zero, out);
      return out.slice();
    },
  };
}
const mean = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0) / x.length;
const n = inputs * many;

describe("read noise", () => {
  test.each(["ecram", "pcm"])(
    "of %s is σG of a device, √(G₊² + G₋²) of a pair, new at every presentation and again the " +
      "same for the same one",
    (device) => {
      const sigma = 0.02;
      const model = deviceNamed(device);
      const rest = weightOf(model, 1, conductance(model, 0));
      const quiet = rows(read(0, device)).seen();
      const errors = (moment: number) => {
        const seen = rows(read(sigma, device), moment).seen();
        return quiet.map(
          (w, k) =>
            (seen[k] - w) /
            (sigma * (device === "pcm" ? Math.hypot(Math.abs(w) + rest, rest) : w + rest)),
        );
      };
      const a = errors(3);
      const b = errors(4);
      expect(errors(3)).toEqual(a);
      expect(Math.abs(mean(a))).toBeLessThan(4 / Math.sqrt(n));
      expect(Math.abs(mean(a.map((v) => v * v)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      expect(Math.abs(mean(a.map((v, k) => v * b[k])))).toBeLessThan(4 / Math.sqrt(n));
    },
  );

  test("is none without a device, and none at zero, bit for bit", () => {
    const with_ = (circuit: Circuit) => rows(circuit).seen();
    expect(with_({ ...ideal, noise: { thermal: 0, read: 0.5 } })).toEqual(with_(ideal));
    expect(with_(read(0, "ecram"))).toEqual(with_({ ...read(0, "ecram"), noise: { thermal: 0 } }));
  });

  test("keeps a chip's energy and its minimisers, which know nothing of moments", () => {
    const chip = fabricate(read(0.1, "ecram"), tangled, { batch: 1 });
    expect([chip.energy !== undefined, chip.noise]).toEqual([true, undefined]);
    expect(
      fabricate(
        { ...read(0.1, "ecram"), mismatch: { ...ideal.mismatch, reciprocal: false } },
        tangled,
        { batch: 1 },
      ).energy,
    ).toBeUndefined();
  });
});

describe("telegraph noise", () => {
  test("begins with G and G(1 − δ), either as likely as the other, and no third", () => {
    const { seen } = rows(telegraph(0.1));
    const w = seen();
    const low = w.filter((v) => Math.abs(v - 0.5 * (1 - depth)) < 1e-12).length;
    expect(low + w.filter((v) => v === 0.5).length).toBe(n);
    expect(Math.abs(low / n - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
    // p(1 − p) δ² G²; the square of ±½ is ¼ whichever, so only the mean is by chance.
    const middle = 0.5 * (1 - depth / 2);
    const variance = mean(w.map((v) => (v - middle) ** 2));
    expect(variance).toBeCloseTo(0.25 * (depth * 0.5) ** 2, 12);
  });

  test.each([
    [0.05, 0.5],
    [1, 0.1],
    [3, 1],
  ])("forgets as e^{−2rt}: at r = %f/τ, steps of %f τ", (often, h) => {
    const { chip, seen } = rows(telegraph(often));
    const out = new Float64Array(inputs * chip.size);
    const sign = (w: Float64Array) => w.map((v) => (v === 0.5 ? 1 : -1));
    const first = sign(seen());
    for (let t = 1; t <= 20; t++) {
      chip.noise!.coloured!(t - 1, h, out);
      const now = sign(seen());
      const expected = Math.exp(-2 * often * h * t);
      expect(Math.abs(mean(now.map((v, k) => v * first[k])) - expected)).toBeLessThan(
        4 * Math.sqrt((1 - expected ** 2) / n),
      );
    }
    expect(out.every((v) => v === 0)).toBe(true);
  });

  // One-sided: δ²G² r / ((2r)² + (2πf)²) · 2.
  test("has a Lorentzian spectrum, from well below its corner to well above", () => {
    const often = 0.2;
    const h = 0.25;
    const steps = 1024;
    const { chip, seen } = rows(telegraph(often));
    const out = new Float64Array(inputs * chip.size);
    const series: Float64Array[] = [seen()];
    for (let t = 0; t < steps - 1; t++) {
      chip.noise!.coloured!(t, h, out);
      series.push(seen());
    }
    const middle = 0.5 * (1 - depth / 2);
    const window = Float64Array.from(
      { length: steps },
      (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / steps),
    );
    const power = window.reduce((sum, w) => sum + w * w, 0);
    for (const bin of [4, 16, 64]) {
      const f = bin / (steps * h);
      const estimate = new Float64Array(n);
      for (let k = 0; k < n; k++) {
        let re = 0;
        let im = 0;
        series.forEach((w, t) => {
          const x = window[t] * (w[k] - middle);
          re += x * Math.cos((2 * Math.PI * bin * t) / steps);
          im += x * Math.sin((2 * Math.PI * bin * t) / steps);
        });
        estimate[k] = ((2 * h) / power) * (re * re + im * im);
      }
      // Sampled every h, the Lorentzian is folded: σ² h sinh(2rh) / (cosh(2rh) − cos 2πfh)
      // two-sided, which for small h is that of the title.
      const expected =
        (2 * 0.25 * (depth * 0.5) ** 2 * h * Math.sinh(2 * often * h)) /
        (Math.cosh(2 * often * h) - Math.cos(2 * Math.PI * f * h));
      const lorentzian =
        (2 * (depth * 0.5) ** 2 * often) / ((2 * often) ** 2 + (2 * Math.PI * f) ** 2);
      expect(Math.abs(expected / lorentzian - 1)).toBeLessThan(0.02);
      const deviation = Math.sqrt(mean(estimate.map((e) => e * e)) - mean(estimate) ** 2);
      // By chance, and by the width of the window, where the Lorentzian bends by at most f⁻² about
      // a bin.
      expect(Math.abs(mean(estimate) - expected)).toBeLessThan(
        (4 * deviation) / Math.sqrt(n) + expected / bin ** 2,
      );
    }
  }, 60_000);

  /** A chip on which everything moves, in the middle of a presentation. */
  function moving(circuit: Circuit, g: Graph = tangled, samples = 30): Chip {
    const chip = fabricate(circuit, g, { batch: samples, precision: "f64", seed: 4 });
    const rng = random(1, "states");
    chip.inputs.showReals(sparseInputs(samples, g.sizes[0], 2).flat(), samples, 6);
    chip.inputs.label(labelsFor(samples, g, 3));
    chip.present();
    chip.tie({ lambda: 0.2, beta: 0.1 });
    chip.state.array.set(chip.state.array.map(() => rng.uniform()));
    chip.project(chip.state.array);
    return chip;
  }

  test.each<[string, Circuit]>([
    ["ideal otherwise", telegraph(0.3)],
    ["with every spread", telegraph(0.3, rough)],
    ["with read noise", telegraph(0.3, read(0.05, "ecram"))],
  ])("drives follow what switches: fused steps are those taken one by one, %s", (_, circuit) => {
    const h = 0.2;
    const steps = 25;
    const fused = moving(circuit);
    const single = moving(circuit);
    const s = Float64Array.from(single.state.array);
    const f = new Float64Array(s.length);
    const out = new Float64Array(s.length);
    settle(fused, fused.state.array, euler(h), { steps });
    for (let t = 0; t < steps; t++) {
      single.noise!.coloured!(t, h, out);
      single.force(s, f);
      for (let k = 0; k < s.length; k++) s[k] += h * single.rate[k % single.size] * f[k];
      single.project(s);
    }
    fused.state.array.forEach((v, k) => {
      expect(Math.abs(v - s[k])).toBeLessThan(1e-12);
    });
    const own = new Float64Array(s.length);
    const other = new Float64Array(s.length);
    fused.force(fused.state.array, own);
    fused.force(Float64Array.from(fused.state.array), other);
    own.forEach((v, k) => {
      expect(Math.abs(v - other[k])).toBeLessThan(1e-12);
    });
  });

  test.each<[string, Circuit]>([
    ["diodes", diode(0.5, 1e-14, telegraph(0.3))],
    ["linear clamps", linear(10, telegraph(0.3, rough))],
  ])("drives follow between rails that give: %s", (_, circuit) => {
    const chip = moving(circuit);
    const before = Float64Array.from(chip.state.array);
    const own = new Float64Array(before.length);
    const other = new Float64Array(before.length);
    settle(chip, chip.state.array, euler(0.2), { steps: 25 });
    expect(chip.state.array).not.toEqual(before);
    chip.force(chip.state.array, own);
    chip.force(Float64Array.from(chip.state.array), other);
    own.forEach((v, k) => {
      expect(Math.abs(v - other[k])).toBeLessThan(1e-12 * Math.max(1, Math.abs(v)));
    });
  });

  test(
    "what inputs contribute follows too: a sample with several on is driven by the sum of those " +
      "with one",
    () => {
      const chip = fabricate(telegraph(0.5), chain([3, 40]), { batch: 4, precision: "f64" });
      const zero = new Float64Array(4 * chip.size);
      const f = new Float64Array(zero.length);
      chip.inputs.showReals([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.3, 0, 0.8], 4);
      chip.present();
      chip.relax!(chip.state.array, 0.3, 15);
      chip.force(zero, f);
      for (let i = 0; i < 40; i++)
        expect(f[3 * chip.size + i]).toBeCloseTo(0.3 * f[i] + 0.8 * f[2 * chip.size + i], 12);
    },
  );

  test(
    "is shared by both directions of a reciprocal synapse, which has an energy at every " +
      "instant: F = −∂E/∂s",
    () => {
      const chip = moving(
        telegraph(0.5, {
          ...read(0.05, "ecram"),
          mismatch: { ...ideal.mismatch, synapse: 0.1, leak: 0.1 },
        }),
        tangled,
        2,
      );
      settle(chip, chip.state.array, euler(0.2), { steps: 10 });
      const s = Float64Array.from(chip.state.array.map((v) => 0.1 + 0.8 * v));
      const f = new Float64Array(s.length);
      const e = new Float64Array(2);
      const d = 1e-5;
      chip.project(s);
      chip.force(s, f);
      for (let k = 0; k < s.length; k++) {
        if (chip.layout.padding.includes(k % chip.size)) continue;
        const [down, up] = [-d, d].map((by) => {
          const moved = Float64Array.from(s);
          moved[k] += by;
          chip.energy!(moved, e);
          return e[Math.floor(k / chip.size)];
        });
        expect(f[k]).toBeCloseTo(-(up - down) / (2 * d), 8);
      }
      expect(
        fabricate(
          telegraph(0.5, { ...ideal, mismatch: { ...ideal.mismatch, reciprocal: false } }),
          tangled,
          { batch: 1 },
        ).energy,
      ).toBeUndefined();
    },
  );

  test("with its depth or rate at zero trains to the ideal bits", () => {
    const trained = (noise: Circuit["noise"]) =>
      lessons({ circuit: { ...ideal, noise }, precision: "f32", last: 3 }).tensors;
    for (const off of [
      { depth: 0, rate: 1 },
      { depth: 1, rate: 0 },
    ])
      expect(trained({ thermal: 0, telegraph: off })).toEqual(trained({ thermal: 0 }));
    expect(trained(telegraph(0.1).noise)).not.toEqual(trained({ thermal: 0 }));
  });
});

test.each(["f32", "f64"] as const)(
  "in %s, a chip that is taken up again fluctuates and learns on as if it had not been left",
  (precision) => {
    const circuit = telegraph(0.2, { ...read(0.05, "ecram", rough) });
    const run = (first: number, last: number, from?: ReturnType<typeof lessons>["held"]) =>
      lessons({ circuit, precision, first, last, from });
    const through = run(0, 6);
    const half = run(0, 3);
    expect(run(3, 6, half.held).tensors).toEqual(through.tensors);
  },
);
