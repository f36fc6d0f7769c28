import { EigenvalueDecomposition, Matrix, solve } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { thermalVariance, type Circuit } from "../../../src/circuit/circuit.ts";
import { hopfieldNetlist } from "../../../src/circuit/spice/hopfield.ts";
import { writeNetlist } from "../../../src/circuit/spice/write.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import { noiseCurrents } from "../../../src/experiment/spice/noise.ts";
import { integrate } from "../../../src/solver/integrate.ts";
import { stochasticHeun } from "../../../src/solver/stochastic.ts";
import { ideal } from "../../support/setups.ts";
import { wasm } from "../../support/spice.ts";

const thermal: Circuit = { ...ideal, noise: { thermal: 1 } }, seed = 5;
const engine = await wasm();

/** A chip that rests at half the swing, far from its rails, with weights of this size. */
function resting(circuit: Circuit, graph: Graph, weight: number): Chip {
  const chip = fabricate(circuit, graph, { batch: 1, precision: "f64", seed }), { layout, size } = chip;
  chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => (t.name.endsWith("1-2.weight") ? weight : 0)) })));
  chip.inputs.showReals(new Float64Array(graph.sizes[0]), 1);
  chip.inputs.label([0]);
  chip.present();
  const half = chip.vector(), force = new Float64Array(size), units = half.array.map((_, i) => Number(!layout.padding.includes(i)));
  half.array.set(units.map((u) => 0.5 * u));
  chip.force(Float64Array.from(half.array), force);
  units.forEach((u, i) => { chip.parameters.bias.array[i] -= u * force[i]; });
  chip.present();
  chip.start(half);
  return chip;
}

/** ngspice's voltages [unit][point] and times under our noise. */
async function walked(circuit: Circuit, chip: Chip, step: number, end: number) {
  const noise = noiseCurrents(circuit, chip, seed, step, end);
  const netlist = hopfieldNetlist(chip.circuit, chip.components(), chip.terminals(0), { title: "noise", phase: "free", time: { free: end, nudged: 0 }, fold: true, noise, resolution: 2 / step });
  const run = await engine.run(writeNetlist(netlist));
  if ("failure" in run) throw new Error(run.failure);
  return { tau: run.result.values.get("time")!.map((t) => t / chip.tauSeconds), volts: netlist.save.map((n) => run.result.values.get(`v(${n})`)!) };
}

/** Values at the ends of the steps, where a staircase of currents leaves exactly what a step should. */
function sampled(tau: Float64Array, v: Float64Array, step: number, steps: number): number[] {
  let p = 0;
  return Array.from({ length: steps }, (_, k) => {
    const t = (k + 1) * step;
    while (p + 1 < tau.length && tau[p + 1] < t) p++;
    const q = Math.min(p + 1, tau.length - 1), theta = tau[q] > tau[p] ? (t - tau[p]) / (tau[q] - tau[p]) : 0;
    return v[p] + Math.min(theta, 1) * (v[q] - v[p]);
  });
}

describe("our noise in ngspice", () => {
  test("gives an RC node the variance kT/C", async () => {
    const step = 0.2, end = 400, chip = resting(thermal, chain([1, 8]), 0), { tau, volts } = await walked(thermal, chip, step, end);
    // A current that holds for h gives 2/h·tanh(h/2) of the variance of white noise: 0.9967.
    const expected = thermalVariance(thermal) * (2 / step) * Math.tanh(step / 2), skip = 5 / step;
    const all = volts.map((v) => sampled(tau, v, step, end / step).slice(skip)), n = all[0].length * step * all.length;
    const mean = all.flat().reduce((a, b) => a + b, 0) / all.flat().length, variance = all.flat().reduce((sum, v) => sum + (v - 0.5) ** 2, 0) / all.flat().length;
    // The squares of an Ornstein–Uhlenbeck process are correlated for τ/2 either way, its values for τ.
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt((2 * expected) / n));
    expect(4 * Math.sqrt(2 / n)).toBeLessThan(0.11);
  }, 240_000);

  test("gives a network the covariance of the Lyapunov equation JΣ + ΣJᵀ = D, and walks the path of stochastic Heun", async () => {
    const circuit: Circuit = { ...thermal, mismatch: { ...ideal.mismatch, capacitance: 0.3, leak: 0.2 } }, step = 0.1, end = 300, graph = chain([1, 3, 4]), chip = resting(circuit, graph, 0.2);
    const silent = resting({ ...circuit, noise: { thermal: 0 } }, graph, 0.2), { tau, volts } = await walked(circuit, silent, step, end), steps = end / step;
    const at = [0, 1, 2, 4, 5, 6, 7], n = at.length, J = new Matrix(n, n), out = new Float64Array(chip.size);
    at.forEach((i, k) => {
      const unit = new Float64Array(chip.size);
      unit[i] = 1;
      chip.jacobian(unit, unit, out);
      at.forEach((j, l) => J.set(l, k, -chip.rate[j] * out[j]));
    });
    const D = Matrix.diag(at.map((i) => chip.noise!.amplitude[i] ** 2)), I = Matrix.eye(n);
    const sigma = Matrix.from1DArray(n, n, solve(J.kroneckerProduct(I).add(I.kroneckerProduct(J)), Matrix.columnVector(D.to1DArray())).to1DArray());
    const slowest = Math.min(...new EigenvalueDecomposition(J).realEigenvalues), paths = volts.map((v) => sampled(tau, v, step, steps));
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 50; k < steps; k++) sum += (paths[i][k] - 0.5) * (paths[j][k] - 0.5);
        // Bounded by the slowest mode: pairs of values are correlated for 1/2μ either way.
        const error = Math.sqrt((sigma.get(i, i) * sigma.get(j, j) + sigma.get(i, j) ** 2) / (slowest * (end - 5)));
        expect(Math.abs(sum / (steps - 50) - sigma.get(i, j))).toBeLessThan(4 * error);
      }
    // The same numbers: not like it, but the same walk. Heun's error with these steps is of second order in h times the fastest rate.
    const ours = integrate(chip, Float64Array.from(chip.state.array), stochasticHeun(step), { end, saveAt: Array.from({ length: steps }, (_, k) => Math.min((k + 1) * step, end)) });
    at.forEach((i, k) => {
      const rms = Math.sqrt(sigma.get(k, k)), apart = Math.sqrt(ours.states.reduce((sum, s, p) => sum + (s[i] - paths[k][p]) ** 2, 0) / steps);
      expect(apart / rms).toBeLessThan(0.02);
    });
  }, 240_000);

  test("is refused on a silent circuit, and starts anew with its seed", () => {
    const chip = resting(ideal, chain([1, 2]), 0), first = (s: number) => noiseCurrents(thermal, chip, s, 0.1, 1)[0];
    expect(() => noiseCurrents(ideal, chip, 1, 0.1, 1)).toThrow("circuit ideal is silent; set its noise");
    expect(() => noiseCurrents({ ...ideal, noise: { thermal: 1, telegraph: { depth: 0.1, rate: 1e6 } } }, chip, 1, 0.1, 1)).toThrow("circuit ideal has noise.telegraph, of conductances");
    expect(() => noiseCurrents({ ...ideal, synapse: { kind: "transconductor", device: "ecram", span: 1, memory: "registers" }, noise: { thermal: 1, read: 0.1 } }, chip, 1, 0.1, 1)).toThrow("circuit ideal has noise.read");
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(first(1).map(([t]) => t)[1]).toBe(0.1);
  });
});
