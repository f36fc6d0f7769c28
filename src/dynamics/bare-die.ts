import type { Circuit } from "../circuit/circuit.ts";
import type { Graph } from "../energy/graph.ts";
import type { Arena } from "../numerics/kernels/arena.ts";
import type { Layout } from "./layout.ts";
import type { Scale } from "./units/scale.ts";

/** A die before anything is drawn on it: schematic, network, numbers, and room for its state. */
export interface BareDie<C extends Circuit = Circuit> {
  /** The kernels' memory, its precision, and this thread's place in the team that shares it. */
  readonly memory: Arena;
  /** Where each layer sits in a row of the state. */
  readonly at: Layout;
  /** Which layers are joined. */
  readonly graph: Graph;
  /** The schematic, SI units. */
  readonly circuit: C;
  /** Number of the die: equal numbers give equal mismatch, whatever else is drawn. */
  readonly die: number;
  /** Seed of what is no property of the die: initial weights, and noise. */
  readonly seed: number;
  /** What states of a layer, and of an input terminal, are over its voltages. */
  readonly scale: Scale;
}
