import type { Devices } from "../../../circuit/devices/fabricate.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Tensor, Vec } from "../../../numerics/vec.ts";
import { loadPacked, unpacked } from "../parameters.ts";
import {
  eachSynapse,
  existence,
  traits,
  type BlockDevices,
  type BlockParts,
  type Traits,
} from "./array.ts";
import type { BlockMemory, TouchedRows } from "./block.ts";
import { keptCodes } from "./codes.ts";
import { curve, laterWeight } from "./law.ts";
import { seenOf, writeNoise } from "./write-noise.ts";

/**
 * One device a weight that takes every update itself: pulses by its own law, or, of a device
 * without one, write-verify of what learning asks for. The weights' slot holds what the devices
 * hold.
 *
 * `drawn` is null on the members of a team that find what the first of them has drawn.
 */
export function singleDevices(parts: BlockParts, drawn: BlockDevices | null): BlockMemory {
  const { memory, w, storage, law, room } = parts;
  const { kernels } = memory;
  const { rows, stride } = w;
  const pulsed = law.shape !== null;
  const held = memory.reals(rows * stride);
  const seen = seenOf(parts);
  const own = traits(memory, w, pulsed ? 8 : 2);
  const owed = keptCodes(parts, { from: held });
  const verify = verifier(parts, own, held);
  if (drawn) fill(own, parts, drawn.devices);
  let real: Slot<Vec> | null = null;
  const pulse = (n: number, { first, last, touched }: TouchedRows) => {
    kernels.pulseDevices(
      w.slot.ptr,
      held.ptr,
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
      parts.key,
      n,
      room,
    );
  };
  return {
    conducted: seen ?? w.slot,
    kept: [w.slot, held, ...(seen ? [seen] : [])],
    realise(gain, to) {
      if (!pulsed) return;
      real = to;
      own.setAll(own.many - 1, gain);
    },
    commit(n, part) {
      owed?.keep(n, part);
      if (pulsed) pulse(n, part);
      else verify(n, part, held.ptr, law.terms);
      return real ? "none" : "touched";
    },
    write(n) {
      const all = { first: 0, last: rows, touched: 0 };
      verify(n, all, 0, law.terms);
      // No device is beyond its bounds, whatever the error.
      if (law.terms > 0) verify(n, all, 0, 0);
      held.array.set(w.slot.array);
      if (seen) writeNoise(parts, n, seen);
    },
    reach: (at) => [own.get(at, 0), own.get(at, 1)],
    ...persistence(parts, held, seen),
    aged(to, later) {
      const { array } = seen ?? w.slot;
      eachSynapse(parts, (d, at) => {
        to.array[at] = laterWeight(storage, law, array[at], d, later);
      });
    },
  };
}

/**
 * Writes the weights' slot into the devices until each is right within σ(g), the polynomial of the
 * first `terms` coefficients; `from` is the address of what the devices hold, 0 where all are
 * written anew.
 */
function verifier(
  { memory, w, storage: { model }, law, key }: BlockParts,
  own: Traits,
  held: Slot<Vec>,
): (n: number, part: TouchedRows, from: number, terms: number) => void {
  const { kernels } = memory;
  const { rows, stride } = w;
  const exists = existence(memory, w, law.terms > 0 || model.states !== null);
  return (n, { first, last, touched }, from, terms) => {
    kernels.writeDevices(
      w.slot.ptr,
      w.slot.ptr,
      from,
      own.slot.ptr,
      own.many,
      rows,
      stride,
      first,
      last,
      touched,
      law.numbers.ptr,
      law.polynomial.ptr,
      terms,
      key,
      n,
    );
    if (!exists) return;
    kernels.multiplyPacked(w.slot.ptr, exists.ptr, rows, stride, first, last);
    if (from !== 0) kernels.multiplyPacked(held.ptr, exists.ptr, rows, stride, first, last);
  };
}

/** What is held besides the weights: what is seen, and of accumulators what is owed. */
function persistence(
  { memory, w, storage: { accumulate } }: BlockParts,
  held: Slot<Vec>,
  seen: Slot<Vec> | null,
): Pick<BlockMemory, "tensors" | "recall"> {
  const prefix = w.name.replace(/\.weight$/, "");
  const name = { seen: `${prefix}.seen`, held: `${prefix}.held` };
  return {
    tensors: (): Tensor[] => [
      ...(seen ? [unpacked(memory, w, name.seen, seen)] : []),
      ...(accumulate ? [unpacked(memory, w, name.held, held)] : []),
    ],
    recall(_, tensors) {
      if (accumulate) loadPacked(memory, w, name.held, tensors, held);
      else held.array.set(w.slot.array);
      if (seen) loadPacked(memory, w, name.seen, tensors, seen);
    },
  };
}

function fill(own: Traits, parts: BlockParts, devices: Devices): void {
  eachSynapse(parts, (d, at) => {
    own.set(at, traitsFor(devices, d, parts));
  });
}

/** The traits of device d, in units of the weight and in the order of the kernels. */
function traitsFor(
  { up, down, slopeUp, slopeDown, reference, low, high }: Devices,
  d: number,
  { storage: { span }, law: { least, shape } }: BlockParts,
): readonly number[] {
  const r = reference[d];
  const bounds = [low[d], high[d]].map((bound) => Math.max(least, span * (bound - r)));
  const steps = [span * up[d], -span * down[d]];
  switch (shape?.kind) {
    case undefined:
      return bounds;
    case "affine":
      return [
        ...bounds,
        steps[0] * (1 - slopeUp[d] * r),
        steps[1] * (1 - slopeDown[d] * r),
        up[d] * slopeUp[d],
        -down[d] * slopeDown[d],
        span * r,
      ];
    case "exponential":
      return [...bounds, ...steps, curve(shape.a, high[d] - low[d], span)];
    default:
      return shape satisfies never;
  }
}
