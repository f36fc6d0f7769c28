import { nudgedByCurrents, type ResistorCircuit } from "../circuit.ts";
import { unitConductance, timeConstant } from "../families/families.ts";
import { clampElements, clampText, railSources, type ClampParts } from "./clamp.ts";
import type { Components, Terminals } from "../die.ts";
import { course, type Course, type CourseOptions } from "./course.ts";
import { unitNode } from "./hopfield.ts";
import { incident, norton } from "./loads.ts";
import type { Element, Netlist } from "./netlist.ts";
import { nudgeCurrent, outputText } from "./nudge.ts";

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
 *   C_i dV_i/dt = Σ g_ij G₁ (V_j − V_i) − G_L (V_i − V_low) + I_i − I_diode(V_i) + λ G₁ (V_guess,i − V_i) + 2β G₁ (V_target,i − V_i),
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
  const { title, phase, time, fold = false, noise } = options;
  const { rails } = circuit;
  const unit = unitConductance(circuit);
  const swing = rails.high - rails.low;
  const { gain } = circuit.amplifier;
  const along = time ? course(circuit, at.beta, { ...options, time }) : null;
  const nudged = phase === "nudged" && at.beta !== 0;
  const parts: Parts = {
    circuit,
    die,
    at,
    scale,
    unit,
    low: rails.low === 0 ? "0" : "low",
    volt: (v) => rails.low + swing * v,
    swing,
    gain,
    along,
    nudged,
    clamps: { circuit, rails: new Map(), diodes: [] },
  };
  const folded = fold ? norton(circuit, die, at) : null;
  const nodes = die.sizes
    .slice(1)
    .flatMap((n, l) => Array.from({ length: n }, (_, i) => ({ l: l + 1, i })));
  const elements = [
    ...(parts.low === "0" ? [] : source("low", rails.low)),
    ...(fold ? [] : sources(parts)),
    ...(along?.control ?? []),
    ...nodes.flatMap(({ l, i }, k) =>
      nodeElements(parts, l, i, k, {
        conductance: folded?.conductance[k] ?? 0,
        current: folded?.current[k] ?? 0,
      }),
    ),
    ...die.blocks
      .filter(({ from }) => !fold || from > 0)
      .flatMap((block) => resistors(parts, block)),
  ];
  const load = incident(die);
  const fastest = () =>
    nodes.reduce(
      (top, { l, i }, k) =>
        Math.max(top, die.layers[l - 1].rate[i] * (load[k] + tied(parts, l, i))),
      0,
    );
  return {
    title,
    notes: [
      `1 tau = ${rounded(timeConstant(circuit))} s; a state s of the output is the voltage ` +
        `${rails.low} + ${swing} s V; a weight g is a conductance of ${rounded(unit)} g S`,
      "nodes: sL_I is node I of layer " +
        `L${gain === 1 ? "" : `; aL_I is the output of its amplifier, of gain ${gain}`}${
          fold
            ? `; the inputs' ${inputResistors(die)} resistors, leak and bias are folded into one ` +
              "conductance and one current a node"
            : ""
        }`,
      along?.text ??
        `the operating point of the ${phase} phase${nudged ? `, beta = ${at.beta}` : ""}`,
      wallText(circuit),
      ...(noise
        ? [
            "noise: one current source a node, the numbers that this seed gives our own " +
              "stochastic solvers",
          ]
        : []),
    ],
    elements: [...railSources(parts.clamps), ...elements],
    diodes: parts.clamps.diodes,
    temperature: circuit.temperature,
    options: along
      ? { reltol: 1e-6, abstol: 1e-15, vntol: 1e-9, gmin: 1e-18 }
      : { reltol: 1e-9, abstol: 1e-18, vntol: 1e-12, itl1: 1000, gmin: 1e-18 },
    analysis: along?.analysis(fastest()) ?? { kind: "op" },
    save: nodes.map(({ l, i }) => unitNode(l, i)),
  };
}

interface Parts {
  readonly circuit: ResistorCircuit;
  readonly die: Components;
  readonly at: Terminals;
  readonly scale: readonly number[];
  /** Siemens of weight 1, volt from rail to rail, and the amplifiers' gain. */
  readonly unit: number;
  readonly swing: number;
  readonly gain: number;
  /** The node of the low rail. */
  readonly low: string;
  /** Of a voltage in swings above the low rail. */
  volt(v: number): number;
  /** Null for an operating point. */
  readonly along: Course | null;
  readonly nudged: boolean;
  readonly clamps: ClampParts;
}

const source = (node: string, value: number): readonly Element[] => [
  { kind: "V", name: node, nodes: [node, "0"], source: { dc: value } },
];
const conductor = (name: string, a: string, b: string, siemens: number): readonly Element[] =>
  siemens === 0 ? [] : [{ kind: "R", name, nodes: [a, b], value: 1 / siemens }];

function sources({ circuit: { input }, at, volt }: Parts): readonly Element[] {
  const { gain: drive, complementary } = input;
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
 * Node `i` of layer `l`, the k-th of all, with all that hangs on it but the resistors to other
 * nodes; `folded` in units of weight and swing.
 */
function nodeElements(
  p: Parts,
  l: number,
  i: number,
  k: number,
  folded: { readonly conductance: number; readonly current: number },
): readonly Element[] {
  const { circuit, die, at, scale, unit, swing, low, volt, along } = p;
  const layer = die.layers[l - 1];
  const own = scale[l];
  const last = l === die.sizes.length - 1;
  const node = unitNode(l, i);
  const name = `${l}_${i}`;
  const ampere = unit * swing * ((layer.bias[i] + layer.offset[i]) / own + folded.current);
  return [
    {
      kind: "comment",
      text:
        `${node}: node ${i} of layer ` +
        `${l}${last ? outputText(circuit, die.sizes[l], i, at.label) : ""}`,
    },
    {
      kind: "C",
      name,
      nodes: [node, "0"],
      value: circuit.neuron.capacitance / layer.rate[i],
      ...(along ? { initial: volt(at.start[k] / own) } : {}),
    },
    ...conductor(`g${name}`, node, low, unit * (layer.leak[i] + folded.conductance)),
    ...(ampere === 0
      ? []
      : [{ kind: "I", name, nodes: ["0", node], source: { dc: ampere } } satisfies Element]),
    ...clampElements(
      p.clamps,
      name,
      node,
      volt(layer.low[i] / own),
      volt(layer.high[i] / own),
      stiff(circuit),
    ),
    ...(at.lambda === 0
      ? []
      : [
          ...source(`g${name}`, volt((at.guess[k] + layer.linkOffset[i]) / own)),
          ...conductor(`l${name}`, `g${name}`, node, at.lambda * layer.link[i] * unit),
        ]),
    ...(last ? nudge(p, l, i) : amplifier(p, name, node)),
    ...(along?.noise(k, name, node) ?? []),
  ];
}

/**
 * To the target of output `i`: a current, or a conductance, of a negative β a negative one, that in
 * a transient comes on with `ctl`.
 */
function nudge(
  { circuit, die, at, unit, volt, along, nudged }: Parts,
  l: number,
  i: number,
): readonly Element[] {
  if (!nudged) return [];
  const current = nudgeCurrent(circuit, die, at, i, unitNode(l, i), along);
  if (current) return [current];
  const { nudge: factor, nudgeOffset } = die.layers[l - 1];
  const node = unitNode(l, i);
  const name = `n${l}_${i}`;
  const siemens = 2 * at.beta * factor[i] * unit;
  const target = `y${i}`;
  return [
    ...source(target, volt(Number(i === at.label) + nudgeOffset[i])),
    ...(along
      ? [
          {
            kind: "B",
            name,
            nodes: ["0", node],
            current: `V(ctl)*${siemens}*(V(${target})-V(${node}))`,
          } satisfies Element,
        ]
      : conductor(name, target, node, siemens)),
  ];
}

function amplifier({ gain, low }: Parts, name: string, node: string): readonly Element[] {
  return gain === 1
    ? []
    : [
        { kind: "E", name, nodes: [`e${name}`, low], control: [node, low], gain },
        { kind: "V", name: `s${name}`, nodes: [`e${name}`, `a${name}`], source: { dc: 0 } },
        { kind: "F", name, nodes: [node, low], sense: `s${name}`, gain: 1 / gain },
      ];
}

function resistors(
  { die, unit, gain }: Parts,
  { from, to, forward }: Components["blocks"][number],
): readonly Element[] {
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
