import { describe, expect, it } from "vitest";
import { readMove, writtenMove } from "../../src/robustness/moves.ts";
import { areEnough, yieldOf, type DieRow } from "../../src/robustness/yield.ts";

const row = (die: number, error: number | null, beyond = 0): DieRow => ({
  die,
  error,
  agreement: 90,
  residual: 0,
  beyond,
});

describe("the yield of dies", () => {
  const rows = [row(2, 3), row(3, 5), row(4, null), row(5, 3.5, 7), row(6, 4)];

  it("counts those below the limit, and broken ones as bad", () => {
    const found = yieldOf(rows, { below: 4 });
    expect(found.yield).toMatchObject({ good: 2, share: 0.4 });
    // Wilson's interval of 2 in 5, by hand: (0.4 + z²/10 ± z √(0.048 + z²/100)) / (1 + z²/5).
    expect(found.yield!.low).toBeCloseTo(0.1176, 4);
    expect(found.yield!.high).toBeCloseTo(0.7693, 4);
    expect(found).toMatchObject({ dies: 5, broken: 1, beyond: { dies: 1, most: 7 } });
  });

  it("names the worst first, in the order of numbers where they are alike", () => {
    const found = yieldOf([row(9, 3), ...rows], { below: null });
    expect(found.worst.map(({ die }) => die)).toEqual([4, 3, 6, 5, 2, 9]);
    expect(found.best!.die).toBe(9);
    expect(found.median!.error).toBe(3.5);
    expect(found.yield).toBeNull();
    expect(found.errors).toMatchObject({ mean: 3.7, least: 3, greatest: 5 });
  });

  it("of none is none", () => {
    expect(yieldOf([], { below: 4 })).toMatchObject({ yield: null, errors: null, best: null });
  });

  it("is sure enough from a half width on, and never before thirty dies", () => {
    const all = Array.from({ length: 200 }, (_, i) => row(i, i % 10 === 0 ? 9 : 1));
    expect(areEnough(all.slice(0, 29), { below: 4, until: 0.3 })).toBe(false);
    expect(areEnough(all.slice(0, 30), { below: 4, until: 0.3 })).toBe(true);
    expect(areEnough(all, { below: 4, until: 0.04 })).toBe(false);
    expect(areEnough(all, { below: 4, until: 0.05 })).toBe(true);
    expect(areEnough(all, { below: 4, until: null })).toBe(false);
  });
});

describe("a move", () => {
  it.each(["as-is", "program", "relearn=2", "relearn=0.5"])("%s is read as written", (text) => {
    expect(writtenMove(readMove(text))).toBe(text);
  });

  it.each(["", "relearn", "relearn=0", "relearn=-1", "copy"])("%j is refused", (text) => {
    expect(() => readMove(text)).toThrow("--move: found");
  });
});
