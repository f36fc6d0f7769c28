import { InputError } from "../../numerics/errors.ts";
import type { Solver } from "../solver.ts";
import { blockDescent } from "./block-descent.ts";
import { descent, type DescentOptions, type Rule, type Workspace } from "./descent.ts";
import { leastSquares } from "./least-squares.ts";
import { anderson1965, walker2011 } from "../cites.ts";

/** What is accelerated, and from how long a memory. */
export interface AndersonOptions extends DescentOptions {
  /** Moves that are remembered: 5 unless given. */
  readonly memory?: number;
  /**
   * What is accelerated, a step at a time: block descent unless given, or a flow with a step of one
   * length.
   */
  readonly inner?: Solver;
}

/**
 * Anderson acceleration of a step s → G(s): from the last moves, s ← clip(G(s) − Σ γₖ ΔGₖ) with the
 * γ that make ‖f − Σ γₖ Δfₖ‖ least, f = G(s) − s (type II, Walker & Ni). Where that would raise the
 * energy the plain step is taken and the moves are forgotten. Counts the evaluations of the inner
 * step and one more for the residual and the energy.
 * @throws InputError when `memory` is no whole number from 1 to 20.
 */
export function anderson({
  memory = 5,
  inner = blockDescent(),
  ...options
}: AndersonOptions = {}): Solver {
  if (!Number.isInteger(memory) || memory < 1 || memory > 20)
    throw new InputError(`anderson: memory is ${memory}, expected a whole number from 1 to 20`);
  return descent("anderson", [anderson1965, walker2011, ...inner.cites], options, (w) =>
    mixing(w, memory, inner),
  );
}

function mixing(
  { d, x, y, fresh, cost, rows, fall, each }: Workspace,
  memory: number,
  inner: Solver,
): Rule {
  const { size, capacity } = d;
  const runner = inner.prepare(d);
  const past = history(memory, capacity, rows);
  const fit = leastSquares(size, memory);
  const gamma = new Float64Array(memory);
  const moved = rows();
  const g = rows();
  const f = rows();
  /** 1: y is the plain step. */
  const plain = new Uint8Array(capacity);

  const step = () => {
    let wanted = 0;
    each((r) => {
      wanted += fresh[r];
    });
    if (wanted === 0) return;
    for (let i = d.first * size; i < d.last * size; i++) moved[i] = x[i];
    runner.run(moved, { steps: 1 });
    each((r, from, to) => {
      if (!fresh[r]) return;
      cost.evaluations[r] += runner.tally.evaluations[r];
      for (let i = from; i < to; i++) {
        g[i] = moved[i];
        f[i] = g[i] - x[i];
      }
    });
  };
  /** y ← clip(G(s) − Σ γₖ ΔGₖ) for sample r. */
  const mix = (r: number, from: number, to: number) => {
    const { moves, moveOfF, moveOfG } = past;
    const count = Math.min(moves[r], memory);
    for (let k = 1; k <= count; k++) {
      const slot = (moves[r] - k) % memory;
      fit.add(slot, moveOfF[slot], from);
    }
    fit.solve(f, from, gamma);
    for (let i = from; i < to; i++) {
      let next = g[i];
      for (let slot = 0; slot < count; slot++) next -= gamma[slot] * moveOfG[slot][i];
      y[i] = Math.min(Math.max(next, d.low[i - from]), d.high[i - from]);
    }
    plain[r] = count === 0 ? 1 : 0;
  };
  return {
    begin: past.forgetAll,
    propose() {
      step();
      each((r, from, to) => {
        if (fresh[r]) {
          past.remember(r, g, f, from, to);
          mix(r, from, to);
          return;
        }
        for (let i = from; i < to; i++) y[i] = g[i];
        plain[r] = 1;
      });
    },
    accept(r) {
      if (plain[r] || fall(r) >= 0) return true;
      past.moves[r] = 0;
      return false;
    },
  };
}

/** The last moves of G and f, ΔG and Δf, a sample's k-th in slot k modulo `memory`. */
function history(memory: number, capacity: number, rows: () => Float64Array) {
  const lastG = rows();
  const lastF = rows();
  const moveOfG = Array.from({ length: memory }, rows);
  const moveOfF = Array.from({ length: memory }, rows);
  const moves = new Int32Array(capacity);
  /** 1: G and f have been seen. */
  const known = new Uint8Array(capacity);
  return {
    moveOfG,
    moveOfF,
    /** `[capacity]`: how many have been seen since they were forgotten. */
    moves,
    forgetAll(): void {
      moves.fill(0);
      known.fill(0);
    },
    remember(r: number, g: Float64Array, f: Float64Array, from: number, to: number): void {
      if (known[r]) {
        const slot = moves[r]++ % memory;
        for (let i = from; i < to; i++) {
          moveOfG[slot][i] = g[i] - lastG[i];
          moveOfF[slot][i] = f[i] - lastF[i];
        }
      }
      for (let i = from; i < to; i++) {
        lastG[i] = g[i];
        lastF[i] = f[i];
      }
      known[r] = 1;
    },
  };
}
