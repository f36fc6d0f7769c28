import { InputError } from "../../numerics/errors.ts";
import { nudgedByCurrents, type TransconductorCircuit } from "../circuit.ts";
import type { ComponentBlock, Components, Terminals } from "../die.ts";
import { clampText, railSources } from "./clamp.ts";
import { course, type Course, type CourseOptions } from "./course.ts";
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
import type { Element, Netlist } from "./netlist.ts";

/**
 * How the netlist of a chip of transconductors is run: phases and times, and what is drawn as one.
 */
export interface HopfieldOptions extends CourseOptions {
  /** What it is called: its first line. */
  readonly title: string;
  /** Constant inputs, bias and offset as one current source a unit. */
  readonly fold?: boolean;
}

/**
 * A chip of transconductors and capacitors as the network of its elements,
 *
 *   C_i dV_i/dt = −G_i (V_i − V_low) + Σ_j G_ij (V_j − V_low) + I_i − I_clamp(V_i)
 *                 + λ G_L (V_guess,i − V_i) + 2β G_L (V_target,i − V_i).
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
  const { phase, fold = false } = options;
  if (circuit.neuron.saturation !== undefined)
    throw new InputError(
      `netlist ${circuit.name}: neuron.saturation: netlists have linear transconductors only, ` +
        "and would settle elsewhere; remove it from the schematic",
    );
  const along = course(circuit, at.beta, options);
  const frame = frameOf(circuit, die, at, phase, along);
  const units = places(die);
  const driven = fold ? inputCurrents(die, at.inputs) : null;
  const elements = [
    ...lowRail(frame),
    ...(fold ? [] : inputs(frame)),
    ...along.control,
    ...units.flatMap((place) => unitElements(frame, place, driven)),
    ...die.blocks
      .filter(({ from }) => !fold || from > 0)
      .flatMap((block) => transconductors(frame, block)),
  ];
  return {
    title: options.title,
    notes: notesOf(frame, along, options),
    elements: [...railSources(frame.clamps), ...elements],
    diodes: frame.clamps.diodes,
    temperature: circuit.temperature,
    options: { reltol: 1e-6, abstol: 1e-15, vntol: 1e-9 },
    analysis: along.analysis(fastest(frame)),
    save: units.map(({ l, i }) => unitNode(l, i)),
  };
}

function notesOf(
  { circuit, at, nudged, clamps, swing }: Frame,
  along: Course,
  { fold = false, noise }: HopfieldOptions,
): readonly string[] {
  const { rails, neuron } = circuit;
  const tied = at.lambda === 0 ? "" : `; gL_I holds the guess, lambda = ${at.lambda}`;
  const target = nudgedByCurrents(circuit)
    ? "; IyI is the current that nudges output I"
    : "; yI is the target of output I";
  return [
    `1 tau = ${along.seconds(1)} s; a state s is the voltage ${rails.low} + ${swing} s V; a ` +
      `weight w is a transconductance of ${neuron.leak} w S`,
    "nodes: sL_I is unit I of layer " +
      `L${fold ? "; the inputs are folded into one current a unit" : "; xI is input I"}` +
      `${tied}${nudged ? target : ""}`,
    along.text,
    clampText(clamps),
    ...noiseNotes(noise, "unit"),
  ];
}

/** The largest rate of a unit by itself, over 1/τ. */
function fastest({ circuit, die, at, nudged }: Frame): number {
  const stiff = nudged && !nudgedByCurrents(circuit) ? 2 * at.beta : 0;
  return (
    (1 + at.lambda + Math.max(0, stiff)) *
    die.layers.reduce((top, l) => l.rate.reduce((a, b) => Math.max(a, b), top), 0)
  );
}

function inputs({ die, at, volt }: Frame): readonly Element[] {
  return [
    { kind: "comment", text: `inputs: x0 … x${die.sizes[0] - 1}` },
    ...Array.from(at.inputs, (x, i) => source(inputNode(i), volt(x))).flat(),
  ];
}

/** @param driven Σ x w of each unit where inputs are folded into one current. */
function unitElements(
  frame: Frame,
  place: NetlistPlace,
  driven: Float64Array | null,
): readonly Element[] {
  const { die, unit, swing, low } = frame;
  const { l, i, k } = place;
  const layer = die.layers[l - 1];
  const node = unitNode(l, i);
  const name = `${l}_${i}`;
  const constant = layer.bias[i];
  const offset = layer.offset[i];
  return [
    ...membrane(frame, place, "unit", 1),
    ...conductor(name, node, low, unit * layer.leak[i]),
    ...(driven
      ? into(name, node, unit * swing * (constant + offset + driven[k]))
      : [
          ...into(name, node, unit * swing * constant),
          ...into(`o${name}`, node, unit * swing * offset),
        ]),
    ...holders(frame, place, 1),
    ...link(frame, place, 1),
    ...nudgeElements(frame, place),
    ...noiseSource(frame, place),
  ];
}

/** The controlled sources of a block, both ways where it leads back. */
function transconductors(
  { die, unit, low }: Frame,
  { from, to, forward, backward }: ComponentBlock,
): readonly Element[] {
  const cols = die.sizes[to];
  const rows = die.sizes[from];
  const nodeOf = (l: number, i: number) => (l === 0 ? inputNode(i) : unitNode(l, i));
  const synapse = (
    name: string,
    node: string,
    control: string,
    weight: number,
  ): readonly Element[] =>
    weight === 0
      ? []
      : [{ kind: "G", name, nodes: ["0", node], control: [control, low], gain: unit * weight }];
  const elements: Element[] = [
    {
      kind: "comment",
      text:
        from === to
          ? `synapses within layer ${from}`
          : `synapses from layer ${from} to layer ${to}${backward ? ", and back" : ""}`,
    },
  ];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const pair = `${from}_${to}_${i}_${j}`;
      const below = nodeOf(from, i);
      const above = unitNode(to, j);
      elements.push(...synapse(`f${pair}`, above, below, forward[i * cols + j]));
      if (backward) elements.push(...synapse(`b${pair}`, below, above, backward[j * rows + i]));
    }
  return elements;
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
