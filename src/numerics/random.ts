import seedrandom from "seedrandom";

/** Where a stream stands: plain JSON, saved in checkpoints. */
export interface RandomState {
  readonly label: string;
  readonly state: Arc4;
  readonly spare: number | null;
}

/** The two indices and the permutation of 0 … 255 that ARC4 stands at. */
interface Arc4 {
  i: number;
  j: number;
  S: number[];
}

/**
 * A stream of pseudo-random numbers (ARC4, 53 bits a draw), named by its path of labels.
 * Streams with different labels are independent, so one more draw in one never shifts another.
 */
export interface Random {
  readonly label: string;
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal, by the polar method of Marsaglia & Bray (1964). */
  normal(): number;
  /** A whole number in 0 … n−1. */
  below(n: number): number;
  /** A uniformly random order of 0 … n−1 (Fisher–Yates). */
  permutation(n: number): Uint32Array;
  /** The stream `label` below this one; it does not depend on what was drawn here. */
  split(label: string | number): Random;
  /** A snapshot that `restore` continues from, bit for bit. */
  state(): RandomState;
}

/** The stream named `labels` of `seed`: equal arguments, equal numbers. */
export function random(seed: number | string, ...labels: (string | number)[]): Random {
  const label = [seed, ...labels].join("/");
  return stream(label, seedrandom(label, { state: true }), null);
}

/** Continues a stream from a snapshot. */
export function restore(saved: RandomState): Random {
  return stream(saved.label, seedrandom("", { state: saved.state }), saved.spare);
}

function stream(
  label: string,
  source: { double(): number; state(): Arc4 },
  spare: number | null,
): Random {
  const uniform = () => source.double();
  const below = (n: number) => Math.floor(uniform() * n);
  return {
    label,
    uniform,
    below,
    normal() {
      if (spare !== null) {
        const z = spare;
        spare = null;
        return z;
      }
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const q = u * u + v * v;
        if (q > 0 && q < 1) {
          const k = Math.sqrt((-2 * Math.log(q)) / q);
          spare = v * k;
          return u * k;
        }
      }
    },
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = below(i + 1);
        const t = order[i];
        order[i] = order[j];
        order[j] = t;
      }
      return order;
    },
    split: (next) => random(label, next),
    state: () => ({ label, state: source.state(), spare }),
  };
}
