import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { hopfieldNetlist } from "../../../src/circuit/spice/hopfield.ts";
import { digits } from "../../../src/data/digits.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import { learner } from "../../../src/learning/algorithm.ts";
import { digitalCopy } from "../../../src/learning/copy.ts";
import { random } from "../../../src/numerics/random.ts";
import { pi } from "../../../src/solver/controllers.ts";
import { euler } from "../../../src/solver/euler.ts";
import { explicit } from "../../../src/solver/explicit.ts";
import { linearlyImplicitEuler } from "../../../src/solver/implicit.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { spectralGradient } from "../../../src/solver/minimise/spectral-gradient.ts";
import { settle } from "../../../src/solver/settle.ts";
import { dormandPrince } from "../../../src/solver/tableaux.ts";
import { spectrum } from "../../../src/solver/truth/spectrum.ts";
import { custom, diode, linear, saturated } from "../../support/clamped.ts";
import { tangled } from "../../support/graphs.ts";
import { plainDie, rough, unpackStates } from "../../support/rough.ts";
import { ideal, labelsFor, ofTransconductors, phases, sparseInputs } from "../../support/setups.ts";
import { imagesIn } from "../../support/images.ts";

const rows = 3;
const range = 0.6;
const sigma = (s: number) => range * Math.tanh(s / range);
const ties = { lambda: 0.3, beta: 0.2 };

function driven(
  circuit: Circuit,
  g: Graph = tangled,
): { chip: Chip; xs: number[][]; labels: number[] } {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64", seed: 4, die: 3 });
  const xs = sparseInputs(rows, g.sizes[0], 2);
  const labels = labelsFor(rows, g, 3);
  chip.inputs.showReals(xs.flat(), rows);
  chip.inputs.label(labels);
  chip.present();
  chip.guess.array.set(
    chip.guess.array.map((_, i) =>
      chip.layout.padding.includes(i % chip.size) ? 0 : random(1, "guess", i).uniform(),
    ),
  );
  chip.tie(ties);
  chip.state.array.set(chip.state.array.map((_, i) => random(1, "state", i).uniform()));
  chip.project(chip.state.array);
  return { chip, xs, labels };
}
const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (x, i) => Math.abs(x - b[i])).reduce((top, x) => Math.max(top, x), 0);

