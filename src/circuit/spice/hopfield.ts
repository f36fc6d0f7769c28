import { InputError } from "../../numerics/errors.ts";
import { nudgedByCurrents, type TransconductorCircuit } from "../circuit.ts";
import type { Components, Terminals } from "../die.ts";
import { clampElements, clampText, railSources, type ClampParts } from "./clamp.ts";
import { course, type CourseOptions } from "./course.ts";
import type { Element, Netlist, Pair } from "./netlist.ts";
import { nudgeCurrent, outputText } from "./nudge.ts";

export interface HopfieldOptions extends CourseOptions {
  /** What it is called: its first line. */
  readonly title: string;
  /** Constant inputs, bias and offset as one current source a unit. */
  readonly fold?: boolean;
}

/**
 * A chip of transconductors and capacitors as the network of its elements,
 *
 *   C_i dV_i/dt = −G_i (V_i − V_low) + Σ_j G_ij (V_j − V_low) + I_i − I_clamp(V_i) + λ G_L (V_guess,i − V_i) + 2β G_L (V_target,i − V_i).
 *
 * A weight w is a controlled source of w·G_L each way (negative ones are a differential pair in
 * hardware), a link is a resistor to the voltage of the guess, and the nudge a conductance that
 * comes on when the free phase ends.
 */
