import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import type { Precision } from "../../../src/numerics/vec.ts";
import { random } from "../../../src/numerics/random.ts";
import { bogackiShampine, dormandPrince, forwardEuler } from "../../../src/solver/tableaux.ts";
import { energyDescent, pi } from "../../../src/solver/controllers.ts";
import { euler } from "../../../src/solver/euler.ts";
import { explicit } from "../../../src/solver/explicit.ts";
import { exponentialEuler } from "../../../src/solver/exponential.ts";
import { linearlyImplicitEuler, pseudoTransient } from "../../../src/solver/implicit.ts";
import { anderson } from "../../../src/solver/minimise/anderson.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { fista } from "../../../src/solver/minimise/fista.ts";
import { spectralGradient } from "../../../src/solver/minimise/spectral-gradient.ts";
import { certificate } from "../../../src/solver/truth/convexity.ts";
import { settle } from "../../../src/solver/settle.ts";
import type { Solver } from "../../../src/solver/solver.ts";
import { custom, diode, linear } from "../../support/clamped.ts";
import { tangled } from "../../support/graphs.ts";
import { ideal, labelsFor, sparseInputs } from "../../support/setups.ts";

const net = chain([8, 6, 4]);
const rows = 3;
const shockley = (n: number) =>
  custom("Is*(exp(V/(n*Vt)) - 1)", { Is: "10 fA", n: n.toString(), Vt: "25.851999 mV" });
const spread = {
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

interface Setting {
  readonly precision?: Precision;
  readonly lambda?: number;
  readonly factor?: number;
}

/**
 * A chip between its rails, driven hard onto them; λ makes its energy convex, so that there is one
 * equilibrium.
 */
function driven(
  circuit: Circuit,
  g: Graph = net,
  { precision = "f64", lambda = 6, factor = 2 }: Setting = {},
): Chip {
  const chip = fabricate(circuit, g, { batch: rows, precision, seed: 4, die: 3 });
  chip.program(
    chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map((w) => factor * w) })),
  );
  chip.inputs.showReals(
    sparseInputs(rows, g.sizes[0], 2)
      .flat()
      .map((x) => 20 * x),
    rows,
  );
  chip.inputs.label(labelsFor(rows, g, 3));
  chip.guess.array.set(
    chip.guess.array.map((_, i) =>
      chip.layout.padding.includes(i % chip.size) ? 0 : random(1, "guess", i).uniform(),
    ),
  );
  chip.present();
  chip.tie({ lambda, beta: 0.2 });
  chip.start();
  return chip;
}

function settled(chip: Chip, solver: Solver, tolerance = 1e-12): Float64Array {
  const end = settle(chip, chip.state.array, solver, { steps: 20_000, tolerance });
  expect(end.outcome, solver.name).toBe("settled");
  return Float64Array.from(chip.state.array);
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let top = 0;
  for (let i = 0; i < a.length; i++) top = Math.max(top, Math.abs(a[i] - b[i]));
  return top;
};
const kinds: readonly (readonly [name: string, circuit: Circuit])[] = [
  ["linear clamps", linear(20)],
  ["diodes", diode(0.02)],
  ["real diodes", diode(1.906, 4.352e-9)],
  ["diodes that conduct everywhere", diode(8, 1e-5)],
  ["diodes of a user's law", await shockley(0.05)],
  ["diodes on a die with every spread that leaves an energy", diode(0.1, 1e-14, spread)],
];

describe.each(kinds)("between %s", (_, circuit) => {
  test("the force, less the current of the clamps, is −∂E/∂s, by central differences", () => {
    const chip = driven(circuit);
    const s = Float64Array.from(chip.state.array, (_, i) =>
      chip.layout.padding.includes(i % chip.size) ? 0 : -0.02 + 1.04 * random(1, "s", i).uniform(),
    );
    const f = new Float64Array(s.length);
    const e = new Float64Array(rows);
    const d = 1e-6;
    chip.force(s, f);
    for (let k = 0; k < s.length; k++) {
      const i = k % chip.size;
      const at = (h: number) => {
        const moved = Float64Array.from(s);
        moved[k] += h;
        chip.energy!(moved, e);
        return e[Math.floor(k / chip.size)];
      };
      if (chip.layout.padding.includes(i)) continue;
      const { current, slope } = chip.clamps!;
      const bend = slope(s[k] + d, i) - slope(s[k] - d, i);
      // A central difference errs by d²/6 times the third derivative of E, which d·bend/12 is, and
      // by rounding.
      expect(Math.abs(f[k] - current(s[k], i) + (at(d) - at(-d)) / (2 * d))).toBeLessThan(
        1e-8 * (1 + Math.abs(current(s[k], i))) + d * Math.abs(bend),
      );
    }
  });

  test("every solver that claims to settles on the one equilibrium, where Kirchhoff's law holds to 10⁻¹²", async () => {
    for (const g of [net, tangled]) {
      const reference = settled(driven(circuit, g), blockDescent(), 1e-13);
      const chip = driven(circuit, g);
      const f = new Float64Array(reference.length);
      expect((await certificate(chip)).convex).toBe(true);
      chip.force(reference, f);
      for (let k = 0; k < f.length; k++)
        expect(Math.abs(f[k] - chip.clamps!.current(reference[k], k % chip.size))).toBeLessThan(
          1e-12 * (1 + chip.clamps!.slope(reference[k], k % chip.size)),
        );
      expect(Math.max(...reference)).toBeGreaterThan(1);
      expect(Math.min(...reference)).toBeLessThan(0);
      const solvers = [
        euler(0.1),
        explicit(bogackiShampine, pi({ rtol: 1e-3, atol: 1e-3 })),
        explicit(dormandPrince, pi({ rtol: 1e-3, atol: 1e-3 })),
        exponentialEuler(0.2),
        linearlyImplicitEuler(1),
        pseudoTransient(),
        explicit(forwardEuler, energyDescent()),
        spectralGradient(),
        fista(),
        anderson(),
      ];
      for (const solver of solvers)
        expect(far(settled(driven(circuit, g), solver), reference), solver.name).toBeLessThan(1e-9);
    }
  }, 30_000);

  test("in single precision Euler and block descent end within 10⁻⁵ of double", () => {
    for (const solver of [euler(0.1), blockDescent()])
      expect(
        far(
          settled(driven(circuit, net, { precision: "f32" }), solver, 4e-6),
          settled(driven(circuit), solver),
        ),
      ).toBeLessThan(1e-5);
  });

  test("the energy never rises along sweeps and short Euler steps", () => {
    for (const move of [
      (c: Chip) => {
        c.sweep!(c.state.array, 1);
      },
      (c: Chip) => {
        c.relax!(c.state.array, 0.05, 1);
      },
    ]) {
      const chip = driven(circuit, tangled);
      const e = new Float64Array(rows);
      let before = [Infinity, Infinity, Infinity];
      for (let t = 0; t < 60; t++) {
        move(chip);
        chip.energy!(chip.state.array, e);
        e.forEach((now, r) => {
          expect(now - before[r]).toBeLessThan(1e-12 * (1 + Math.abs(now)));
        });
        before = [...e];
      }
    }
  });
});

