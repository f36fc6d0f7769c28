import { conductance, paired } from "../../../circuit/devices/device.ts";
import type { Devices } from "../../../circuit/devices/fabricate.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Weights } from "../parameters.ts";
import { eachSynapse, traits, type Traits } from "./array.ts";
import type { BlockMemory } from "./block.ts";
import { laterWeight, weightOf, type LawNumbers, type Storage } from "./law.ts";

/** What a block's memory is made of. */
export interface BlockParts {
  readonly memory: Arena;
  readonly w: Weights;
  readonly storage: Storage;
  readonly law: LawNumbers;
  /** Whether the two entries of a synapse inside a layer are one device. */
  readonly mutual: boolean;
  /** Names the random numbers of its programmings. */
  readonly key: number;
  /** Address of what the kernels gather the devices in that they pulse together. */
  readonly room: number;
}

/**
 * The devices of a block, and of pairs those that are subtracted; null on the members of a team
 * that find what the first of them has drawn.
 */
export type Drawn = { readonly devices: Devices; readonly second: Devices | null } | null;

/**
 * Weights in digital registers: w + σ(g)·ξ of the nearest code of a DAC and the nearest level of
 * the device, between the device's bounds. ξ is new at every programming and depends on die,
 * synapse and number of the programming alone.
 */
export function registers(
  { memory, w, storage, law, mutual, key }: BlockParts,
  drawn: Drawn,
): BlockMemory {
  const { model, span } = storage;
  const { kernels } = memory;
  const { rows, stride } = w;
  const out = memory.reals(rows * stride);
  const { bounds } = model;
  const pair = paired(model);
  const own =
    bounds.spreadLow !== 0 || bounds.spreadHigh !== 0 || model.stuck !== 0
      ? traits(memory, w, 2)
      : null;
  const exists = existence(memory, w, law.terms > 0 || model.states !== null || law.lowest > 0);
  if (own && drawn) fillBounds(own, w, mutual, memory, span, law.least, drawn);
  // Without an error or a level what is written is a matter of few operations, and memory is walked
  // once.
  const plain = law.terms === 0 && model.states === null && !own && !exists;
  let real: { readonly gain: number; readonly to: number } | null = null;
  const write = (n: number, first: number, last: number, touched: number) => {
    kernels.writeDevices(
      out.ptr,
      w.slot.ptr,
      0,
      own?.slot.ptr ?? 0,
      2,
      rows,
      stride,
      first,
      last,
      touched,
      law.numbers.ptr,
      law.polynomial.ptr,
      law.terms,
      key,
      n,
    );
    if (exists) kernels.multiplyPacked(out.ptr, exists.ptr, rows, stride, first, last);
  };
  const recall = (n: number) => {
    write(n, 0, rows, 0);
  };
  return {
    conducted: out,
    kept: [out],
    realise(gain, to) {
      if (plain) real = { gain: gain.ptr, to: to.ptr };
    },
    write: recall,
    tensors: () => [],
    recall,
    commit(n, { first, last, touched }) {
      if (real) {
        kernels.writeCodes(
          out.ptr,
          w.slot.ptr,
          real.gain,
          real.to,
          rows,
          stride,
          first,
          last,
          touched,
          law.numbers.ptr,
        );
        return "none";
      }
      // Without an error what is written depends on the weight alone.
      write(n, first, last, law.terms === 0 ? touched : 0);
      return law.terms === 0 ? "touched" : "all";
    },
    aged(to, later) {
      eachSynapse(w, mutual, memory, (d, at) => {
        const x = out.array[at] / span;
        const one = (part: number, second: boolean) =>
          later.of(conductance(model, Math.max(0, part)), d, second);
        to.array[at] = pair
          ? weightOf(model, span, one(x, false) - one(-x, true))
          : laterWeight(storage, law, out.array[at], d, later);
      });
    },
  };
}

function fillBounds(
  own: Traits,
  w: Weights,
  mutual: boolean,
  memory: Arena,
  span: number,
  least: number,
  { devices: { low, high, reference }, second }: NonNullable<Drawn>,
): void {
  eachSynapse(w, mutual, memory, (d, at) => {
    own.set(at, 0, Math.max(least, span * (low[d] - (second ? second.high[d] : reference[d]))));
    own.set(at, 1, Math.max(least, span * (high[d] - (second ? second.low[d] : reference[d]))));
  });
}

/**
 * 1 where a synapse is and 0 elsewhere, for what would write into padding; null where nothing needs
 * it.
 */
export function existence(memory: Arena, w: Weights, needed: boolean): Slot<Vec> | null {
  if (!needed || w.mask) return needed ? w.mask : null;
  if (w.cols === w.stride) return null;
  const slot = memory.reals(w.rows * w.stride);
  eachSynapse(w, false, memory, (_, at) => {
    slot.array[at] = 1;
  });
  return slot;
}
