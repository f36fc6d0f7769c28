import { isResistive } from "../../circuit/circuit.ts";
import type { Terminals } from "../../circuit/die.ts";
import type { CourseOptions } from "../../circuit/spice/course.ts";
import { hopfieldNetlist } from "../../circuit/spice/hopfield.ts";
import type { Netlist } from "../../circuit/spice/netlist.ts";
import { resistiveNetlist } from "../../circuit/spice/resistive.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Bench } from "../settle/bench.ts";
import type { PhaseTimes } from "./ours.ts";

export interface Exported extends Pick<CourseOptions, "phase" | "resolution" | "noise"> {
  /** Of a transient; null for the operating point of the phase. */
  readonly time: PhaseTimes | null;
  readonly fold: boolean;
}

/** The netlist of a chip on the bench. */
export function netlistFor(
  { chip, target }: Bench,
  at: Terminals,
  { time, ...options }: Exported,
): Netlist {
  const title = `analog-eqprop: ${target}, die ${chip.die}, ${chip.graph.sizes.join("-")}, ${options.phase} phase`;
  if (isResistive(chip.circuit))
    return resistiveNetlist(chip.circuit, chip.components(), at, chip.scale.layer, {
      ...options,
      title,
      time: time ?? undefined,
    });
  if (!time)
    throw new InputError(
      `--op: ${target} has transconductors, of whose equilibria .op may find one that is ` +
        "none, a saddle; leave it out: a transient ends in one that holds",
    );
  return hopfieldNetlist(chip.circuit, chip.components(), at, { ...options, title, time });
}
