import type { Circuit } from "../../circuit/circuit.ts";
import { timeConstant } from "../../circuit/families/families.ts";
import { view, type Arena } from "../../numerics/kernels/arena.ts";
import type { Inputs } from "../inputs.ts";

/** Synapses that a kernel call chooses among at once: the room of its list. */
const segment = 2 ** 16;

/** Synapses that switch between G and G (1 − δ), and when. */
export interface Telegraph {
  /** 1 − δ. */
  readonly keep: number;
  /** Readies steps of `dt`, in τ. */
  step(dt: number): void;
  /** The states of n synapses. @param key names their random numbers. */
  states(n: number, key: number): SwitchStates;
}

/** A bit a synapse: 1 where it conducts G (1 − δ). */
export interface SwitchStates {
  readonly bits: number;
  /** Both equally likely: before inputs are presented. */
  draw(): void;
  /**
   * Switches what switches at the beginning of a step; `work` gets the addresses of lists of them,
   * each an integer 2k + bit, and their lengths.
   */
  flip(tick: number, work: (list: number, many: number) => void): void;
}

/**
 * Telegraph noise: G or G (1 − δ), exchanged at a rate r each way: probability ½ (1 − e^{−2rh})
 * over a step h, both states equally likely at the start (`noise.telegraph`; Kirton & Uren 1989).
 * Each member of a team has the states for itself. Null where nothing switches.
 */
export function telegraph(memory: Arena, circuit: Circuit, x: Inputs): Telegraph | null {
  const { depth = 0, rate = 0 } = circuit.noise.telegraph ?? {};
  if (depth === 0 || rate === 0) return null;
  const { kernels } = memory;
  const cycles = rate * timeConstant(circuit);
  const list = memory.privateReals(segment);
  const count = memory.privateReals(1);
  const counted = () => new Int32Array(memory.memory.buffer, count.ptr, 1)[0];
  let scale = 0;
  let stepped = NaN;
  return {
    keep: 1 - depth,
    step(dt) {
      if (dt === stepped) return;
      // ln(1 − p) of p = ½ (1 − e^{−2rh}).
      scale = 1 / Math.log1p(0.5 * Math.expm1(-2 * cycles * dt));
      stepped = dt;
    },
    states(n, key) {
      const words = Math.ceil(n / 128) * 4 + 4;
      const bits = memory.privateReals(words).ptr;
      return {
        bits,
        draw() {
          kernels.drawWords(bits, words, key, x.presented.moment);
        },
        flip(tick, work) {
          for (let first = 0; first < n; first += segment) {
            kernels.pickSwitches(
              list.ptr,
              count.ptr,
              bits,
              first,
              Math.min(first + segment, n),
              scale,
              key,
              x.presented.moment,
              tick,
            );
            const many = counted();
            if (many > 0) work(list.ptr, many);
          }
        },
      };
    },
  };
}

/**
 * What stands at the terminals for the samples in focus, as rows: x times each of `gains`, one set
 * of terminals after another.
 */
export function fillTerminals(x: Inputs, to: number, gains: readonly number[], arena: Arena): void {
  const { buffer } = arena.memory;
  const { width, first, last } = x;
  const index = new Int32Array(buffer, x.index, x.capacity * width);
  const count = new Int32Array(buffer, x.count, x.capacity);
  const value = view(arena, x.value, x.capacity * width);
  const row = width * gains.length;
  const terminals = view(arena, to, x.capacity * row);
  terminals.fill(0, first * row, last * row);
  for (let r = first; r < last; r++)
    for (let k = r * width; k < r * width + count[r]; k++)
      gains.forEach((gain, side) => {
        terminals[r * row + side * width + index[k]] = gain * value[k];
      });
}
