import { conductance, paired } from "../../../circuit/devices/device.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { loadPacked, unpacked } from "../parameters.ts";
import {
  eachSynapse,
  existence,
  traits,
  type BlockDevices,
  type BlockParts,
  type Traits,
} from "./array.ts";
import type { BlockMemory, Later, TouchedRows } from "./block.ts";
import { keptCodes, type KeptCodes } from "./codes.ts";
import { laterWeight, weightOf } from "./law.ts";

/**
 * Weights in digital registers of the numbers that they store: w + σ(g)·ξ of the nearest code of a
 * DAC and the nearest level of the device, between the device's bounds. ξ is new at every
 * programming and depends on die, synapse and number of the programming alone.
 *
 * `drawn` is null on the members of a team that find what the first of them has drawn.
 */
export function registers(parts: BlockParts, drawn: BlockDevices | null): BlockMemory {
  const {
    memory,
    w,
    storage: { model },
    law,
    key,
  } = parts;
  const { kernels } = memory;
  const { rows, stride } = w;
  const out = memory.reals(rows * stride);
  const codes = keptCodes(parts);
  const stored = codes?.registers ?? w.slot;
  const { bounds } = model;
  const own =
    bounds.spreadLow !== 0 || bounds.spreadHigh !== 0 || model.stuck !== 0
      ? traits(memory, w, 2)
      : null;
  const exists = existence(memory, w, law.terms > 0 || model.states !== null || law.lowest > 0);
  if (own && drawn) fillBounds(own, parts, drawn);
  // Without an error or a level what is written is a matter of few operations, and memory is walked
  // once.
  const plain = law.terms === 0 && model.states === null && !own && !exists;
  let real: { readonly gain: number; readonly to: number } | null = null;
  const write = (n: number, { first, last, touched }: TouchedRows) => {
    kernels.writeDevices(
      out.ptr,
      stored.ptr,
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
  const program = (n: number) => {
    write(n, { first: 0, last: rows, touched: 0 });
  };
  return {
    conducted: out,
    kept: [out, ...(codes ? [w.slot] : []), ...(codes?.registers ? [codes.registers] : [])],
    realise(gain, to) {
      if (plain) real = { gain: gain.ptr, to: to.ptr };
    },
    ...persistence(parts, codes, program),
    reach: (at) => reachOf(parts, own, at),
    commit(n, part) {
      codes?.keep(n, part);
      // Without an error what is written depends on the weight alone.
      const sure = law.terms === 0;
      if (!real) {
        write(n, sure ? part : { ...part, touched: 0 });
        return sure ? "touched" : "all";
      }
      kernels.writeCodes(
        out.ptr,
        stored.ptr,
        real.gain,
        real.to,
        rows,
        stride,
        part.first,
        part.last,
        part.touched,
        law.numbers.ptr,
      );
      return "none";
    },
    aged(to, later) {
      ageRegisters(parts, out, to, later);
    },
  };
}

/** What is held besides the weights: registers, where accumulators keep what is below a step. */
function persistence(
  { memory, w }: BlockParts,
  codes: KeptCodes | null,
  program: (n: number) => void,
): Pick<BlockMemory, "write" | "tensors" | "recall"> {
  const registers = codes?.registers;
  const name = `${w.name.replace(/\.weight$/, "")}.register`;
  return {
    write(n) {
      codes?.load();
      program(n);
    },
    tensors: () => (registers ? [unpacked(memory, w, name, registers)] : []),
    recall(n, tensors) {
      if (registers) loadPacked(memory, w, name, tensors, registers);
      program(n);
    },
  };
}

/** What a register, and the device that is written from it, can hold. */
function reachOf(
  { storage: { largest }, law: { lowest } }: BlockParts,
  own: Traits | null,
  at: number,
): readonly [low: number, high: number] {
  const [low, high] = own ? [own.get(at, 0), own.get(at, 1)] : [lowest, Infinity];
  return [Math.max(low, -largest), Math.min(high, largest)];
}

/** Bounds of a device over its reference, or of a pair over its other one. */
function fillBounds(
  own: Traits,
  parts: BlockParts,
  { devices: { low, high, reference }, second }: BlockDevices,
): void {
  const {
    storage: { span },
    law: { least },
  } = parts;
  eachSynapse(parts, (d, at) => {
    own.set(at, [
      Math.max(least, span * (low[d] - (second ? second.high[d] : reference[d]))),
      Math.max(least, span * (high[d] - (second ? second.low[d] : reference[d]))),
    ]);
  });
}

/** to ← the weights `out` a time later, of pairs the difference of what both have become. */
function ageRegisters(parts: BlockParts, out: Slot<Vec>, to: Slot<Vec>, later: Later): void {
  const { storage, law } = parts;
  const { model, span } = storage;
  const pair = paired(model);
  eachSynapse(parts, (d, at) => {
    const x = out.array[at] / span;
    const one = (part: number, second: boolean) =>
      later.of(conductance(model, Math.max(0, part)), d, second);
    to.array[at] = pair
      ? weightOf(model, span, one(x, false) - one(-x, true))
      : laterWeight(storage, law, out.array[at], d, later);
  });
}
