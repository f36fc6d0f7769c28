import fc from "fast-check";
import { expect, it } from "vitest";
import { isDue } from "../../src/training/schedule.ts";

it(
  "evaluations come at the whole minibatch nearest to each multiple of `every` epochs, and at " +
    "the end",
  () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        (stepsPerEpoch, totalSteps, every) => {
          const expected = new Set([totalSteps]);
          for (let k = 1; Math.round(k * every * stepsPerEpoch) <= totalSteps; k++)
            expected.add(Math.round(k * every * stepsPerEpoch));
          const due = Array.from({ length: totalSteps }, (_, i) => i + 1).filter((step) =>
            isDue(step, { stepsPerEpoch, totalSteps, every }),
          );
          expect(due).toEqual([...expected].filter((step) => step > 0).sort((a, b) => a - b));
        },
      ),
      { numRuns: 500 },
    );
  },
);

it("nothing is due before the first minibatch", () => {
  expect(isDue(0, { stepsPerEpoch: 10, totalSteps: 10, every: 0.01 })).toBe(false);
});
