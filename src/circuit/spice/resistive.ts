import { timeConstant, unitConductance, type Circuit } from "../circuit.ts";
import { clampElements, clampText, type ClampParts } from "./clamp.ts";
import type { Components, Terminals } from "./components.ts";
import { unitNode } from "./hopfield.ts";
import type { Element, Netlist } from "./netlist.ts";

export interface ResistiveOptions {
  readonly title: string;
  readonly phase: "free" | "nudged";
  /** A transient from the start for so many τ; absent: the operating point, which is unique where the diodes are monotone. */
  readonly time?: number;
}

/**
 * A network of resistors between nodes as the network of its elements: resistors g_ij G₁, diodes where a layer has walls, sources ±V of
 * the inputs, and a bidirectional amplifier behind each hidden node: V_out = A V, and 1/A of what its output drives is drawn from the
 * node (Kendall et al. 2020). Kirchhoff's law at its nodes is −∂P/∂v = 0.
 * @param scale A^{L−l} of each layer: what a state is over the volts of its node.
 */
export function resistiveNetlist(circuit: Circuit, die: Components, at: Terminals, scale: readonly number[], { title, phase, time }: ResistiveOptions): Netlist {
  const { rails, neuron: { capacitance } } = circuit, unit = unitConductance(circuit), swing = rails.high - rails.low, gain = circuit.amplifier?.gain ?? 1, drive = circuit.input?.gain ?? 1;
  const volt = (v: number) => rails.low + swing * v, low = rails.low === 0 ? "0" : "low", last = die.sizes.length - 1, nudged = phase === "nudged" && at.beta !== 0;
  const elements: Element[] = [], add = (...more: Element[]) => { elements.push(...more); }, clamps: ClampParts = { circuit, rails: new Map(), diodes: [] };
  const source = (node: string, value: number) => { add({ kind: "V", name: node, nodes: [node, "0"], source: { dc: value } }); };
  const resistor = (name: string, a: string, b: string, conductance: number) => { if (conductance !== 0) add({ kind: "R", name, nodes: [a, b], value: 1 / conductance }); };

  if (low !== "0") source("low", rails.low);
  add({ kind: "comment", text: `inputs: xI is input I${circuit.input?.complementary ? ", mI its mirror image" : ""}` });
  at.inputs.forEach((x, i) => { source(`x${i}`, volt(drive * x)); });
  if (circuit.input?.complementary) at.inputs.forEach((x, i) => { source(`m${i}`, volt(-drive * x)); });
  let k = 0;
  die.layers.forEach((layer, l0) => {
    const l = l0 + 1, own = scale[l];
    for (let i = 0; i < die.sizes[l]; i++, k++) {
      const node = unitNode(l, i), name = `${l}_${i}`, ampere = (unit * swing * (layer.bias[i] + layer.offset[i])) / own;
      add({ kind: "comment", text: `${node}: node ${i} of layer ${l}${l === last ? `, the output of class ${i}${i === at.label ? ", the right one" : ""}` : ""}` });
      add({ kind: "C", name, nodes: [node, "0"], value: capacitance / layer.rate[i], ...time === undefined ? {} : { initial: volt(at.start[k] / own) } });
      resistor(`g${name}`, node, low, unit * layer.leak[i]);
      if (ampere !== 0) add({ kind: "I", name, nodes: ["0", node], source: { dc: ampere } });
      add(...clampElements(clamps, name, node, volt(layer.low[i] / own), volt(layer.high[i] / own), stiffness * unit));
      if (at.lambda !== 0) {
        source(`g${name}`, volt((at.guess[k] + layer.linkOffset[i]) / own));
        resistor(`l${name}`, `g${name}`, node, at.lambda * layer.link[i] * unit);
      }
      if (nudged && l === last) {
        source(`y${i}`, volt(Number(i === at.label) + layer.nudgeOffset[i]));
        // A negative β is a negative conductance.
        resistor(`n${name}`, `y${i}`, node, 2 * at.beta * layer.nudge[i] * unit);
      }
      if (l < last && gain !== 1) {
        add({ kind: "E", name, nodes: [`e${name}`, low], control: [node, low], gain });
        add({ kind: "V", name: `s${name}`, nodes: [`e${name}`, `a${name}`], source: { dc: 0 } });
        add({ kind: "F", name, nodes: [node, low], sense: `s${name}`, gain: 1 / gain });
      }
    }
  });
  const inputs = die.sizes[0], terminal = (l: number, i: number) => (l === 0 ? (i < inputs ? `x${i}` : `m${i - inputs}`) : gain === 1 ? unitNode(l, i) : `a${l}_${i}`);
  for (const { from, to, forward } of die.blocks) {
    const cols = die.sizes[to], rows = forward.length / cols;
    add({ kind: "comment", text: from === to ? `resistors within layer ${from}` : `resistors between layers ${from} and ${to}` });
    for (let i = 0; i < rows; i++)
      for (let j = from === to ? i + 1 : 0; j < cols; j++) resistor(`${from}_${to}_${i}_${j}`, terminal(from, i), unitNode(to, j), unit * forward[i * cols + j]);
  }
  const tau = timeConstant(circuit), rail = [...clamps.rails].map(([value, node]): Element => ({ kind: "V", name: node, nodes: [node, "0"], source: { dc: value } }));
  return {
    title, notes: [
      `1 tau = ${Number(tau.toPrecision(15))} s; a state s of the output is the voltage ${rails.low} + ${swing} s V; a weight g is a conductance of ${unit} g S`,
      `nodes: sL_I is node I of layer L${gain === 1 ? "" : `; aL_I is the output of its amplifier, of gain ${gain}`}`, `the ${phase} phase${nudged ? `, beta = ${at.beta}` : ""}`, wallText(circuit),
    ],
    elements: [...rail, ...elements], diodes: clamps.diodes, temperature: circuit.temperature,
    options: { reltol: 1e-9, abstol: 1e-18, vntol: 1e-12, itl1: 1000, gmin: 1e-18 },
    analysis: time === undefined ? { kind: "op" } : { kind: "tran", end: time * tau, step: tau / 50 }, save: die.sizes.slice(1).flatMap((n, l) => Array.from({ length: n }, (_, i) => unitNode(l + 1, i))),
  };
}

/** An ideal diode is a conductance of so many units. */
const stiffness = 1e8;

/** What holds the nodes, in words. */
export function wallText(circuit: Circuit): string { return clampText({ circuit }, stiffness * unitConductance(circuit)); }
