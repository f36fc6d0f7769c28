import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/numerics/errors.ts";
import { euler } from "../../../src/solver/euler.ts";
import { probeBasins } from "../../../src/solver/truth/multistability.ts";
import { loop } from "../../support/loop.ts";
import { boxProblem } from "../../support/problems.ts";
import { digitChip } from "./digit-chip.ts";

describe("the multistability probe", () => {
  // Two units that excite each other beyond their leaks: both low or both high; a push b makes one
  // of them lower.
  const flipFlop = boxProblem(
    [1, -2, -2, 1],
    [
      [-0.4, -0.4],
      [-2, -2],
    ],
    0,
    1,
  );

  test("finds both states of a flip-flop and their energies, and one where a push leaves one", () => {
    const s = new Float64Array(4);
    const [both, one] = probeBasins(flipFlop, s, loop(0.2), {
      starts: 12,
      tolerance: 1e-9,
      steps: 300,
    });
    expect(both.unsettled).toBe(0);
    expect(both.equilibria).toHaveLength(2);
    for (const { state, energy } of both.equilibria) {
      expect(state[0]).toBe(state[1]);
      // E(0, 0) = 0; E(1, 1) = ½ + ½ − 2 + 0.8 = −0.2.
      expect(energy).toBeCloseTo(state[0] === 0 ? 0 : -0.2, 12);
    }
    expect(new Set(both.equilibria.map((b) => b.state[0]))).toEqual(new Set([0, 1]));
    expect(both.equilibria.flatMap((b) => b.starts)).toHaveLength(12);
    expect(one.equilibria).toHaveLength(1);
    expect(one.equilibria[0].starts).toHaveLength(12);
  });

  test("leaves the state as it was, and counts the starts that did not settle", () => {
    const s = new Float64Array([0.3, 0.1, 0.2, 0.9]);
    const before = s.slice();
    const found = probeBasins(flipFlop, s, loop(0.2), { starts: 4, steps: 1, tolerance: 1e-9 });
    expect(s).toEqual(before);
    // From zero both stay at zero, which is settled; the second also is when every unit goes
    // straight to its rail.
    expect(found[0].unsettled).toBeGreaterThan(0);
    for (const { equilibria, unsettled } of found)
      expect(equilibria.reduce((sum, b) => sum + b.starts.length, 0) + unsettled).toBe(4);
  });

  test("finds one equilibrium a digit on 784-100-10 with λ = 1, where the energy is convex", () => {
    const chip = digitChip([784, 100, 10], 5, { lambda: 1, beta: 0 });
    for (const { equilibria, unsettled } of probeBasins(chip, chip.state.array, euler(0.2), {
      starts: 6,
    })) {
      expect(unsettled).toBe(0);
      expect(equilibria).toHaveLength(1);
    }
  });

  test("finds several on 784-100-10 when hidden–output synapses are six times as strong", () => {
    const chip = digitChip([784, 100, 10], 3, { lambda: 0, beta: 0 });
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map((v) => (t.name.endsWith("1-2.weight") ? 6 * v : v)),
      })),
    );
    chip.touch();
    const found = probeBasins(chip, chip.state.array, euler(0.1), { starts: 8 });
    expect(Math.max(...found.map((b) => b.equilibria.length))).toBeGreaterThan(1);
    // What it says are equilibria are: the chip stays there.
    found.forEach(({ equilibria }, r) => {
      for (const { state } of equilibria) {
        const s = chip.state.array.slice();
        const residual = new Float64Array(3);
        s.set(state, r * chip.size);
        chip.residual(s, residual);
        expect(residual[r]).toBeLessThanOrEqual(1e-6);
      }
    });
  });

  test("wants two starts at least", () => {
    expect(() => probeBasins(flipFlop, new Float64Array(4), loop(0.2), { starts: 1 })).toThrow(
      InputError,
    );
  });
});
