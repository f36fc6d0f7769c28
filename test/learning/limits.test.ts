import { Matrix, QrDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import {
  cosine,
  coupling,
  diagonalOf,
  distance,
  forward,
  gradients,
  limits,
  shapes,
  type ShapeName,
  type TwoLayers,
} from "../../src/learning/limits.ts";
import { random } from "../../src/numerics/random.ts";
import { orderOf } from "../support/order.ts";

const normal = (label: string, rows: number, cols: number, sd: number) => {
  const from = random("limits", label);
  return new Matrix(
    Array.from({ length: rows }, () => Array.from({ length: cols }, () => sd * from.normal())),
  );
};
const net = (label: string, [a, b, c]: readonly number[], sd = 0.5): TwoLayers => ({
  w1: normal(`${label} 1`, a, b, sd),
  w2: normal(`${label} 2`, b, c, sd),
});
const minus = (a: TwoLayers, b: TwoLayers, k = 1): TwoLayers => ({
  w1: Matrix.sub(a.w1, Matrix.mul(b.w1, k)),
  w2: Matrix.sub(a.w2, Matrix.mul(b.w2, k)),
});

describe("the gradients of two layers", () => {
  it.each<[ShapeName]>([["tanh"], ["hard"], ["leaky"], ["centred"]])(
    "are the slopes of their losses, by central differences, with %s",
    (name) => {
      const sizes = [3, 4, 5];
      const shape = shapes[name];
      const x = normal("x", 12, 3, 1);
      const student = net("student", sizes);
      const teacher = forward(x, net("teacher", sizes), shape);
      const { local, distant } = gradients(x, student, forward(x, student, shape), teacher);
      const h = 1e-6;
      const losses = (i: number, j: number, by: number) => {
        const w1 = student.w1.clone();
        w1.set(i, j, w1.get(i, j) + by);
        const { s1, s2 } = forward(x, { ...student, w1 }, shape);
        return [
          0.5 * Matrix.sub(s1, teacher.s1).norm() ** 2,
          0.5 * Matrix.sub(s2, teacher.s2).norm() ** 2,
        ];
      };
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 4; j++) {
          const up = losses(i, j, h);
          const down = losses(i, j, -h);
          // Truncation h² and rounding 1e-15 / h of losses near 1; no unit lies within h of a kink.
          expect(Math.abs((up[0] - down[0]) / (2 * h) - local.get(i, j))).toBeLessThan(1e-7);
          expect(Math.abs((up[1] - down[1]) / (2 * h) - distant.get(i, j))).toBeLessThan(1e-7);
        }
      expect(local.norm()).toBeGreaterThan(0.1);
      expect(distant.norm()).toBeGreaterThan(0.1);
    },
  );
});

describe("their limits", () => {
  // Units with kinks: the coherent error of those that cross goes as Δw, its fluctuation as √(Δw /
  // samples). Four nets, because in any one of them the coherent errors of different units may all
  // but cancel.
  it.each<[ShapeName, number, number]>([
    ["tanh", 300, 0.005],
    ["hard", 4000, 0.01],
    ["centred", 4000, 0.01],
  ])("are reached at first order in Δw with %s", (name, samples, smallest) => {
    const sizes = [4, 8, 8];
    const shape = shapes[name];
    const x = normal("x", samples, 4, 1);
    const deltas = [8, 4, 2, 1].map((k) => k * smallest);
    const nets = [1, 2, 3, 4];
    const seen = nets.map((k) => {
      const student = net(`student ${k}`, sizes);
      const direction = net(`direction ${k}`, sizes);
      const pass = forward(x, student, shape);
      const limit = limits(x, student, pass, direction);
      return deltas.map((d) => {
        const { local, distant } = gradients(
          x,
          student,
          pass,
          forward(x, minus(student, direction, d), shape),
        );
        return {
          local: distance(Matrix.mul(limit.local, d), local),
          distant: distance(Matrix.mul(limit.distant, d), distant),
        };
      });
    });
    for (const which of ["local", "distant"] as const)
      expect(
        Math.abs(
          orderOf(
            deltas,
            deltas.map((_, i) => Math.hypot(...seen.map((s) => s[i][which]))),
          ) - 1,
        ),
      ).toBeLessThan(0.1);
  });

  it("are exact where no unit crosses a kink and only one layer is off", () => {
    const sizes = [4, 8, 8];
    const shape = shapes.hard;
    const x = normal("x", 50, 4, 1);
    const student = net("student", sizes);
    const pass = forward(x, student, shape);
    const direction = { w1: Matrix.zeros(4, 8), w2: normal("direction", 8, 8, 1e-7) };
    const { distant } = gradients(x, student, pass, forward(x, minus(student, direction), shape));
    expect(distance(limits(x, student, pass, direction).distant, distant)).toBeLessThan(1e-7);
  });

  it("align perfectly where w₂ is orthogonal and no unit of the second layer leaves the straight part", () => {
    const w2 = Matrix.mul(new QrDecomposition(normal("q", 6, 6, 1)).orthogonalMatrix, 0.1);
    const x = normal("x", 40, 4, 1);
    const student = { w1: normal("w1", 4, 6, 1), w2 };
    const pass = forward(x, student, shapes.centred);
    const { local, G1 } = limits(x, student, pass, {
      w1: normal("d1", 4, 6, 1),
      w2: normal("d2", 6, 6, 1),
    });
    expect(cosine(local, G1)).toBeCloseTo(1, 12);
    expect(diagonalOf(coupling(w2, pass, 0)).cosine).toBeCloseTo(1, 12);
  });
});

describe("w₂ ⊙ ρ′² · w₂ᵀ", () => {
  it("is what brings x Δw₁ back down in G₁, sample by sample", () => {
    const sizes = [3, 5, 4];
    const x = normal("x", 7, 3, 1);
    const student = net("student", sizes);
    const direction = net("direction", sizes);
    const pass = forward(x, student, shapes.tanh);
    const { G1 } = limits(x, student, pass, direction);
    const sum = Matrix.zeros(3, 5);
    for (let n = 0; n < 7; n++) {
      const row = Matrix.rowVector(x.getRow(n));
      const slope = pass.slope1.getRowVector(n);
      sum.add(
        row.transpose().mmul(
          row
            .mmul(direction.w1)
            .mul(slope)
            .mmul(coupling(student.w2, pass, n))
            .mul(slope),
        ),
      );
    }
    expect(distance(sum, G1)).toBeLessThan(1e-14);
  });

  it(
    "has a diagonal that is √n times any other element, of a square random matrix without " +
      "saturation, but a cosine with the identity of 1/√2 at any n",
    () => {
      const seen = [16, 64].map((n) => {
        const w2 = normal(`w2 ${n}`, n, n, 0.01 / Math.sqrt(n));
        return {
          n,
          ...diagonalOf(
            coupling(
              w2,
              forward(normal("x", 1, 3, 1), { w1: normal("w1", 3, n, 0.1), w2 }, shapes.tanh),
              0,
            ),
          ),
        };
      });
      // Of χ² with n² degrees of freedom: the trace spreads by √2 / n, the rms of the rest by twice
      // as much at most.
      for (const { n, ratio, cosine } of seen) {
        expect(Math.abs(ratio / Math.sqrt(n) - 1)).toBeLessThan((4 * 3 * Math.SQRT2) / n);
        expect(Math.abs(cosine * Math.SQRT2 - 1)).toBeLessThan((4 * 3 * Math.SQRT2) / n);
      }
    },
  );
});
