import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circuitNames, circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { take } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { parseExperiment } from "../../src/experiment/yaml.ts";
import { integrate } from "../../src/solver/integrate.ts";
import { explicit } from "../../src/solver/explicit.ts";
import { constant } from "../../src/solver/controllers.ts";
import { heun } from "../../src/solver/tableaux.ts";
import { createSession } from "../../src/training/create-session.ts";
import { networkDemand, trainingDemand } from "../../src/training/demand.ts";
import { ideal } from "../support/setups.ts";

const week = 7 * 86_400;
const mnist = { train: 60_000, test: 10_000 };
const experiment = (more: object) =>
  experimentSchema.parse({
    name: "x",
    network: { layers: [784, 500, 10] },
    learning: { rates: [0.1, 0.1] },
    ...more,
  });
const whole = digits(1);
const split = { ...whole, train: take(whole.train, 100), test: take(whole.test, 10) };

describe("what networks need", () => {
  it.each(circuitNames())("on %s is foreseen within a factor of two", async (name) => {
    const circuit = await parseCircuit(circuitText(name), name);
    const differential = circuit.outputs === "differential";
    const asked = experiment({
      network: { layers: [784, 100, differential ? 20 : 10] },
      learning: { rates: [0.1, 0.1], rule: name === "xor" ? "plain" : "initialized" },
    });
    const { chip } = createSession(asked, circuit, split).trained();
    const { bytes } = networkDemand(asked, circuit);
    // Solvers keep eight vectors of their own beside the kernels' memory.
    const taken = chip.memory.used + 8 * 8 * chip.size * chip.capacity;
    expect(bytes / taken).toBeGreaterThan(0.6);
    expect(bytes / taken).toBeLessThan(2);
  });

  it("is refused where the engine has no room, by every door of the library", () => {
    for (const network of [
      { layers: [784, 2_000_000, 10] },
      { layers: [784, 1e9, 10] },
      { layers: [784, 2e6, 10], blocks: [{ from: 0, to: 1, density: 0.5 }] },
    ])
      expect(() => createSession(experiment({ network }), ideal, split)).toThrow(
        /^x: network\.layers .*: too large: it needs about .* [GT]B of memory/,
      );
    expect(() =>
      createSession(experiment({ train: { batch: 5e6 } }), ideal, {
        ...split,
        train: { ...split.train, count: 5e6 },
      }),
    ).toThrow(/in minibatches of 5000000: too large/);
    expect(() => fabricate(ideal, chain([784, 2e6, 10]))).toThrow(/too large: it needs about/);
    expect(() => fabricate(ideal, chain([784, 10]), { batch: 1e9 })).toThrow(/too large/);
    const chip = fabricate(ideal, chain([4, 3]), { batch: 1 });
    chip.inputs.showReals(new Float64Array(4), 1);
    chip.present();
    expect(() =>
      integrate(chip, chip.state.array, explicit(heun, constant(0.1)), { end: 1, saveAt: 1e9 }),
    ).toThrow(/^integrate: 1000000000 times .*: too large/);
  });
});

describe("what a training takes", () => {
  it("is no more than a week for what people train", async () => {
    const legitimate = [
      { network: { layers: [784, 1024, 10] }, train: { epochs: 50 } },
      {
        network: { layers: [784, 500, 500, 500, 10] },
        learning: { rates: [0.1, 0.1, 0.1, 0.1] },
        settle: { free: { steps: 500 }, nudged: { steps: 20 } },
        train: { epochs: 50 },
      },
      {
        settle: { free: { tolerance: 1e-4 }, nudged: { tolerance: 1e-4 } },
        train: { epochs: 200 },
      },
      { train: { epochs: 50, every: 0.01 } },
    ];
    for (const more of legitimate) {
      const { seconds, bytes } = trainingDemand(experiment(more), ideal, mnist);
      expect(seconds).toBeLessThan(week);
      expect(bytes).toBeLessThan(1e9);
    }
    const root = join(import.meta.dirname, "../../experiments");
    for (const file of ["paper-small.yaml", "paper-large.yaml", "quickstart.yaml"]) {
      const asked = await parseExperiment(readFileSync(join(root, file), "utf8"), file);
      expect(trainingDemand(asked, ideal, mnist).seconds).toBeLessThan(86_400);
    }
    expect(readdirSync(root)).toContain("quickstart.yaml");
  });

  it.each([
    [{ train: { epochs: 1e9 } }],
    [{ settle: { free: { steps: 1e12 } } }],
    [{ settle: { nudged: { steps: 1e10 } } }],
    [{ train: { epochs: 1000, every: 1e-9 }, settle: { free: { steps: 1000 } } }],
  ])("is far more for %j", (more) => {
    expect(trainingDemand(experiment(more), ideal, mnist).seconds).toBeGreaterThan(week);
  });
});
