import type { Nudging } from "../circuit/nudging.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";

/** The two states that a lesson compares, formed of readings as these are made. */
interface Compared {
  readonly high: Slot<Vec>;
  readonly low: Slot<Vec>;
  /** Nothing was read yet but the free state. */
  begin(): void;
  /** Lets `read` write the reading of nudged phase k, and counts it. */
  take(k: number, read: (to: Slot<Vec>) => void): void;
}

const sides = ["high", "low"] as const;
type Side = (typeof sides)[number];

/**
 * @param free the free state as it was read. A state that is one reading alone is that reading, to
 *   the bit; others are sums.
 */
export function compared(
  chip: Chip,
  { free: weights, phases }: Nudging,
  free: Slot<Vec>,
): Compared {
  const { memory, inputs: x, size } = chip;
  const { kernels, bytes } = memory;
  /** The one phase whose reading a side is; −1 for the free state, null for a sum. */
  const sole = (side: Side): number | null => {
    const of = [weights, ...phases].flatMap((w, k) =>
      w[side] === 0 ? [] : [{ k: k - 1, w: w[side] }],
    );
    return of.length === 1 && of[0].w === 1 ? of[0].k : null;
  };
  const whole = { high: sole("high"), low: sole("low") };
  const slotOf = (side: Side) => (whole[side] === -1 ? free : chip.vector());
  const states = { high: slotOf("high"), low: slotOf("low") };
  const sums = sides.filter((side) => whole[side] === null);
  const room = sums.length > 0 ? chip.vector() : free;
  const add = (side: Side, from: Slot<Vec>, k: number) => {
    if (k === 0) return;
    const row = x.first * size * bytes;
    const n = x.last - x.first;
    kernels.addScaled(states[side].ptr + row, size, from.ptr + row, size, n, size, k);
  };
  return {
    ...states,
    begin() {
      for (const side of sums) {
        states[side].array.fill(0, x.first * size, x.last * size);
        add(side, free, weights[side]);
      }
    },
    take(k, read) {
      const own = sides.find((side) => whole[side] === k);
      if (own) read(states[own]);
      else read(room);
      for (const side of sums) add(side, own ? states[own] : room, phases[k][side]);
    },
  };
}
