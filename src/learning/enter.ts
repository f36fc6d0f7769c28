import type { Dataset, Reals } from "../data/dataset.ts";
import { scaled } from "../data/scaling.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { DigitalCopy } from "./copy.ts";

// How samples come to a chip: they are shown, presented and guessed, the states put where the free
// phase begins, and tied.

/** A chip and what guesses for it: null where nothing does. */
interface ChipAndCopy {
  readonly chip: Chip;
  readonly copy: DigitalCopy | null;
}

/** Where a phase begins: at zero, at the copy's guess (at zero without one) or at states. */
export type Start = "zero" | "guess" | Slot<Vec>;

/**
 * Puts samples of a data set on the inputs, and what their outputs are to be.
 * @param moment numbers the presentation: each has input noise of its own.
 */
export function showSamples(
  { inputs }: Pick<Chip, "inputs">,
  { inputs: shown, targets }: Dataset,
  samples: ArrayLike<number>,
  moment?: number,
): void {
  switch (shown.kind) {
    case "bytes":
      inputs.showBytes(shown.values, samples, shown.scale, moment);
      break;
    case "reals":
      inputs.showRows(shown.values, samples, moment);
      break;
    default:
      shown satisfies never;
  }
  switch (targets.kind) {
    case "classes":
      inputs.label(Uint16Array.from(samples, (i) => targets.labels[i]));
      break;
    case "reals":
      inputs.aim(aims(targets, samples));
      break;
    default:
      targets satisfies never;
  }
}

/** What the outputs of samples are nudged to, [samples × outputs]. */
function aims({ names, values, scaling }: Reals, samples: ArrayLike<number>): Float64Array {
  const n = names.length;
  const to = new Float64Array(samples.length * n);
  for (let r = 0; r < samples.length; r++)
    for (let k = 0; k < n; k++) to[r * n + k] = scaled(scaling, k, values[samples[r] * n + k]);
  return to;
}

/** The indices first … first + count − 1. */
export function consecutive(count: number, first = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => first + i);
}

/** Presents what is shown, lets the copy guess and puts the states at the start, untied. */
export function begin({ chip, copy }: ChipAndCopy, from: Start): void {
  chip.present();
  copy?.forward();
  startFrom({ chip, copy }, from);
}

/** Puts the states at the start; what is presented, guessed and tied stays. */
export function startFrom({ chip, copy }: ChipAndCopy, from: Start): void {
  if (from === "zero") chip.start();
  else chip.start(from === "guess" ? copy?.guess : from);
}

/** λ of a chip whose copy guesses; 0 without a copy, where there is nothing to be pulled to. */
export function pulled(copy: DigitalCopy | null, lambda: number): number {
  return copy ? lambda : 0;
}

/** The samples shown at the start of a phase of E_λ + β‖s_O − y‖². */
export function enter(
  pair: ChipAndCopy,
  from: Start,
  { lambda, beta = 0 }: { readonly lambda: number; readonly beta?: number },
): void {
  begin(pair, from);
  pair.chip.tie({ lambda, beta });
}
