import type { Circuit } from "../../circuit/circuit.ts";
import { familyOf, unitConductance } from "../../circuit/families/families.ts";
import type { DiodeKind } from "../../circuit/elements.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { DieParts } from "../parts.ts";
import { dropOf } from "./rails.ts";
import { layerScale } from "./scale.ts";

/** Between which states rails or diodes hold the units: [size] each, both 0 on padding units. */
export interface Walls {
  readonly low: Slot<Vec>;
  readonly high: Slot<Vec>;
}

/** Whether units may stand beyond 0 … 1, so that walls say where. */
export function hasWalls(circuit: Circuit): boolean {
  return familyOf(circuit).passive || circuit.neuron.clamp !== "ideal";
}

/**
 * The walls of the schematic, without mismatch; clamps that give stand where they carry the current
 * of weight 1 across the swing.
 */
export function walls({ memory, at, circuit }: Pick<DieParts, "memory" | "at" | "circuit">): Walls {
  const low = memory.reals(at.size);
  const high = memory.reals(at.size);
  const of = wallsOf(circuit, at.sizes);
  for (let l = 1; l < at.sizes.length; l++) {
    low.array.set(of.low[l], at.offset[l]);
    high.array.set(of.high[l], at.offset[l]);
  }
  return { low, high };
}

/** The same, layer by layer; [0] is empty. */
export function wallsOf(
  circuit: Circuit,
  sizes: readonly number[],
): { readonly low: readonly (readonly number[])[]; readonly high: readonly (readonly number[])[] } {
  const drop = dropOf(circuit);
  const ends = sizes.map((n, l) =>
    l === 0
      ? []
      : Array.from({ length: n }, (_, k) =>
          beyond(drop, held(kindOf(circuit, l, sizes.length), 2 * k < n, 0, 1)).map(
            (end) => end * layerScale(circuit, l, sizes.length),
          ),
        ),
  );
  return {
    low: ends.map((layer) => layer.map(([low]) => low)),
    high: ends.map((layer) => layer.map(([, high]) => high)),
  };
}

function kindOf(circuit: Circuit, l: number, layers: number): DiodeKind {
  const { hidden, output } = familyOf(circuit).diodes(circuit);
  return l < layers - 1 ? hidden : output;
}

/**
 * Makes of a die's neurons those of a network of resistors: walls where its diodes are, leaks over
 * the conductance of weight 1.
 */
export function resistiveUnits({
  at,
  circuit,
  scale,
  units: { low, high, leak, offset },
}: Pick<DieParts, "at" | "circuit" | "scale" | "units">): void {
  const ratio = circuit.neuron.leak / unitConductance(circuit);
  const layers = at.sizes.length;
  for (let l = 1; l < layers; l++)
    for (let k = 0, i = at.offset[l]; k < at.sizes[l]; k++, i++) {
      const [a, b] = held(
        kindOf(circuit, l, layers),
        2 * k < at.sizes[l],
        low.array[i],
        high.array[i],
      );
      low.array[i] = a * scale.layer[l];
      high.array[i] = b * scale.layer[l];
      leak.array[i] *= ratio;
      offset.array[i] *= scale.layer[l];
    }
}

function beyond(
  drop: number,
  [low, high]: readonly [low: number, high: number],
): readonly number[] {
  return [low - drop, high + drop];
}

function held(
  kind: DiodeKind,
  excitatory: boolean,
  low: number,
  high: number,
): readonly [low: number, high: number] {
  switch (kind) {
    case "rails":
      return [low, high];
    case "rectifying":
      return excitatory ? [low, Infinity] : [-Infinity, low];
    case "none":
      return [-Infinity, Infinity];
    default:
      return kind satisfies never;
  }
}
