import type { Estimate } from "../../circuit/spice/estimate.ts";
import { InputError } from "../../numerics/errors.ts";

/** Beyond these a netlist is for another tool; below the second nothing is said. */
const most = { seconds: 900, bytes: 4e9 };
const quiet = 15;

interface Circumstances {
  readonly force: boolean;
  /** Whether inputs are folded already. */
  readonly folded: boolean;
  /** Whether operating points are all that is asked for, might be, or are none. */
  readonly points: "taken" | "there" | "none";
  readonly say: (text: string) => void;
}

/**
 * Says what ngspice will have to do.
 * @throws InputError where that is out of all proportion, unless told to go on.
 */
export function refuseUnreasonable(
  { elements, points, bytes, seconds }: Estimate,
  { force, folded, points: kind, say }: Circumstances,
): void {
  const text =
    `ngspice will have ${elements} elements and ` +
    `${kind === "taken" ? "two operating points" : `about ${points} points in time`}: some ` +
    `${span(seconds)} and ` +
    (bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
  if (!force && (seconds > most.seconds || bytes > most.bytes))
    throw new InputError(
      `spice-check: too large for SPICE: ${text}; take smaller ` +
        `--sizes${folded ? "" : ", --fold the inputs into one source a unit"}` +
        (kind === "taken" ? "" : ", a shorter --time") +
        (kind === "there" ? ", operating points alone by --op" : "") +
        ", or --force it",
    );
  if (seconds > quiet) say(text);
}

function span(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
