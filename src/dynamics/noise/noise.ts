import type { Circuit } from "../../circuit/circuit.ts";
import type { Arena } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Dynamics } from "../dynamics.ts";
import { flicker } from "./flicker.ts";
import type { Switching } from "../synapses/transconductors/fluctuation.ts";
import type { Inputs } from "../inputs.ts";
import { stateAlignment, type Layout } from "../layout.ts";
import type { Phase } from "../motion/step-constants.ts";
import type { Noise } from "../motion/propagation.ts";
import type { White } from "../synapses/transconductors/white.ts";

/** The noise of a chip, white and coloured, under one clock. */
export interface ChipNoise {
  readonly seen: NonNullable<Dynamics["noise"]>;
  /** A new presentation: the clock stands at 0, coloured noise starts anew. */
  begin(): void;
  /** Readies `steps` fused steps of `dt`, in τ, whose ticks are then used up. */
  fused(dt: number, steps: number): Noise;
}

/**
 * What switches at the beginning of every step; `fused`: the drive of the chip's own state has to
 * follow.
 */
export interface Moves extends Pick<Switching, "step"> {
  move(tick: number, fused: boolean): void;
}

/** Null on a circuit that is silent. */
export function chipNoise(
  memory: Arena,
  at: Layout,
  circuit: Circuit,
  x: Inputs,
  white: White,
  phase: Phase,
  seed: number,
  switching: Moves | null,
): ChipNoise | null {
  if (!white.any && !switching) return null;
  const { kernels, bytes } = memory;
  const { size } = at;
  const { mix } = white;
  const key = random(seed, "noise").below(2 ** 32);
  const room = memory.reals(x.capacity * size, stateAlignment(at, memory));
  const each = memory.privateReals(size);
  const coloured = white.any ? flicker(memory, at, circuit, x.capacity, seed) : null;
  each.array.fill(1);
  /** Ticks since the inputs were presented. */
  let ticks = 0;
  const renew = () => {
    if (!white.renew()) return;
    phase.rekick();
    if (mix) each.array.set(white.amplitude);
  };
  const taken = (out: Vec) => {
    out.set(room.array.subarray(x.first * size, x.last * size), x.first * size);
  };
  return {
    seen: {
      get amplitude() {
        renew();
        return white.amplitude;
      },
      get clock() {
        return ticks;
      },
      set clock(tick) {
        ticks = tick;
      },
      normal(tick, out) {
        if (mix) renew();
        kernels.gaussianRows(
          room.ptr + x.first * size * bytes,
          size,
          x.first,
          x.last - x.first,
          size,
          each.ptr,
          key,
          x.presented.moment,
          tick,
        );
        mix?.(room.ptr, x.first, x.last);
        taken(out);
        if (mix)
          for (let i = x.first * size; i < x.last * size; i++)
            out[i] /= white.amplitude[i % size] || 1;
      },
      ...((coloured ?? switching) && {
        coloured(tick: number, dt: number, out: Vec) {
          room.array.fill(0, x.first * size, x.last * size);
          coloured?.step(dt);
          coloured?.add(room.ptr, x.first, x.last, x.presented.moment, tick);
          switching?.step(dt);
          switching?.move(tick, false);
          taken(out);
        },
      }),
    },
    begin() {
      ticks = 0;
      if (!coloured) return;
      renew();
      coloured.start(x.first, x.last, x.presented.moment, white.amplitude);
    },
    fused(dt, steps) {
      const { moment } = x.presented;
      const step = ticks - 1;
      renew();
      coloured?.step(dt);
      switching?.step(dt);
      ticks += steps;
      return {
        key,
        moment,
        step,
        kicks: white.any,
        ...(mix && { mix }),
        ...(coloured && {
          coloured: (to, first, last, tick) => {
            coloured.add(to, first, last, moment, tick);
          },
        }),
        ...(switching && {
          switched: (tick) => {
            switching.move(tick, true);
          },
        }),
      };
    },
  };
}
