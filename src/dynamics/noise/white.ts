import type { Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { DieParts } from "../parts.ts";
import type { NodesAlone, NoiseSource, WhiteNoise } from "./source.ts";
import { whiteFactor } from "./steps.ts";

/** White noise as a source of steps, and as the numbers that stochastic solvers step with. */
interface WhiteSource extends NoiseSource {
  /** [size]: of the state, per √τ, as of now. */
  amplitude(): Vec;
  /**
   * out ← numbers of one tick for the samples in focus, each standard normal, correlated where
   * units share a source.
   */
  normal(tick: number, out: Vec): void;
}

/**
 * A step of h adds amplitude·√h·z to a unit, z standard normal, mixed where units share sources, by
 * the factor that makes the step's stationary variance that of the node (see `whiteFactor`).
 * @param room [capacity × size], to draw in.
 */
export function whiteSource(
  { memory, at: { size }, inputs: x, seed }: Pick<DieParts, "memory" | "at" | "inputs" | "seed">,
  white: WhiteNoise,
  nodes: NodesAlone,
  room: Slot<Vec>,
): WhiteSource {
  const { kernels, bytes } = memory;
  const { mix } = white;
  const key = random(seed, "noise").below(2 ** 32);
  const kick = memory.privateReals(size);
  /** Of the numbers that solvers ask for: 1, or what `mix` mixes. */
  const each = memory.privateReals(size);
  each.array.fill(1);
  /** What a step takes away of mixed numbers. */
  const less = memory.privateReals(size);
  const renew = () => {
    if (white.renew(nodes.held()) && mix) each.array.set(white.amplitude);
  };
  const draw = (to: number, first: number, last: number, tick: number, amplitude: number) => {
    const row = to + first * size * bytes;
    const { moment } = x.presented;
    kernels.gaussianRows(row, size, first, last - first, size, amplitude, key, moment, tick);
    mix?.(to, first, last);
  };
  return {
    memoryless: true,
    begin: renew,
    step(dt, linear) {
      renew();
      const a = nodes.rates();
      for (let i = 0; i < size; i++) {
        const factor = linear ? whiteFactor(linear, a[i] * dt) : 1;
        kick.array[i] = Math.sqrt(dt) * white.amplitude[i] * (mix ? 1 : factor);
        less.array[i] = 1 - factor;
      }
    },
    ...(white.any && {
      add(to: number, first: number, last: number, tick: number) {
        draw(to, first, last, tick, kick.ptr);
        if (!mix) return;
        const row = to + first * size * bytes;
        kernels.forceRows(row, row, row, size, last - first, size, less.ptr);
      },
    }),
    amplitude() {
      renew();
      return white.amplitude;
    },
    normal(tick, out) {
      if (mix) renew();
      const { first, last } = x;
      draw(room.ptr, first, last, tick, each.ptr);
      out.set(room.array.subarray(first * size, last * size), first * size);
      if (!mix) return;
      for (let i = first * size; i < last * size; i++) out[i] /= white.amplitude[i % size] || 1;
    },
  };
}
