import { expect, test } from "vitest";
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

test("a negative nudge latches from 2|β| = 1 + λ on, and the smallest λ counts", () => {
  expect(cautions(experiment({ beta: 0.5, lambda: 0.1 }), ideal)).toEqual([]);
  expect(cautions(experiment({ beta: 0.55, lambda: 0.1 }), ideal)).toEqual([
    expect.stringContaining("2|β| = 1.1 is no weaker than 1 + λ = 1.1"),
  ]);
  expect(cautions(experiment({ beta: 0.5, rule: "plain" }), ideal)).toHaveLength(1);
  expect(cautions(experiment({ beta: 0.5, rule: "persistent" }), ideal)).toHaveLength(1);
  expect(cautions(experiment({ beta: 5, rule: "backpropagation" }), ideal)).toEqual([]);
  expect(
    cautions(experiment({ beta: 1, lambda: { from: 0.1, to: 10, epochs: 1 } }), ideal),
  ).toEqual([expect.stringContaining("1 + λ = 1.1")]);
  expect(cautions(experiment({ beta: 1, lambda: 0.1, sign: "positive" }), ideal)).toEqual([]);
});

test("currents that nudge bend nothing and latch no output, whatever their sign", () => {
  expect(
    cautions(experiment({ beta: 5, rule: "plain" }), {
      ...ideal,
      nudge: { spread: 0.3, offset: 0, kind: "current" },
    }),
  ).toEqual([]);
  expect(
    cautions(experiment({ beta: 5, rule: "plain" }), {
      ...ideal,
      nudge: { spread: 0.3, offset: 0, kind: "conductance" },
    }),
  ).toHaveLength(1);
});

test("what the schematic warns of is passed on", () => {
  expect(cautions(experiment({}), { ...ideal, warnings: ["the ADC clips"] })).toEqual([
    "circuit ideal: the ADC clips",
  ]);
});

test(
  "on a die with spreads an output latches where its own leak and link are no stronger than its " +
    "own nudge",
  () => {
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
    expect(cautions(wide, spread)).toEqual([
      expect.stringContaining(`on ${latching} of the 40 outputs of die 2`),
    ]);
    expect(cautions(wide, ideal)).toEqual([]);
    expect(cautions({ ...wide, learning: { ...wide.learning, beta: 0.1 } }, spread)).toEqual([]);
  },
);
