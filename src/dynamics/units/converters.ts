import type { Circuit } from "../../circuit/circuit.ts";
import type { Converter } from "../../circuit/elements.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { stateAlignment } from "../layout.ts";
import type { BareDie } from "../bare-die.ts";

type Convert = (x: number) => number;

/**
 * x ↦ low + q·k with k = round((x − low) / q) within 0 … 2^bits − 1 and q = (high − low) / (2^bits
 * − 1): levels at both ends of the range, an error between −q/2 and q/2, of variance q²/12 when
 * uniform (Bennett 1948). Without bits it only clips.
 */
export function quantiser({ bits, low, high }: Converter): Convert {
  if (bits === undefined) return (x) => Math.min(Math.max(x, low), high);
  const top = 2 ** bits - 1;
  const span = high - low;
  return (x) =>
    low + span * (Math.min(Math.max(Math.round(((x - low) / span) * top), 0), top) / top);
}

/**
 * to ← the levels next to samples first … last−1 of a state, padding included: `quantiser` by a
 * kernel, bit for bit.
 */
export function quantiseStates(
  { memory: { kernels, bytes }, at: { size } }: Pick<BareDie, "memory" | "at">,
  { bits, low, high }: Converter & { readonly bits: number },
): (to: Slot<Vec>, from: Slot<Vec>, first: number, last: number) => void {
  return (to, from, first, last) => {
    const row = first * size * bytes;
    kernels.quantiseRows(
      to.ptr + row,
      from.ptr + row,
      size,
      last - first,
      size,
      low,
      high - low,
      2 ** bits - 1,
    );
  };
}

/**
 * A converter's range in units of the state; null if it changes nothing that lies between the
 * rails.
 */
export function inStates(converter: Converter | undefined, { rails }: Circuit): Converter | null {
  if (
    !converter ||
    (converter.bits === undefined && converter.low <= rails.low && converter.high >= rails.high)
  )
    return null;
  const state = (volt: number) => (volt - rails.low) / (rails.high - rails.low);
  return { bits: converter.bits, low: state(converter.low), high: state(converter.high) };
}

/** What stands between the inputs and the chip, for bytes and for reals; null is exact. */
export interface InputDac {
  readonly bytes: Convert | null;
  readonly reals: Convert | null;
}

/**
 * The DAC of the inputs. From eight bits on, and from rail to rail, a byte is its code, aligned to
 * the left, with the reference set so that the largest byte is full scale: bytes pass unchanged.
 */
export function inputDac(circuit: Circuit): InputDac {
  const range = inStates(circuit.converters?.input, circuit);
  const convert = range && quantiser(range);
  const codes = range?.bits !== undefined && range.bits >= 8 && range.low === 0 && range.high === 1;
  return { bytes: codes ? null : convert, reals: convert };
}

/** The DAC that holds the copy's guess: what λ pulls to and where the states start. */
interface GuessDac {
  /** [capacity × size]; the guess itself without a DAC. */
  readonly out: Slot<Vec>;
  /** Converts the guesses of samples first … last−1. */
  convert(first: number, last: number): void;
}

/** 2^bits levels from rail to rail, which clip a guess that lies beyond them. */
export function guessDac(
  parts: Pick<BareDie, "memory" | "at" | "circuit">,
  guess: Slot<Vec>,
): GuessDac {
  const { memory, at, circuit } = parts;
  const bits = circuit.converters?.guess?.bits;
  if (bits === undefined) return { out: guess, convert: () => undefined };
  const out = memory.reals(guess.length, stateAlignment(at, memory));
  const quantise = quantiseStates(parts, { bits, low: 0, high: 1 });
  return {
    out,
    // The guess of a padding unit is 0, which is a level.
    convert(first, last) {
      quantise(out, guess, first, last);
    },
  };
}