export function hopfieldNetlist(
  circuit: TransconductorCircuit,
  die: Components,
  at: Terminals,
  options: HopfieldOptions,
): Netlist {
  const { phase, fold = false, noise } = options;
  const {
    rails,
    neuron: { capacitance, leak },
  } = circuit;
  const along = course(circuit, at.beta, options);
  if (circuit.neuron.saturation !== undefined)
    throw new InputError(
      `netlist ${circuit.name}: neuron.saturation: netlists have linear transconductors only, ` +
        "and would settle elsewhere; remove it from the schematic",
    );
  const swing = rails.high - rails.low;
  const volt = (state: number) => rails.low + swing * state;
  const byCurrents = nudgedByCurrents(circuit);
  const nudged = phase === "nudged" && at.beta !== 0;
  // Voltages are counted from the low rail; where it is ground it needs no node.
  const low = rails.low === 0 ? "0" : "low";
  const clamps: ClampParts = { circuit, rails: new Map(), diodes: [] };
  const elements: Element[] = [];
  const add = (...more: Element[]) => {
    elements.push(...more);
  };
  const from = (n: string): Pair => [n, low];
  const source = (name: string, node: string, value: number) => {
    add({ kind: "V", name, nodes: [node, "0"], source: { dc: value } });
  };
  /** A current into a node: it runs from ground through its source. */
  const into = (name: string, node: string, ampere: number) => {
    if (ampere !== 0) add({ kind: "I", name, nodes: ["0", node], source: { dc: ampere } });
  };
  const synapse = (name: string, node: string, control: string, weight: number) => {
    if (weight !== 0)
      add({ kind: "G", name, nodes: ["0", node], control: from(control), gain: leak * weight });
  };

  if (low !== "0") source("low", "low", rails.low);
  if (!fold) {
    add({ kind: "comment", text: `inputs: x0 … x${die.sizes[0] - 1}` });
    at.inputs.forEach((x, i) => {
      source(`x${i}`, inputNode(i), volt(x));
    });
  }
  add(...along.control);
  const driven = fold ? inputCurrents(die, at.inputs) : null;
  const last = die.sizes.length - 1;
  let k = 0;
  die.layers.forEach((layer, l0) => {
    const l = l0 + 1;
    for (let i = 0; i < die.sizes[l]; i++, k++) {
      const node = unitNode(l, i);
      const name = `${l}_${i}`;
      const constant = layer.bias[i];
      const offset = layer.offset[i];
      add({
        kind: "comment",
        text:
          `${node}: unit ${i} of layer ` +
          `${l}${l === last ? outputText(circuit, die.sizes[l], i, at.label) : ""}`,
      });
      add({
        kind: "C",
        name,
        nodes: [node, "0"],
        value: capacitance / layer.rate[i],
        initial: volt(at.start[k]),
      });
      add({ kind: "R", name, nodes: from(node), value: 1 / (leak * layer.leak[i]) });
      if (driven) into(name, node, leak * swing * (constant + offset + driven[k]));
      else {
        into(name, node, leak * swing * constant);
        into(`o${name}`, node, leak * swing * offset);
      }
      add(...clampElements(clamps, name, node, volt(layer.low[i]), volt(layer.high[i])));
      if (at.lambda !== 0) {
        source(`g${name}`, `g${name}`, volt(at.guess[k] + layer.linkOffset[i]));
        add({
          kind: "R",
          name: `l${name}`,
          nodes: [`g${name}`, node],
          value: 1 / (at.lambda * layer.link[i] * leak),
        });
      }
      const current = nudged && l === last ? nudgeCurrent(circuit, die, at, i, node, along) : null;
      if (current) add(current);
      else if (nudged && l === last) {
        source(`y${i}`, `y${i}`, volt(Number(i === at.label) + layer.nudgeOffset[i]));
        add({
          kind: "B",
          name: `n${name}`,
          nodes: ["0", node],
          current: `V(ctl)*${2 * at.beta * layer.nudge[i] * leak}*(V(y${i})-V(${node}))`,
        });
      }
      add(...along.noise(k, name, node));
    }
  });
  for (const { from: a, to: b, forward, backward } of die.blocks) {
    if (a === 0 && fold) continue;
    const cols = die.sizes[b];
    const rows = die.sizes[a];
    const nodeOf = (l: number, i: number) => (l === 0 ? inputNode(i) : unitNode(l, i));
    add({
      kind: "comment",
      text:
        a === b
          ? `synapses within layer ${a}`
          : `synapses from layer ${a} to layer ${b}${backward ? ", and back" : ""}`,
    });
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) {
        synapse(`f${a}_${b}_${i}_${j}`, unitNode(b, j), nodeOf(a, i), forward[i * cols + j]);
        if (backward)
          synapse(`b${a}_${b}_${i}_${j}`, unitNode(a, i), unitNode(b, j), backward[j * rows + i]);
      }
  }
  const fastest =
    (1 + at.lambda + Math.max(0, nudged && !byCurrents ? 2 * at.beta : 0)) *
    die.layers.reduce((top, l) => l.rate.reduce((a, b) => Math.max(a, b), top), 0);
  const units = die.layers.flatMap((_, l) =>
    Array.from({ length: die.sizes[l + 1] }, (_, i) => unitNode(l + 1, i)),
  );
  return {
    title: options.title,
    notes: [
      `1 tau = ${along.seconds(1)} s; a state s is the voltage ${rails.low} + ${swing} s V; a ` +
        `weight w is a transconductance of ${leak} w S`,
      "nodes: sL_I is unit I of layer " +
        `L${fold ? "; the inputs are folded into one current a unit" : "; xI is input I"}${at.lambda !== 0 ? `; gL_I holds the guess, lambda = ${at.lambda}` : ""}${!nudged ? "" : byCurrents ? "; IyI is the current that nudges output I" : "; yI is the target of output I"}`,
      along.text,
      clampText(clamps),
      ...(noise
        ? [
            "noise: one current source a unit, the numbers that this seed gives our own " +
              "stochastic solvers",
          ]
        : []),
    ],
    elements: [...railSources(clamps), ...elements],
    diodes: clamps.diodes,
    temperature: circuit.temperature,
    options: { reltol: 1e-6, abstol: 1e-15, vntol: 1e-9 },
    analysis: along.analysis(fastest),
    save: units,
  };
}

export function unitNode(layer: number, unit: number): string {
  return `s${layer}_${unit}`;
}
function inputNode(i: number): string {
  return `x${i}`;
}

/** Σ x w of each unit, as a state. */
function inputCurrents({ sizes, blocks }: Components, x: Float64Array): Float64Array {
  const first = sizes.map((_, l) => sizes.slice(1, l).reduce((a, b) => a + b, 0));
  const sum = new Float64Array(sizes.slice(1).reduce((a, b) => a + b, 0));
  for (const { from, to, forward } of blocks) {
    if (from !== 0) continue;
    const cols = sizes[to];
    x.forEach((value, i) => {
      if (value !== 0)
        for (let j = 0; j < cols; j++) sum[first[to] + j] += value * forward[i * cols + j];
    });
  }
  return sum;
}
