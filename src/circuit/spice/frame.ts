import type { Circuit } from "../circuit.ts";
import type { Components, Terminals } from "../die.ts";
import { unitConductance } from "../families/families.ts";
import { clampElements, type ClampParts } from "./clamp.ts";
import type { Course, CourseOptions } from "./course.ts";
import type { Element } from "./netlist.ts";
import { nudgeCurrent, outputText } from "./nudge.ts";

/** What the netlists of all families have in common: a die, what stands at its terminals, units. */
export interface Frame<C extends Circuit = Circuit> {
  readonly circuit: C;
  readonly die: Components;
  readonly at: Terminals;
  /** Siemens of weight 1, and volt from rail to rail. */
  readonly unit: number;
  readonly swing: number;
  /**
   * The node of the low rail, which voltages are counted from; where it is ground it needs none.
   */
  readonly low: string;
  /** Of a voltage in swings above the low rail. */
  volt(v: number): number;
  /** Null for an operating point. */
  readonly along: Course | null;
  readonly nudged: boolean;
  readonly clamps: ClampParts;
}

export function frameOf<C extends Circuit>(
  circuit: C,
  die: Components,
  at: Terminals,
  phase: CourseOptions["phase"],
  along: Course | null,
): Frame<C> {
  const { rails } = circuit;
  const swing = rails.high - rails.low;
  return {
    circuit,
    die,
    at,
    unit: unitConductance(circuit),
    swing,
    low: rails.low === 0 ? "0" : "low",
    volt: (v) => rails.low + swing * v,
    along,
    nudged: phase === "nudged" && at.beta !== 0,
    clamps: { circuit, rails: new Map(), diodes: [] },
  };
}

/** A unit: number `i` of layer `l`, the k-th of all. */
export interface NetlistPlace {
  readonly l: number;
  readonly i: number;
  readonly k: number;
}

/** The units above the input, layer by layer. */
export function places({ sizes }: Components): readonly NetlistPlace[] {
  return sizes
    .slice(1)
    .flatMap((n, l) => Array.from({ length: n }, (_, i) => ({ l: l + 1, i })))
    .map((place, k) => ({ ...place, k }));
}

export function unitNode(layer: number, unit: number): string {
  return `s${layer}_${unit}`;
}

/** A voltage between a node of this name and ground. */
export function source(node: string, value: number): readonly Element[] {
  return [{ kind: "V", name: node, nodes: [node, "0"], source: { dc: value } }];
}

/** The low rail, where it is not ground. */
export function lowRail({ low, circuit }: Frame): readonly Element[] {
  return low === "0" ? [] : source("low", circuit.rails.low);
}

export function conductor(name: string, a: string, b: string, siemens: number): readonly Element[] {
  return siemens === 0 ? [] : [{ kind: "R", name, nodes: [a, b], value: 1 / siemens }];
}

/** A current into a node: it runs from ground through its source. */
export function into(name: string, node: string, ampere: number): readonly Element[] {
  return ampere === 0 ? [] : [{ kind: "I", name, nodes: ["0", node], source: { dc: ampere } }];
}

/**
 * The head of a unit and its capacitor.
 * @param what a unit is called.
 * @param own what its state is over the volts of its node.
 */
export function membrane(
  { circuit, die, at, along, volt }: Frame,
  { l, i, k }: NetlistPlace,
  what: "unit" | "node",
  own: number,
): readonly Element[] {
  const node = unitNode(l, i);
  const last = l === die.sizes.length - 1;
  return [
    {
      kind: "comment",
      text:
        `${node}: ${what} ${i} of layer ` +
        `${l}${last ? outputText(circuit, die.sizes[l], i, at) : ""}`,
    },
    {
      kind: "C",
      name: `${l}_${i}`,
      nodes: [node, "0"],
      value: circuit.neuron.capacitance / die.layers[l - 1].rate[i],
      ...(along ? { initial: volt(at.start[k] / own) } : {}),
    },
  ];
}

/** What holds a unit between its rails; `stiff`, siemens, stands for an ideal clamp. */
export function holders(
  { clamps, die, volt }: Frame,
  { l, i }: NetlistPlace,
  own: number,
  stiff?: number,
): readonly Element[] {
  const { low, high } = die.layers[l - 1];
  return clampElements(
    clamps,
    `${l}_${i}`,
    unitNode(l, i),
    volt(low[i] / own),
    volt(high[i] / own),
    stiff,
  );
}

/** The conductance λ to the voltage of the guess. */
export function link(
  { at, die, unit, volt }: Frame,
  { l, i, k }: NetlistPlace,
  own: number,
): readonly Element[] {
  if (at.lambda === 0) return [];
  const { link: factor, linkOffset } = die.layers[l - 1];
  const guess = `g${l}_${i}`;
  return [
    ...source(guess, volt((at.guess[k] + linkOffset[i]) / own)),
    ...conductor(`l${l}_${i}`, guess, unitNode(l, i), at.lambda * factor[i] * unit),
  ];
}

/**
 * To the target of output `i`: a current, or a conductance, of a negative β a negative one, that in
 * a transient comes on with `ctl`.
 */
export function nudgeElements(
  { circuit, die, at, unit, volt, along, nudged }: Frame,
  { l, i }: NetlistPlace,
): readonly Element[] {
  if (!nudged || l < die.sizes.length - 1) return [];
  const node = unitNode(l, i);
  const current = nudgeCurrent(circuit, die, at, i, node, along);
  if (current) return [current];
  const { nudge: factor, nudgeOffset } = die.layers[l - 1];
  const name = `n${l}_${i}`;
  const siemens = 2 * at.beta * factor[i] * unit;
  const target = `y${i}`;
  return [
    ...source(target, volt(at.targets[i] + nudgeOffset[i])),
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

/** The currents of the noise, if any. */
export function noiseSource({ along }: Frame, { l, i, k }: NetlistPlace): readonly Element[] {
  return along?.noise(k, `${l}_${i}`, unitNode(l, i)) ?? [];
}

export function noiseNotes(noise: unknown, what: "unit" | "node"): readonly string[] {
  return noise
    ? [
        `noise: one current source a ${what}, the numbers that this seed gives our own ` +
          "stochastic solvers",
      ]
    : [];
}
