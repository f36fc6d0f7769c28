import fc from "fast-check";
import { expect, test } from "vitest";
import { logAxis } from "../../../src/output/report/figure.ts";

test(
  "a logarithmic axis shows all its values between at least two labelled ticks, and never " +
    "crowds them",
  () => {
    const value = fc.double({ min: 1e-12, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const { range, tickvals, ticktext } = logAxis("", [...values, 0, NaN, null]) as {
          range: number[];
          tickvals: number[];
          ticktext: string[];
        };
        const logs = values.map(Math.log10);
        // log₁₀ of a power of ten may be off by some units in the last place.
        expect(range[0]).toBeLessThan(Math.min(...logs) + 1e-8);
        expect(range[1]).toBeGreaterThan(Math.max(...logs) - 1e-8);
        expect(tickvals.length).toBeGreaterThanOrEqual(2);
        expect(tickvals.length).toBeLessThanOrEqual(21);
        expect(new Set(ticktext).size).toBe(tickvals.length);
      }),
    );
    expect(logAxis("", [0.13, 5.2]).ticktext).toEqual(["0.1", "0.2", "0.5", "1", "2", "5", "10"]);
    expect(logAxis("", [2e-6, 4e-6]).ticktext).toEqual(["2·10⁻⁶", "5·10⁻⁶"]);
  },
);
