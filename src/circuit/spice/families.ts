import type { Circuit, ResistorCircuit, TransconductorCircuit } from "../circuit.ts";
import type { Components, Terminals } from "../die.ts";
import { clampText } from "./clamp.ts";
import type { CourseOptions } from "./course.ts";
import { hopfieldNetlist } from "./hopfield.ts";
import type { Netlist } from "./netlist.ts";
import { resistiveNetlist, wallText } from "./resistive.ts";

/** What every netlist is asked for. */
interface NetlistOptions extends Omit<CourseOptions, "time"> {
  /** What it is called: its first line. */
  readonly title: string;
  /** Constant inputs, with what they are to a unit, as one source each. */
  readonly fold?: boolean;
}

/** A die with what stands at its terminals; `scale` is what a state of each layer is in volts. */
interface Wired<C extends Circuit = Circuit> {
  readonly circuit: C;
  readonly die: Components;
  readonly at: Terminals;
  readonly scale: readonly number[];
}

/** How circuits of a family become netlists. */
interface NetlistFamily<C extends Circuit = Circuit> {
  /** A transient from the start, nudged when the free phase ends. */
  transient(wired: Wired<C>, options: NetlistOptions & Pick<CourseOptions, "time">): Netlist;
  /**
   * The operating point of a phase; absent where there may be several, of which some are saddles.
   */
  point?(wired: Wired<C>, options: NetlistOptions): Netlist;
  /** What holds the nodes, in words. */
  clamps(circuit: C): string;
}

const resistors: NetlistFamily<ResistorCircuit> = {
  transient: ({ circuit, die, at, scale }, options) =>
    resistiveNetlist(circuit, die, at, scale, options),
  point: ({ circuit, die, at, scale }, options) =>
    resistiveNetlist(circuit, die, at, scale, options),
  clamps: wallText,
};
const transconductors: NetlistFamily<TransconductorCircuit> = {
  transient: ({ circuit, die, at }, options) => hopfieldNetlist(circuit, die, at, options),
  clamps: (circuit) => clampText({ circuit }),
};
const families = { transconductors, resistors } satisfies {
  [F in Circuit["family"]]: NetlistFamily<Extract<Circuit, { readonly family: F }>>;
};

export function netlistFamily({ family }: Circuit): NetlistFamily {
  return families[family];
}
