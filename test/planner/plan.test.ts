import { describe, expect, test } from "vitest";
import { circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { nodesFor } from "../../src/circuit/outputs.ts";
import { take } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { planLearning } from "../../src/planner/plan.ts";
import { planText } from "../../src/planner/words.ts";

const data = take(digits(1).train, 40);

async function plan(name: string, thermal: number, learning: object = {}, seconds?: number) {
  const read = await parseCircuit(circuitText(name), name);
  const circuit = { ...read, noise: { thermal } };
  const experiment = experimentSchema.parse({
    name: "x",
    circuit: name,
    network: { layers: [784, 6, nodesFor(circuit, 10)] },
    learning: { rates: [0.1, 0.05], ...learning },
    train: { batch: 4 },
  });
  return planLearning(experiment, circuit, data, seconds);
}
/** σ = .04 a step of τ/2. */
const loud = 386_300;

describe("a plan of learning in noise", () => {
  test("predicts the error that is measured with other draws, and finds what pays", async () => {
    const now = await plan("ideal", loud, { beta: 0.05 });
    expect(now.best.error).toBeLessThan(now.asIs.error);
    expect(now.best.seconds).toBeLessThanOrEqual(now.secondsPerSample * (1 + 1e-9));
    expect(Math.abs(now.measured / now.best.error - 1)).toBeLessThan(0.25);
    const long = await plan("ideal", loud, { beta: 0.05 }, 100 * now.secondsPerSample);
    expect(long.best.error).toBeLessThan(now.best.error);
    expect(long.best.window).toBe(32);
    expect(long.front.length).toBeGreaterThan(2);
    long.front.slice(1).forEach((o, k) => {
      expect(o.seconds).toBeGreaterThan(long.front[k].seconds);
      expect(o.error).toBeLessThan(long.front[k].error);
    });
    expect(planText(long)).toContain("Set learning.scheme=");
  });

  test("of a silent chip has no variance, and refuses a rule without a chip and a time too short", async () => {
    const silent = await plan("mismatched", 0);
    expect(silent.asIs.variance).toBeLessThan(1e-6);
    await expect(plan("ideal", 0, { rule: "backpropagation" })).rejects.toThrow("no chip settles");
    await expect(plan("ideal", loud, {}, 1e-15)).rejects.toThrow("the fastest takes");
  });
});
