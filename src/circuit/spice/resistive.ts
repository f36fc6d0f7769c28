import { nudgedByCurrents, type ResistorCircuit } from "../circuit.ts";
import type { ComponentBlock, Components, Terminals } from "../die.ts";
import { timeConstant, unitConductance } from "../families/families.ts";
import { clampText, railSources } from "./clamp.ts";
import { course, type CourseOptions } from "./course.ts";
import {
  conductor,
  frameOf,
  holders,
  into,
  link,
  lowRail,
  membrane,
  noiseNotes,
  noiseSource,
  nudgeElements,
  places,
  source,
  unitNode,
  type Frame,
  type NetlistPlace,
} from "./frame.ts";
import { incident, norton } from "./loads.ts";
import type { Element, Netlist } from "./netlist.ts";

/**
 * How the netlist of a network of resistors is run: as a transient, or as an operating point; and
 * what is drawn as one.
 */
export interface ResistiveOptions extends Omit<CourseOptions, "time"> {
  readonly title: string;
  /**
   * Of a transient from the start, nudged after `free` τ; absent: the operating point of the phase,
   * which is unique where the diodes are monotone.
   */
  readonly time?: CourseOptions["time"];
  /**
   * What constant inputs, bias, offset and leak are to a node as one current and one conductance
   * (Norton).
   */
  readonly fold?: boolean;
}

/**
 * A network of resistors between nodes as the network of its elements: resistors g_ij G₁, diodes
 * where a layer has walls, sources ±V of the inputs, and a bidirectional amplifier behind each
 * hidden node: V_out = A V, and 1/A of what its output drives is drawn from the node (Kendall et
 * al. 2020). At a node
 *
 *   C_i dV_i/dt = Σ g_ij G₁ (V_j − V_i) − G_L (V_i − V_low) + I_i − I_diode(V_i)
 *                 + λ G₁ (V_guess,i − V_i) + 2β G₁ (V_target,i − V_i),
 *
 * for V_j of an amplifier below the A-fold voltage, above one a share of 1/A: −(G₁ V_s / A^{L−l})
 * ∂P/∂u. One C a node it is, whatever A.
 * @param scale A^{L−l} of each layer: what a state is over the volts of its node.
 */
export function resistiveNetlist(
  circuit: ResistorCircuit,
  die: Components,
  at: Terminals,
  scale: readonly number[],
  options: ResistiveOptions,
): Netlist {
  const { title, phase, time, fold = false } = options;
  const along = time ? course(circuit, at.beta, { ...options, time }) : null;
  const frame: Parts = { ...frameOf(circuit, die, at, phase, along), scale };
  const folded = fold ? norton(circuit, die, at) : null;
  const nodes = places(die);
  const elements = [
    ...lowRail(frame),
    ...(fold ? [] : sources(frame)),
    ...(along?.control ?? []),
    ...nodes.flatMap((place) =>
      nodeElements(frame, place, {
        conductance: folded?.conductance[place.k] ?? 0,
        current: folded?.current[place.k] ?? 0,
      }),
    ),
    ...die.blocks
      .filter(({ from }) => !fold || from > 0)
      .flatMap((block) => resistors(frame, block)),
  ];
  return {
    title,
    notes: notesOf(frame, options),
    elements: [...railSources(frame.clamps), ...elements],
    diodes: frame.clamps.diodes,
    temperature: circuit.temperature,
    options: along
      ? { reltol: 1e-6, abstol: 1e-15, vntol: 1e-9, gmin: 1e-18 }
      : { reltol: 1e-9, abstol: 1e-18, vntol: 1e-12, itl1: 1000, gmin: 1e-18 },
    analysis: along?.analysis(fastest(frame)) ?? { kind: "op" },
    save: nodes.map(({ l, i }) => unitNode(l, i)),
  };
}

/** With what a state of each layer is over the volts of its node. */
interface Parts extends Frame<ResistorCircuit> {
  readonly scale: readonly number[];
}

function notesOf(
  { circuit, die, at, unit, swing, along, nudged }: Parts,
  { phase, fold = false, noise }: ResistiveOptions,
): readonly string[] {
  const { gain } = circuit.amplifier;
  const amplified = gain === 1 ? "" : `; aL_I is the output of its amplifier, of gain ${gain}`;
  const folded = fold
    ? `; the inputs' ${inputResistors(die)} resistors, leak and bias are folded into one ` +
      "conductance and one current a node"
    : "";
  return [
    `1 tau = ${rounded(timeConstant(circuit))} s; a state s of the output is the voltage ` +
      `${circuit.rails.low} + ${swing} s V; a weight g is a conductance of ${rounded(unit)} g S`,
    `nodes: sL_I is node I of layer L${amplified}${folded}`,
    along?.text ??
      `the operating point of the ${phase} phase${nudged ? `, beta = ${at.beta}` : ""}`,
    wallText(circuit),
    ...noiseNotes(noise, "node"),
  ];
}

