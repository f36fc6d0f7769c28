import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { existence, type BlockParts } from "./array.ts";
import type { TouchedRows } from "./block.ts";
import { finerThanReal, type Codes } from "./law.ts";

/** A memory of numbers that exist, between what learning asks for and what is programmed. */
export interface KeptCodes {
  /** What the registers hold, apart from what learning asks for; null where both are one. */
  readonly registers: Slot<Vec> | null;
  /** Learning changed the weights of some rows, before the n-th programming. */
  keep(n: number, part: TouchedRows): void;
  /** Takes the weights as they are: registers hold the nearest numbers, accumulators nothing. */
  load(): void;
}

/**
 * See the kernel `keepCodes`. What is random is a pure function of die, synapse and number of the
 * programming; null where what is kept is exact.
 *
 * @param held what devices hold, of pairs less the second one; absent: registers.
 */
export function keptCodes(
  parts: BlockParts,
  held?: { readonly from: Slot<Vec>; readonly less?: Slot<Vec> },
): KeptCodes | null {
  const {
    memory,
    w,
    storage: { codes },
    key,
  } = parts;
  if (!codes) return null;
  const { kernels } = memory;
  const { rows, stride, slot } = w;
  const registers = codes.whole > 0 ? memory.reals(rows * stride) : null;
  const exists = existence(memory, w, codes.lowest > 0);
  const fine = numbersOf(parts, codes);
  // What is loaded is a step, whatever is summed up below it.
  const steps = { ...codes, part: codes.part * Math.max(1, codes.whole), whole: 0 };
  const coarse = numbersOf(parts, steps);
  const base = registers ?? held?.from ?? null;
  const mask = (of: Slot<Vec>, first: number, last: number) => {
    if (exists) kernels.multiplyPacked(of.ptr, exists.ptr, rows, stride, first, last);
  };
  return {
    registers,
    keep(n, { first, last, touched }) {
      kernels.keepCodes(
        slot.ptr,
        base?.ptr ?? 0,
        held?.less?.ptr ?? 0,
        rows,
        stride,
        first,
        last,
        touched,
        fine.ptr,
        Number(codes.byChance),
        key,
        n,
      );
      mask(slot, first, last);
      if (registers) mask(registers, first, last);
    },
    load() {
      kernels.keepCodes(slot.ptr, 0, 0, rows, stride, 0, rows, 0, coarse.ptr, 0, 0, 0);
      mask(slot, 0, rows);
      registers?.array.set(slot.array);
    },
  };
}

/** The numbers of a memory, in the order of the kernel. */
function numbersOf(
  { memory }: BlockParts,
  { part, whole, most, lowest, highest }: Codes,
): Slot<Vec> {
  // Numbers of a register alone that are finer than a real are exact.
  const alone = whole === 0 && Number.isFinite(highest);
  const counted = alone && finerThanReal(part, highest, memory.precision) ? 0 : part;
  const perPart = counted === 0 ? 0 : 1 / counted;
  const step = counted * whole;
  const numbers = [perPart, counted, most, whole, step === 0 ? 0 : 1 / step, step, lowest, highest];
  const slot = memory.reals(numbers.length);
  slot.array.set(numbers);
  return slot;
}
