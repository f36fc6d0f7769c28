import { between } from "../between.ts";
import type { Solver } from "../solver.ts";
import { descent, type DescentOptions, type Rule, type Workspace } from "./descent.ts";
import { along, differenceNorm, dot, steepest } from "./rows.ts";
import { barzilai1988, birgin2000 } from "../cites.ts";
import { square } from "../../numerics/power.ts";

/**
 * Energies that a new one may rise to: the search is not monotone, or Barzilai–Borwein steps would
 * lose their speed.
 */
const memory = 10;
/** Share of the slope by which the energy has to fall. */
const sufficient = 1e-4;
/**
 * The first step, in units of 1/curvature. Not 1: in layers that are joined in a chain that step
 * minimises each layer, the next move stays in every other layer, whose curvature is that again,
 * and the steps never change.
 */
const first = 0.7;
const shortest = 1e-10;
const longest = 1e10;

/**
 * Spectral projected gradient: s ← s + t (clip(s + αF) − s), or R(s + αF; α) in the place of clip,
 * with the step α = Δs·Δs / (−Δs·ΔF) of Barzilai and Borwein, the inverse of the curvature met
 * along the last move, and t = 1 unless the energy rises above the highest of the last ten. One
 * evaluation a step.
 */
export function spectralGradient(options: DescentOptions = {}): Solver {
  return descent("spectral-gradient", [barzilai1988, birgin2000], options, spectral);
}

function spectral({ d, x, f, y, fy, fresh, rows, fall, each }: Workspace): Rule {
  const { capacity } = d;
  const move = rows();
  const perSample = () => new Float64Array(capacity);
  const alpha = perSample();
  const t = perSample();
  const slope = perSample();
  // Energies relative to the first, the last ten of each sample, and how many there have been.
  const past = new Float64Array(capacity * memory);
  const count = new Int32Array(capacity);
  const now = (r: number) => past[r * memory + ((count[r] - 1) % memory)];
  const highest = (r: number) => {
    let top = -Infinity;
    for (let k = 0; k < Math.min(count[r], memory); k++) top = Math.max(top, past[r * memory + k]);
    return top;
  };
  return {
    begin() {
      alpha.fill(first / steepest(d));
      past.fill(0);
      count.fill(1);
    },
    propose() {
      each((r, from, to) => {
        if (fresh[r]) {
          for (let i = from; i < to; i++)
            move[i] = between(d, x[i] + alpha[r] * f[i], alpha[r], i - from) - x[i];
          slope[r] = dot(f, move, from, to);
          // The co-content of clamps that give is convex: along the move it lies below its chord.
          if (d.clamps)
            for (let i = from; i < to; i++)
              slope[r] -= d.clamps.work(x[i], x[i] + move[i], i - from);
          t[r] = 1;
        }
        for (let i = from; i < to; i++) y[i] = x[i] + t[r] * move[i];
      });
    },
    accept(r, from, to) {
      const down = fall(r);
      const energy = now(r) - down;
      if (!(energy <= highest(r) - sufficient * t[r] * slope[r])) {
        // The minimum of the parabola through both energies and the slope, kept within the step.
        const best = (0.5 * slope[r] * square(t[r])) / (slope[r] * t[r] - down);
        t[r] = Math.min(Math.max(best, 0.1 * t[r]), 0.5 * t[r]);
        return false;
      }
      past[r * memory + (count[r]++ % memory)] = energy;
      const distance = square(differenceNorm(y, x, from, to));
      const bend = along(f, y, x, from, to) - along(fy, y, x, from, to);
      alpha[r] = bend > 0 ? Math.min(Math.max(distance / bend, shortest), longest) : longest;
      return true;
    },
  };
}