/** The largest rate of a node with all that loads it, over 1/τ. */
function fastest(frame: Parts): number {
  const { die } = frame;
  const load = incident(die);
  return places(die).reduce(
    (top, { l, i, k }) => Math.max(top, die.layers[l - 1].rate[i] * (load[k] + tied(frame, l, i))),
    0,
  );
}

function sources({ circuit, at, volt }: Parts): readonly Element[] {
  const { gain: drive, complementary } = circuit.input;
  const all = (letter: string, gain: number) =>
    Array.from(at.inputs, (x, i) => source(`${letter}${i}`, volt(gain * x))).flat();
  return [
    {
      kind: "comment",
      text: `inputs: xI is input I${complementary ? ", mI its mirror image" : ""}`,
    },
    ...all("x", drive),
    ...(complementary ? all("m", -drive) : []),
  ];
}

/**
 * A node with all that hangs on it but the resistors to other nodes; `folded` in units of weight
 * and swing.
 */
function nodeElements(
  frame: Parts,
  place: NetlistPlace,
  folded: { readonly conductance: number; readonly current: number },
): readonly Element[] {
  const { circuit, die, scale, unit, swing, low } = frame;
  const { l, i } = place;
  const layer = die.layers[l - 1];
  const own = scale[l];
  const last = l === die.sizes.length - 1;
  const node = unitNode(l, i);
  const name = `${l}_${i}`;
  return [
    ...membrane(frame, place, "node", own),
    ...conductor(`g${name}`, node, low, unit * (layer.leak[i] + folded.conductance)),
    ...into(name, node, unit * swing * ((layer.bias[i] + layer.offset[i]) / own + folded.current)),
    ...holders(frame, place, own, stiff(circuit)),
    ...link(frame, place, own),
    ...(last ? nudgeElements(frame, place) : amplifier(frame, name, node)),
    ...noiseSource(frame, place),
  ];
}

function amplifier({ circuit, low }: Parts, name: string, node: string): readonly Element[] {
  const { gain } = circuit.amplifier;
  return gain === 1
    ? []
    : [
        { kind: "E", name, nodes: [`e${name}`, low], control: [node, low], gain },
        { kind: "V", name: `s${name}`, nodes: [`e${name}`, `a${name}`], source: { dc: 0 } },
        { kind: "F", name, nodes: [node, low], sense: `s${name}`, gain: 1 / gain },
      ];
}

function resistors(
  { circuit, die, unit }: Parts,
  { from, to, forward }: ComponentBlock,
): readonly Element[] {
  const { gain } = circuit.amplifier;
  const inputs = die.sizes[0];
  const cols = die.sizes[to];
  const rows = forward.length / cols;
  const terminal = (i: number) =>
    from === 0
      ? i < inputs
        ? `x${i}`
        : `m${i - inputs}`
      : gain === 1
        ? unitNode(from, i)
        : `a${from}_${i}`;
  const elements: Element[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = from === to ? i + 1 : 0; j < cols; j++)
      elements.push(
        ...conductor(
          `${from}_${to}_${i}_${j}`,
          terminal(i),
          unitNode(to, j),
          unit * forward[i * cols + j],
        ),
      );
  return [
    {
      kind: "comment",
      text:
        from === to
          ? `resistors within layer ${from}`
          : `resistors between layers ${from} and ${to}`,
    },
    ...elements,
  ];
}

function inputResistors({ blocks }: Components): number {
  return blocks.reduce(
    (sum, { from, forward }) =>
      sum + (from === 0 ? forward.reduce((n, g) => n + Number(g > 0), 0) : 0),
    0,
  );
}

/** What leak and ties add to the curvature of a unit. */
function tied({ circuit, die, at, nudged }: Parts, l: number, i: number): number {
  const { leak, link, nudge: factor } = die.layers[l - 1];
  const output = l === die.sizes.length - 1;
  return (
    leak[i] +
    at.lambda * link[i] +
    (nudged && output && !nudgedByCurrents(circuit) ? Math.max(0, 2 * at.beta * factor[i]) : 0)
  );
}

/**
 * An ideal diode is a conductance of so many units: inputs of many swings drive nodes with some
 * hundred units, and what it gives way is then some millionths of a swing.
 */
const stiffness = 1e8;

function stiff(circuit: ResistorCircuit): number {
  return rounded(stiffness * unitConductance(circuit));
}

/** Fifteen digits: a millionth of a millisiemens is then one. */
function rounded(x: number): number {
  return Number(x.toPrecision(15));
}

/** What holds the nodes, in words. */
export function wallText(circuit: ResistorCircuit): string {
  const { hidden, output } = circuit.diodes;
  if (hidden === "none" && output === "none") return "no diodes";
  const rails = hidden === "rails" && output === "rails";
  return clampText({ circuit }, stiff(circuit), rails ? "rails" : "diodes");
}
