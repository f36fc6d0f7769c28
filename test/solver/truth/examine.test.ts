import { expect, test } from "vitest";
import { euler } from "../../../src/solver/euler.ts";
import { advice } from "../../../src/solver/outcome.ts";
import { settle } from "../../../src/solver/settle.ts";
import { examine } from "../../../src/solver/truth/examine.ts";
import { digitChip } from "./digit-chip.ts";

test("an examination settles, diagnoses and certifies, and is plain data", async () => {
  const chip = digitChip([784, 100, 10], 3, { lambda: 1, beta: 0 });
  const s = chip.state.array;
  const found = await examine(
    chip,
    s,
    euler(0.2),
    { steps: 3000, tolerance: 1e-6 },
    { spectra: true },
  );
  expect(found.equilibrium.outcome).toBe("settled");
  expect(found.certificate.convex).toBe(true);
  expect(structuredClone(found)).toEqual(found);
  const rough = Float64Array.from(s);
  settle(chip, s, euler(0.2), { steps: 5000, tolerance: 1e-14 });
  found.samples.forEach((x, r) => {
    expect(x.advice).toBe(advice["settled"]);
    const off = Math.hypot(
      ...rough.subarray(r * chip.size, (r + 1) * chip.size).map((v, i) => v - s[r * chip.size + i]),
    );
    expect(x.distance).toBeGreaterThanOrEqual(off);
    expect(x.distance).toBeLessThan(1e-4);
    expect(x.spectrum!.stable).toBe(true);
    // The curvature that the diagnosis found is the slowest decay, on a chip whose capacitors are
    // all alike.
    expect(-x.spectrum!.eigenvalues[0].re).toBeCloseTo(
      found.equilibrium.findings[r].curvature!.smallest,
      6,
    );
  });
});

test(
  "an examination of Euler beyond its longest step names the cycle, on the way to the same " +
    "certificate",
  async () => {
    const chip = digitChip([784, 100, 10], 2, { lambda: 100, beta: 0 });
    const s = chip.state.array;
    const found = await examine(chip, s, euler(0.5), { steps: 100, tolerance: 1e-6 });
    expect(found.equilibrium.outcome).toBe("limit-cycle");
    expect(found.equilibrium.findings).toEqual([{ period: 2 }, { period: 2 }]);
    expect(found.certificate.convex).toBe(true);
    for (const x of found.samples) {
      expect(x.advice).toBe(advice["limit-cycle"]);
      expect(x.distance).toBeGreaterThan(0.1);
      expect(x.spectrum).toBeUndefined();
    }
  },
);
