import { describe, expect, it } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { digits } from "../../../src/data/digits.ts";
import { chain, directed, graph } from "../../../src/energy/graph.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { experimentSchema, type Experiment } from "../../../src/experiment/schema.ts";
import { contrast, relativeError } from "../../../src/study/measurements/contrast.ts";
import { workPrecision } from "../../../src/study/measurements/work-precision.ts";
import { learner } from "../../../src/learning/algorithm.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { random } from "../../../src/numerics/random.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { resistors } from "../../support/resistors.ts";
import { ideal, labelsFor, sparseInputs } from "../../support/setups.ts";

const split = digits(1);

/** A small net whose convexity does not hang on λ. */
function experiment(
  solver: Experiment["settle"]["solver"],
  more: Record<string, unknown> = {},
): Experiment {
  return experimentSchema.parse({
    name: "w",
    network: { layers: [784, 20, 10] },
    settle: { solver },
    learning: { rates: [0.1, 0.05], lambda: 1 },
    precision: "f64",
    ...more,
  });
}

async function measure(
  e: Experiment,
  options: Record<string, unknown> = {},
  circuit: Circuit = ideal,
) {
  return workPrecision.run({
    experiment: e,
    circuit,
    options: workPrecision.options.parse({ images: 2, evaluations: 300, ...options }),
    split,
    seed: 1,
    progress: () => undefined,
  });
}

describe("work against precision", () => {
  it("falls to rounding with work, and gives exactly what it promises", async () => {
    const { outcome, values, curves } = await measure(experiment("block-descent"));
    expect(outcome).toBe("settled");
    expect(Object.keys(curves).sort()).toEqual(Object.keys(workPrecision.produces.curves).sort());
    expect(Object.keys(values).sort()).toEqual(Object.keys(workPrecision.produces.values).sort());
    expect(curves.stateError.x.slice(0, 3)).toEqual([1, 2, 3]);
    expect(curves.stateError.y.at(-1)).toBeLessThan(1e-11);
    expect(curves.gradientError.y.at(-1)).toBeLessThan(1e-9);
    // Both phases' sweeps stand against the gradient.
    expect(curves.gradientError.x.slice(0, 3)).toEqual([2, 4, 6]);
    expect(values["evaluationsTo1e-9"]).toBeGreaterThanOrEqual(Number(values["evaluationsTo1e-3"]));
    expect(values["elsewhere"]).toBe(0);
  });

  it("of two solvers ends at one equilibrium: an Euler state is as near as its residual says", async () => {
    const { outcome, values, curves } = await measure(experiment("euler"));
    expect(outcome).toBe("settled");
    expect(curves.stateError.y.at(-1)).toBeLessThan(1e-11);
    // ε = ½: half a τ an evaluation.
    curves.stateErrorTau.x.forEach((tau, i) => {
      expect(tau).toBeCloseTo(0.5 * curves.stateError.x[i], 9);
    });
    expect(values["tauTo1e-6"]).toBeCloseTo(0.5 * Number(values["evaluationsTo1e-6"]), 9);
  });

  it("names the two-cycle of Euler at ε > 2/λmax, whose error stays", async () => {
    const { outcome, values, curves, advice } = await measure(
      experiment("euler", { learning: { rates: [0.1, 0.05], lambda: 100 } }),
    );
    expect(outcome).toBe("limit-cycle");
    expect(advice).toContain("too long");
    expect(values).toMatchObject({
      period: 2,
      "evaluationsTo1e-3": null,
      evaluationsToGradient1: null,
    });
    expect(curves.stateError.y.at(-1)).toBeGreaterThan(0.1);
  });

  it("begins at the guess when told, where at λ = 100 the equilibrium is near", async () => {
    const e = experiment("block-descent", { learning: { rates: [0.1, 0.05], lambda: 100 } });
    const zero = await measure(e);
    const guess = await measure(e, { from: "guess" });
    expect(guess.curves.stateError.y[0]).toBeLessThan(zero.curves.stateError.y[0]);
  });

  it("is measured after learning, when asked, and then on another chip", async () => {
    const e = experiment("block-descent");
    const fresh = await measure(e);
    const trained = await measure(e, { trained: 20 });
    expect(trained.outcome).toBe("settled");
    expect(trained.curves.stateError).not.toEqual(fresh.curves.stateError);
  });

  it("records that a solver refuses a circuit without an energy, with its reason", async () => {
    const oneWay = { ...ideal, mismatch: { ...ideal.mismatch, synapse: 0.1, reciprocal: false } };
    expect(await measure(experiment("fista"), {}, oneWay)).toMatchObject({
      outcome: "refused",
      values: {},
      advice: expect.stringContaining("no energy"),
    });
    expect((await measure(experiment("exponential-euler"), {}, oneWay)).outcome).toBe("settled");
  });

  it("gives equal bits for equal cells", async () => {
    expect(await measure(experiment("energy-descent"))).toEqual(
      await measure(experiment("energy-descent")),
    );
  });

  it("complains about single precision, about too many images, and about options that there are not", async () => {
    await expect(measure({ ...experiment("euler"), precision: "f32" })).rejects.toThrow(
      /set precision: f64/,
    );
    await expect(
      measure({ ...experiment("euler") }, { images: 100 }).then((m) => m.outcome),
    ).resolves.toBe("settled");
    expect(workPrecision.options.safeParse({ images: 101 }).success).toBe(false);
    const few = { ...split, test: { ...split.test, count: 1 } };
    await expect(
      workPrecision.run({
        experiment: experiment("euler"),
        circuit: ideal,
        options: workPrecision.options.parse({}),
        split: few,
        seed: 1,
        progress: () => undefined,
      }),
    ).rejects.toThrow(InputError);
    await expect(
      workPrecision.run({
        experiment: experiment("euler"),
        circuit: ideal,
        options: workPrecision.options.parse({}),
        split: null,
        seed: 1,
        progress: () => undefined,
      }),
    ).rejects.toThrow(/data\.set/);
  });
});

