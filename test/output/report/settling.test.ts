import { describe, expect, test } from "vitest";
import type { ReportData, SettlingCurve } from "../../../src/output/report-data.ts";
import { race, settlingSection } from "../../../src/output/report/settling.ts";
import { sampleReport } from "../../support/report-data.ts";

/** Residual a·e⁻ᵗ at t = 0, ½, …, 5. */
function decay(a: number): SettlingCurve {
  const time = Array.from({ length: 11 }, (_, i) => i / 2);
  return { time, energy: time.map(() => -1), residual: time.map((t) => a * Math.exp(-t)) };
}

/** What the section says, without its tags. */
function finding(fromZero: SettlingCurve, fromGuess: SettlingCurve | null): string | undefined {
  const settling: ReportData["settling"] = { images: 1, tauSeconds: 1e-6, fromZero, fromGuess };
  return /<p class="finding">(.*)<\/p>/
    .exec(settlingSection(sampleReport({ settling })).html)?.[1]
    .replace(/<[^>]*>/g, "");
}

describe("the two starts", () => {
  test("that decay at the same rate are as far apart as the logarithm of their first residuals", () => {
    const guess = decay(0.99 * Math.exp(-2));
    expect(race(decay(1), guess)).toEqual({ level: 0.01, zero: 5, guess: 3 });
    expect(finding(decay(1), guess)).toBe(
      "From the copy’s guess the chip reaches a residual of 0.01 after 3 τ; from zero the " +
        "chip takes 5 τ. That is 2 τ sooner (2 µs).",
    );
  });

  test("are compared when the zero start first reaches the level, not when it stops", () => {
    const flat = {
      ...decay(1),
      residual: [1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01],
    };
    expect(race(flat, decay(0.01))).toEqual({ level: 0.01, zero: 1, guess: 0 });
    expect(finding(flat, decay(0.01))).toMatch(
      /^The copy’s guess already has a residual of 0.01 before any settling; .* 1 τ sooner \(1 µs\)\.$/,
    );
  });

  test("are compared at a hundredth of the rail span, not in the tail of the slowest images", () => {
    const exact = { ...decay(1), residual: [1, 1e-3, 1e-6, 1e-8, 0, 0, 0, 0, 0, 0, 0] };
    expect(race(exact, exact)).toEqual({ level: 0.01, zero: 0.5, guess: 0.5 });
    expect(finding(exact, exact)).toBe(
      "From zero and from the copy’s guess alike, the chip reaches a residual of 0.01 after 0.5 τ.",
    );
  });

  test("are told apart honestly when the guess is the worse one", () => {
    expect(finding(decay(1), decay(2))).toMatch(/it does not come that far in the same time/);
    expect(
      finding(decay(1), { ...decay(1), residual: [...decay(1).residual.slice(1), 0] }),
    ).toMatch(/0.5 τ sooner/);
    const slow = { ...decay(1), residual: decay(1).residual.map((r, i) => (i < 10 ? 1 : r)) };
    expect(
      finding({ ...decay(1), residual: decay(1).residual.map((r) => Math.max(r, 0.1)) }, slow),
    ).toMatch(/2.5 τ later/);
  });

  test("are not compared without a guess or without numbers", () => {
    const broken = { ...decay(1), residual: decay(1).residual.map(() => NaN) };
    expect(race(broken, decay(1))).toBeNull();
    expect(finding(broken, decay(1))).toBeUndefined();
    expect(finding(decay(1), null)).toBeUndefined();
  });
});
