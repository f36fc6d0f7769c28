import type { Dynamics } from "../dynamics/dynamics.ts";
import { random } from "../numerics/random.ts";
import type { Tally } from "./solver.ts";

/**
 * Products with the Jacobian at most, and the relative change of the estimate at which they end.
 */
const most = 15;
const least = 4;
const settled = 0.005;

/**
 * Estimates, sample by sample, the spectral radius of the Jacobian of rate ⊙ F, with the slopes of
 * clamps that give or without, per τ.
 */
interface SpectralRadius {
  /** [capacity] */
  readonly radius: Float64Array;
  /** Estimates it at `s` for the samples whose `active` is not 0. */
  estimate(s: Float64Array, active: Uint8Array, cost: Tally): void;
}

/**
 * Power iterations from a fixed random vector (Golub & Van Loan, *Matrix Computations*, 7.3): a
 * lower bound that is close after a few products. The Jacobian is taken at one state, which is
 * everywhere where F is linear.
 */
export function spectralRadius(d: Dynamics, whole = false): SpectralRadius {
  const { capacity, size } = d;
  const clamps = whole ? d.clamps : undefined;
  const room = () => new Float64Array(capacity * size);
  const v = room();
  const product = room();
  const radius = new Float64Array(capacity);
  const open = new Uint8Array(capacity);
  // Units without room to move (padding) are left out.
  const draw = random(0, "power iteration");
  const start = Float64Array.from({ length: size }, (_, i) =>
    d.low[i] < d.high[i] ? draw.normal() : 0,
  );
  return {
    radius,
    estimate(s, active, cost) {
      const { rate } = d;
      for (let r = d.first; r < d.last; r++) {
        open[r] = active[r];
        if (open[r]) {
          v.set(start, r * size);
          radius[r] = 0;
          normalise(v, v, r * size, size);
        }
      }
      for (let k = 1; k <= most; k++) {
        d.jacobian(s, v, product, open);
        let any = false;
        for (let r = d.first; r < d.last; r++) {
          if (open[r] === 0) continue;
          cost.evaluations[r]++;
          const row = r * size;
          if (clamps)
            for (let i = 0; i < size; i++)
              product[row + i] -= clamps.slope(s[row + i], i) * v[row + i];
          for (let i = 0; i < size; i++) product[row + i] *= start[i] === 0 ? 0 : rate[i];
          const norm = normalise(product, v, row, size);
          // A pair of complex eigenvalues lets the norm swing: the largest counts.
          if (!(norm > radius[r] * (1 + settled)) && k >= least) open[r] = 0;
          radius[r] = Math.max(radius[r], norm);
          any ||= open[r] === 1;
        }
        if (!any) return;
      }
    },
  };
}

/** to ← v / ‖v‖ on a row; returns ‖v‖. */
function normalise(v: Float64Array, to: Float64Array, row: number, size: number): number {
  let square = 0;
  for (let k = row; k < row + size; k++) square += v[k] * v[k];
  const norm = Math.sqrt(square);
  const scale = norm > 0 ? 1 / norm : 0;
  for (let k = row; k < row + size; k++) to[k] = v[k] * scale;
  return norm;
}
