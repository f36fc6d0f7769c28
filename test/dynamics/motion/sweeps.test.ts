import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { digits } from "../../../src/data/digits.ts";
import type { FabricateOptions } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import type { Ties } from "../../../src/energy/hopfield.ts";
import { random } from "../../../src/numerics/random.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import { oddChain, tangled } from "../../support/graphs.ts";
import { plainDie, plainSweep, unpackStates } from "../../support/rough.ts";
import { ideal, labelsFor, sparseInputs } from "../../support/setups.ts";
import { imagesIn } from "../../support/images.ts";

const small = chain([784, 500, 10]);
const large = chain([784, 500, 500, 500, 10]);
/** Every spread that leaves an energy. */
const reciprocal: Circuit = {
  ...ideal,
  mismatch: {
    ...ideal.mismatch,
    capacitance: 0.1,
    leak: 0.1,
    offset: 0.05,
    synapse: 0.2,
    rail: 0.05,
  },
};

/** A chip at random states between its rails, tied to random guesses and the labels. */
function tied(
  g: Graph,
  ties: Ties,
  {
    circuit = ideal,
    rows = 3,
    precision = "f64",
    only,
  }: { circuit?: Circuit; rows?: number; only?: number } & Pick<FabricateOptions, "precision"> = {},
) {
  const all = sparseInputs(rows, g.sizes[0], 2);
  const named = labelsFor(rows, g, 3);
  const chosen = only === undefined ? all.map((_, r) => r) : [only];
  const xs = chosen.map((r) => all[r]);
  const labels = chosen.map((r) => named[r]);
  const batch = chosen.length;
  const chip = fabricate(circuit, g, { batch, precision, seed: 4, die: 3 });
  chip.inputs.showReals(xs.flat(), batch);
  chip.inputs.label(labels);
  chosen.forEach((r, k) => {
    const rng = random(1, "states", r);
    for (const slot of [chip.guess, chip.state])
      slot.array.set(
        Float64Array.from({ length: chip.size }, () => rng.uniform()),
        k * chip.size,
      );
  });
  chip.project(chip.guess.array);
  chip.project(chip.state.array);
  chip.present();
  chip.tie(ties);
  const targets = labels.map((label) =>
    Array.from({ length: g.sizes.at(-1)! }, (_, i) => (i === label ? 1 : 0)),
  );
  return { chip, xs, targets };
}

const residuals = (chip: ReturnType<typeof tied>["chip"]) => {
  const out = new Float64Array(chip.batch);
  chip.residual(chip.state.array, out);
  return out;
};
const energies = (chip: ReturnType<typeof tied>["chip"]) => {
  const out = new Float64Array(chip.batch);
  chip.energy!(chip.state.array, out);
  return out;
};

const graphs: [string, Graph][] = [
  ["a chain", oddChain],
  ["skip, lateral and masked blocks", tangled],
];
const pulls: [string, Ties][] = [
  ["tied", { lambda: 0.3, beta: 0.2 }],
  ["free", { lambda: 0, beta: 0 }],
  ["with outputs whose own energy is linear", { lambda: 0, beta: -0.5 }],
  ["with outputs whose own energy is concave", { lambda: 0.1, beta: -1.5 }],
];

describe.each(graphs)("on %s", (_, g) => {
  describe.each([
    ["ideal", ideal],
    ["with every spread that leaves an energy", reciprocal],
  ] as const)("%s", (_, circuit) => {
    test.each(pulls)("%s: every sweep is that of a plain Gauss–Seidel, unit by unit", (_, ties) => {
      const { chip, xs, targets } = tied(g, ties, { circuit });
      const die = plainDie(circuit, g, 3, chip.parameters.tensors());
      const expected = xs.map((x, r) => unpackStates(chip, chip.state.array, r, x));
      for (let t = 1; t <= 10; t++) {
        chip.sweep!(chip.state.array, 1);
        expected.forEach((s, r) => {
          plainSweep(die, s, {
            ties,
            guess: unpackStates(chip, chip.guess.array, r, xs[r]),
            y: targets[r],
          });
          unpackStates(chip, chip.state.array, r, xs[r]).forEach((layer, l) => {
            layer.forEach((v, i) => {
              expect(Math.abs(v - s[l][i])).toBeLessThan(1e-12);
            });
          });
        });
      }
    });

    test.each(pulls)(
      "%s: the energy never rises, and the sweeps end at an equilibrium",
      (_, ties) => {
        const { chip } = tied(g, ties, { circuit });
        let before = energies(chip);
        const first = before;
        for (let t = 0; t < 40; t++) {
          chip.sweep!(chip.state.array, 1);
          const now = energies(chip);
          // Some tens of terms of order one, rounded to 2⁻⁵² each.
          now.forEach((e, r) => {
            expect(e - before[r]).toBeLessThan(1e-13);
          });
          before = now;
        }
        before.forEach((e, r) => {
          expect(first[r] - e).toBeGreaterThan(0.01);
        });
        chip.sweep!(chip.state.array, 3000);
        residuals(chip).forEach((r) => {
          expect(r).toBeLessThan(1e-12);
        });
      },
    );
  });

  test(
    "in one call or one by one, at its own state or at a copy, the states are the same to " +
      "rounding",
    () => {
      const [a, b, c] = [0, 1, 2].map(() => tied(g, { lambda: 0.3, beta: 0.2 }).chip);
      const s = Float64Array.from(c.state.array);
      a.sweep!(a.state.array, 100);
      for (let t = 0; t < 100; t++) b.sweep!(b.state.array, 1);
      c.sweep!(s, 100);
      expect(furthest(a.state.array, b.state.array)).toBeLessThan(1e-13);
      expect(s).toEqual(a.state.array);
      expect(Array.from(a.stepsTaken.array)).toEqual([100, 100, 100]);
    },
  );

  test("single precision stays within rounding of double", () => {
    const ties = { lambda: 1, beta: 0.2 };
    const [single, double] = (["f32", "f64"] as const).map(
      (precision) => tied(g, ties, { precision }).chip,
    );
    double.program(single.parameters.tensors());
    double.present();
    double.tie(ties);
    for (const chip of [single, double]) chip.sweep!(chip.state.array, 100);
    expect(furthest(single.state.array, double.state.array)).toBeLessThan(1e-5);
  });
});

