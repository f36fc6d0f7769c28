import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { circuitText, parseCircuit } from "../../src/circuit/index.ts";
import { checkDrawings } from "../../src/study/check.ts";
import { checkClaims } from "../../src/study/claims.ts";
import { readStudy } from "../../src/study/read.ts";
import { solverNames } from "../../src/experiment/solver-schema.ts";

const folder = "experiments/integrators";
const files = readdirSync(folder)
  .filter((f) => f.endsWith(".yaml") && !f.startsWith("spread-"))
  .map((f) => join(folder, f));

describe.each(files)("%s", (file) => {
  it.each([
    ["full", false],
    ["quick", true],
  ])("can be run in %s, and draws and claims what its cells give", async (_, quick) => {
    const open = (path: string) => ({
      text: readFileSync(join(dirname(file), path), "utf8"),
      file: join(dirname(file), path),
    });
    const study = await readStudy({ text: readFileSync(file, "utf8"), file, quick, open });
    checkDrawings(study);
    await checkClaims(study);
    for (const {
      experiment: { circuit },
    } of study.points)
      if (circuit.endsWith(".yaml")) expect(existsSync(join(folder, circuit))).toBe(true);
      else expect(() => circuitText(circuit)).not.toThrow();
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
      const circuit = await parseCircuit(
        readFileSync(join(folder, `spread-${spread}.yaml`), "utf8"),
        "spread.yaml",
      );
      // Φ⁻¹(0.95) = 1.6449; the file has four digits.
      expect(Math.exp(2 * 1.6449 * circuit.mismatch.capacitance) / spread).toBeCloseTo(1, 2);
    },
  );
});
