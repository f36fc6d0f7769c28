import { boltzmann, electron, type Circuit } from "../circuit/circuit.ts";
import { compileLaw } from "../circuit/law.ts";
import { customClamps, diodeClamps, linearClamps, type ClampRails, type DiodeLaw, type SoftClamps, type StateLaw } from "../energy/clamps.ts";
import { InputError } from "../numerics/errors.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { UnitArrays } from "./die.ts";
import type { Layout } from "./layout.ts";

/** The rails of a die whose clamps give. */
export interface SoftRails {
  /** For whoever works on single states. */
  readonly clamps: SoftClamps;
  /** [size]: what no current of the circuit can hold a unit beyond; both 0 on padding. */
  readonly low: Slot<Vec>;
  readonly high: Slot<Vec>;
  /** A resolvent in the kernels, with constants of its own. */
  holder(): Holder;
}

/** The resolvents of a die's clamps, s + aᵢ Iᵢ(s) = u, for aᵢ that change now and then. */
export interface Holder {
  /** For these a: when a step, a tie or a conductance has changed. */
  ready(a: (i: number) => number): void;
  /** x ← s on units from … from + cols − 1 of samples first … last−1 of a state-shaped vector; those whose `active` is 0 rest (null: none does). */
  hold(x: Slot<Vec>, first: number, last: number, from: number, cols: number, active: Slot<Int32Array> | null): void;
}

/** Null where the rails are walls. */
export function softRails(memory: Arena, at: Layout, circuit: Circuit, units: UnitArrays): SoftRails | null {
  const law = lawOf(circuit, circuit.neuron.leak);
  if (!law) return null;
  const own: ClampRails = { low: Float64Array.from(units.low.array), high: Float64Array.from(units.high.array) };
  const clamps = clampsFrom(circuit, law, own), low = memory.reals(at.size), high = memory.reals(at.size), padding = new Set(at.padding);
  for (let i = 0; i < at.size; i++) {
    low.array[i] = padding.has(i) ? 0 : clamps.bound(-1, i);
    high.array[i] = padding.has(i) ? 0 : clamps.bound(1, i);
  }
  return {
    clamps, low, high,
    holder() {
      if (law.kind === "linear") return linearHolder(memory, at, own, law.conductance);
      return law.kind === "diode" ? diodeHolder(memory, at, own, law) : plainHolder(at, clamps);
    },
  };
}

/**
 * The clamps of units whose currents are counted in `conductance`·V_s: that of the leak, unless given. Null where the rails are walls.
 * @throws InputError for a clamp whose current falls somewhere, and for a diode at 0 K.
 */
export function clampsOf(circuit: Circuit, rails: ClampRails, conductance = circuit.neuron.leak): SoftClamps | null {
  const law = lawOf(circuit, conductance);
  return law && clampsFrom(circuit, law, rails);
}

/** A clamp's law of the state across it, for currents in units of `conductance`·V_s. */
type Law = { readonly kind: "linear"; readonly conductance: number } | { readonly kind: "diode" } & DiodeLaw | { readonly kind: "custom" } & StateLaw;

function lawOf({ name, neuron: { clamp }, rails, temperature }: Circuit, conductance: number): Law | null {
  const swing = rails.high - rails.low;
  if (clamp === "ideal") return null;
  switch (clamp.law) {
    case "linear": return { kind: "linear", conductance: clamp.conductance / conductance };
    case "diode":
      if (temperature === 0) throw new InputError(`circuit ${name}: neuron.clamp: a diode has no law at 0 K, where U_T = kT/q is nothing; write a temperature, or clamp: ideal`);
      return { kind: "diode", saturation: clamp.saturation / (conductance * swing), width: (clamp.ideality * boltzmann * temperature) / electron / swing };
    case "custom": {
      const { value, slope } = compileLaw(clamp.current);
      return { kind: "custom", value: (x) => value(x * swing, NaN) / (conductance * swing), slope: (x) => slope(x * swing, NaN) / conductance };
    }
  }
}

