import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { random } from "../../../src/numerics/random.ts";
import { settle } from "../../../src/solver/settle.ts";
import { euler } from "../../../src/solver/euler.ts";
import { contrastError, distanceBound, stateError } from "../../../src/solver/truth/bounds.ts";
import { certificate, type Certificate } from "../../../src/solver/truth/convexity.ts";
import { lanczos } from "../../../src/solver/truth/lanczos.ts";
import { loop } from "../../support/loop.ts";
import { boxProblem, problem } from "../../support/problems.ts";
import { ideal, sparseInputs } from "../../support/setups.ts";
import { digitChip, image } from "./digit-chip.ts";

/** A random symmetric matrix [n × n] with standard normal entries, rows in one array. */
function symmetric(n: number, seed: number): Float64Array {
  const a = new Float64Array(n * n);
  const rng = random(seed, "matrix");
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = rng.normal();
  return a;
}

function eigenvalues(a: Float64Array, n: number): number[] {
  return new EigenvalueDecomposition(Matrix.from1DArray(n, n, Array.from(a)), {
    assumeSymmetric: true,
  }).realEigenvalues.sort((x, y) => x - y);
}

describe("the Lanczos iteration", () => {
  test("is exact once it has seen the whole space", async () => {
    for (const n of [1, 2, 7, 40]) {
      const a = symmetric(n, n);
      const exact = eigenvalues(a, n);
      const found = await lanczos(times(a, n), n, { rng: random(n, "start") });
      expect(found.error).toBeLessThan(1e-11);
      expect(Math.abs(found.smallest - exact[0])).toBeLessThan(1e-11);
      expect(Math.abs(found.largest - exact[n - 1])).toBeLessThan(1e-11);
      expect(rayleigh(a, found.lowest)).toBeCloseTo(found.smallest, 10);
    }
  });

  test("errs by less than it says when it stops before, and its ends are never beyond the true ones", async () => {
    const n = 200;
    const a = symmetric(n, 5);
    const exact = eigenvalues(a, n);
    for (const most of [60, 80, 120]) {
      const found = await lanczos(times(a, n), n, { rng: random(most, "start"), most });
      expect(found.iterations).toBe(most);
      expect(found.error).toBeLessThan(exact[n - 1] - exact[0]);
      for (const off of [found.smallest - exact[0], exact[n - 1] - found.largest]) {
        expect(off).toBeGreaterThan(-1e-11);
        expect(off).toBeLessThanOrEqual(found.error);
      }
    }
  });
});