describe("as clamps stiffen", () => {
  // Twice the stiffness, half the error.
  const orderOf = (errors: readonly number[], factor: number) =>
    errors.slice(1).map((e, k) => Math.log(errors[k] / e) / Math.log(factor));

  test("linear ones become walls at first order in 1/G", () => {
    const walls = settled(driven(ideal), blockDescent());
    const errors = [1e2, 1e3, 1e4, 1e5, 1e6].map((k) =>
      far(settled(driven(linear(k)), blockDescent()), walls),
    );
    orderOf(errors, 10).forEach((order) => {
      expect(Math.abs(order - 1)).toBeLessThan(0.1);
    });
    expect(errors.at(-1)).toBeLessThan(1e-4);
  });

  test("diodes become walls in proportion to their ideality", () => {
    const walls = settled(driven(ideal), blockDescent());
    const errors = [0.02, 0.002, 2e-4, 2e-5].map((n) =>
      far(settled(driven(diode(n)), blockDescent()), walls),
    );
    // The drop n U_T ln(1 + I/I_s) has n in front, and in I only as far as the drop is felt.
    orderOf(errors, 10).forEach((order) => {
      expect(Math.abs(order - 1)).toBeLessThan(0.1);
    });
  });
});

test("a user's law that is the diode's has the diode's equilibrium", async () => {
  // kT/q at 300 K.
  const own = await custom("Is*(exp(V/(n*Vt)) - 1)", {
    Is: "10 fA",
    n: "0.05",
    Vt: `${(1.380649e-23 * 300) / 1.602176634e-19} V`,
  });
  for (const solver of [blockDescent(), euler(0.1)])
    expect(far(settled(driven(own), solver), settled(driven(diode(0.05)), solver))).toBeLessThan(
      1e-11,
    );
});

test("a warmer diode drops more, in proportion to kT/q", () => {
  const drop = (temperature: number) =>
    Math.max(...settled(driven({ ...diode(0.1), temperature }), blockDescent())) - 1;
  // The logarithm of the current over I_s changes by little.
  expect(drop(600) / drop(300)).toBeCloseTo(2, 1);
});

test("a die's own rails move where each clamp begins", () => {
  const circuit = diode(0.02, 1e-14, { ...ideal, mismatch: { ...ideal.mismatch, rail: 0.05 } });
  const soft = driven(circuit);
  const hard = driven({ ...circuit, neuron: ideal.neuron });
  for (let i = 0; i < soft.size; i++) {
    if (soft.layout.padding.includes(i)) continue;
    expect(soft.clamps!.current((hard.low[i] + hard.high[i]) / 2, i)).toBeCloseTo(0, 12);
    expect(soft.low[i]).toBeLessThan(hard.low[i]);
  }
});

test("what a clamp allows, projecting and starting leave as it is", () => {
  const chip = driven(diode(1));
  const free = settled(chip, blockDescent());
  const s = Float64Array.from(free);
  const slot = chip.vector();
  expect(Math.max(...free)).toBeGreaterThan(1.1);
  chip.project(s);
  expect(s).toEqual(free);
  chip.keep(slot);
  chip.start(slot);
  expect(Float64Array.from(chip.state.array)).toEqual(free);
});

test("many fused steps at once are as many one by one, whatever rests meanwhile", () => {
  for (const [, circuit] of kinds) {
    const a = driven(circuit, tangled);
    const b = driven(circuit, tangled);
    a.relax!(a.state.array, 0.2, 200);
    for (let t = 0; t < 200; t++) b.relax!(b.state.array, 0.2, 1);
    expect(far(a.state.array, b.state.array)).toBeLessThan(1e-12);
  }
});
