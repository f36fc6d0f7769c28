import { InputError } from "../numerics/errors.ts";
import { nudgedByCurrents, type Circuit } from "./circuit.ts";

/**
 * What the nodes of the last layer say of the classes: ŷ_k = v_k, or of pairs ŷ_k = v_k⁺ − v_k⁻,
 * where v_k⁺ is node k and v_k⁻ node k + classes (Kendall et al. 2020).
 */
export interface Outputs {
  readonly classes: number;
  readonly differential: boolean;
}

/**
 * How many classes a last layer of so many nodes tells apart: as many, or half as many where two
 * nodes make a class.
 * @throws InputError for a number of nodes that is no number of pairs, and for pairs that
 *   conductances would nudge.
 */
export function outputsOf(circuit: Circuit, nodes: number): Outputs {
  if (circuit.outputs !== "differential") return { classes: nodes, differential: false };
  if (!nudgedByCurrents(circuit))
    throw new InputError(
      `circuit ${circuit.name}: outputs are differential, and a conductance would nudge each ` +
        "node to a voltage of its own; set nudge.kind: current",
    );
  if (nodes % 2 === 1)
    throw new InputError(
      `circuit ${circuit.name}: outputs are differential, two nodes a class, and the last ` +
        `layer has ${nodes}; give it an even number, twice that of the classes`,
    );
  return { classes: nodes / 2, differential: true };
}

/** How many nodes the last layer needs. */
export function nodesFor({ outputs }: Circuit, classes: number): number {
  return outputs === "differential" ? 2 * classes : classes;
}

/** ŷ_k of the outputs that begin at `first`. */
export function prediction(
  { classes, differential }: Outputs,
  v: ArrayLike<number>,
  first: number,
  k: number,
): number {
  return differential ? v[first + k] - v[first + classes + k] : v[first + k];
}

/** The class of the largest ŷ, of equal ones the first. */
export function predictedClass(outputs: Outputs, v: ArrayLike<number>, first: number): number {
  let best = 0;
  let top = prediction(outputs, v, first, 0);
  for (let k = 1; k < outputs.classes; k++) {
    const y = prediction(outputs, v, first, k);
    if (y > top) {
      top = y;
      best = k;
    }
  }
  return best;
}

/** The class that node i of the last layer belongs to, and with which sign. */
export function sideOf(
  { classes }: Outputs,
  i: number,
): { readonly of: number; readonly sign: 1 | -1 } {
  return i < classes ? { of: i, sign: 1 } : { of: i - classes, sign: -1 };
}
