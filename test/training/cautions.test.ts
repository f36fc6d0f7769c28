import { expect, test } from "vitest";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { networkOf } from "../../src/experiment/network.ts";
import { settle } from "../../src/solver/settle.ts";
import { blockDescent } from "../../src/solver/minimise/block-descent.ts";
import { breakingBeta } from "../../src/solver/truth/breaking-beta.ts";
import { certificate } from "../../src/solver/truth/convexity.ts";
import { resistors } from "../support/resistors.ts";
import { cautions } from "../../src/training/cautions.ts";
import { outputTies } from "../../src/dynamics/units/ties.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { ideal } from "../support/setups.ts";

const experiment = (learning: object) =>
  experimentSchema.parse({
    name: "x",
    network: { layers: [4, 3, 2] },
    learning: { rates: [0.1, 0.1], ...learning },
  });

test("a negative nudge latches from 2|β| = 1 + λ on, and the smallest λ counts", async () => {
  expect(await cautions(experiment({ beta: 0.5, lambda: 0.1 }), ideal)).toEqual([]);
  expect(await cautions(experiment({ beta: 0.55, lambda: 0.1 }), ideal)).toEqual([
    expect.stringContaining("2|β| = 1.1 is no weaker than 1 + λ = 1.1"),
  ]);
  expect(await cautions(experiment({ beta: 0.5, rule: "plain" }), ideal)).toHaveLength(1);
  expect(await cautions(experiment({ beta: 0.5, rule: "persistent" }), ideal)).toHaveLength(1);
  expect(await cautions(experiment({ beta: 5, rule: "backpropagation" }), ideal)).toEqual([]);
  expect(
    await cautions(experiment({ beta: 1, lambda: { from: 0.1, to: 10, epochs: 1 } }), ideal),
  ).toEqual([expect.stringContaining("1 + λ = 1.1")]);
  expect(await cautions(experiment({ beta: 1, lambda: 0.1, sign: "positive" }), ideal)).toEqual([]);
});

test("currents that nudge bend nothing and latch no output, whatever their sign", async () => {
  expect(
    await cautions(experiment({ beta: 5, rule: "plain" }), {
      ...ideal,
      nudge: { spread: 0.3, offset: 0, kind: "current" },
    }),
  ).toEqual([]);
  expect(
    await cautions(experiment({ beta: 5, rule: "plain" }), {
      ...ideal,
      nudge: { spread: 0.3, offset: 0, kind: "conductance" },
    }),
  ).toHaveLength(1);
});

test("what the schematic warns of is passed on", async () => {
  expect(await cautions(experiment({}), { ...ideal, warnings: ["the ADC clips"] })).toEqual([
    "circuit ideal: the ADC clips",
  ]);
});

test(
  "on a die with spreads an output latches where its own leak and link are no stronger than its " +
    "own nudge",
  async () => {
    const spread = {
      ...ideal,
      mismatch: { ...ideal.mismatch, leak: 0.3 },
      link: { spread: 0.2, offset: 0 },
      nudge: { spread: 0.3, offset: 0 },
    };
    const wide = experimentSchema.parse({
      name: "x",
      network: { layers: [4, 3, 40] },
      learning: { rates: [0.1, 0.1], beta: 0.45, lambda: 0.1 },
      die: 2,
    });
    const { leak, link, nudge } = outputTies(spread, 2, 2, 40);
    const latching = Array.from(leak).filter((g, i) => 0.9 * nudge[i] >= g + 0.1 * link[i]).length;
    expect(latching).toBeGreaterThan(0);
    expect(await cautions(wide, spread)).toEqual([
      expect.stringContaining(`on ${latching} of the 40 outputs of die 2`),
    ]);
    expect(await cautions(wide, ideal)).toEqual([]);
    expect(await cautions({ ...wide, learning: { ...wide.learning, beta: 0.1 } }, spread)).toEqual(
      [],
    );
  },
);

const crossbar = (learning: object, layers = [6, 5, 3]) =>
  experimentSchema.parse({
    name: "x",
    network: { layers },
    learning: { rates: [0.1, 0.1], rule: "plain", ...learning },
    settle: { solver: "block-descent" },
  });

test("a crossbar is warned of from the β on that leaves its outputs without an equilibrium", async () => {
  const free = await resistors("diodes: { hidden: none, output: none }");
  const network = crossbar({ beta: 1 });
  const make = () =>
    fabricate(free, networkOf(network), { die: 1, seed: 1, batch: 1, precision: "f64" });
  const least = await breakingBeta(make(), 0);
  // The energy of the nudged chip has a minimum below it, and none above.
  for (const [times, convex] of [
    [0.999, true],
    [1.001, false],
    [2, false],
  ] as const) {
    const chip = make();
    chip.inputs.showReals(new Float64Array(6).fill(0.5), 1);
    chip.inputs.label([0]);
    chip.present();
    chip.tie({ lambda: 0, beta: -times * least });
    expect((await certificate(chip)).convex).toBe(convex);
    const { outcome } = settle(chip, chip.state.array, blockDescent(), { steps: 100_000 });
    if (times === 2) expect(outcome).toBe("non-finite");
  }
  expect(await cautions(crossbar({ beta: 0.99 * least }), free)).toEqual([]);
  expect(await cautions(crossbar({ beta: 2 * least, sign: "positive" }), free)).toEqual([]);
  for (const nudge of [{}, { sign: "negative" }, { scheme: "centred" }, { scheme: "lock-in" }])
    expect(await cautions(crossbar({ beta: 1.01 * least, ...nudge }), free)).toEqual([
      expect.stringContaining(
        `from β = ${Number(least.toPrecision(2))} on the nudged phase has no equilibrium`,
      ),
    ]);
  // λ holds the outputs too, and diodes let them run to a rail at most.
  expect(await breakingBeta(make(), 0.1)).toBeGreaterThan(least + 0.05);
  const held = await resistors("diodes: { hidden: none, output: rails }");
  expect(await cautions(crossbar({ beta: 1.01 * least }), held)).toEqual([
    expect.stringContaining("an output runs to its diodes"),
  ]);
});
