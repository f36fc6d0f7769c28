import type { DeviceModel } from "../../../circuit/devices/device.ts";
import type { Devices } from "../../../circuit/devices/fabricate.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { loadPacked, unpacked } from "../parameters.ts";
import { eachSynapse, traits, type Traits } from "./array.ts";
import type { BlockMemory } from "./block.ts";
import { laterWeight } from "./law.ts";
import { existence, type BlockParts, type Drawn } from "./registers.ts";

/**
 * One device a weight that takes every update itself: pulses by its own law, or, of a device
 * without one, write-verify of what learning asks for. The weights' slot holds what the devices
 * hold.
 */
export function singleDevices(parts: BlockParts, drawn: Drawn): BlockMemory {
  const { memory, w, storage, law, mutual, key, room } = parts;
  const { model, accumulate } = storage;
  const { kernels } = memory;
  const { rows, stride } = w;
  const { update } = model;
  const kind = update.law === "ideal" ? null : law.kind;
  const many = kind === null ? 2 : 8;
  const held = memory.reals(rows * stride);
  const seen = law.numbers.array[3] !== 0 || accumulate ? memory.reals(rows * stride) : null;
  const own = traits(memory, w, many);
  const exists = existence(memory, w, law.terms > 0 || model.states !== null);
  const prefix = w.name.replace(/\.weight$/, "");
  const name = { seen: `${prefix}.seen`, held: `${prefix}.held` };
  if (drawn) fill(own, parts, drawn.devices, kind);

  let real: Slot<Vec> | null = null;
  const verify = (
    n: number,
    first: number,
    last: number,
    touched: number,
    from: number,
    terms: number,
  ) => {
    kernels.writeDevices(
      w.slot.ptr,
      w.slot.ptr,
      from,
      own.slot.ptr,
      many,
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
  return {
    conducted: seen ?? w.slot,
    kept: [w.slot, held, ...(seen ? [seen] : [])],
    realise(gain, to) {
      if (kind === null) return;
      real = to;
      own.setAll(many - 1, gain);
    },
    commit(n, { first, last, touched }) {
      if (kind === null) {
        verify(n, first, last, touched, held.ptr, law.terms);
        return "touched";
      }
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
        kind,
        key,
        n,
        room,
      );
      return real ? "none" : "touched";
    },
    write(n) {
      verify(n, 0, rows, 0, 0, law.terms);
      // No device is beyond its bounds, whatever the error.
      if (law.terms > 0) verify(n, 0, rows, 0, 0, 0);
      held.array.set(w.slot.array);
      if (seen) writeNoise(parts, n, seen);
    },
    tensors: () => [
      ...(seen ? [unpacked(memory, w, name.seen, seen)] : []),
      ...(accumulate ? [unpacked(memory, w, name.held, held)] : []),
    ],
    recall(_, tensors) {
      if (accumulate) loadPacked(memory, w, name.held, tensors, held);
      else held.array.set(w.slot.array);
      if (seen) loadPacked(memory, w, name.seen, tensors, seen);
    },
    aged(to, later) {
      const { array } = seen ?? w.slot;
      eachSynapse(w, mutual, memory, (d, at) => {
        to.array[at] = laterWeight(storage, law, array[at], d, later);
      });
    },
  };
}

function fill(
  own: Traits,
  { memory, w, storage: { span }, law: { least }, mutual }: BlockParts,
  devices: Devices,
  kind: number | null,
): void {
  eachSynapse(w, mutual, memory, (d, at) => {
    traitsFor(devices, d, span, least, kind).forEach((value, k) => {
      own.set(at, k, value);
    });
  });
}

/** seen ← w + writeNoise·step·ξ, of a resistor no less than nothing. */
export function writeNoise(
  {
    memory,
    w,
    storage: {
      model: { update },
      span,
    },
    law: { least },
    mutual,
    key,
  }: BlockParts,
  n: number,
  seen: Slot<Vec>,
): void {
  if (update.law === "ideal") return;
  const rng = random("write noise", key, n);
  const xi = new Float64Array(w.rows * w.cols);
  for (let k = 0; k < xi.length; k++) xi[k] = rng.normal();
  eachSynapse(w, mutual, memory, (d, at) => {
    seen.array[at] = Math.max(
      least,
      w.slot.array[at] + span * update.writeNoise * update.step * xi[d],
    );
  });
}

/** The traits of device d, in units of the weight and in the order of the kernels. */
function traitsFor(
  devices: Devices,
  d: number,
  span: number,
  least: number,
  kind: number | null,
): readonly number[] {
  const { up, down, slopeUp, slopeDown, reference, low, high, model } = devices;
  const r = reference[d];
  const bounds = [low[d], high[d]].map((bound) => Math.max(least, span * (bound - r)));
  const steps = [span * up[d], -span * down[d]];
  if (kind === null) return bounds;
  if (kind >= 2) return [...bounds, ...steps, curve(model, high[d] - low[d], span)];
  const affine = [
    steps[0] * (1 - slopeUp[d] * r),
    steps[1] * (1 - slopeDown[d] * r),
    up[d] * slopeUp[d],
    -down[d] * slopeDown[d],
  ];
  return [...bounds, ...affine, span * r];
}

/** 2a / (high − low) of the exponential law, per weight; 0 of a device that never moves. */
export function curve({ update }: DeviceModel, width: number, span: number): number {
  return update.law === "exponential" && width > 0 ? (2 * update.a) / (width * span) : 0;
}
