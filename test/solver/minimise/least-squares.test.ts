import { Matrix, solve } from "ml-matrix";
import { expect, test } from "vitest";
import { random } from "../../../src/numerics/random.ts";
import { leastSquares } from "../../../src/solver/minimise/least-squares.ts";

const n = 9;
const from = 4;

function columns(count: number, seed: number): Float64Array[] {
  const rng = random(seed, "columns");
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: n + from }, () => rng.normal()),
  );
}

test("agrees with a dense solver, in any order, again and again", () => {
  const fit = leastSquares(n, 5);
  const gamma = new Float64Array(5);
  for (let seed = 1; seed <= 5; seed++) {
    const a = columns(3, seed);
    const [b] = columns(1, 100 + seed);
    const expected = solve(
      new Matrix(a.map((c) => [...c.slice(from)])).transpose(),
      Matrix.columnVector([...b.slice(from)]),
      true,
    ).to1DArray();
    [4, 0, 2].forEach((place, k) => {
      fit.add(place, a[k], from);
    });
    fit.solve(b, from, gamma);
    expect([gamma[1], gamma[3]]).toEqual([0, 0]);
    // Nine normal rows and three columns: condition numbers of about 3.
    [4, 0, 2].forEach((place, k) => {
      expect(gamma[place]).toBeCloseTo(expected[k], 13);
    });
  }
});

test("leaves out a column that says what newer ones said", () => {
  const fit = leastSquares(n, 5);
  const gamma = new Float64Array(5);
  const [a, b] = columns(2, 1);
  fit.add(0, a, from);
  fit.add(
    1,
    a.map((v) => -3 * v),
    from,
  );
  fit.add(2, new Float64Array(n + from), from);
  fit.solve(b, from, gamma);
  const dot = (u: Float64Array, v: Float64Array) =>
    u.slice(from).reduce((sum, e, i) => sum + e * v[from + i], 0);
  expect(gamma[0]).toBeCloseTo(dot(a, b) / dot(a, a), 14);
  expect([...gamma.slice(1)]).toEqual([0, 0, 0, 0]);
});