describe("the contrast", () => {
  const masked = graph(
    [12, 8, 5, 3],
    [
      { from: 0, to: 1 },
      { from: 1, to: 2, mask: Uint8Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 0 : 1)) },
      { from: 2, to: 3 },
      { from: 0, to: 2 },
    ],
  );
  it.each([
    ["a chain", chain([12, 8, 5, 3])],
    ["skips and a mask", masked],
    ["synapses of one direction each", directed(masked)],
  ])("is what learning adds to the weights, on %s", (_, g) => {
    const chip = fabricate(ideal, g, { batch: 2, precision: "f64" });
    const inputs = sparseInputs(2, 12, 1).flat();
    const before = chip.parameters.tensors();
    chip.inputs.showReals(inputs, 2);
    chip.inputs.label(labelsFor(2, g, 1));
    chip.present();
    const [low, high] = [chip.vector(), chip.vector()];
    const settleTo = (beta: number, to: typeof low) => {
      chip.tie({ lambda: 0, beta });
      chip.relax!(chip.state.array, 0.5, 30);
      chip.keep(to);
    };
    chip.start();
    settleTo(0, low);
    settleTo(0.5, high);
    const k = [1, 1, 1];
    const states = (v: typeof low) => Float64Array.from(v.array.subarray(0, 2 * chip.size));
    chip.contrast(high, low, k);
    chip.adjust(high, low, k);
    const learned = chip.parameters
      .tensors()
      .slice(0, g.blocks.length)
      .map((t, m) => Float64Array.from(t.data, (v, i) => v - before[m].data[i]));
    const own = contrast(chip, Float64Array.from(inputs), {
      free: states(low),
      nudged: states(high),
    }).slice(0, g.blocks.length);
    // Weights of order 1 forget what is below 1e-16.
    expect(relativeError(own, learned)).toBeLessThan(1e-12);
    expect(
      relativeError(
        own.map((b) => b.map((v) => 1.01 * v)),
        own,
      ),
    ).toBeCloseTo(0.01, 12);
  });

  const skipping = graph(
    [12, 8, 5, 3],
    [
      { from: 0, to: 1, mask: Uint8Array.from({ length: 96 }, (_, i) => (i % 5 === 0 ? 0 : 1)) },
      { from: 1, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 0, to: 2 },
    ],
  );
  const complementary = "input: { gain: 2, complementary: true }";
  const rectifying = "diodes: { hidden: rectifying, output: none }";
  it.each([
    ["one source an input", chain([12, 8, 5, 3]), rectifying],
    [
      "pairs of sources and amplifiers",
      chain([12, 8, 5, 3]),
      `${complementary}\n${rectifying}\namplifier: { gain: 4 }`,
    ],
    [
      "pairs of sources, skips, a mask and a block within a layer",
      skipping,
      `${complementary}\n${rectifying}`,
    ],
    [
      "currents that nudge",
      chain([12, 8, 5, 3]),
      `${complementary}\n${rectifying}\nnudge: { kind: current }`,
    ],
  ])("of a crossbar is the conductance that its learner adds, with %s", async (_, g, more) => {
    const chip = fabricate(await resistors(more), g, { batch: 2, precision: "f64" });
    const inputs = sparseInputs(2, 12, 1).flat();
    const rng = random(4, "conductances");
    const settle = { solver: blockDescent(), stop: { steps: 200 } };
    const rate = 1e-3;
    const beta = 0.1;
    // From the middle of the range nothing is clipped; a block within a layer is symmetric, and has
    // no resistor from a node to itself.
    chip.program(
      chip.parameters.tensors().map((t) =>
        t.shape.length === 1
          ? t
          : {
              ...t,
              data: t.data.map((__, k) =>
                t.name.includes("1-1") ? Number(Math.floor(k / 8) !== k % 8) : 1 + rng.uniform(),
              ),
            },
      ),
    );
    const before = chip.parameters.tensors();
    chip.inputs.showReals(inputs, 2);
    chip.inputs.label(labelsFor(2, g, 1));
    const own = learner(chip, null, {
      free: settle,
      nudged: settle,
      beta,
      lambda: 0,
      rates: [rate, rate, rate],
    });
    own.learn(1);
    const free = Float64Array.from(own.settled.array.subarray(0, 2 * chip.size));
    const nudged = Float64Array.from(chip.state.array.subarray(0, 2 * chip.size));
    const gained = chip.parameters
      .tensors()
      .slice(0, g.blocks.length)
      .map((t, m) => Float64Array.from(t.data, (v, i) => v - before[m].data[i]));
    const masks = g.blocks.map(({ mask }) => mask);
    const asked = contrast(chip, Float64Array.from(inputs), { free, nudged })
      .slice(0, g.blocks.length)
      .map((block) => block.map((v) => (rate / beta / 2) * v));
    // What was programmed where no synapse is goes as the chip learns, and is no lesson.
    const learned = gained.map((block, m) =>
      block.map((v, i) => (masks[m]?.[i % masks[m].length] === 0 ? 0 : v)),
    );
    const size = Math.sqrt(
      asked.flatMap((block) => [...block]).reduce((sum, v) => sum + v * v, 0) /
        asked.reduce((n, block) => n + block.length, 0),
    );
    // Conductances of order 1 forget what is below 2⁻⁵³.
    expect(size).toBeGreaterThan(1e-7);
    expect(relativeError(asked, learned)).toBeLessThan((4 * Number.EPSILON) / size);
  });
});

describe("work against precision of a crossbar", () => {
  it.each([
    ["ideal diodes", "ideal"],
    ["real diodes", "{ law: diode, saturation: 10 fA, ideality: 1 }"],
  ])("counts the error of squared drops, which falls to rounding, with %s", async (_, clamp) => {
    const circuit = await resistors(
      "input: { gain: 2, complementary: true }\ndiodes: { hidden: rectifying, output: none }",
      { leak: "5 uS", swing: "1 V", clamp },
    );
    const { outcome, curves } = await measure(experiment("block-descent"), {}, circuit);
    expect(outcome).toBe("settled");
    expect(curves.gradientError.y.at(-1)).toBeLessThan(1e-9);
  });
});