describe("the certificate", () => {
  test("says that 1 + λ must exceed λmax of the couplings, 784-500-10 and 784-500-500-500-10", async () => {
    const couplings = async (sizes: readonly number[]) => {
      const { smallest, margin, linear } = await certificate(
        digitChip(sizes, 1, { lambda: 0, beta: 0 }),
      );
      expect(linear).toBe(true);
      expect(margin).toBeLessThanOrEqual(smallest);
      return 1 - smallest;
    };
    const two = await couplings([784, 500, 10]);
    const four = await couplings([784, 500, 500, 500, 10]);
    // One block couples hidden and output units: λmax is its largest singular value.
    const w = digitChip([784, 500, 10], 1, { lambda: 0, beta: 0 }).parameters.tensors()[1];
    expect(two).toBeCloseTo(
      new SingularValueDecomposition(Matrix.from1DArray(500, 10, Array.from(w.data))).norm2,
      9,
    );
    // The middle layer sees its two neighbours as one block [500 × 1000] of variance 1/500, whose
    // largest singular value tends to 1 + √2 (Marchenko & Pastur 1967); finite size takes n^(−2/3)
    // off, 10⁻², and the outputs add a little.
    expect(Math.abs(four - (1 + Math.SQRT2))).toBeLessThan(0.1);
    for (const [sizes, top] of [
      [[784, 500, 10], two],
      [[784, 500, 500, 500, 10], four],
    ] as const) {
      const proof = (lambda: number) => certificate(digitChip(sizes, 1, { lambda, beta: 0 }));
      expect((await proof(top - 1 + 0.3)).convex).toBe(true);
      expect((await proof(top - 1 - 0.01)).convex).toBe(false);
    }
  });

  test("has the eigenvalues of the Hessian that finite differences of the energy have", async () => {
    const chip = fabricate(ideal, chain([6, 4, 3]), { batch: 1, precision: "f64", seed: 3 });
    const n = chip.size;
    chip.inputs.showReals(sparseInputs(1, 6, 1)[0], 1);
    chip.inputs.label([1]);
    chip.present();
    chip.tie({ lambda: 0.4, beta: 0.3 });
    const units = [0, 1, 2, 3, 4, 5, 6];
    const e = new Float64Array(1);
    const energy = (i: number, j: number) => {
      const s = new Float64Array(n);
      s[i] += 0.5;
      s[j] += 0.5;
      chip.energy!(s, e);
      return e[0];
    };
    // E is quadratic, so ∂²E/∂sᵢ∂sⱼ follows from four values without error.
    chip.energy!(new Float64Array(n), e);
    const at0 = e[0];
    const single = (i: number) => {
      const s = new Float64Array(n);
      s[i] = 0.5;
      chip.energy!(s, e);
      return e[0];
    };
    const h = Float64Array.from(
      units.flatMap((i) => units.map((j) => 4 * (energy(i, j) - single(i) - single(j) + at0))),
    );
    const exact = eigenvalues(h, 7);
    const found = await certificate(chip);
    expect(found.smallest).toBeCloseTo(exact[0], 10);
    expect(found.largest).toBeCloseTo(exact[6], 10);
  });

  test("is refused to an energy that is not quadratic, though it be convex where one looks", async () => {
    const quartic = problem({
      size: 1,
      low: -1,
      high: 1,
      force(s, out) {
        out[0] = -s[0] - s[0] ** 3;
      },
      jacobian(s, v, out) {
        out[0] = -(1 + 3 * s[0] ** 2) * v[0];
      },
      energy: (s) => s[0] ** 2 / 2 + s[0] ** 4 / 4,
    });
    expect(await certificate(quartic)).toMatchObject({ convex: false, linear: false });
  });

  test("without an energy rests on the symmetric part: strong opposed synapses are as good as none", async () => {
    const opposed = (k: number, mutual: number) =>
      problem({
        size: 2,
        low: 0,
        high: 1,
        force(s, out) {
          out[0] = -s[0] + (mutual + k) * s[1];
          out[1] = -s[1] + (mutual - k) * s[0];
        },
        jacobian(_, v, out) {
          out[0] = -v[0] + (mutual + k) * v[1];
          out[1] = -v[1] + (mutual - k) * v[0];
        },
      });
    const tame = await certificate(opposed(5, 0.5));
    const wild = await certificate(opposed(5, 1.5));
    expect(tame.convex).toBe(true);
    expect(tame.smallest).toBeCloseTo(0.5, 10);
    // ‖H‖₂ of ((1, −5.5), (4.5, 1)): the roots of x² − 52.5 x + 25.75² are its squares.
    expect(tame.lipschitz).toBeCloseTo(
      Math.sqrt((52.5 + Math.sqrt(52.5 ** 2 - 4 * 25.75 ** 2)) / 2),
      6,
    );
    expect(wild.convex).toBe(false);
  });
});

