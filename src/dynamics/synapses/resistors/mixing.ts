import { view, type Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Layout } from "../../layout.ts";
import type { WhiteNoise } from "../../noise/source.ts";
import type { DieParts } from "../../parts.ts";
import type { Route } from "../contract.ts";
import { packedIndex } from "../parameters.ts";
import { square } from "../../../numerics/power.ts";

type CovarianceOf = (sink: number, i: number, j: number) => number;

/** Correlated noise of units that resistors join. */
interface Mixing {
  /**
   * @param amplitude [size]: of each unit by itself.
   * @param covariance of units i and j that a conductance of 1 into layer `sink` joins.
   */
  renew(amplitude: Vec, covariance: CovarianceOf): void;
  readonly mix: NonNullable<WhiteNoise["mix"]>;
}

/** Below this share of a unit's variance what is left of it is rounding. */
const nothing = 1e-12;

/**
 * Gaussian numbers of a given covariance C out of independent ones of its diagonal: x = L z, C = L
 * Lᵀ (Cholesky). Every second layer is free: its units have none in common with one another, and
 * stay as they are. The others follow them by regression,
 *
 *   x_i = Σ_free (C_ij / C_jj) x_j + Σ_k L_ik z_k,
 *   L Lᵀ = C − C_{i,free} diag(1/C_jj) C_{free,i},
 *
 * so that of 784-1024-10 a matrix of 10 × 10 is factorised. Where blocks join units of one layer,
 * or skip one, no layer is free.
 */
export function mixing(die: MixingParts, routes: readonly Route[]): Mixing {
  const { memory, at, inputs: x } = die;
  const { kernels, bytes } = memory;
  const { size } = at;
  const free = freeLayers(at, routes);
  const bound = at.sizes.map((_, l) => l).filter((l) => l > 0 && !free.includes(l));
  const covariances = covariancesOf(die, routes, { free, bound });
  const still = memory.reals(x.capacity * size);
  const none = memory.privateReals(size);
  /** For each bound layer what it takes of the others, as packed matrices with a row a unit. */
  const takes = bound.flatMap((l) =>
    [...free, ...bound.filter((k) => k <= l)].map(
      (k): Take => ({ l, k, matrix: memory.privateReals(at.sizes[l] * at.padded[k]) }),
    ),
  );
  return {
    renew(amplitude, covariance) {
      covariances.renew(amplitude, covariance);
      for (const take of takes)
        for (let a = 0; a < at.sizes[take.l]; a++)
          for (let b = 0; b < at.sizes[take.k]; b++) {
            const p = packedIndex(a, b, at.sizes[take.l], at.padded[take.k], memory);
            const i = at.offset[take.l] + a;
            const j = at.offset[take.k] + b;
            take.matrix.array[p] = covariances.share(i, j, amplitude[j]);
          }
    },
    mix(to, first, last) {
      const from = first * size * bytes;
      const n = last - first;
      kernels.copyReals(still.ptr + from, to + from, n * size);
      for (const l of bound)
        kernels.fillRows(to + from + at.offset[l] * bytes, size, n, at.padded[l], none.ptr);
      for (const { l, k, matrix } of takes) {
        const sum = to + from + at.offset[l] * bytes;
        const of = still.ptr + from + at.offset[k] * bytes;
        kernels.addDots(sum, size, of, size, n, matrix.ptr, at.padded[k], at.sizes[l]);
      }
    },
  };
}

type MixingParts = Pick<DieParts, "memory" | "at" | "inputs">;
/** What the units of layer l take of the numbers of layer k. */
interface Take {
  readonly l: number;
  readonly k: number;
  readonly matrix: Slot<Vec>;
}
interface Layers {
  readonly free: readonly number[];
  readonly bound: readonly number[];
}

/** The factors of C: bound units among themselves, and what they take of free ones. */
interface Covariances extends Pick<Mixing, "renew"> {
  /** What bound unit i takes of the number of unit j, whose amplitude is this. */
  share(i: number, j: number, amplitude: number): number;
}

function covariancesOf(
  { memory, at }: MixingParts,
  routes: readonly Route[],
  { free, bound }: Layers,
): Covariances {
  const { size } = at;
  const unitsOf = (layers: readonly number[]) =>
    layers.flatMap((l) => Array.from({ length: at.sizes[l] }, (_, k) => at.offset[l] + k));
  const freeUnits = unitsOf(free);
  const units = unitsOf(bound);
  const row = new Map(units.map((i, k) => [i, k] as const));
  const n = units.length;
  const C = new Float64Array(n * n);
  const toFree = new Float64Array(n * size);
  const put = (i: number, j: number, c: number) => {
    const p = row.get(i);
    const q = row.get(j);
    if (i === j) return;
    if (p !== undefined && q !== undefined) {
      C[p * n + q] = c;
      C[q * n + p] = c;
    } else toFree[p === undefined ? q! * size + i : p * size + j] = c;
  };
  const fill = ({ source, sink, matrix, rows, stride }: Route, covariance: CovarianceOf) => {
    const g = view(memory, matrix, rows * stride);
    for (let a = 0; a < rows; a++)
      for (let b = 0; b < at.sizes[sink]; b++) {
        const i = at.offset[source] + a;
        const j = at.offset[sink] + b;
        put(i, j, covariance(sink, i, j) * g[packedIndex(a, b, rows, stride, memory)]);
      }
  };
  /** C ← what of it free units do not explain. */
  const regress = (amplitude: Vec) => {
    for (let p = 0; p < n; p++)
      for (let q = 0; q <= p; q++)
        for (const j of freeUnits)
          C[p * n + q] -=
            amplitude[j] > 0
              ? (toFree[p * size + j] * toFree[q * size + j]) / square(amplitude[j])
              : 0;
  };
  return {
    renew(amplitude, covariance) {
      C.fill(0);
      toFree.fill(0);
      units.forEach((i, k) => {
        C[k * n + k] = square(amplitude[i]);
      });
      for (const route of routes) fill(route, covariance);
      regress(amplitude);
      factorise(C, n, (p) => nothing * square(amplitude[units[p]]));
    },
    share(i, j, amplitude) {
      const p = row.get(i)!;
      const q = row.get(j);
      if (amplitude === 0) return 0;
      if (q === undefined) return toFree[p * size + j] / square(amplitude);
      return q <= p ? C[p * n + q] / amplitude : 0;
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
    for (let k = 0; k < q; k++) pivot -= square(C[q * n + k]);
    const root = pivot > least(q) ? Math.sqrt(pivot) : 0;
    C[q * n + q] = root;
    for (let p = q + 1; p < n; p++) {
      let sum = C[p * n + q];
      for (let k = 0; k < q; k++) sum -= C[p * n + k] * C[q * n + k];
      C[p * n + q] = root === 0 ? 0 : sum / root;
    }
  }
}
