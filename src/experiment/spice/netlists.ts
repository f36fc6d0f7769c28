import { isResistive } from "../../circuit/circuit.ts";
import type { Terminals } from "../../circuit/spice/components.ts";
import { hopfieldNetlist } from "../../circuit/spice/hopfield.ts";
import type { Netlist } from "../../circuit/spice/netlist.ts";
import { resistiveNetlist } from "../../circuit/spice/resistive.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Bench } from "../look/bench.ts";
import type { NoiseCurrent } from "./noise.ts";
import type { PhaseTimes } from "./ours.ts";

export interface Exported { readonly phase: "free" | "nudged"; readonly time: PhaseTimes; readonly fold: boolean; readonly resolution?: number; readonly noise?: readonly NoiseCurrent[] }

/**
 * The netlist of a chip on the bench: a transient of transconductors and capacitors, the operating point of resistors.
 * @throws InputError for what the netlist of resistors has not.
 */
export function netlistFor({ chip, target }: Bench, at: Terminals, { phase, time, fold, resolution, noise }: Exported): Netlist {
  const title = `analog-eqprop: ${target}, die ${chip.die}, ${chip.graph.sizes.join("-")}, ${phase} phase`;
  if (!isResistive(chip.circuit)) return hopfieldNetlist(chip.circuit, chip.components(), at, { title, phase, time, fold, resolution, noise });
  if (fold) throw new InputError(`--fold: ${target} is a network of resistors, which load their inputs; leave it out`);
  if (noise) throw new InputError(`--noise pwl: the netlist of ${target}, a network of resistors, is an operating point, which has no noise; leave it out`);
  return resistiveNetlist(chip.circuit, chip.components(), at, chip.scale.layer, { title, phase });
}
