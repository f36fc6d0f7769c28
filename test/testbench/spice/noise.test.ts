import { EigenvalueDecomposition, Matrix, solve } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { thermalVariance, type Circuit } from "../../../src/circuit/circuit.ts";
import { hopfieldNetlist } from "../../../src/circuit/spice/hopfield.ts";
import { resistiveNetlist } from "../../../src/circuit/spice/resistive.ts";
import { writeNetlist } from "../../../src/circuit/spice/write.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import { noiseCurrents } from "../../../src/testbench/spice/noise.ts";
import { integrate } from "../../../src/solver/integrate.ts";
import { stochasticHeun } from "../../../src/solver/stochastic.ts";
import { resistors } from "../../support/resistors.ts";
import { ideal } from "../../support/setups.ts";
import { inRegisters } from "../../support/stores.ts";
import { wasm } from "../../support/spice.ts";

const thermal: Circuit = { ...ideal, noise: { thermal: 1 } };
const seed = 5;
const engine = await wasm();

/**
 * A chip that rests at half the swing, far from its rails, with weights of this size between its
 * layers and from its inputs.
 */
function resting(circuit: Circuit, graph: Graph, weight: number, fromInputs = 0): Chip {
  const chip = fabricate(circuit, graph, { batch: 1, precision: "f64", seed });
  const { layout, size } = chip;
  chip.program(
    chip.parameters.tensors().map((t) => ({
      ...t,
      data: t.data.map(() =>
        t.name.endsWith("1-2.weight") ? weight : t.name.endsWith("weight") ? fromInputs : 0,
      ),
    })),
  );
  chip.inputs.showReals(new Float64Array(graph.sizes[0]), 1);
  chip.inputs.label([0]);
  chip.present();
  const half = chip.vector();
  const force = new Float64Array(size);
  const units = half.array.map((_, i) => Number(!layout.padding.includes(i)));
  half.array.set(units.map((u) => 0.5 * u));
  chip.force(Float64Array.from(half.array), force);
  units.forEach((u, i) => {
    chip.parameters.bias.array[i] -= u * force[i];
  });
  chip.present();
  chip.start(half);
  return chip;
}

/** ngspice's voltages [unit][point] and times under our noise. */
async function walked(circuit: Circuit, chip: Chip, step: number, end: number) {
  const noise = noiseCurrents(circuit, chip, seed, step, end);
  const options = {
    title: "noise",
    phase: "free",
    time: { free: end, nudged: 0 },
    fold: true,
    noise,
    resolution: 2 / step,
  } as const;
  const parts = [chip.components(), chip.terminals(0)] as const;
  const netlist =
    chip.circuit.family === "resistors"
      ? resistiveNetlist(chip.circuit, ...parts, chip.scale.layer, options)
      : hopfieldNetlist(chip.circuit, ...parts, options);
  const run = await engine.run(writeNetlist(netlist));
  if ("failure" in run) throw new Error(run.failure);
  return {
    tau: run.result.values.get("time")!.map((t) => t / chip.tauSeconds),
    volts: netlist.save.map((n) => run.result.values.get(`v(${n})`)!),
  };
}

/**
 * Values at the ends of the steps, where a staircase of currents leaves exactly what a step should.
 */
function sampled(tau: Float64Array, v: Float64Array, step: number, steps: number): number[] {
  let p = 0;
  return Array.from({ length: steps }, (_, k) => {
    const t = (k + 1) * step;
    while (p + 1 < tau.length && tau[p + 1] < t) p++;
    const q = Math.min(p + 1, tau.length - 1);
    const theta = tau[q] > tau[p] ? (t - tau[p]) / (tau[q] - tau[p]) : 0;
    return v[p] + Math.min(theta, 1) * (v[q] - v[p]);
  });
}

/**
 * Σ of JΣ + ΣJᵀ = D for these units of a chip where nothing holds them, and the rate of the slowest
 * mode.
 */
function stationary(
  chip: Chip,
  at: readonly number[],
  D: Matrix,
): { readonly sigma: Matrix; readonly slowest: number } {
  const n = at.length;
  const J = new Matrix(n, n);
  const out = new Float64Array(chip.size);
  const I = Matrix.eye(n);
  at.forEach((i, k) => {
    const unit = new Float64Array(chip.size);
    unit[i] = 1;
    chip.jacobian(unit, unit, out);
    at.forEach((j, l) => J.set(l, k, -chip.rate[j] * out[j]));
  });
  const sigma = Matrix.from1DArray(
    n,
    n,
    solve(
      J.kroneckerProduct(I).add(I.kroneckerProduct(J)),
      Matrix.columnVector(D.to1DArray()),
    ).to1DArray(),
  );
  return { sigma, slowest: Math.min(...new EigenvalueDecomposition(J).realEigenvalues) };
}

