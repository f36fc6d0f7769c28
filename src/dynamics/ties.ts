import type { Circuit } from "../circuit/circuit.ts";
import type { Ties } from "../energy/hopfield.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import { guessDac } from "./converters.ts";
import { columns, drawn, lognormal } from "./die.ts";
import type { Inputs } from "./inputs.ts";
import { stateAlignment, type Layout } from "./layout.ts";

/**
 * What ties a die's states to something outside: conductances λ_i = λ l_i to the copy's guess and 2β_i = 2β n_i to the target,
 *
 *   ½ Σ λ_i (s_i − sᶠ_i − p_i)² + Σ_{outputs} β_i (s_i − y_i − q_i)²,
 *
 * l = e^{σξ} and n = e^{σξ} lognormal, p and q the normal offsets of the voltages that they lead to; drawn once a die.
 */
export interface Tethers {
  /** [size]: l and n, what λ and β come to in a unit's curvature. */
  readonly link: Slot<Vec>;
  readonly nudge: Slot<Vec>;
  /** [size]: p and q. */
  readonly offsets: { readonly link: Slot<Vec>; readonly nudge: Slot<Vec> };
  /** The guess as its DAC holds it, where states start; after `hold`. */
  readonly guess: Slot<Vec>;
  /** Puts the guesses of samples first … last−1 on the DAC. */
  hold(first: number, last: number): void;
  /** Adds λ_i (sᶠ_i + p_i) and 2β_i (y_i + q_i) to a state-shaped vector, for the samples in focus. */
  pull(to: Slot<Vec>, ties: Ties): void;
  /** ½ Σ λ_i (sᶠ_i + p_i)² + Σ β_i (y_i + q_i)²: what of the energy of sample r no state changes. */
  constant(r: number, ties: Ties): number;
}

/** `guess` [capacity × size] is what the copy says. Without spread everything is as asked, to the bit. */
export function tethers(memory: Arena, at: Layout, circuit: Circuit, x: Inputs, guess: Slot<Vec>, die: number): Tethers {
  const { kernels, bytes } = memory, { size } = at, dac = guessDac(memory, at, circuit, guess), column = columns(at, die, memory), swing = circuit.rails.high - circuit.rails.low;
  const output = at.offset.at(-1)!, outputs = at.sizes.at(-1)!;
  const of = (key: "link" | "nudge") => {
    const { spread = 0, offset = 0 } = circuit[key] ?? {};
    return { factor: column(key, 1, lognormal(spread)), offset: column(`${key} offset`, 0, (rng) => (offset / swing) * rng.normal()), plain: spread === 0 && offset === 0, shifted: offset > 0 };
  };
  const link = of("link"), nudge = of("nudge");
  /** What λ is multiplied by in the drive, l (sᶠ + p). */
  const led = link.plain ? dac.out : memory.reals(guess.length, stateAlignment(at, memory));
  return {
    link: link.factor, nudge: nudge.factor, offsets: { link: link.offset, nudge: nudge.offset }, guess: dac.out,
    hold(first, last) {
      dac.convert(first, last);
      if (link.plain) return;
      const to = led.array, s = dac.out.array, l = link.factor.array, p = link.offset.array;
      for (let r = first; r < last; r++) for (let i = 0, k = r * size; i < size; i++, k++) to[k] = l[i] * (s[k] + p[i]);
    },
    pull(to, { lambda, beta }) {
      const row = x.first * size * bytes;
      if (lambda !== 0) kernels.addScaled(to.ptr + row, size, led.ptr + row, size, x.last - x.first, size, lambda);
      if (beta === 0) return;
      const n = nudge.factor.array, q = nudge.offset.array;
      for (let r = x.first; r < x.last; r++) {
        const label = x.labels.array[r], first = r * size;
        // One-hot targets: 2βy is 2β at the label and nothing elsewhere.
        if (!nudge.shifted) to.array[first + output + label] += 2 * beta * n[output + label];
        else for (let i = output; i < output + outputs; i++) to.array[first + i] += 2 * beta * n[i] * (Number(i === output + label) + q[i]);
      }
    },
    constant(r, { lambda, beta }) {
      const l = link.factor.array, p = link.offset.array, n = nudge.factor.array, q = nudge.offset.array, s = dac.out.array;
      let pull = 0, push = 0;
      if (lambda !== 0) for (let i = 0; i < size; i++) pull += l[i] * (s[r * size + i] + p[i]) ** 2;
      if (beta !== 0) for (let i = 0; i < outputs; i++) push += n[output + i] * (Number(i === x.labels.array[r]) + q[output + i]) ** 2;
      return 0.5 * lambda * pull + beta * push;
    },
  };
}

/** A die's outputs: leaks g_i and what λ and β are multiplied by, l_i and n_i. */
export interface OutputTies { readonly leak: Float64Array; readonly link: Float64Array; readonly nudge: Float64Array }

/** The ties of the n outputs of a die, layer l, as `tethers` and `mismatch` draw them. */
export function outputTies({ mismatch, link, nudge }: Circuit, die: number, l: number, n: number): OutputTies {
  const of = (label: string, sigma = 0) => drawn(die, label, l, n, lognormal(sigma));
  return { leak: of("leak", mismatch.leak), link: of("link", link?.spread), nudge: of("nudge", nudge?.spread) };
}
