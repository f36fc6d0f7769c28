import { view, type Arena } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Layout } from "../../layout.ts";
import { packedIndex } from "../parameters.ts";
import type { Route } from "../transconductors/synapses.ts";
import type { White } from "../transconductors/white.ts";

/** Correlated noise of units that resistors join. */
export interface Mixing {
  /**
   * @param amplitude [size]: of each unit by itself.
   * @param covariance of units i and j that a conductance of 1 into layer `sink` joins.
   */
  renew(amplitude: Vec, covariance: (sink: number, i: number, j: number) => number): void;
  readonly mix: NonNullable<White["mix"]>;
}

/** Below this share of a unit's variance what is left of it is rounding. */
const nothing = 1e-12;

/**
 * Gaussian numbers of a given covariance C out of independent ones of its diagonal: x = L z, C = L
 * Lᵀ (Cholesky). Every second layer is free: its units have none in common with one another, and
 * stay as they are. The others follow them by regression,
 *
 *   x_i = Σ_free (C_ij / C_jj) x_j + Σ_k L_ik z_k,     L Lᵀ = C − C_{i,free} diag(1/C_jj) C_{free,i},
 *
 * so that of 784-1024-10 a matrix of 10 × 10 is factorised. Where blocks join units of one layer,
 * or skip one, no layer is free.
 */
export function mixing(
  memory: Arena,
  at: Layout,
  routes: readonly Route[],
  capacity: number,
): Mixing {
  const { kernels, bytes } = memory;
  const { size } = at;
  const free = freeLayers(at, routes);
  const bound = at.sizes.map((_, l) => l).filter((l) => l > 0 && !free.includes(l));
  const unitsOf = (layers: readonly number[]) =>
    layers.flatMap((l) => Array.from({ length: at.sizes[l] }, (_, k) => at.offset[l] + k));
  const freeUnits = unitsOf(free);
  const units = unitsOf(bound);
  const row = new Map(units.map((i, k) => [i, k] as const));
  const n = units.length;
  const still = memory.reals(capacity * size);
  const none = memory.privateReals(size);
  const C = new Float64Array(n * n);
  const toFree = new Float64Array(n * size);
  /** For each bound layer what it takes of the others, as packed matrices with a row a unit. */
  const takes = bound.flatMap((l) =>
    [...free, ...bound.filter((k) => k <= l)].map((k) => ({
      l,
      k,
      matrix: memory.privateReals(at.sizes[l] * at.padded[k]),
    })),
  );
  return {
    renew(amplitude, covariance) {
      C.fill(0);
      toFree.fill(0);
      units.forEach((i, k) => {
        C[k * n + k] = amplitude[i] ** 2;
      });
      for (const { source, sink, matrix, rows, stride } of routes) {
        const g = view(memory, matrix, rows * stride);
        for (let a = 0; a < rows; a++)
          for (let b = 0; b < at.sizes[sink]; b++) {
            const i = at.offset[source] + a;
            const j = at.offset[sink] + b;
            const c = covariance(sink, i, j) * g[packedIndex(a, b, rows, stride, memory)];
            const p = row.get(i);
            const q = row.get(j);
            if (i === j) continue;
            if (p !== undefined && q !== undefined) {
              C[p * n + q] = c;
              C[q * n + p] = c;
            } else toFree[p === undefined ? q! * size + i : p * size + j] = c;
          }
      }
      for (let p = 0; p < n; p++)
        for (let q = 0; q <= p; q++)
          for (const j of freeUnits)
            C[p * n + q] -=
              amplitude[j] > 0
                ? (toFree[p * size + j] * toFree[q * size + j]) / amplitude[j] ** 2
                : 0;
      factorise(C, n, (p) => nothing * amplitude[units[p]] ** 2);
      for (const { l, k, matrix } of takes)
        for (let a = 0; a < at.sizes[l]; a++)
          for (let b = 0; b < at.sizes[k]; b++) {
            const p = row.get(at.offset[l] + a)!;
            const j = at.offset[k] + b;
            const q = row.get(j);
            matrix.array[packedIndex(a, b, at.sizes[l], at.padded[k], memory)] =
              amplitude[j] === 0
                ? 0
                : q === undefined
                  ? toFree[p * size + j] / amplitude[j] ** 2
                  : q <= p
                    ? C[p * n + q] / amplitude[j]
                    : 0;
          }
    },
    mix(to, first, last) {
      const from = first * size * bytes;
      const count = last - first;
      kernels.copyReals(still.ptr + from, to + from, count * size);
      for (const l of bound)
        kernels.fillRows(to + from + at.offset[l] * bytes, size, count, at.padded[l], none.ptr);
      for (const { l, k, matrix } of takes)
        kernels.addDots(
          to + from + at.offset[l] * bytes,
          size,
          still.ptr + from + at.offset[k] * bytes,
          size,
          count,
          matrix.ptr,
          at.padded[k],
          at.sizes[l],
        );
    },
  };
}

/**
 * The odd layers or the even ones, whichever are more units, where no block joins two units of
 * them.
 */
function freeLayers(at: Layout, routes: readonly Route[]): readonly number[] {
  const layers = [1, 0].map((odd) =>
    at.sizes.map((_, l) => l).filter((l) => l > 0 && l % 2 === odd),
  );
  const units = (of: readonly number[]) => of.reduce((sum, l) => sum + at.sizes[l], 0);
  const apart = layers.filter(
    (of) => !routes.some(({ source, sink }) => of.includes(source) && of.includes(sink)),
  );
  return apart.sort((a, b) => units(b) - units(a))[0] ?? [];
}

/**
 * C ← its lower Cholesky factor, in place; what is left of a variance within `least` is taken for
 * zero.
 */
function factorise(C: Float64Array, n: number, least: (p: number) => number): void {
  for (let q = 0; q < n; q++) {
    let pivot = C[q * n + q];
    for (let k = 0; k < q; k++) pivot -= C[q * n + k] ** 2;
    const root = pivot > least(q) ? Math.sqrt(pivot) : 0;
    C[q * n + q] = root;
    for (let p = q + 1; p < n; p++) {
      let sum = C[p * n + q];
      for (let k = 0; k < q; k++) sum -= C[p * n + k] * C[q * n + k];
      C[p * n + q] = root === 0 ? 0 : sum / root;
    }
  }
}
