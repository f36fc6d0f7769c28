import {
  onlySide,
  restOf,
  type ClampRails,
  type DiodeLaw,
  type SoftClamps,
} from "../../energy/clamps.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Layout } from "../layout.ts";
import type { DieParts } from "../parts.ts";

/** The resolvents of a die's clamps, s + aᵢ Iᵢ(s) = u, for aᵢ that change now and then. */
export interface Resolvent {
  /** For these a: when a step, a tie or a conductance has changed. */
  ready(a: (i: number) => number): void;
  /**
   * x ← s on units from … from + cols − 1 of samples first … last−1 of a state-shaped vector; those
   * whose `active` is 0 rest (null: none does).
   */
  hold(
    x: Slot<Vec>,
    first: number,
    last: number,
    from: number,
    cols: number,
    active: Slot<Int32Array> | null,
  ): void;
}

export function linearResolvent(
  { memory: { privateReals, kernels, bytes }, at: { size } }: Pick<DieParts, "memory" | "at">,
  { low, high }: ClampRails,
  k: number,
): Resolvent {
  const law = privateReals(3 * size);
  law.array.set(low);
  law.array.set(high, size);
  return {
    ready(a) {
      for (let i = 0; i < size; i++) law.array[2 * size + i] = 1 / (1 + k * a(i));
    },
    hold: (x, first, last, from, cols, active) => {
      kernels.holdLinear(
        x.ptr + (first * size + from) * bytes,
        size,
        last - first,
        cols,
        law.ptr + from * bytes,
        size,
        active ? active.ptr + 4 * first : 0,
      );
    },
  };
}

/**
 * Neighbouring layers whose units have a diode to each rail, or all of which one at most; and
 * padding.
 */
interface Span {
  readonly alone: boolean;
  readonly from: number;
  to: number;
}

function spansOf({ sizes, offset, padded }: Layout, rails: ClampRails): readonly Span[] {
  const spans: Span[] = [];
  for (let l = 1; l < sizes.length; l++) {
    const from = offset[l];
    const to = from + padded[l];
    const alone = onlySide(rails, from) !== 0;
    const last = spans.at(-1);
    // Nothing holds them.
    if (rails.low[from] === -Infinity && rails.high[from] === Infinity) continue;
    if (last?.alone === alone && last.to === from) last.to = to;
    else spans.push({ alone, from, to });
  }
  return spans;
}

export function diodeResolvent(
  parts: Pick<DieParts, "memory" | "at">,
  rails: Required<ClampRails>,
  law: DiodeLaw,
): Resolvent {
  const { kernels, bytes } = parts.memory;
  const { size } = parts.at;
  const spans = spansOf(parts.at, rails);
  const pairs = diodePairs(parts, rails, law);
  const alone = spans.some((s) => s.alone) ? singleDiodes(parts, rails, law) : null;
  return {
    ready(a) {
      pairs.ready(a);
      alone?.ready(a);
    },
    hold(x, first, last, from, cols, active) {
      const resting = active ? active.ptr + 4 * first : 0;
      const end = from + cols;
      for (const span of spans) {
        const begin = Math.max(from, span.from);
        const units = Math.min(end, span.to) - begin;
        if (units <= 0) continue;
        const at = x.ptr + (first * size + begin) * bytes;
        if (span.alone)
          kernels.holdDiode(
            at,
            size,
            last - first,
            units,
            alone!.law.ptr + begin * bytes,
            size,
            resting,
          );
        else
          kernels.holdDiodes(
            at,
            size,
            last - first,
            units,
            pairs.law.ptr + begin * bytes,
            size,
            pairs.turns,
            resting,
          );
      }
    },
  };
}

/** The constants of `holdDiodes`. */
function diodePairs(
  { memory: { privateReals, precision }, at: { size, padding } }: Pick<DieParts, "memory" | "at">,
  rails: Required<ClampRails>,
  { saturation, width }: DiodeLaw,
) {
  const law = privateReals(5 * size);
  const { low, high, scale } = rails;
  const lnSaturation = Math.log(saturation / width);
  const put = (plane: number, i: number, x: number) => {
    law.array[plane * size + i] = x;
  };
  const units = Array.from({ length: size }, (_, i) => i);
  const pairs = units.filter(
    (i) => low[i] > -Infinity && high[i] < Infinity && !padding.includes(i),
  );
  for (const i of pairs) {
    put(0, i, 0.5 * (low[i] + high[i]));
    put(1, i, 0.5 * (high[i] - low[i]));
    put(2, i, width * scale[i]);
    put(3, i, 1 / (width * scale[i]));
  }
  // Padding stays exactly where it is.
  for (const i of padding) put(4, i, -1000);
  const made = {
    law,
    turns: 0,
    ready(a: (i: number) => number) {
      let strongest = -Infinity;
      for (const i of pairs) {
        const strength = lnSaturation + Math.log(a(i));
        put(4, i, strength);
        strongest = Math.max(strongest, strength - (0.5 * (high[i] - low[i])) / (width * scale[i]));
      }
      // How far ω alone is off halves its exponent with every turn.
      made.turns =
        strongest < (precision === "f32" ? -20 : -40)
          ? 0
          : strongest < (precision === "f32" ? -10 : -20)
            ? 1
            : precision === "f32"
              ? 5
              : 6;
    },
  };
  return made;
}

/**
 * The constants of `holdDiode`. Of padding, and of what nothing holds, v is 0 and nothing conducts.
 */
function singleDiodes(
  { memory: { privateReals }, at: { size } }: Pick<DieParts, "memory" | "at">,
  rails: Required<ClampRails>,
  { saturation, width }: DiodeLaw,
) {
  const law = privateReals(6 * size);
  const put = (plane: number, i: number, x: number) => {
    law.array[plane * size + i] = x;
  };
  const alone = Array.from({ length: size }, (_, i) => i).filter((i) => onlySide(rails, i) !== 0);
  law.array.fill(-1000, 4 * size, 5 * size);
  for (const i of alone) {
    const v = onlySide(rails, i) * width * rails.scale[i];
    put(0, i, restOf(rails, i));
    put(1, i, v);
    put(2, i, 1 / v);
  }
  return {
    law,
    ready(a: (i: number) => number) {
      for (const i of alone) {
        const back = (a(i) * saturation) / width;
        const strength = Math.log(back);
        put(3, i, strength);
        put(4, i, strength + back);
        put(5, i, back * onlySide(rails, i) * width * rails.scale[i]);
      }
    },
  };
}

/** Unit by unit, for laws that the kernels do not know. */
export function plainResolvent(
  { at: { size } }: Pick<DieParts, "at">,
  clamps: SoftClamps,
): Resolvent {
  const factor = new Float64Array(size);
  return {
    ready(a) {
      for (let i = 0; i < size; i++) factor[i] = a(i);
    },
    hold(x, first, last, from, cols, active) {
      for (let r = first; r < last; r++) {
        if (active?.array[r] === 0) continue;
        for (let i = from, k = r * size + from; i < from + cols; i++, k++)
          x.array[k] = clamps.hold(x.array[k], factor[i], i);
      }
    },
  };
}