describe("between transconductors that saturate", () => {
  test(
    "the force is drive − curvature s with σ(s) = l tanh(s/l) in the place of every state and " +
      "input that is received",
    () => {
      for (const circuit of [saturated(range), saturated(range, rough)]) {
        const { chip, xs, labels } = driven(circuit);
        const die = plainDie(circuit, tangled, 3, chip.parameters.tensors());
        const f = new Float64Array(chip.capacity * chip.size);
        chip.force(chip.state.array, f);
        xs.forEach((x, r) => {
          const s = unpackStates(chip, chip.state.array, r, x);
          const y = Array.from({ length: tangled.sizes.at(-1)! }, (_, i) =>
            i === labels[r] ? 1 : 0,
          );
          const received = s.map((layer) => layer.map(sigma));
          const guess = unpackStates(chip, chip.guess.array, r, x);
          s.slice(1).forEach((layer, l) => {
            layer.forEach((v, i) => {
              expect(f[r * chip.size + chip.layout.offset[l + 1] + i]).toBeCloseTo(
                die.drive(received, l + 1, i, { ties, guess, y }) -
                  die.curvature(l + 1, i, ties) * v,
                12,
              );
            });
          });
        });
      }
    },
  );

  test("the Jacobian is W diag(σ′) − C, by central differences of the force", () => {
    const { chip } = driven(saturated(range));
    const s = Float64Array.from(chip.state.array);
    const n = s.length;
    const v = s.map((_, i) => random(2, "v", i).normal());
    const d = 1e-5;
    chip.project(v);
    const [up, down, product] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    chip.force(
      s.map((x, i) => x + d * v[i]),
      up,
    );
    chip.force(
      s.map((x, i) => x - d * v[i]),
      down,
    );
    chip.jacobian(s, v, product);
    // d² σ‴/6 with σ‴ at most 2/l² ≈ 6, some ten terms.
    expect(
      far(
        product,
        up.map((x, i) => (x - down[i]) / (2 * d)),
      ),
    ).toBeLessThan(1e-8);
  });

  test("fused and step-by-step Euler end at the same state to rounding, between walls and diodes", () => {
    for (const circuit of [
      saturated(range),
      saturated(range, diode(0.5)),
      saturated(range, rough),
    ]) {
      const a = driven(circuit).chip;
      const b = driven(circuit).chip;
      a.relax!(a.state.array, 0.1, 500);
      for (let t = 0; t < 500; t++) {
        b.touch();
        b.relax!(b.state.array, 0.1, 1);
      }
      expect(far(a.state.array, b.state.array)).toBeLessThan(1e-12);
    }
  });

  test(
    "no energy has this force: what stands on one refuses by name, and flows settle on one " +
      "equilibrium",
    () => {
      const { chip } = driven(saturated(range));
      expect([chip.energy, chip.sweep]).toEqual([undefined, undefined]);
      for (const solver of [blockDescent(), spectralGradient(), linearlyImplicitEuler(0.5)])
        expect(() => solver.prepare(chip)).toThrow(new RegExp(`^${solver.name}: .*saturate`));
      const ends = [euler(0.2), explicit(dormandPrince, pi({ rtol: 1e-6, atol: 1e-6 }))].map(
        (solver) => {
          const { chip: c } = driven(saturated(range));
          expect(settle(c, c.state.array, solver, { steps: 5000, tolerance: 1e-11 }).outcome).toBe(
            "settled",
          );
          return Float64Array.from(c.state.array);
        },
      );
      expect(far(ends[0], ends[1])).toBeLessThan(1e-9);
    },
  );

  test(
    "with reciprocal synapses no eigenvalue is complex: W diag(σ′) − C is similar to a " +
      "symmetric matrix",
    async () => {
      const { chip } = driven(saturated(range));
      const { eigenvalues, asymmetry } = await spectrum(chip, chip.state.array, 0, 1e-3);
      // Of this matrix itself the asymmetry is far from nil, so that the spectrum was computed
      // without supposing any symmetry.
      expect(asymmetry).toBeGreaterThan(0.01);
      expect(Math.max(...eigenvalues.map(({ im }) => Math.abs(im)))).toBeLessThan(1e-9);
    },
  );

  test("the wider their linear range, the nearer the linear chip: as 1/l²", () => {
    const settled = (circuit: Circuit) => {
      const { chip } = driven(circuit);
      chip.tie({ lambda: 6, beta: 0 });
      settle(chip, chip.state.array, euler(0.1), { steps: 5000, tolerance: 1e-14 });
      return Float64Array.from(chip.state.array);
    };
    const linearly = settled(ideal);
    const errors = [10, 100, 1000].map((l) => far(settled(saturated(l)), linearly));
    errors.slice(1).forEach((e, k) => {
      expect(Math.abs(Math.log10(errors[k] / e) - 2)).toBeLessThan(0.1);
    });
  });
});

test("a netlist, which would be linear, is refused by name", () => {
  const { chip } = driven(saturated(range));
  expect(() =>
    hopfieldNetlist(ofTransconductors(chip.circuit), chip.components(), chip.terminals(0), {
      title: "a",
      phase: "free",
      time: { free: 1, nudged: 1 },
    }),
  ).toThrow(/^netlist ideal: neuron\.saturation/);
});

const learns: readonly (readonly [name: string, circuit: Circuit])[] = [
  ["linear clamps", linear(50)],
  ["diodes", diode(0.2)],
  ["a user's law", await custom("G*max(V, 0)^3/V0^2", { G: "100 mS", V0: "1 V" })],
  ["saturation", saturated(2)],
  ["diodes and saturation", saturated(2, diode(0.2))],
];

test.each(learns)(
  "chips with %s learn digits",
  (_, circuit) => {
    const g = chain([784, 30, 10]);
    const batch = 20;
    const { pixels, labels } = imagesIn(digits(3).train);
    const chip = fabricate(circuit, g, { batch, seed: 5 });
    const copy = digitalCopy(chip, { seed: 5 });
    const teacher = learner(chip, copy, {
      ...phases(10, 4),
      beta: 0.5,
      lambda: 0.1,
      rates: [0.1, 0.05],
    });
    const last = 20;
    const steps = 80;
    let wrong = 0;
    for (let k = 0; k < steps; k++) {
      const order = Array.from({ length: batch }, (_, i) => (k * batch + i) % labels.length);
      chip.inputs.showBytes(pixels, order, 1 / 255);
      chip.inputs.label(order.map((i) => labels[i]));
      teacher.learn(k % 2 ? 1 : -1);
      if (k >= steps - last)
        order.forEach((i, r) => {
          wrong += Number(teacher.namedByChip.array[r] !== labels[i]);
        });
    }
    // Guessing is wrong 0.9 of the time, with a σ of 0.015 over 400 digits.
    expect(wrong / (last * batch)).toBeLessThan(0.9 - 4 * 0.015);
  },
  120_000,
);
