import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import { random, type Random } from "../../numerics/random.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import { lanczos, type Extremes, type LinearOperator } from "./lanczos.ts";
import { dense, stiffness, symmetricPart, type Dense } from "./stiffness.ts";
import { movable, only } from "./units.ts";

/**
 * What is known of H = −∂F/∂s over all units, whichever the rails hold, and without clamps that
 * give: those add to it what is not negative. On the ideal chip H = (1 + λ) − couplings, so that
 * `smallest` > 0 says 1 + λ > λmax of the couplings.
 */
export interface Certificate {
  /**
   * True: exactly one equilibrium, and every way to settle ends there. False: not shown, or not so.
   */
  readonly convex: boolean;
  /** Whether H is the same everywhere (F linear between the rails); a certificate needs it. */
  readonly linear: boolean;
  /** Low end of the spectrum of H, or of its symmetric part where there is no energy. */
  readonly smallest: number;
  /** Its high end. */
  readonly largest: number;
  /**
   * λmin of H is at least this, with a probability of failure below 10⁻⁹; what λ lacks where it is
   * negative.
   */
  readonly margin: number;
  /** At least ‖H‖₂: how fast forces change with the state. */
  readonly lipschitz: number;
  /** Products with the Jacobian. */
  readonly iterations: number;
}

/** Beyond this the matrix that non-reciprocal synapses need takes too long. */
const mostDense = 2000;

/**
 * Certifies that there is one equilibrium. With an energy: E is strictly convex. Without
 * (non-reciprocal synapses): −F is strongly monotone, because its symmetric part is positive
 * definite. Both hold between any rails and whatever the inputs and targets are, for the present
 * weights, λ and β.
 *
 * @throws InputError when there is no energy and more than 2000 units.
 */
export async function certificate(d: Dynamics): Promise<Certificate> {
  const r = d.first;
  const units = movable(d);
  const n = units.length;
  const rng = random(0, "certificate");
  const somewhere = inside(d, rng.split("here"));
  const linear = isLinear(d, somewhere, inside(d, rng.split("there")), units, rng.split("probe"));
  const h = stiffness(d, somewhere, r, units, false);
  const probes = 2;
  const decided = ({ smallest, largest, error }: Extremes) =>
    error < (smallest < 0 ? 0.01 * largest : 0.1 * smallest);
  const verdict = (
    { smallest, largest, error }: Extremes,
    lipschitz: number,
    iterations: number,
  ): Certificate => {
    const margin = smallest - error;
    return {
      convex: linear && margin > 0,
      linear,
      smallest,
      largest,
      margin,
      lipschitz,
      iterations,
    };
  };
  if (d.energy) {
    const ends = await lanczos(h, n, { rng: rng.split("start"), enough: decided });
    return verdict(
      ends,
      Math.max(Math.abs(ends.smallest), Math.abs(ends.largest)) + ends.error,
      ends.iterations + probes,
    );
  }
  if (n > mostDense)
    throw new InputError(
      `certificate: ${n} units without an energy, expected at most ${mostDense}: the ` +
        "symmetric part of a non-reciprocal circuit needs its whole Jacobian; use a smaller " +
        "circuit, or reciprocal synapses",
    );
  const matrix = dense(h, n);
  const ends = await lanczos(product(symmetricPart(matrix)), n, {
    rng: rng.split("start"),
    enough: decided,
  });
  const gram = await lanczos(squared(matrix), n, {
    rng: rng.split("norm"),
    enough: (e) => e.error < 0.1 * e.largest,
  });
  return verdict(ends, Math.sqrt(gram.largest + gram.error), n + probes);
}

/** A random state between the rails (or within ±1 where there are none). */
function inside(d: Dynamics, rng: Random): Vec {
  return vec("f64", d.capacity * d.size).map((_, k) => {
    const i = k % d.size;
    const low = Math.max(d.low[i], -1);
    const high = Math.min(d.high[i], 1);
    return low + (high - low) * rng.uniform();
  });
}

/** Whether the Jacobian maps a random vector to the same one at two random states. */
function isLinear(d: Dynamics, a: Vec, b: Vec, units: Int32Array, rng: Random): boolean {
  const here = vec("f64", a.length);
  const there = vec("f64", a.length);
  const v = vec("f64", a.length);
  const row = d.first * d.size;
  for (const i of units) v[row + i] = rng.normal();
  d.jacobian(a, v, here, only(d, d.first));
  d.jacobian(b, v, there, only(d, d.first));
  let off = 0;
  let size = 0;
  for (const i of units) {
    off = Math.max(off, Math.abs(here[row + i] - there[row + i]));
    size = Math.max(size, Math.abs(here[row + i]));
  }
  // Products in single precision repeat to rounding; finite differences to their 10⁻⁸.
  return off <= 1e-6 * size;
}

function product(a: Dense): LinearOperator {
  return (v, out) =>
    a.forEach((row, i) => {
      out[i] = row.reduce((sum, x, j) => sum + x * v[j], 0);
    });
}

/** v ↦ Aᵀ A v. */
function squared(a: Dense): LinearOperator {
  const half = new Float64Array(a.length);
  const forward = product(a);
  return (v, out) => {
    forward(v, half);
    out.fill(0);
    a.forEach((row, i) =>
      row.forEach((x, j) => {
        out[j] += x * half[i];
      }),
    );
  };
}