/**
 * Whether the covariance of paths of states [unit][step] that rest at `mean`, over the last end −
 * skip τ, is Σ to four standard errors.
 */
function expectCovariance(
  paths: readonly (readonly number[])[],
  mean: number,
  { sigma, slowest }: ReturnType<typeof stationary>,
  step: number,
  skip: number,
): void {
  const first = Math.round(skip / step);
  const steps = paths[0].length;
  for (let i = 0; i < paths.length; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = first; k < steps; k++) sum += (paths[i][k] - mean) * (paths[j][k] - mean);
      // Bounded by the slowest mode: pairs of values are correlated for 1/2μ either way.
      const error = Math.sqrt(
        (sigma.get(i, i) * sigma.get(j, j) + sigma.get(i, j) ** 2) /
          (slowest * (steps - first) * step),
      );
      expect(Math.abs(sum / (steps - first) - sigma.get(i, j))).toBeLessThan(4 * error);
    }
}

/**
 * How far our own stochastic Heun is from the paths of ngspice, over the standard deviation, unit
 * by unit.
 */
function apart(
  chip: Chip,
  at: readonly number[],
  paths: readonly (readonly number[])[],
  sigma: Matrix,
  step: number,
): readonly number[] {
  const steps = paths[0].length;
  const end = steps * step;
  const ours = integrate(chip, Float64Array.from(chip.state.array), stochasticHeun(step), {
    end,
    saveAt: Array.from({ length: steps }, (_, k) => Math.min((k + 1) * step, end)),
  });
  return at.map((i, k) =>
    Math.sqrt(
      ours.states.reduce((sum, s, p) => sum + (s[i] - paths[k][p]) ** 2, 0) /
        steps /
        sigma.get(k, k),
    ),
  );
}