describe("bounds", () => {
  test(
    "from residual to state hold, and are at most 4 L/μ times the distance, on random box " +
      "problems",
    async () => {
      const ratios: number[] = [];
      for (let seed = 1; seed <= 40; seed++) {
        const n = 12;
        const rng = random(seed, "box");
        const a = symmetric(n, seed);
        const gap = 10 ** rng.split("gap").uniform() - 1 + 0.2;
        // Made positive definite: the smallest eigenvalue is `gap`.
        const lift = gap - eigenvalues(a, n)[0];
        for (let i = 0; i < n; i++) a[i * n + i] += lift;
        const d = boxProblem(a, [Array.from({ length: n }, () => 6 * rng.normal())], 0, 1);
        const proof = await certificate(d);
        const exact = new Float64Array(n);
        const step = loop(1 / proof.lipschitz);
        step.prepare(d).run(exact, { steps: 4000 });
        const some = new Float64Array(n).map(() => rng.uniform());
        for (const steps of [0, 1, 5, 20]) {
          step.prepare(d).run(some, { steps });
          const far = distance(some, exact);
          const bound = distanceBound(d, some, 0, proof);
          if (far < 1e-9) continue;
          expect(bound).toBeGreaterThanOrEqual(far);
          expect(bound).toBeLessThanOrEqual(((4 * proof.lipschitz) / proof.margin) * far);
          ratios.push(bound / far);
        }
      }
      expect(ratios.length).toBeGreaterThan(100);
    },
  );

  test("from residual to state and on to the contrast hold on a chip with λ = 1", async () => {
    const chip = digitChip([784, 100, 10], 4, { lambda: 1, beta: 0 });
    const beta = 0.5;
    const settled = (nudge: number, tolerance: number) => {
      chip.present();
      chip.tie({ lambda: 1, beta: nudge });
      chip.start();
      expect(settle(chip, chip.state.array, euler(0.2), { steps: 5000, tolerance }).outcome).toBe(
        "settled",
      );
      return Float64Array.from(chip.state.array);
    };
    const phase = async (
      nudge: number,
    ): Promise<{ exact: Float64Array; rough: Float64Array; proof: Certificate }> => ({
      exact: settled(nudge, 1e-13),
      rough: settled(nudge, 1e-3),
      proof: await certificate(chip),
    });
    const row = (s: Float64Array, r: number) => s.subarray(r * chip.size, (r + 1) * chip.size);
    const rows = [0, 1, 2, 3];
    const free = await phase(0);
    const freeBounds = bound(free);
    const nudged = await phase(beta);
    const nudgedBounds = bound(nudged);
    function bound({ rough, proof }: { rough: Float64Array; proof: Certificate }): number[] {
      expect(proof.convex).toBe(true);
      return rows.map((r) => distanceBound(chip, rough, r, proof));
    }
    rows.forEach((r) => {
      const e = [free, nudged].map((p) => distance(row(p.rough, r), row(p.exact, r)));
      expect(e[0]).toBeGreaterThan(1e-5);
      expect(freeBounds[r]).toBeGreaterThanOrEqual(e[0]);
      expect(nudgedBounds[r]).toBeGreaterThanOrEqual(e[1]);
      const off = distance(
        contrast(row(free.rough, r), row(nudged.rough, r), r),
        contrast(row(free.exact, r), row(nudged.exact, r), r),
      );
      const most = contrastError(beta, {
        free: freeBounds[r],
        nudged: nudgedBounds[r],
        norm: Math.max(size(row(free.rough, r), r), size(row(nudged.rough, r), r)),
      });
      expect(most).toBeGreaterThanOrEqual(off);
      // Well conditioned (L/μ below 7), so of some use.
      expect(most).toBeLessThan(30 * off);
    });
    /**
     * Over every pair of the units and of the units with bias and inputs: more synapses than there
     * are.
     */
    function contrast(low: Float64Array, high: Float64Array, r: number): Float64Array {
      const still = [1, ...image(r)];
      const u = (s: Float64Array) => Float64Array.from([...still, ...s]);
      const a = u(low);
      const b = u(high);
      const n = a.length;
      const out = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = Math.max(i + 1, still.length); j < n; j++)
          out[i * n + j] = (b[i] * b[j] - a[i] * a[j]) / beta;
      return out;
    }
    function size(s: Float64Array, r: number): number {
      return Math.hypot(1, ...image(r), ...s);
    }
  });

  test("say nothing without a certificate", async () => {
    const chip = digitChip([784, 100, 10], 1, { lambda: 0, beta: 0 });
    const proof = await certificate(chip);
    expect(proof.convex).toBe(false);
    expect(distanceBound(chip, chip.state.array, 0, proof)).toBe(Infinity);
    expect(stateError(1e-3, proof)).toBe(Infinity);
    // (1 + L)/μ ‖r‖ as it stands in the books.
    expect(stateError(1e-3, { margin: 0.5, lipschitz: 3 })).toBeCloseTo(8e-3, 12);
  });
});

function times(a: Float64Array, n: number) {
  return (v: Float64Array, out: Float64Array) => {
    for (let i = 0; i < n; i++) out[i] = v.reduce((sum, x, j) => sum + a[i * n + j] * x, 0);
  };
}

function rayleigh(a: Float64Array, v: Float64Array): number {
  const out = new Float64Array(v.length);
  times(a, v.length)(v, out);
  return v.reduce((sum, x, i) => sum + x * out[i], 0) / v.reduce((sum, x) => sum + x * x, 0);
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0));
}
