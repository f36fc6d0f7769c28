import { describe, expect, it } from "vitest";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { gradientLimits } from "../../../src/study/measurements/gradient-limits.ts";
import { ideal } from "../../support/setups.ts";

const experiment = experimentSchema.parse({
  name: "g",
  network: { layers: [784, 20, 10] },
  learning: { rates: [0.1, 0.05] },
});
const measure = (options: Record<string, unknown> = {}, seed = 1) =>
  gradientLimits.run({
    experiment,
    circuit: ideal,
    options: gradientLimits.options.parse({ samples: 300, ...options }),
    split: null,
    seed,
    progress: () => undefined,
  });

describe("gradient-limits", () => {
  it("gives exactly what it promises, and curves of its deltas", async () => {
    const { outcome, values, curves } = await measure();
    expect(outcome).toBe("completed");
    expect(Object.keys(values).sort()).toEqual(Object.keys(gradientLimits.produces.values).sort());
    expect(Object.keys(curves).sort()).toEqual(Object.keys(gradientLimits.produces.curves).sort());
    for (const { x, y } of Object.values(curves))
      expect([x, y.length]).toEqual([[0.32, 0.16, 0.08, 0.04, 0.02], 5]);
  });

  it("is a function of settings and seed", async () => {
    expect(await measure()).toEqual(await measure());
    expect((await measure({}, 2)).values["alignmentStart"]).not.toBe(
      (await measure()).values["alignmentStart"],
    );
  });

  it(
    "sees the first order on tanh in the mean over seeds, and the cosine near the teacher go to " +
      "that of the limits",
    async () => {
      const seen = await Promise.all(
        [1, 2, 3, 4].map((seed) => measure({ deltas: [0.08, 0.04, 0.02, 0.01] }, seed)),
      );
      const mean = (name: string) =>
        seen.reduce((sum, s) => sum + Number(s.values[name]), 0) / seen.length;
      expect(Math.abs(mean("orderLocal") - 1)).toBeLessThan(0.1);
      expect(Math.abs(mean("orderDistant") - 1)).toBeLessThan(0.1);
      // The cosine moves by no more than both relative errors together.
      for (const { values, curves } of seen)
        expect(
          Math.abs((curves["alignment"].y.at(-1) ?? NaN) - Number(values["alignmentLimit"])),
        ).toBeLessThan(Number(values["errorLocal"]) + Number(values["errorDistant"]));
    },
  );

  it(
    "finds G₁ nearly parallel to the local gradient where the second layer is much wider than " +
      "the first",
    async () => {
      const { values } = await measure({
        hidden: 16,
        outputs: 1024,
        samples: 20,
        scale: 0.3,
        deltas: [0.1, 0.05],
      });
      // With outputs ≫ hidden, w₂ w₂ᵀ is nearly the identity: 1/√(1 + hidden/outputs).
      expect(values["diagonalCosine"]).toBeGreaterThan(0.97);
      expect(values["alignmentG1"]).toBeGreaterThan(0.97);
    },
  );
});
