import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCircuit } from "../../src/circuit/index.ts";
import { planStudy } from "../../src/study/node/plan.ts";
import { solverNames } from "../../src/experiment/solver-schema.ts";

const folder = "experiments/integrators";
const files = readdirSync(folder)
  .filter((f) => f.endsWith(".yaml"))
  .map((f) => join(folder, f));

describe.each(files)("%s", (file) => {
  it.each([
    ["full", false],
    ["quick", true],
  ])("can be run in %s, and draws and claims what its cells give", async (_, quick) => {
    const { study, cells } = await planStudy({ file, quick });
    expect(cells.length).toBeGreaterThanOrEqual(study.points.length);
  });
});

describe("the integrator studies", () => {
  it("try every solver that finds equilibria of a quiet chip", () => {
    const tried = readFileSync(join(folder, "euler-vs-adaptive.yaml"), "utf8");
    const apart = ["euler-maruyama", "stochastic-heun", "active-set"];
    for (const name of solverNames.filter((n) => !apart.includes(n)))
      expect(tried).toContain(`    ${name}`);
  });

  it.each([10, 100])(
    "spread nine tenths of the time constants over a factor of %i",
    async (spread) => {
      const { study, cells } = await planStudy({ file: join(folder, "stiffness.yaml") });
      expect(study.axes[0].name).toBe("spread");
      const cell = cells.find((c) => c.axes["spread"] === String(spread))!;
      const { mismatch } = await parseCircuit(cell.circuit, "spread.yaml");
      // Φ⁻¹(0.95) = 1.6449; the file has four digits.
      expect(Math.exp(2 * 1.6449 * mismatch.capacitance) / spread).toBeCloseTo(1, 2);
    },
  );
});
