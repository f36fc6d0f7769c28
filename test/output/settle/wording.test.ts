import { describe, expect, it } from "vitest";
import { succeeded } from "../../../src/output/settle/data.ts";
import { outcomeText, settleText } from "../../../src/output/settle/wording.ts";
import { settleData, settledSample } from "../../support/settle-data.ts";

const many = Array.from({ length: 20 }, (_, i) =>
  settledSample({
    image: i,
    steps: i + 1,
    outcome: i < 3 ? "max-steps" : "settled",
    slowest: null,
  }),
);

describe("a look in words", () => {
  it("gives each of a few samples its line, in τ and in seconds", () => {
    const text = settleText(settleData(["euler"]));
    expect(text).toMatch(/^0 +settled +8\.0e-7 +20 +0 +20 +10 τ = 100 ns +-1\.500000$/m);
    expect(text).toContain(
      "Certified: exactly one equilibrium (eigenvalues of the Hessian from 0.5 to 3.5; 1 + λ " +
        "= 2 > λmax = 1.5 of the couplings). The state is within 2.0 × 10⁻⁶ of it",
    );
    expect(text).toContain("falls by e in 1.25 τ = 12.5 ns");
  });

  it("sums many samples up, and says what to do about those that did not settle", () => {
    const data = settleData(["euler"]);
    const text = settleText({ ...data, solvers: [{ ...data.solvers[0], samples: many }] });
    expect(text).toContain("3 max-steps, 17 settled");
    expect(text).toContain("Steps: least 1, median 11, most 20.");
    expect(text).toContain("means over 20 images");
    const solvers = [{ ...data.solvers[0], samples: many }];
    expect(succeeded({ tolerance: 1e-6, time: null, solvers })).toBe(false);
    expect(succeeded({ tolerance: null, time: null, solvers })).toBe(true);
    const [x] = many;
    const early = [
      { ...data.solvers[0], samples: [{ ...x, outcome: "max-steps", tau: 1 } as const] },
    ];
    expect(succeeded({ tolerance: null, time: 2, solvers: early })).toBe(false);
    expect(settleText({ ...data, tolerance: null, time: 2, solvers: early })).toContain(
      "The limit of steps stopped it, not the time",
    );
    expect(succeeded({ tolerance: null, time: 1, solvers: early })).toBe(true);
  });

  it("says from which λ on one equilibrium is certain, rounded up", () => {
    const certificate = {
      convex: false,
      linear: true,
      smallest: -0.53,
      largest: 2.5,
      margin: -0.5341,
      lipschitz: 2.6,
      iterations: 30,
    };
    expect(settleText(settleData(["euler"], { certificate, curvature: 1, lambda: 0 }))).toContain(
      "1 + λ = 1 < λmax = 1.53 of the couplings); count them with --starts 8. One is certain " +
        "from λ = 0.54 on.",
    );
  });

  it("names the period of a cycle, and tells several equilibria apart", () => {
    expect(outcomeText([settledSample({ outcome: "limit-cycle", period: 2 })])).toBe(
      "limit-cycle of 2",
    );
    const basins = {
      starts: 8,
      samples: [
        {
          image: 0,
          unsettled: 1,
          equilibria: [
            { starts: 5, energy: -2 },
            { starts: 2, energy: -1.5 },
          ],
        },
      ],
    };
    expect(settleText(settleData(["euler"], { basins }))).toContain(
      "8 starts found 2 equilibria: starts that ended in each: 5 (energy -2.0000), 2 (energy " +
        "-1.5000); 1 did not settle.",
    );
  });

  it("leaves the time of a minimiser and the energy of what has none open", () => {
    expect(settleText(settleData(["euler", "newton-cg"]))).toMatch(/^newton-cg .* – +-1\.500000$/m);
    const data = settleData(["euler"]);
    const without = settleText({
      ...data,
      solvers: [{ ...data.solvers[0], samples: [settledSample({ energy: null })] }],
    });
    expect(without).not.toContain("energy");
  });
});
