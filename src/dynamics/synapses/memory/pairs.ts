import { programmed } from "../../../circuit/devices/ageing.ts";
import { conductance, stateOf } from "../../../circuit/devices/device.ts";
import type { Devices } from "../../../circuit/devices/fabricate.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { loadPacked, unpacked } from "../parameters.ts";
import { eachSynapse, traits, type BlockDevices, type BlockParts, type Traits } from "./array.ts";
import type { BlockMemory, Later } from "./block.ts";
import { keptCodes } from "./codes.ts";
import { curve, weightOf } from "./law.ts";
import { seenOf, writeNoise } from "./write-noise.ts";

/** The arrays of a block of pairs, packed like its weights: each device, what is seen, traits. */
interface PairArrays {
  readonly plus: Slot<Vec>;
  readonly minus: Slot<Vec>;
  /** Null where the difference is seen as it is. */
  readonly seen: Slot<Vec> | null;
  readonly own: Traits;
}

/**
 * Pairs of one-sided devices, whose difference is the weight and whose pulses only go up; see the
 * kernel `pulsePairs`.
 *
 * `drawn` is null on the members of a team that find what the first of them has drawn.
 */
export function devicePairs(parts: BlockParts, drawn: BlockDevices | null): BlockMemory {
  const { memory, w, law, key, room } = parts;
  const { kernels } = memory;
  const { rows, stride } = w;
  const plus = memory.reals(rows * stride);
  const minus = memory.reals(rows * stride);
  const seen = seenOf(parts);
  const own = traits(memory, w, 11);
  const owed = keptCodes(parts, { from: plus, less: minus });
  const arrays: PairArrays = { plus, minus, seen, own };
  if (drawn?.second) fill(own, parts, drawn.devices, drawn.second);
  let real: Slot<Vec> | null = null;
  return {
    conducted: seen ?? w.slot,
    kept: [w.slot, plus, minus, ...(seen ? [seen] : [])],
    write(n) {
      writePairs(parts, arrays, n);
      if (seen) writeNoise(parts, n, seen);
    },
    realise(gain, to) {
      real = to;
      own.setAll(own.many - 1, gain);
    },
    commit(n, part) {
      const { first, last, touched } = part;
      owed?.keep(n, part);
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
    reach: (at) => [own.get(at, 9) - own.get(at, 6), own.get(at, 1) - own.get(at, 4)],
    ...persistence(parts, arrays),
    aged(to, later) {
      agePairs(parts, arrays, to, later);
    },
  };
}

/**
 * One of the two at its rest, the other as far above it as the weight says, as right as
 * write-verify gets it.
 */
function writePairs(parts: BlockParts, { plus, minus, own }: PairArrays, n: number): void {
  const {
    w,
    storage: { model, span },
  } = parts;
  const rng = random("write-verify", parts.key, n);
  eachSynapse(parts, (_, at) => {
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
}

/** to ← the difference of what both have become, and the write noise of what was seen. */
function agePairs(
  parts: BlockParts,
  { plus, minus, seen }: PairArrays,
  to: Slot<Vec>,
  later: Later,
): void {
  const {
    memory,
    storage: { model, span },
  } = parts;
  const held = memory.precision === "f32" ? Math.fround : (x: number) => x;
  eachSynapse(parts, (d, at) => {
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
}

/** What is held besides the weights: both devices, and what is seen. */
function persistence(
  { memory, w }: BlockParts,
  { plus, minus, seen }: PairArrays,
): Pick<BlockMemory, "tensors" | "recall"> {
  const prefix = w.name.replace(/\.weight$/, "");
  const name = { plus: `${prefix}.plus`, minus: `${prefix}.minus`, seen: `${prefix}.seen` };
  return {
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
  };
}

function fill(own: Traits, parts: BlockParts, plus: Devices, minus: Devices): void {
  eachSynapse(parts, (d, at) => {
    own.set(at, [...traitsFor(plus, d, parts), ...traitsFor(minus, d, parts)]);
  });
}

/** The traits of one device of a pair, in units of the weight and in the order of the kernels. */
function traitsFor(
  { low, high, up, slopeUp, rest }: Devices,
  d: number,
  { storage: { span }, law: { shape } }: BlockParts,
): readonly number[] {
  const bend = () => {
    switch (shape?.kind) {
      case undefined:
      case "affine":
        return up[d] * slopeUp[d];
      case "exponential":
        return curve(shape.a, high[d] - low[d], span);
      default:
        return shape satisfies never;
    }
  };
  return [span * low[d], span * high[d], span * up[d], bend(), span * rest[d]];
}
