import type { Circuit } from "../circuit/circuit.ts";
import type { Arena } from "../numerics/kernels/arena.ts";
import { random } from "../numerics/random.ts";
import type { Dynamics } from "./dynamics.ts";
import { flicker } from "./flicker.ts";
import type { Inputs } from "./inputs.ts";
import { stateAlignment, type Layout } from "./layout.ts";
import type { Phase } from "./phase.ts";
import type { Noise } from "./propagation.ts";
import type { White } from "./white.ts";

/** The noise of a chip, white and coloured, under one clock. */
export interface ChipNoise {
  readonly seen: NonNullable<Dynamics["noise"]>;
  /** A new presentation: the clock stands at 0, coloured noise starts anew. */
  begin(): void;
  /** Readies `steps` fused steps of `dt`, in τ, whose ticks are then used up. */
  fused(dt: number, steps: number): Noise;
}

/** Null on a circuit that is silent. */
export function chipNoise(memory: Arena, at: Layout, circuit: Circuit, x: Inputs, white: White, phase: Phase, seed: number): ChipNoise | null {
  if (!white.any) return null;
  const { kernels, bytes } = memory, { size } = at, key = random(seed, "noise").below(2 ** 32);
  const room = memory.reals(x.capacity * size, stateAlignment(at, memory)), ones = memory.privateReals(size), coloured = flicker(memory, at, circuit, x.capacity, seed);
  ones.array.fill(1);
  /** Ticks since the inputs were presented. */
  let ticks = 0;
  const renew = () => { if (white.renew()) phase.rekick(); };
  const taken = (out: Parameters<ChipNoise["seen"]["normal"]>[1]) => { out.set(room.array.subarray(x.first * size, x.last * size), x.first * size); };
  return {
    seen: {
      get amplitude() {
        renew();
        return white.amplitude;
      },
      get clock() { return ticks; },
      set clock(tick) { ticks = tick; },
      normal(tick, out) {
        kernels.gaussianRows(room.ptr + x.first * size * bytes, size, x.first, x.last - x.first, size, ones.ptr, key, x.presented.moment, tick);
        taken(out);
      },
      ...coloured && {
        coloured(tick, dt, out) {
          room.array.fill(0, x.first * size, x.last * size);
          coloured.step(dt);
          coloured.add(room.ptr, x.first, x.last, x.presented.moment, tick);
          taken(out);
        },
      },
    },
    begin() {
      ticks = 0;
      if (!coloured) return;
      renew();
      coloured.start(x.first, x.last, x.presented.moment, white.amplitude);
    },
    fused(dt, steps) {
      const { moment } = x.presented, step = ticks - 1;
      renew();
      coloured?.step(dt);
      ticks += steps;
      return { key, moment, step, ...coloured && { coloured: (to, first, last, tick) => { coloured.add(to, first, last, moment, tick); } } };
    },
  };
}