function clampsFrom(circuit: Circuit, law: Law, rails: ClampRails): SoftClamps {
  if (law.kind === "linear") return linearClamps(law.conductance, rails);
  if (law.kind === "diode") return diodeClamps(law, rails);
  const clamps = customClamps(law, rails);
  refuseFalling(circuit, clamps, rails);
  return clamps;
}

/** A user's law is tried at 514 states of one unit: where its current falls the clamp feeds the node, and more than one state may be held. */
function refuseFalling({ name, rails }: Circuit, clamps: SoftClamps, { low, high }: ClampRails): void {
  const i = Array.from(low, (l, k) => l < high[k]).indexOf(true);
  if (i < 0) return;
  const swing = rails.high - rails.low, middle = 0.5 * (low[i] + high[i]), whole = clamps.bound(1, i) - middle;
  for (const far of [Math.min(whole, 2 * (high[i] - low[i])), whole])
    for (let k = 0; k <= 256; k++) {
      const s = middle + (far * k) / 256, slope = clamps.slope(s, i);
      if (!(slope >= 0)) throw new InputError(`circuit ${name}: neuron.clamp.current: the slope of what both clamps draw is ${slope.toPrecision(3)} G_L at ${(rails.low + s * swing).toPrecision(4)} V; a chip needs a current that never falls as the voltage rises`);
    }
}

function linearHolder({ privateReals, kernels, bytes }: Arena, { size }: Layout, { low, high }: ClampRails, k: number): Holder {
  const law = privateReals(3 * size);
  law.array.set(low);
  law.array.set(high, size);
  return {
    ready(a) { for (let i = 0; i < size; i++) law.array[2 * size + i] = 1 / (1 + k * a(i)); },
    hold: (x, first, last, from, cols, active) => { kernels.holdLinear(x.ptr + (first * size + from) * bytes, size, last - first, cols, law.ptr + from * bytes, size, active ? active.ptr + 4 * first : 0); },
  };
}

function diodeHolder({ privateReals, kernels, bytes, precision }: Arena, { size, padding }: Layout, { low, high }: ClampRails, { saturation, width }: DiodeLaw): Holder {
  const law = privateReals(5 * size), lnSaturation = Math.log(saturation / width), put = (plane: number, i: number, x: number) => { law.array[plane * size + i] = x; };
  for (let i = 0; i < size; i++) {
    put(0, i, 0.5 * (low[i] + high[i]));
    put(1, i, 0.5 * (high[i] - low[i]));
    put(2, i, width);
    put(3, i, 1 / width);
  }
  let turns = 0;
  return {
    ready(a) {
      let strongest = -Infinity;
      for (let i = 0; i < size; i++) {
        const strength = lnSaturation + Math.log(a(i));
        put(4, i, strength);
        strongest = Math.max(strongest, strength - (0.5 * (high[i] - low[i])) / width);
      }
      // Padding stays exactly where it is.
      for (const i of padding) { put(2, i, 0); put(4, i, -1000); }
      // How far ω alone is off halves its exponent with every turn.
      turns = strongest < (precision === "f32" ? -20 : -40) ? 0 : strongest < (precision === "f32" ? -10 : -20) ? 1 : precision === "f32" ? 5 : 6;
    },
    hold: (x, first, last, from, cols, active) => { kernels.holdDiodes(x.ptr + (first * size + from) * bytes, size, last - first, cols, law.ptr + from * bytes, size, turns, active ? active.ptr + 4 * first : 0); },
  };
}

/** Unit by unit, for laws that the kernels do not know. */
function plainHolder({ size }: Layout, clamps: SoftClamps): Holder {
  const factor = new Float64Array(size);
  return {
    ready(a) { for (let i = 0; i < size; i++) factor[i] = a(i); },
    hold(x, first, last, from, cols, active) {
      for (let r = first; r < last; r++) {
        if (active?.array[r] === 0) continue;
        for (let i = from, k = r * size + from; i < from + cols; i++, k++) x.array[k] = clamps.hold(x.array[k], factor[i], i);
      }
    },
  };
}
