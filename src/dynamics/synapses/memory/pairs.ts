import { programmed } from "../../../circuit/devices/ageing.ts";
import { conductance, stateOf } from "../../../circuit/devices/device.ts";
import type { Devices } from "../../../circuit/devices/fabricate.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { loadPacked, unpacked } from "../parameters.ts";
import { eachSynapse, traits, type Traits } from "./array.ts";
import type { BlockMemory } from "./block.ts";
import { weightOf } from "./law.ts";
import type { BlockParts, Drawn } from "./registers.ts";
import { curve, writeNoise } from "./single.ts";

/**
 * Pairs of one-sided devices, whose difference is the weight and whose pulses only go up; see the
 * kernel `pulsePairs`.
 */
export function devicePairs(parts: BlockParts, drawn: Drawn): BlockMemory {
  const {
    memory,
    w,
    storage: { model, span, accumulate },
    law,
    mutual,
    key,
    room,
  } = parts;
  const { kernels } = memory;
  const { rows, stride } = w;
  const size = rows * stride;
  const plus = memory.reals(size);
  const minus = memory.reals(size);
  const seen = law.numbers.array[3] !== 0 || accumulate ? memory.reals(size) : null;
  const own = traits(memory, w, 11);
  const prefix = w.name.replace(/\.weight$/, "");
  const name = { plus: `${prefix}.plus`, minus: `${prefix}.minus`, seen: `${prefix}.seen` };
  if (drawn?.second) fill(own, parts, drawn.devices, drawn.second);

  const held = memory.precision === "f32" ? Math.fround : (x: number) => x;
  let real: Slot<Vec> | null = null;
  /**
   * One of the two at its rest, the other as far above it as the weight says, as right as
   * write-verify gets it.
   */
  const write = (n: number) => {
    const rng = random("write-verify", key, n);
    eachSynapse(w, mutual, memory, (_, at) => {
      const weight = w.slot.array[at];
      const [one, other] = weight >= 0 ? [0, 5] : [5, 0];
      const place = (of: number, value: number) =>
        Math.min(own.get(at, of + 1), Math.max(own.get(at, of), value));
      const idle = place(other, own.get(at, other + 4));
      const target = place(one, idle + Math.abs(weight));
      const reached = place(
        one,
        model.programming === null
          ? target
          : span * stateOf(model, programmed(model, conductance(model, target / span), rng)),
      );
      [plus.array[at], minus.array[at]] = weight >= 0 ? [reached, idle] : [idle, reached];
      w.slot.array[at] = plus.array[at] - minus.array[at];
    });
    if (seen) writeNoise(parts, n, seen);
  };
  return {
    conducted: seen ?? w.slot,
    kept: [w.slot, plus, minus, ...(seen ? [seen] : [])],
    write,
    realise(gain, to) {
      real = to;
      own.setAll(10, gain);
    },
    commit(n, { first, last, touched }) {
      kernels.pulsePairs(
        w.slot.ptr,
        plus.ptr,
        minus.ptr,
        seen?.ptr ?? 0,
        real?.ptr ?? 0,
        own.slot.ptr,
        rows,
        stride,
        first,
        last,
        touched,
        law.numbers.ptr,
        law.kind,
        law.polynomial.ptr,
        law.terms,
        key,
        n,
        room,
      );
      return real ? "none" : "touched";
    },
    tensors: () => [
      unpacked(memory, w, name.plus, plus),
      unpacked(memory, w, name.minus, minus),
      ...(seen ? [unpacked(memory, w, name.seen, seen)] : []),
    ],
    recall(_, tensors) {
      loadPacked(memory, w, name.plus, tensors, plus);
      loadPacked(memory, w, name.minus, tensors, minus);
      if (seen) loadPacked(memory, w, name.seen, tensors, seen);
    },
    aged(to, later) {
      eachSynapse(w, mutual, memory, (d, at) => {
        const noise = seen ? seen.array[at] - held(plus.array[at] - minus.array[at]) : 0;
        to.array[at] =
          noise +
          weightOf(
            model,
            span,
            later.of(conductance(model, plus.array[at] / span), d) -
              later.of(conductance(model, minus.array[at] / span), d, true),
          );
      });
    },
  };
}

function fill(
  own: Traits,
  { memory, w, storage: { span }, mutual }: BlockParts,
  plus: Devices,
  minus: Devices,
): void {
  eachSynapse(w, mutual, memory, (d, at) => {
    [...traitsFor(plus, d, span), ...traitsFor(minus, d, span)].forEach((value, k) => {
      own.set(at, k, value);
    });
  });
}

/** The traits of one device of a pair, in units of the weight and in the order of the kernels. */
function traitsFor(
  { model, low, high, up, slopeUp, rest }: Devices,
  d: number,
  span: number,
): readonly number[] {
  return [
    span * low[d],
    span * high[d],
    span * up[d],
    model.update.law === "exponential" ? curve(model, high[d] - low[d], span) : up[d] * slopeUp[d],
    span * rest[d],
  ];
}
