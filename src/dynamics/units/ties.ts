import type { Circuit } from "../../circuit/circuit.ts";
import type { Ties } from "../../energy/hopfield.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { guessDac } from "./converters.ts";
import { columns, drawn, lognormal } from "./mismatch.ts";
import { stateAlignment } from "../layout.ts";
import type { DieParts } from "../parts.ts";
import { nudge, type OutputNudge } from "./nudge.ts";
import { square } from "../../numerics/power.ts";

/**
 * What ties a die's states to something outside: conductances λ_i = λ l_i to the copy's guess and
 * 2β_i = 2β n_i to the target,
 *
 *   ½ Σ λ_i (s_i − sᶠ_i − p_i)² + Σ_{outputs} β_i (s_i − y_i − q_i)²,
 *
 * l = e^{σξ} and n = e^{σξ} lognormal, p and q the normal offsets of the voltages that they lead
 * to; drawn once a die. Currents may stand in for the conductances to the target (see
 * `OutputNudge`).
 */
export interface TieArrays extends Pick<OutputNudge, "stiffness" | "sample" | "errors"> {
  /** `[size]`: l and n, what λ and β are multiplied by. */
  readonly link: Slot<Vec>;
  readonly nudge: Slot<Vec>;
  /** `[size]`: p and q. */
  readonly offsets: { readonly link: Slot<Vec>; readonly nudge: Slot<Vec> };
  /** The guess as its DAC holds it, where states start; after `hold`. */
  readonly guess: Slot<Vec>;
  /** Puts the guesses of samples first … last−1 on the DAC. */
  hold(first: number, last: number): void;
  /**
   * Adds λ_i (sᶠ_i + p_i) and what pulls to the targets to a state-shaped vector, for the samples
   * in focus.
   */
  pull(to: Slot<Vec>, ties: Ties): void;
  /**
   * ½ Σ λ_i (sᶠ_i + p_i)² + Σ β_i (y_i + q_i)², the second of conductances alone: what of the
   * energy of sample r no state changes.
   */
  constant(r: number, ties: Ties): number;
}

/**
 * `guess` [capacity × size] is what the copy says. Without spread everything is as asked, to the
 * bit.
 */
export function tieArrays(
  parts: Pick<DieParts, "memory" | "at" | "circuit" | "die" | "inputs">,
  guess: Slot<Vec>,
): TieArrays {
  const { memory, at, circuit, inputs: x } = parts;
  const { kernels, bytes } = memory;
  const { size } = at;
  const dac = guessDac(parts, guess);
  const column = columns(parts);
  const swing = circuit.rails.high - circuit.rails.low;
  const of = (key: "link" | "nudge") => {
    const { spread = 0, offset = 0 } = circuit[key] ?? {};
    return {
      factor: column(key, 1, lognormal(spread)),
      offset: column(`${key} offset`, 0, (rng) => (offset / swing) * rng.normal()),
      plain: spread === 0 && offset === 0,
      shifted: offset > 0,
    };
  };
  const link = of("link");
  const pulling = of("nudge");
  const outputs = nudge(parts, pulling);
  const { stiffness, sample, errors } = outputs;
  /** What λ is multiplied by in the drive, l (sᶠ + p). */
  const led = link.plain ? dac.out : memory.reals(guess.length, stateAlignment(at, memory));
  return {
    link: link.factor,
    nudge: pulling.factor,
    offsets: { link: link.offset, nudge: pulling.offset },
    guess: dac.out,
    stiffness,
    sample,
    errors,
    hold(first, last) {
      dac.convert(first, last);
      if (link.plain) return;
      const to = led.array;
      const s = dac.out.array;
      const l = link.factor.array;
      const p = link.offset.array;
      for (let r = first; r < last; r++)
        for (let i = 0, k = r * size; i < size; i++, k++) to[k] = l[i] * (s[k] + p[i]);
    },
    pull(to, { lambda, beta }) {
      const row = x.first * size * bytes;
      if (lambda !== 0)
        kernels.addScaled(to.ptr + row, size, led.ptr + row, size, x.last - x.first, size, lambda);
      if (beta !== 0) outputs.pull(to, beta);
    },
    constant(r, { lambda, beta }) {
      const l = link.factor.array;
      const p = link.offset.array;
      const s = dac.out.array;
      let pull = 0;
      if (lambda !== 0)
        for (let i = 0; i < size; i++) pull += l[i] * square(s[r * size + i] + p[i]);
      return 0.5 * lambda * pull + (beta === 0 ? 0 : beta * outputs.constant(r));
    },
  };
}

/** A die's outputs: leaks g_i and what λ and β are multiplied by, l_i and n_i. */
interface OutputTies {
  readonly leak: Float64Array;
  readonly link: Float64Array;
  readonly nudge: Float64Array;
}

/** The ties of the n outputs of a die, layer l, as `tieArrays` and `mismatch` draw them. */
export function outputTies(
  { mismatch, link, nudge: pulling }: Circuit,
  die: number,
  l: number,
  n: number,
): OutputTies {
  const of = (label: string, sigma = 0) => drawn(die, label, l, n, lognormal(sigma));
  return {
    leak: of("leak", mismatch.leak),
    link: of("link", link?.spread),
    nudge: of("nudge", pulling?.spread),
  };
}
