import { between } from "./between.ts";
import { constant, positive } from "./controllers.ts";
import type { FixedStep } from "./euler.ts";
import { runner } from "./flow.ts";
import { workOn, type Method, type Work } from "./method.ts";
import { refuseNoise } from "./refuse-noise.ts";
import { hochbruck2010 } from "./cites.ts";

/**
 * Exponential Euler (ETD1; Hochbruck & Ostermann 2010),
 *
 *   s ← clip(s + h φ₁(−hk) rate F),     φ₁(z) = (eᶻ − 1)/z,     k = rate·curvature:
 *
 * each unit's own linear decay is followed exactly and the rest of its force held over the step. A
 * large λ is decay of that kind and costs no stability; order 1, and exact where nothing but the
 * decay acts. Clamps that give act at the end of a step, with the same φ₁.
 */
export function exponentialEuler(step: number): FixedStep {
  const name = "exponential-euler";
  positive(name, "the step", step);
  return {
    name,
    kind: "flow",
    order: 1,
    rails: "projection",
    cites: [hochbruck2010],
    step,
    prepare(d) {
      refuseNoise(d, name);
      return runner(
        workOn(d),
        exponential,
        constant(step).prepare(d, { name, order: 1, estimates: false, stability: Infinity }),
      );
    },
  };
}

const exponential: Method = {
  propose(w) {
    const { d, s, f, next, h, active, rate, curvature } = w;
    for (let r = d.first; r < d.last; r++) {
      if (active[r] === 0) continue;
      for (let i = 0, k = r * d.size; i < d.size; i++, k++) {
        const far = reach(h[r] * rate[i], curvature[i]);
        next[k] = between(w, s[k] + far * f[k], far, i);
      }
    }
  },
  interpolate({ d: { size }, s, f, h, rate, curvature, clamps }: Work, r, theta, out) {
    for (let i = 0, k = r * size; i < size; i++, k++) {
      const far = reach(theta * h[r] * rate[i], curvature[i]);
      const u = s[k] + far * f[k];
      out[i] = clamps ? clamps.hold(u, far, i) : u;
    }
  },
};

/** h φ₁(−h c): how far a force carries a unit of curvature c in the time h. */
function reach(h: number, c: number): number {
  return c === 0 ? h : -Math.expm1(-h * c) / c;
}
