import { describe, expect, it, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { digits } from "../../../src/data/digits.ts";
import type { Bench } from "../../../src/testbench/settle/bench.ts";
import { settleOnBench } from "../../../src/testbench/settle/look.ts";
import { readOptions, type RawOptions } from "../../../src/testbench/settle/options.ts";
import { written } from "../../../src/testbench/settle/solver-text.ts";
import { buildNetworks } from "../../../src/training/networks.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { succeeded, type SettledSample } from "../../../src/output/settle/data.ts";
import { settleText } from "../../../src/output/settle/wording.ts";
import { ideal } from "../../support/setups.ts";

const { test: images } = digits(1);

function bench(circuit: Circuit = ideal, layers: readonly number[] = [784, 60, 10]): Bench {
  const experiment = experimentSchema.parse({
    name: "bench",
    network: { layers },
    learning: { rates: layers.slice(1).map(() => 0.1) },
    precision: "f64",
  });
  return {
    ...buildNetworks(experiment, circuit),
    images,
    target: "ideal",
    seed: 1,
    weights: "Xavier weights of seed 1",
    usual: { solver: written("euler"), step: 0.5, lambda: 0, from: "zero" },
  };
}

const looked = async (raw: RawOptions, on = bench(), traces = false) =>
  settleOnBench(on, await readOptions(raw), { traces });

describe("a chip on the settle bench", () => {
  it("by several solvers ends in one state, certified, with the energy of each the same", async () => {
    const found = await looked({
      lambda: "1",
      compare: "euler,exponential-euler,dormand-prince,newton-cg,block-descent",
      tol: "1e-9",
    });
    expect(found.certificate!.convex).toBe(true);
    expect(found.curvature).toBe(2);
    expect(succeeded(found)).toBe(true);
    // E is quadratic about its minimum: states within d of it differ in energy by at most L d² / 2.
    const energies = found.solvers.map((s) => s.samples[0].energy!);
    const apart = Math.max(...energies) - Math.min(...energies);
    const distance = Math.max(...found.solvers.map((s) => s.samples[0].distance!));
    // Where rails hold units the force does not vanish: it is at most 10 there, and the states of
    // those units are exact.
    expect(apart).toBeLessThan(0.5 * found.certificate!.lipschitz * distance ** 2 + 10 * distance);
    expect(distance).toBeLessThan(1e-6);
    expect(found.solvers.map((s) => s.samples[0].tau === null)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
    expect(settleText(found)).toMatch(
      /^solver .*\n(.*settled.*\n){5}\nCertified: exactly one equilibrium .*1 \+ λ = 2 > λmax = /m,
    );
  });

  it.each<RawOptions>([{ lambda: "1" }, { lambda: "1", tol: "1e-9" }, { time: "1.7 tau" }])(
    "is traced to where the table says that it ended, under %j",
    async (raw) => {
      const {
        solvers: [{ samples }],
        traces: [traced],
      } = await looked(raw, bench(), true);
      expect(traced.at.at(-1)).toBeCloseTo(samples[0].tau!, 12);
      expect(traced.residual.at(-1)).toBeCloseTo(samples[0].residual, 12);
    },
  );

  it("names Euler's two-cycle and the step that would be stable, and counts as failed", async () => {
    const found = await looked({ lambda: "100", steps: "200", tol: "1e-6" });
    expect(found.solvers[0].samples[0]).toMatchObject({ outcome: "limit-cycle", period: 2 });
    expect(succeeded(found)).toBe(false);
    expect(settleText(found)).toMatch(/limit-cycle of 2/);
    const longest = Number(
      /longest stable step of Euler is about ([\d.]+) τ/.exec(settleText(found))![1],
    );
    expect(
      (await looked({ lambda: "100", solver: `euler,step=${0.98 * longest}`, tol: "1e-6" }))
        .solvers[0].outcome,
    ).toBe("settled");
    expect(
      (await looked({ lambda: "100", solver: `euler,step=${1.1 * longest}`, tol: "1e-6" }))
        .solvers[0].outcome,
    ).toBe("limit-cycle");
  });

  it("without a tolerance has nothing to fail", async () => {
    const found = await looked({ steps: "2" });
    expect(found.solvers[0].samples[0]).toMatchObject({ outcome: "max-steps", steps: 2 });
    expect(succeeded(found)).toBe(true);
    expect(settleText(found)).toContain("no tolerance");
  });

  it(
    "nudged by currents ends in one state wherever it begins, as the free equilibrium sets " +
      "them, and names pairs of outputs by their difference",
    async () => {
      const on = bench(
        { ...ideal, outputs: "differential", nudge: { spread: 0, offset: 0, kind: "current" } },
        [784, 60, 20],
      );
      const asked = { lambda: "1", beta: "-0.7", tol: "1e-9", solver: "block-descent" };
      const ends: SettledSample[] = [];
      for (const from of ["zero", "guess", "free"] as const)
        ends.push((await looked({ ...asked, from }, on)).solvers[0].samples[0]);
      for (const end of ends) expect(Math.abs(end.energy! - ends[0].energy!)).toBeLessThan(1e-7);
      // The bench leaves the chip where the next one would begin: here at the free equilibrium.
      const first = on.chip.layout.offset.at(-1)!;
      const ŷ = Array.from(
        { length: 10 },
        (_, k) => on.chip.state.array[first + k] - on.chip.state.array[first + 10 + k],
      );
      const free = (await looked({ ...asked, beta: "0" }, on)).solvers[0].samples[0];
      expect(free.named).toBe(ŷ.indexOf(Math.max(...ŷ)));
      expect(Math.abs(free.energy! - ends[0].energy!)).toBeGreaterThan(1e-3);
      await expect(
        looked(
          asked,
          bench(
            { ...ideal, outputs: "differential", nudge: { spread: 0, offset: 0, kind: "current" } },
            [784, 60, 10],
          ),
        ),
      ).rejects.toThrow("expected a last layer of two nodes for each");
    },
  );

  it("from the free equilibrium has nowhere to go without nudging, and somewhere with it", async () => {
    const still = await looked({ from: "free", lambda: "1", tol: "1e-8" });
    const nudged = await looked({ from: "free", lambda: "1", tol: "1e-8", beta: "0.5" });
    // Fused steps look at the residual every four.
    expect(still.solvers[0].samples[0].steps).toBeLessThanOrEqual(4);
    expect(nudged.solvers[0].samples[0].steps).toBeGreaterThan(5);
    const [{ label, named }] = (
      await looked({ from: "free", lambda: "1", tol: "1e-8", beta: "50", solver: "newton-cg" })
    ).solvers[0].samples;
    expect(named).toBe(label);
  });

  it("at many images sums up, and each is what it is alone", async () => {
    const many = await looked({ images: "12", input: "3", lambda: "1" });
    const alone = await looked({ input: "7", lambda: "1" });
    expect(many.solvers[0].samples[4]).toEqual({ ...alone.solvers[0].samples[0], slowest: null });
    expect(settleText(many)).toMatch(/Steps: least \d+, median \d+, most \d+\./);
    expect(settleText(many)).toContain("means over 12 images");
  });

  it("predicts from the slowest time constant how a flow ends", async () => {
    // Exact flow: between two late residuals the slowest mode alone is left.
    const [early, late] = await Promise.all(
      ["1e-5", "1e-8"].map((tol) =>
        looked({ lambda: "1", solver: "dormand-prince,rtol=1e-10,atol=1e-12,cap=0.05", tol }),
      ),
    );
    const { slowest, tau } = late.solvers[0].samples[0];
    const took = tau! - early.solvers[0].samples[0].tau!;
    // Steps of at most 0.05 τ, each end up to one late.
    expect(Math.abs(took - slowest!.tau * Math.log(1e3))).toBeLessThan(
      0.05 * slowest!.tau * Math.log(1e3) + 0.1,
    );
  });

  it("counts the equilibria that starts end in", async () => {
    const found = await looked({ lambda: "1", starts: "5" });
    expect(found.basins).toMatchObject({
      starts: 5,
      samples: [{ image: 0, unsettled: 0, equilibria: [{ starts: 5 }] }],
    });
    expect(settleText(found)).toContain("5 starts found one equilibrium.");
  });
});

describe("the traces of the settle bench", () => {
  it.each(["euler", "dormand-prince", "odex", "block-descent", "newton-cg", "hand-over"])(
    "of %s start at the start and end where the settling did",
    async (solver) => {
      const found = await looked({ solver, lambda: "1" }, bench(), true);
      const [trace] = found.traces;
      const [
        {
          samples: [x],
        },
      ] = found.solvers;
      expect(trace.at[0]).toBe(0);
      expect(trace.states.flatMap((l) => l.map((u) => u[0])).every((s) => s === 0)).toBe(true);
      // Both stopped within the tolerance; fused and single steps differ by rounding.
      expect(trace.residual.at(-1)).toBeLessThanOrEqual(1e-6);
      if (solver !== "hand-over") expect(trace.evaluations.at(-1)).toBeGreaterThan(0);
      expect(trace.energy.at(-1)).toBeCloseTo(x.energy!, 8);
      // odex chooses other steps when it has to say what is between them; Euler's fused steps look
      // at the residual every four.
      if (solver === "dormand-prince") expect(trace.at.at(-1)).toBeCloseTo(x.tau!, 9);
      if (solver === "euler") expect(x.tau! - trace.at.at(-1)!).toBeOneOf([0, 0.5, 1, 1.5]);
      if (trace.kind === "flow")
        expect(trace.steps.length.reduce((a, b) => a + b, 0)).toBeCloseTo(trace.at.at(-1)!, 9);
      for (let i = 1; i < trace.at.length; i++)
        expect(trace.at[i]).toBeGreaterThan(trace.at[i - 1]);
    },
  );

  it("are thinned where there are very many steps, and keep both ends", async () => {
    const [trace] = (await looked({ solver: "euler,step=0.001", time: "9 tau" }, bench(), true))
      .traces;
    expect(trace.at.length).toBeLessThanOrEqual(3001);
    expect(trace.at[0]).toBe(0);
    expect(trace.at.at(-1)).toBeCloseTo(9, 9);
  });
});

describe("the settle bench refuses", () => {
  const noisy: Circuit = { ...ideal, noise: { thermal: 1 } };
  const skewed: Circuit = {
    ...ideal,
    mismatch: { ...ideal.mismatch, synapse: 0.1, reciprocal: false },
  };
  test.each<[string, RawOptions, Bench, RegExp]>([
    [
      "steps that adapt on a noisy circuit",
      { solver: "dormand-prince" },
      bench(noisy),
      /^dormand-prince: the circuit is noisy/,
    ],
    [
      "to count equilibria of a noisy circuit",
      { starts: "4" },
      bench(noisy),
      /^--starts: the circuit is noisy/,
    ],
    [
      "a minimiser without an energy",
      { compare: "euler,newton-cg" },
      bench(skewed),
      /^newton-cg: these dynamics have no energy/,
    ],
    [
      "a time for a minimiser",
      { solver: "fista", time: "5 tau" },
      bench(),
      /^--time: fista is a minimiser/,
    ],
    ["an image that is not there", { input: "2000" }, bench(), /images 0 … 1999/],
    [
      "images beyond the last one",
      { input: "1995", images: "10" },
      bench(),
      /--input 1995 --images 10: .*0 … 1999/,
    ],
    ["a first layer of another size", {}, bench(ideal, [700, 10]), /28 × 28 = 784 pixels/],
    ["a last layer of another size", {}, bench(ideal, [784, 9]), /10 classes/],
  ])("%s", async (_, raw, on, message) => {
    await expect(looked(raw, on)).rejects.toThrow(message);
    await expect(looked(raw, on)).rejects.toMatchObject({ name: "InputError" });
  });

  it("nothing of a noisy or a skewed circuit that a flow with fixed steps can do", async () => {
    const fluctuating = await looked({}, bench(noisy), true);
    const uneven = await looked({ lambda: "1" }, bench(skewed));
    expect(fluctuating.solvers[0].samples[0]).toMatchObject({ outcome: "end-time", tau: 50 });
    expect(fluctuating.traces[0].at.at(-1)).toBe(50);
    expect(settleText(fluctuating)).toContain("The circuit is noisy");
    expect(uneven.solvers[0].samples[0]).toMatchObject({ outcome: "settled", energy: null });
    expect(uneven.certificate!.convex).toBe(true);
    expect(settleText(uneven)).not.toContain("energy");
  });
});