describe("on the paper's networks", () => {
  test("the energy never rises over 300 sweeps of LARGE without a tie", () => {
    const { chip } = tied(large, { lambda: 0, beta: 0 }, { rows: 4 });
    let before = energies(chip);
    for (let t = 0; t < 300; t++) {
      chip.sweep!(chip.state.array, 1);
      const now = energies(chip);
      now.forEach((e, r) => {
        expect(e - before[r]).toBeLessThanOrEqual(1e-9);
      });
      before = now;
    }
  }, 60_000);

  test.each([
    { name: "SMALL", g: small, most: 20 },
    { name: "LARGE", g: large, most: 60 },
  ])(
    "$name settles to 1e-9 at λ = 1, from and pulled to zero, within $most sweeps, where " +
      "Euler settles too",
    ({ g, most }) => {
      const images = imagesIn(digits(7).test);
      const rows = 8;
      const [a, b] = [0, 1].map(() => {
        const chip = fabricate(ideal, g, { batch: rows, precision: "f64" });
        chip.inputs.showBytes(
          images.pixels,
          Array.from({ length: rows }, (_, r) => r),
          images.scale,
        );
        chip.present();
        chip.start();
        chip.tie({ lambda: 1, beta: 0 });
        return chip;
      });
      a.sweep!(a.state.array, 500, 1e-9);
      a.stepsTaken.array.forEach((sweeps) => {
        expect(sweeps).toBeLessThanOrEqual(most);
      });
      settle(b, b.state.array, euler(0.3), { steps: 3000, tolerance: 1e-12 });
      // A residual is divided by the smallest curvature along the free directions, here above 10⁻³.
      expect(furthest(a.state.array, b.state.array)).toBeLessThan(1e-6);
    },
    30_000,
  );

  test(
    "with a tolerance each sample rests when it has settled, and no sooner, whatever the others " +
      "still do",
    () => {
      const rows = 30;
      const ties = { lambda: 0.5, beta: 0 };
      const run = (tolerance?: number, only?: number) => {
        const { chip } = tied(chain([784, 100, 10]), ties, { rows, only });
        chip.sweep!(chip.state.array, 200, tolerance);
        return { chip, taken: Array.from(chip.stepsTaken.array.subarray(0, chip.batch)) };
      };
      const loose = run(1e-3);
      const tight = run(1e-9);
      const all = run();
      const alone = run(1e-9, 23);
      residuals(tight.chip).forEach((r) => {
        expect(r).toBeLessThanOrEqual(1e-9);
      });
      residuals(loose.chip).forEach((r) => {
        expect(r).toBeLessThanOrEqual(1e-3);
      });
      expect(residuals(loose.chip).some((r) => r > 1e-9)).toBe(true);
      expect(new Set(tight.taken).size).toBeGreaterThan(1);
      tight.taken.forEach((sweeps, r) => {
        expect(sweeps).toBeGreaterThanOrEqual(loose.taken[r]);
      });
      expect(all.taken.every((sweeps) => sweeps === 200)).toBe(true);
      expect(alone.taken).toEqual([tight.taken[23]]);
      expect(alone.chip.state.array).toEqual(
        tight.chip.state.array.slice(23 * alone.chip.size, 24 * alone.chip.size),
      );
      // One sweep fewer is not enough.
      const { chip } = tied(chain([784, 100, 10]), ties, { rows, only: 23 });
      chip.sweep!(chip.state.array, alone.taken[0] - 1);
      expect(residuals(chip)[0]).toBeGreaterThan(1e-9);
    },
  );
});

test("a NaN in a drive makes its unit a NaN, on a rail or between them", () => {
  for (const beta of [0.2, -1.5]) {
    const { chip } = tied(oddChain, { lambda: 0.1, beta });
    chip.guess.array[chip.layout.offset[4]] = NaN;
    chip.tie({ lambda: 0.2, beta });
    chip.sweep!(chip.state.array, 1);
    expect(residuals(chip)[0]).toBeNaN();
    expect(residuals(chip)[1]).toBeGreaterThanOrEqual(0);
  }
});

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < a.length; i++) top = Math.max(top, Math.abs(a[i] - b[i]));
  return top;
}
