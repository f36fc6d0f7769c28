import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layout, pad4 } from "../../../src/dynamics/layout.ts";
import { parameters } from "../../../src/dynamics/synapses/parameters.ts";
import { graph } from "../../../src/energy/graph.ts";
import { arena } from "../../../src/numerics/kernels/arena.ts";
import type { Kernels } from "../../../src/numerics/kernels/kernels.ts";
import { random } from "../../../src/numerics/random.ts";
import { oracles, packedAt } from "../../support/kernel-oracles.ts";
import { compare, stage, type Shape } from "../../support/kernel-stage.ts";
import { trials } from "../../support/kernel-trials.ts";

const names = Object.keys(trials) as (keyof Kernels)[];
const precisions = ["f32", "f64"] as const;

const shape: fc.Arbitrary<Shape> = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 0, max: 7 }),
  slack: fc.constantFrom(0, 4, 12),
  wild: fc.boolean(),
  cols: fc.oneof(fc.integer({ min: 1, max: 75 }), fc.constantFrom(4, 16, 32, 64, 96, 128, 132)),
});

test.each(precisions)(
  "every kernel that the %s module exports is tried here, has an oracle and is in the typed list",
  (precision) => {
    const exported = Object.entries(arena({ precision }).kernels)
      .filter(([, f]) => typeof f === "function")
      .map(([name]) => name);
    expect(exported.sort()).toEqual([...names].sort());
    expect(Object.keys(oracles(new ArrayBuffer(8), precision)).sort()).toEqual(exported);
  },
);

describe.each(precisions)("in %s", (precision) => {
  const s = stage(precision);
  test.each(names)("%s leaves the memory as its plain version does", (name) => {
    fc.assert(
      fc.property(shape, (its) => {
        s.clear();
        expect(compare(s, name, trials[name](s, its))).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  test("a planted fault is seen: a wrong factor, a write beside the row", () => {
    const its = { seed: 1, rows: 3, cols: 9, slack: 4, wild: false };
    s.clear();
    const { args } = trials.scale(s, its);
    const [a, stride, rows] = args;
    const planted = (fault: () => void): typeof s => ({
      ...s,
      kernels: {
        ...s.kernels,
        scale: (...given) => {
          s.kernels.scale(...given);
          fault();
        },
      },
    });
    expect(
      compare(
        planted(() => {
          s.kernels.scale(a, stride, rows, 4, 1 + 2 ** -20);
        }),
        "scale",
        { args },
      ),
    ).toMatch(/^scale: the word at/);
    expect(
      compare(
        planted(() => {
          s.kernels.scale(a + 12 * s.bytes, stride, 1, 4, 2);
        }),
        "scale",
        { args },
      ),
    ).toMatch(/^scale: the word at/);
    expect(compare(s, "scale", { args })).toBeNull();
  });

  test(
    "a NaN state stays a NaN through a step and a clip, whatever the rails, and makes the " +
      "residual NaN",
    () => {
      s.clear();
      const four = (x: number) => s.reals([x, x, x, x]);
      const state = s.reals([NaN, 0.5, 0.5, 0.5]);
      const zero = four(0);
      const one = four(1);
      const count = s.ints([0]);
      const out = four(0);
      s.kernels.residualRows(out, state, zero, 4, 1, 4, one, zero, one);
      expect(s.real(out, 0)).toBeNaN();
      s.kernels.clipRows(out, state, 4, 1, 4, zero, one);
      expect([0, 1, 2, 3].map((i) => s.real(out, i))).toEqual([NaN, 0.5, 0.5, 0.5]);
      const index = s.ints([9, 9, 9, 9]);
      const value = four(9);
      const lanes = 16 / s.bytes;
      const constants = s.reals(
        Array.from({ length: 16 }, (_, i) => (Math.floor(i / lanes) % 4 === 2 ? 0 : 1)),
      );
      s.kernels.stepLayer(state, zero, zero, 4, 1, 4, constants, 0, 0, index, value, 4, count, 1);
      expect([0, 1, 2, 3].map((i) => s.real(state, i))).toEqual([NaN, 0.5, 0.5, 0.5]);
      // It is listed as moved, so that it spreads and is noticed.
      expect([
        s.real(value, 0),
        new Int32Array(s.memory())[count / 4],
        new Int32Array(s.memory())[index / 4],
      ]).toEqual([NaN, 1, 0]);
      // A NaN drive does the same.
      s.kernels.stepLayer(
        one,
        four(NaN),
        zero,
        4,
        1,
        4,
        constants,
        0,
        0,
        index,
        value,
        4,
        count,
        1,
      );
      expect(s.real(one, 3)).toBeNaN();
    },
  );

  test("packing round-trips any matrix, and puts every entry where the kernels look for it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 140 }),
        fc.nat(),
        (rows, cols, seed) => {
          const g = graph([rows, cols], [{ from: 0, to: 1 }]);
          const memory = arena({ precision });
          const params = parameters(memory, layout(g), g, "test");
          const rng = random(seed);
          const given = params
            .tensors()
            .map((t) => ({ ...t, data: t.data.map(() => rng.normal()) }));
          params.load(given);
          expect(params.tensors()).toEqual(given);
          const [{ slot }] = params.weights;
          const used = new Set<number>();
          for (let r = 0; r < rows; r++)
            for (let c = 0; c < cols; c++) {
              const at = packedAt(r, c, rows, pad4(cols), memory.bytes);
              used.add(at);
              expect(slot.array[at]).toBe(given[0].data[r * cols + c]);
            }
          slot.array.forEach((x, i) => {
            if (!used.has(i)) expect(x).toBe(0);
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});
