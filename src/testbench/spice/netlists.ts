import type { Terminals } from "../../circuit/die.ts";
import type { CourseOptions } from "../../circuit/spice/course.ts";
import { refuseUnwritable } from "../../circuit/spice/estimate.ts";
import { netlistFamily } from "../../circuit/spice/families.ts";
import type { Netlist } from "../../circuit/spice/netlist.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Bench } from "../settle/bench.ts";
import type { PhaseTimes } from "./ours.ts";

interface Exported extends Pick<CourseOptions, "phase" | "resolution" | "noise"> {
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
  const net = chip.graph.sizes.join("-");
  const title = `analog-eqprop: ${target}, die ${chip.die}, ${net}, ${options.phase} phase`;
  const { circuit, scale } = chip;
  refuseUnwritable({ of: target, ...chip.graph, fold: options.fold });
  const family = netlistFamily(circuit);
  if (!time && !family.point)
    throw new InputError(
      `--op: ${target} has ${circuit.family}, of whose equilibria .op may find one that is ` +
        "none, a saddle; leave it out: a transient ends in one that holds",
    );
  const wired = { circuit, die: chip.components(), at, scale: scale.layer };
  return time
    ? family.transient(wired, { ...options, title, time })
    : family.point!(wired, { ...options, title });
}
