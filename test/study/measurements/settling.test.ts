import { describe, expect, it } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { digits } from "../../../src/data/digits.ts";
import { experimentSchema, type Experiment } from "../../../src/experiment/schema.ts";
import { settling } from "../../../src/study/measurements/settling.ts";
import { ideal } from "../../support/setups.ts";

const split = digits(1);

function experiment(more: Record<string, unknown> = {}): Experiment {
  return experimentSchema.parse({
    name: "s",
    network: { layers: [784, 20, 10] },
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
  return settling.run({
    experiment: e,
    circuit,
    options: settling.options.parse({ images: 3, ...options }),
    split,
    seed: 1,
    progress: () => undefined,
  });
}

describe("settling", () => {
  it("is measured from zero and from the guess, and gives exactly what it promises", async () => {
    const { outcome, values } = await measure(experiment());
    expect(outcome).toBe("settled");
    expect(Object.keys(values).sort()).toEqual(Object.keys(settling.produces.values).sort());
    expect(values["stepsZero"]).toBe(values["evaluationsZero"]);
    // ε = ½.
    expect(values["tauZero"]).toBeCloseTo(0.5 * Number(values["stepsZero"]), 9);
    expect(values["residualGuess"]).toBeLessThanOrEqual(1e-3);
  });

  it("begins nearer and ends sooner from the guess of a copy that has learned", async () => {
    const raw = (await measure(experiment())).values;
    const { values } = await measure(experiment(), { trained: 300 });
    expect(Number(values["guessDistance"])).toBeLessThan(Number(raw["guessDistance"]));
    expect(Number(values["stepsGuess"])).toBeLessThan(Number(raw["stepsGuess"]));
  });

  it("without a copy begins beside the equilibrium: the smaller the error the sooner it is there", async () => {
    const plain = experiment({ learning: { rule: "plain", rates: [0.1, 0.05] } });
    const near = (await measure(plain, { guessError: 0.01 })).values;
    const far = (await measure(plain, { guessError: 0.3 })).values;
    expect(Number(near["guessDistance"])).toBeLessThan(Number(far["guessDistance"]));
    expect(Number(near["stepsGuess"])).toBeLessThan(Number(far["stepsGuess"]));
    expect(near["stepsZero"]).toBe(far["stepsZero"]);
  });

  it("gives no steps where an image did not settle, and names the cycle", async () => {
    const { outcome, values } = await measure(
      experiment({ learning: { rates: [0.1, 0.05], lambda: 100 } }),
      { steps: 200 },
    );
    expect(outcome).toBe("limit-cycle");
    expect(values).toMatchObject({ stepsZero: null, tauZero: null, stepsGuess: null });
    expect(values["residualZero"]).toBeGreaterThan(1e-3);
  });

  it("by a minimiser does not see how fast the units are, and by Euler does", async () => {
    const slow = { ...ideal, mismatch: { ...ideal.mismatch, capacitance: 0.7 } };
    // With some units four times as fast as the median, ε = ½ would be too long.
    const steps = async (solver: string, circuit: Circuit) =>
      Number(
        (await measure(experiment({ settle: { solver, step: 0.1 } }), {}, circuit)).values[
          "stepsZero"
        ],
      );
    expect(await steps("block-descent", slow)).toBe(await steps("block-descent", ideal));
    expect((await measure(experiment(), {}, slow)).outcome).toBe("limit-cycle");
    expect(await steps("euler", slow)).toBeGreaterThan(await steps("euler", ideal));
  });
});
