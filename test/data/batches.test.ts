import { describe, expect, it } from "vitest";
import { epochOrder } from "../../src/data/batches.ts";

describe("the order of an epoch", () => {
  it("shows every sample once", () => {
    expect([...epochOrder(100, 1, 0)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it("is the same for equal arguments and another for another seed or epoch", () => {
    const orders = [epochOrder(50, 1, 3), epochOrder(50, 2, 3), epochOrder(50, 1, 4)].map(String);
    expect(String(epochOrder(50, 1, 3))).toBe(orders[0]);
    expect(new Set(orders).size).toBe(3);
  });
});
