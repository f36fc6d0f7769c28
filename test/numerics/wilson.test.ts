import { describe, expect, it } from "vitest";
import { random } from "../../src/numerics/random.ts";
import { wilson } from "../../src/numerics/wilson.ts";

describe("Wilson's interval", () => {
  it("of 0 and of 10 in 10 is what the formula says with p = 0 and 1", () => {
    const z2 = 1.959963984540054 ** 2;
    expect(wilson(0, 10).low).toBe(0);
    expect(wilson(0, 10).high).toBeCloseTo(z2 / (10 + z2), 12);
    expect(wilson(10, 10).low).toBeCloseTo(10 / (10 + z2), 12);
  });

  it("covers the truth in 95 of 100 samples", () => {
    const draw = random(1, "wilson");
    const [p, n, repeats] = [0.05, 400, 2000];
    let covered = 0;
    for (let r = 0; r < repeats; r++) {
      let hits = 0;
      for (let i = 0; i < n; i++) if (draw.uniform() < p) hits++;
      const { low, high } = wilson(hits, n);
      if (low <= p && p <= high) covered++;
    }
    // Its coverage at p = 5 %, n = 400 is 95.0 %; four of its own deviations are 2 %.
    expect(Math.abs(covered / repeats - 0.95)).toBeLessThan(0.02);
  });
});
