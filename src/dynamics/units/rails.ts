import { boltzmann, electron, type Circuit } from "../../circuit/circuit.ts";
import { familyOf, unitConductance } from "../../circuit/families/families.ts";
import { compileLaw } from "../../circuit/law.ts";
import {
  customClamps,
  diodeClamps,
  linearClamps,
  onlySide,
  reach,
  restOf,
  type ClampRails,
  type DiodeLaw,
  type SoftClamps,
  type StateLaw,
} from "../../energy/clamps.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { diodeResolvent, linearResolvent, plainResolvent, type Resolvent } from "./resolvents.ts";
import type { DieParts } from "../parts.ts";

/** The rails of a die whose clamps give. */
export interface SoftRails {
  /** For whoever works on single states. */
  readonly clamps: SoftClamps;
  /** `[size]`: what no current of the circuit can hold a unit beyond; both 0 on padding. */
  readonly low: Slot<Vec>;
  readonly high: Slot<Vec>;
  /** A resolvent in the kernels, with constants of its own. */
  resolvent(): Resolvent;
}

/**
 * Null where the rails are walls, or hold nothing. Currents count in G₁ V_s, of the conductance of
 * weight 1.
 * @throws InputError for a clamp whose current falls somewhere, and for a diode at 0 K.
 */
export function softRails(
  parts: Pick<DieParts, "memory" | "at" | "circuit" | "units" | "scale">,
): SoftRails | null {
  const { memory, at, circuit, units, scale } = parts;
  const law = lawOf(circuit, unitConductance(circuit));
  const padding = new Set(at.padding);
  const own = {
    low: Float64Array.from(units.low.array),
    high: Float64Array.from(units.high.array),
    scale: new Float64Array(at.size).fill(1),
  };
  for (let l = 1; l < at.sizes.length; l++)
    own.scale.fill(scale.layer[l], at.offset[l], at.offset[l] + at.sizes[l]);
  if (
    !law ||
    !own.low.some((low, i) => !padding.has(i) && (low > -Infinity || own.high[i] < Infinity))
  )
    return null;
  const clamps = clampsFrom(circuit, law, own);
  const low = memory.reals(at.size);
  const high = memory.reals(at.size);
  for (let i = 0; i < at.size; i++) {
    low.array[i] = padding.has(i) ? 0 : clamps.bound(-1, i);
    high.array[i] = padding.has(i) ? 0 : clamps.bound(1, i);
  }
  return {
    clamps,
    low,
    high,
    resolvent: () => resolventOf(parts, law, own, clamps),
  };
}

function resolventOf(
  parts: Pick<DieParts, "memory" | "at">,
  law: ClampLaw,
  rails: Required<ClampRails>,
  clamps: SoftClamps,
): Resolvent {
  switch (law.kind) {
    case "linear":
      return linearResolvent(parts, rails, law.conductance);
    case "diode":
      return diodeResolvent(parts, rails, law);
    case "custom":
      return plainResolvent(parts, clamps);
    default:
      return law satisfies never;
  }
}

/**
 * Volts over V_s that a clamp drops at G₁ V_s, the current of weight 1 across the swing: v ln(1 +
 * G₁V_s/I_s) of a diode. 0 where the rails are walls.
 */
export function dropOf(circuit: Circuit): number {
  const law = lawOf(circuit, unitConductance(circuit));
  switch (law?.kind) {
    case undefined:
      return 0;
    case "linear":
      return 1 / law.conductance;
    case "diode":
      return law.width * Math.log1p(1 / law.saturation);
    case "custom":
      return reach((x) => law.value(x) < 1);
    default:
      return law satisfies never;
  }
}

/** A clamp's law of the state across it, for currents in units of `conductance`·V_s. */
type ClampLaw =
  | { readonly kind: "linear"; readonly conductance: number }
  | ({ readonly kind: "diode" } & DiodeLaw)
  | ({ readonly kind: "custom" } & StateLaw);

