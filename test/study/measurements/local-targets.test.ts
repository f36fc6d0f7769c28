import { expect, it } from "vitest";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { localTargets } from "../../../src/study/measurements/local-targets.ts";
import { ideal } from "../../support/setups.ts";

const measure = async (
  options: Record<string, unknown>,
  network: Record<string, unknown> = {},
  seed = 1,
) =>
  localTargets.run({
    experiment: experimentSchema.parse({
      name: "l",
      network: { layers: [10, 10, 10, 10], ...network },
      learning: { rates: [1, 1, 1] },
    }),
    circuit: ideal,
    options: localTargets.options.parse({
      samples: 100,
      batch: 20,
      iterations: 300,
      every: 50,
      ...options,
    }),
    split: null,
    seed,
    progress: () => undefined,
  });

it.each(["local", "global"] as const)(
  "a network learns the states of another by its %s loss, and tells how its gradients align",
  async (loss) => {
    const { outcome, values, curves } = await measure({ loss });
    expect(outcome).toBe("completed");
    expect(Object.keys(values).sort()).toEqual(Object.keys(localTargets.produces.values).sort());
    // Of the layers with others above them.
    expect(Object.keys(curves)).toEqual(["loss", "alignment1", "alignment2"]);
    expect(curves["loss"].x).toEqual([0, 50, 100, 150, 200, 250, 300]);
    expect(curves["loss"].y[0]).toBe(values["startLoss"]);
    expect(Number(values["finalLoss"])).toBeLessThan(0.5 * Number(values["startLoss"]));
  },
);

it(
  "both losses begin with the same networks and inputs, other seeds with others, and numbers " +
    "come again",
  async () => {
    const local = await measure({ loss: "local" });
    const global = await measure({ loss: "global" });
    const other = await measure({}, {}, 2);
    expect(global.values["startLoss"]).toBe(local.values["startLoss"]);
    expect(other.values["startLoss"]).not.toBe(local.values["startLoss"]);
    expect(await measure({ loss: "local" })).toEqual(local);
  },
);

it("a loss that grows beyond numbers is called diverged", async () => {
  expect(await measure({ rate: 1e6 })).toMatchObject({
    outcome: "diverged",
    advice: expect.stringContaining("Lower options.rate") as string,
  });
});

it("what it does not train is refused by name", async () => {
  await expect(measure({ batch: 30 })).rejects.toThrow(
    "options.samples is 100, expected a multiple of options.batch, 30",
  );
  await expect(
    measure(
      {},
      {
        blocks: [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
          { from: 2, to: 3 },
        ],
      },
    ),
  ).rejects.toThrow("network.blocks is given");
});
