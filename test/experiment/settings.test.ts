import { expect, it } from "vitest";
import { differences, settingsOf } from "../../src/experiment/settings.ts";

it("settings are rows: lists of numbers stay on one, and what is not given has none", () => {
  expect(
    settingsOf({
      name: "a",
      learning: { rates: [0.1, 0.05], beta: 1 },
      network: { blocks: [{ from: 0, to: 1 }] },
      description: undefined,
    }),
  ).toEqual([
    ["name", "a"],
    ["learning.rates", "[0.1, 0.05]"],
    ["learning.beta", "1"],
    ["network.blocks.0.from", "0"],
    ["network.blocks.0.to", "1"],
  ]);
});

it("differences name each setting with both values, also where one side has none", () => {
  expect(differences({ a: { b: 1, c: [1] }, d: "x" }, { a: { b: 2, c: [1] }, e: true })).toEqual([
    "a.b: 1 there, 2 here",
    "d: x there, not given here",
    "e: not given there, true here",
  ]);
});
