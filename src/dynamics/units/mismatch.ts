import { familyOf } from "../../circuit/families/families.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import { random, type Random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { BareDie } from "../bare-die.ts";

/** What one die's neurons are like, relative to the schematic's: [size] each, one value a unit. */
export interface UnitArrays {
  /** Leak gᵢ = G_L,i / G_L. */
  readonly leak: Slot<Vec>;
  /** 1 / cᵢ = C / C_i: how fast a unit moves, per τ. */
  readonly rate: Slot<Vec>;
  /** Input offset, in units of the state. */
  readonly offset: Slot<Vec>;
  /** Output gain aᵢ: the others see aᵢ sᵢ. */
  readonly gain: Slot<Vec>;
  /** Rails, in units of the state; both 0 on padding units. */
  readonly low: Slot<Vec>;
  readonly high: Slot<Vec>;
}

/**
 * Makes columns of one value a unit [size], each drawn from the die's stream of its label and
 * layer; padding units hold `empty`.
 */
export function columns({
  memory,
  at,
  die,
}: Pick<BareDie, "memory" | "at" | "die">): (
  label: string,
  empty: number,
  draw: (rng: Random) => number,
) => Slot<Vec> {
  return (label, empty, draw) => {
    const slot = memory.reals(at.size);
    slot.array.fill(empty);
    for (let l = 1; l < at.sizes.length; l++)
      slot.array.set(drawn(die, label, l, at.sizes[l], draw), at.offset[l]);
    return slot;
  };
}

/** What a die has of one kind in the n units of layer l. */
export function drawn(
  die: number,
  label: string,
  l: number,
  n: number,
  draw: (rng: Random) => number,
): Float64Array {
  const rng = random("die", die, label, l);
  return Float64Array.from({ length: n }, () => draw(rng));
}

/** A factor e^{σξ}: lognormal, median 1, and 1 at σ = 0. */
export function lognormal(sigma: number): (rng: Random) => number {
  return (rng) => Math.exp(sigma * rng.normal());
}

/**
 * Draws the mismatch of a die's neurons: C, G_L and the output gain lognormal about their nominal
 * value, offset and rails normal; rails that would cross meet half way. Each quantity of each layer
 * has a stream of its own, named by the die, so a die is the same whatever else is drawn; σ = 0
 * gives exactly 1 (or 0).
 */
export function mismatch(bare: Pick<BareDie, "memory" | "at" | "circuit" | "die">): UnitArrays {
  const { at, circuit } = bare;
  const swing = circuit.rails.high - circuit.rails.low;
  const sigma = circuit.mismatch;
  const column = columns(bare);
  // 0 + 0·ξ is 0, without the sign of ξ.
  const rail = (label: string, ideal: number) =>
    column(label, 0, (rng) => ideal + (sigma.rail / swing) * rng.normal());
  const low = rail("low", 0);
  const high = rail("high", 1);
  for (let i = 0; i < at.size; i++)
    if (low.array[i] > high.array[i])
      low.array[i] = high.array[i] = (low.array[i] + high.array[i]) / 2;
  return {
    low,
    high,
    leak: column("leak", 1, lognormal(sigma.leak)),
    rate: column("capacitance", 1, (rng) => Math.exp(-sigma.capacitance * rng.normal())),
    offset: column("offset", 0, (rng) => (sigma.offset / swing) * rng.normal()),
    gain: column("gain", 1, lognormal(familyOf(circuit).outputSpread(circuit))),
  };
}
