import { nudgedByCurrents, type Circuit } from "../circuit.ts";
import { unitConductance } from "../families/families.ts";
import { outputsOf, sideOf } from "../outputs.ts";
import type { Components, Terminals } from "../die.ts";
import type { Course } from "./course.ts";
import type { Element } from "./netlist.ts";

/**
 * What an output is, in the words of a comment: `, the output of class 3, the right one`, or `, the
 * output of target 0, nudged to 0.25`.
 */
export function outputText(
  circuit: Circuit,
  nodes: number,
  i: number,
  { taught, targets }: Terminals,
): string {
  const outputs = outputsOf(circuit, nodes);
  const { of, sign } = sideOf(outputs, i);
  const name = `, the ${outputs.differential ? `V${sign > 0 ? "+" : "-"} ` : ""}output of`;
  switch (taught) {
    case "classes":
      return `${name} class ${of}${targets[of] === 1 ? ", the right one" : ""}`;
    case "reals":
      return `${name} target ${of}, nudged to ${Number(targets[of].toPrecision(4))}`;
    default:
      return taught satisfies never;
  }
}

/**
 * The current that nudges output i, 2β n (e + q) G₁ V_s into its node, of a transient when the free
 * phase ends; null where conductances nudge.
 */
export function nudgeCurrent(
  circuit: Circuit,
  die: Components,
  { beta, errors }: Terminals,
  i: number,
  node: string,
  along: Course | null,
): Element | null {
  if (!nudgedByCurrents(circuit)) return null;
  if (!errors)
    throw new Error(
      `netlist ${circuit.name}: currents nudge its outputs, and the terminals say nothing of ` +
        "what set them; read them while the chip is tied with a beta",
    );
  const last = die.layers.at(-1)!;
  const { rails } = circuit;
  const ampere =
    2 *
    beta *
    last.nudge[i] *
    (errors[i] + last.nudgeOffset[i]) *
    unitConductance(circuit) *
    (rails.high - rails.low);
  return {
    kind: "I",
    name: `y${i}`,
    nodes: ["0", node],
    source: along?.coming(ampere) ?? { dc: ampere },
  };
}
