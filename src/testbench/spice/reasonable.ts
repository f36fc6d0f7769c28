import type { Estimate } from "../../circuit/spice/estimate.ts";
import { bytesText, refuseTooLarge, spanText } from "../../numerics/demand.ts";

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
    (kind === "taken" ? "two operating points" : `about ${points} points in time`);
  refuseTooLarge(
    {
      of: `spice-check: ${text}`,
      bytes,
      seconds,
      less:
        `take smaller --sizes${folded ? "" : ", --fold the inputs into one source a unit"}` +
        (kind === "taken" ? "" : ", a shorter --time") +
        (kind === "there" ? ", operating points alone by --op" : ""),
    },
    force ? { bytes: Infinity } : { ...most, lift: "--force it" },
  );
  if (seconds > quiet) say(`${text}: some ${spanText(seconds)} and ${bytesText(bytes)}`);
}
