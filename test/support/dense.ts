import type { Chip } from "../../src/dynamics/chip.ts";
import { clip } from "./kernel-oracles.ts";

const { fround } = Math;

/** out[j] += Σ_i s[i]·w[i, j]. */
function forward(out: Float32Array, s: Float32Array, w: Float32Array): void {
  const n = out.length;
  for (let i = 0; i < s.length; i++) {
    const x = s[i];
    for (let j = 0; j < n; j++) out[j] = fround(out[j] + fround(x * w[i * n + j]));
  }
}

/** out[i] += Σ_j w[i, j]·s[j]. */
function backward(out: Float32Array, s: Float32Array, w: Float32Array): void {
  const n = s.length;
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum = fround(sum + fround(s[j] * w[i * n + j]));
    out[i] = fround(out[i] + sum);
  }
}

/**
 * The dense path of sample r of an ideal f32 chip, in plain single precision: `steps` projected
 * Euler steps s ← clip(keep·s + dt·drive) from the chip's present state, every drive b + x·W + Σ W
 * s + λ sᶠ formed anew in every step. Returns the states [layer][unit] and leaves the chip alone.
 */
export function denseRelax(
  chip: Chip,
  x: readonly number[],
  r: number,
  lambda: number,
  dt: number,
  steps: number,
): Float32Array[] {
  const { sizes, blocks } = chip.graph;
  const { offset } = chip.layout;
  const tensors = chip.parameters.tensors().map((t) => Float32Array.from(t.data));
  const layer = (all: ArrayLike<number>, l: number) =>
    Float32Array.from({ length: sizes[l] }, (_, i) => all[r * chip.size + offset[l] + i]);
  const input = Float32Array.from(x);
  const keep = fround(1 - dt * fround(1 + lambda));
  const rate = fround(dt);
  const still = sizes.map((n, l) => {
    if (l === 0) return new Float32Array(n);
    const sum = tensors[blocks.length + l - 1].slice();
    const guess = layer(chip.guess.array, l);
    blocks.forEach(({ from, to }, k) => {
      if (from === 0 && to === l) forward(sum, input, tensors[k]);
    });
    return sum.map((b, i) => fround(b + fround(fround(lambda) * guess[i])));
  });
  let s = sizes.map((_, l) => (l === 0 ? input : layer(chip.state.array, l)));
  for (let t = 0; t < steps; t++) {
    const drive = still.map((d) => d.slice());
    blocks.forEach(({ from, to }, k) => {
      if (from === 0) return;
      forward(drive[to], s[from], tensors[k]);
      if (from !== to) backward(drive[from], s[to], tensors[k]);
    });
    s = s.map((u, l) =>
      l === 0
        ? u
        : u.map((v, i) => clip(fround(fround(keep * v) + fround(rate * drive[l][i])), 0, 1)),
    );
  }
  return s;
}