describe("our noise in ngspice", () => {
  test("gives an RC node the variance kT/C", async () => {
    const step = 0.2;
    const end = 400;
    const chip = resting(thermal, chain([1, 8]), 0);
    const { tau, volts } = await walked(thermal, chip, step, end);
    // A current that holds for h gives 2/h·tanh(h/2) of the variance of white noise: 0.9967.
    const expected = thermalVariance(thermal) * (2 / step) * Math.tanh(step / 2);
    const skip = 5 / step;
    const all = volts.map((v) => sampled(tau, v, step, end / step).slice(skip));
    const n = all[0].length * step * all.length;
    const mean = all.flat().reduce((a, b) => a + b, 0) / all.flat().length;
    const variance = all.flat().reduce((sum, v) => sum + (v - 0.5) ** 2, 0) / all.flat().length;
    // The squares of an Ornstein–Uhlenbeck process are correlated for τ/2 either way, its values
    // for τ.
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt((2 * expected) / n));
    expect(4 * Math.sqrt(2 / n)).toBeLessThan(0.11);
  }, 240_000);

  test("gives a network the covariance of the Lyapunov equation JΣ + ΣJᵀ = D, and walks the path " +
    "of stochastic Heun", async () => {
    const circuit: Circuit = {
      ...thermal,
      mismatch: { ...ideal.mismatch, capacitance: 0.3, leak: 0.2 },
    };
    const step = 0.1;
    const end = 300;
    const graph = chain([1, 3, 4]);
    const chip = resting(circuit, graph, 0.2);
    const silent = resting({ ...circuit, noise: { thermal: 0 } }, graph, 0.2);
    const { tau, volts } = await walked(circuit, silent, step, end);
    const steps = end / step;
    const at = [0, 1, 2, 4, 5, 6, 7];
    const found = stationary(chip, at, Matrix.diag(at.map((i) => chip.noise!.amplitude[i] ** 2)));
    const paths = volts.map((v) => sampled(tau, v, step, steps));
    expectCovariance(paths, 0.5, found, step, 5);
    // The same numbers: not like it, but the same walk. Heun's error with these steps is of second
    // order in h times the fastest rate.
    expect(Math.max(...apart(chip, at, paths, found.sigma, step))).toBeLessThan(0.02);
  }, 240_000);

  test.each([
    ["", 1],
    ["amplifier: { gain: 3 }", 3],
  ])(
    "of resistors has two ends: where they are all, each node has kT/C by itself; the paths " +
      "are those of stochastic Heun (%s)",
    async (more, A) => {
      const plain = await resistors(`diodes: { hidden: none, output: none }\n${more}`, {
        leak: "20 uS",
      });
      const circuit: Circuit = {
        ...plain,
        noise: { thermal: 1 },
        mismatch: { ...ideal.mismatch, capacitance: 0.3, synapse: 0.3 },
      };
      const step = 0.1;
      const end = 400;
      const graph = chain([2, 3, 2]);
      const silent = resting({ ...circuit, noise: { thermal: 0 } }, graph, 0.5, 0.2);
      const { tau, volts } = await walked(circuit, silent, step, end);
      const chip = resting(circuit, graph, 0.5, 0.2);
      const at = [0, 1, 2, 4, 5];
      const T = thermalVariance(circuit) / 0.01 ** 2;
      const { forward } = chip.components().blocks[1];
      const D = Matrix.diag(at.map((i) => chip.noise!.amplitude[i] ** 2));
      forward.forEach((g, k) => {
        const [i, j] = [Math.floor(k / 2), 3 + (k % 2)];
        const shared = -2 * T * g * chip.rate[at[i]] * chip.rate[at[j]];
        D.set(i, j, shared);
        D.set(j, i, shared);
      });
      const found = stationary(chip, at, D);
      const paths = volts.map((v, k) =>
        sampled(tau, v, step, end / step).map((x) => (x / 0.01) * (k < 3 ? A : 1)),
      );
      // Passive, the network is in equilibrium at one temperature.
      if (A === 1)
        at.forEach((i, k) => {
          at.forEach((_, l) => {
            expect(found.sigma.get(k, l) / (T * chip.rate[i])).toBeCloseTo(Number(k === l), 10);
          });
        });
      expectCovariance(paths, 0.5, found, step, 25);
      // Of second order in h times the fastest rate, which is some 3 here.
      expect(Math.max(...apart(chip, at, paths, found.sigma, step))).toBeLessThan(0.03);
    },
    240_000,
  );

  test("is as loud as leak and ties together, and the nudge's comes with it", () => {
    const chip = resting(thermal, chain([1, 8]), 0);
    const heard = (ties?: Parameters<typeof noiseCurrents>[5]) =>
      noiseCurrents(thermal, chip, 1, 0.1, 1, ties).map((points) => points.map(([, i]) => i));
    const [plain, tied] = [heard(), heard(() => ({ lambda: 3, beta: 0 }))];
    plain.forEach((unit, u) => {
      unit.forEach((ampere, k) => {
        expect(tied[u][k] / ampere).toBeCloseTo(2, 10);
      });
    });
    const nudged = heard((tau) => ({ lambda: 0, beta: tau < 0.45 ? 0 : 1.5 }));
    // Half of the points belong to the five steps before.
    nudged.forEach((unit, u) => {
      unit.forEach((ampere, k) => {
        expect(ampere / plain[u][k]).toBeCloseTo(k < 10 ? 1 : 2, 10);
      });
    });
  });

  test("is refused on a silent circuit, and starts anew with its seed", () => {
    const chip = resting(ideal, chain([1, 2]), 0);
    const first = (s: number) => noiseCurrents(thermal, chip, s, 0.1, 1)[0];
    expect(() => noiseCurrents(ideal, chip, 1, 0.1, 1)).toThrow(
      "circuit ideal is silent; set its noise",
    );
    expect(() =>
      noiseCurrents(
        { ...ideal, noise: { thermal: 1, telegraph: { depth: 0.1, rate: 1e6 } } },
        chip,
        1,
        0.1,
        1,
      ),
    ).toThrow("circuit ideal has noise.telegraph, of conductances");
    expect(() =>
      noiseCurrents(
        {
          ...ideal,
          synapse: { coding: "signed", ...inRegisters({ device: "ecram" }) },
          noise: { thermal: 1, read: 0.1 },
        },
        chip,
        1,
        0.1,
        1,
      ),
    ).toThrow("circuit ideal has noise.read");
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(first(1).map(([t]) => t)[1]).toBe(0.1);
  });
});
