import { expect, test } from "vitest";
import { readGiven } from "../../../src/circuit/physics/index.ts";

test("what no schematic says is read in SI", async () => {
  expect(
    await readGiven([
      "supply=1.2 V",
      "capacitance-density = 2 fF/um^2",
      "gm-over-i=10 / V",
      "synapse-area=25 um^2",
      "figure-of-merit=5 fJ",
      "synapse-capacitance=1 fF",
    ]),
  ).toEqual({
    supply: 1.2,
    capacitanceDensity: expect.closeTo(2e-3, 12),
    gmOverI: 10,
    synapseArea: expect.closeTo(25e-12, 20),
    figureOfMerit: 5e-15,
    synapseCapacitance: 1e-15,
  });
});

test.each([
  ["suply=1 V", /there is|did you mean "supply"/],
  ["supply", /expected key=value, such as supply="1.2 V"/],
  ["supply=1 pF", /found a capacitance, expected a value such as 1.2 V/],
  ["gm-over-i=10", /found a number without unit, expected a value such as 10 \/ V/],
  ["supply=-1 V", /found -1, expected more than zero/],
  ["capacitance-density=2 fF", /found a capacitance, expected a value such as 2 fF\/um\^2/],
  ["supply=", /supply=: .*not a number/],
  ["__proto__=1", /known quantities/],
])("%s is refused with what was expected", async (text, message) => {
  await expect(readGiven([text])).rejects.toThrow(message);
  await expect(readGiven([text])).rejects.toMatchObject({ name: "InputError" });
});