function lawOf(
  { name, neuron: { clamp }, rails, temperature }: Circuit,
  conductance: number,
): ClampLaw | null {
  const swing = rails.high - rails.low;
  if (clamp === "ideal") return null;
  switch (clamp.law) {
    case "linear":
      return { kind: "linear", conductance: clamp.conductance / conductance };
    case "diode":
      if (temperature === 0)
        throw new InputError(
          `circuit ${name}: neuron.clamp: a diode has no law at 0 K, where U_T = kT/q is ` +
            "nothing; write a temperature, or clamp: ideal",
        );
      return {
        kind: "diode",
        saturation: clamp.saturation / (conductance * swing),
        width: (clamp.ideality * boltzmann * temperature) / electron / swing,
      };
    case "custom": {
      const { value, slope } = compileLaw(clamp.current);
      return {
        kind: "custom",
        value: (x) => value(x * swing, NaN) / (conductance * swing),
        slope: (x) => slope(x * swing, NaN) / conductance,
      };
    }
    default:
      return clamp satisfies never;
  }
}

function clampsFrom(circuit: Circuit, law: ClampLaw, rails: Required<ClampRails>): SoftClamps {
  switch (law.kind) {
    case "linear":
      return linearClamps(law.conductance, rails);
    case "diode":
      return diodeClamps(law, rails);
    case "custom":
      return checkedClamps(circuit, law, rails);
    default:
      return law satisfies never;
  }
}

/** Clamps of a user's law, tried on one unit of each kind: by sides and scale. */
function checkedClamps(circuit: Circuit, law: StateLaw, rails: Required<ClampRails>): SoftClamps {
  const clamps = customClamps(law, rails);
  const kinds = new Map<string, number>();
  for (let i = 0; i < rails.low.length; i++)
    if (rails.low[i] < rails.high[i] && (rails.low[i] > -Infinity || rails.high[i] < Infinity)) {
      const kind = `${onlySide(rails, i)} ${rails.scale[i]}`;
      if (!kinds.has(kind)) kinds.set(kind, i);
    }
  for (const i of kinds.values()) refuseFalling(circuit, law, clamps, rails, i);
  return clamps;
}

/**
 * A user's law is tried at some hundred states of unit i, on one side of the middle of two clamps
 * and on both of one alone: where its current falls the clamp feeds the node, and more than one
 * state may be held. A node that one clamp holds may be anywhere beyond it, so that the law has to
 * say something there.
 */
function refuseFalling(
  circuit: Circuit,
  law: StateLaw,
  clamps: SoftClamps,
  rails: Required<ClampRails>,
  i: number,
): void {
  const {
    name,
    rails: { low, high },
  } = circuit;
  const only = onlySide(rails, i);
  const middle = restOf(rails, i);
  const whole = rails.scale[i];
  const near = 2 * (only === 0 ? rails.high[i] - rails.low[i] : whole);
  const volt = (s: number) => `${(low + (s * (high - low)) / whole).toPrecision(4)} V`;
  const key = `circuit ${name}: neuron.clamp.current`;
  for (const side of only === 0 ? ([1] as const) : ([1, -1] as const)) {
    const end = side * (clamps.bound(side, i) - middle);
    for (const far of [Math.min(end, near), end])
      for (let k = 0; k <= 256; k++) {
        const s = middle + (side * far * k) / 256;
        const slope = clamps.slope(s, i);
        if (!(slope >= 0))
          throw new InputError(
            `${key}: the slope of what ` +
              `${only === 0 ? "both clamps draw" : "the diode of a node draws"} is ` +
              `${slope.toPrecision(3)} ${familyOf(circuit).passive ? "G_1" : "G_L"} at ` +
              `${volt(s)}; a ` +
              "chip needs a current that never falls as the voltage rises",
          );
      }
    const back = -2 * Math.abs(end / whole);
    if (side === -only && Number.isNaN(law.value(back)))
      throw new InputError(
        `${key}: it is no number at ${(back * (high - low)).toPrecision(4)} V across a diode, ` +
          "and nothing holds a node of this crossbar from its other side; write a law of any " +
          "voltage below 0",
      );
  }
}
