import type { Circuit } from "../../circuit/circuit.ts";
import {
  conductance,
  ends,
  paired,
  quantised,
  type DeviceModel,
} from "../../circuit/devices/device.ts";
import { meanPulse } from "../../circuit/devices/pulse-size.ts";
import { registerStep } from "../../circuit/devices/scale.ts";
import { bitsOf, deviceOf, spanOf } from "../../circuit/elements.ts";
import { familyOf, unitConductance } from "../../circuit/families/families.ts";
import type { Vec } from "../../numerics/vec.ts";

/** A column of a table: a number for each row, with its unit; "1" is none. */
export interface BenchColumn {
  readonly name: string;
  readonly unit: string;
  readonly values: ArrayLike<number>;
  /** Whether its numbers are written to the bit; else with seven digits. */
  readonly exact?: true;
}

/** What synapses hold, in units of the weight: of pairs each of the two devices. */
interface HeldWeights {
  readonly weight: Vec;
  readonly plus?: Vec;
  readonly minus?: Vec;
}

/**
 * What a bench sets so that synapses hold these weights, column by column: the code of a register,
 * the state x of the device, the conductance that it is to have, and how many mean pulses lead
 * there from x = 0 (of a pair from an empty device), up for n > 0. Without a device the conductance
 * is w·G₁, signed.
 */
export function benchSettings(circuit: Circuit, held: HeldWeights): readonly BenchColumn[] {
  const { synapse } = circuit;
  const model = deviceOf(synapse);
  const bits = bitsOf(synapse);
  const code = bits === undefined ? null : codesOf(circuit, held.weight, bits);
  const codes: readonly BenchColumn[] = code
    ? [{ name: "code", unit: "1", values: code.codes }]
    : [];
  const weights = code?.weights ?? Float64Array.from(held.weight);
  if (!model) {
    const one = unitConductance(circuit);
    return [...codes, { name: "target", unit: "S", values: weights.map((w) => w * one) }];
  }
  const { span, origin } = familyOf(circuit).stateScale(circuit, model);
  const inPlace = synapse.memory === "devices";
  const states = (of: ArrayLike<number>) =>
    Float64Array.from(of, (w) => {
      const x = w / span + origin;
      return inPlace ? x : quantised(within(model, x), model);
    });
  if (!paired(model)) return [...codes, ...deviceColumns(model, states(weights), "", inPlace)];
  const { plus = weights.map((w) => Math.max(0, w)), minus = weights.map((w) => Math.max(0, -w)) } =
    held;
  return [
    ...codes,
    ...deviceColumns(model, states(plus), "", inPlace),
    ...deviceColumns(model, states(minus), "second ", inPlace),
  ];
}

function deviceColumns(
  model: DeviceModel,
  states: Float64Array,
  prefix: string,
  inPlace: boolean,
): readonly BenchColumn[] {
  const pulses = inPlace ? pulsesOf(model, states) : null;
  return [
    { name: `${prefix}target`, unit: "S", values: states.map((x) => conductance(model, x)) },
    { name: `${prefix}state`, unit: "1", values: states },
    ...(pulses ? [{ name: `${prefix}pulses`, unit: "1", values: pulses }] : []),
  ];
}

/**
 * What a weight of a schematic becomes before anything of a die enters: within the range of its
 * registers and devices, and then of their steps.
 */
export function nominalWeight(
  circuit: Circuit,
): (w: number) => { readonly ranged: number; readonly stepped: number } {
  const { synapse } = circuit;
  const model = deviceOf(synapse);
  const bits = bitsOf(synapse);
  // A register without bits, and a device without bounds, hold any weight.
  const endless = bits === undefined && (!model || model.bounds.high === Infinity);
  if (synapse.memory === "exact" || endless) return (w) => ({ ranged: w, stepped: w });
  const { signed } = familyOf(circuit);
  const largest = synapse.memory === "registers" ? synapse.span : Infinity;
  const step = bits === undefined ? 0 : registerStep(synapse.span, bits, signed);
  const held = (w: number) => Math.min(largest, Math.max(signed ? -largest : 0, w));
  const coded = (w: number) => (step > 0 ? step * Math.round(w / step) : w);
  if (!model) return (w) => ({ ranged: held(w), stepped: coded(held(w)) });
  const { span, origin } = familyOf(circuit).stateScale(circuit, model);
  const { low, high } = model.bounds;
  const reach = span * (high - low);
  const bounded = (w: number) =>
    paired(model)
      ? Math.min(reach, Math.max(-reach, w))
      : span * (within(model, w / span + origin) - origin);
  const levelled = (w: number) =>
    paired(model)
      ? Math.sign(w) * span * (quantised(Math.abs(w) / span + low, model) - low)
      : span * (quantised(w / span + origin, model) - origin);
  return (w) => {
    const ranged = bounded(held(w));
    return { ranged, stepped: model.states === null ? coded(ranged) : levelled(coded(ranged)) };
  };
}

/** The codes of registers, and the weights that they stand for. */
function codesOf(circuit: Circuit, weight: Vec, bits: number) {
  const span = spanOf(circuit.synapse)!;
  const { signed } = familyOf(circuit);
  const step = registerStep(span, bits, signed);
  const most = Math.round(span / step);
  const codes = Float64Array.from(weight, (w) =>
    Math.min(most, Math.max(signed ? -most : 0, Math.round(w / step))),
  );
  return { codes, weights: codes.map((c) => c * step) };
}

function within(model: DeviceModel, x: number): number {
  return Math.min(model.bounds.high, Math.max(model.bounds.low, x));
}

/** Pulses after which a device that hardly moves any more is taken to be where it goes. */
const mostPulses = 100_000;

/** Mean pulses from x = 0 to each state; null of a device that takes any change. */
function pulsesOf(model: DeviceModel, states: Float64Array): Float64Array | null {
  if (model.update.law === "ideal") return null;
  const up = coursed(model, 1);
  const down = coursed(model, -1);
  return states.map((x) => (x >= 0 ? nearestIn(up, x) : -nearestIn(down, -x)));
}

/** |x| after 0, 1, 2, … mean pulses from x = 0, one way. */
function coursed(model: DeviceModel, way: 1 | -1): readonly number[] {
  const [low, high] = ends(model);
  const end = way > 0 ? high : -low;
  const course = [0];
  while (course.length <= mostPulses) {
    const at = course[course.length - 1];
    const next = at + meanPulse(model, way * at, way);
    if (!(next > at) || next >= end) break;
    course.push(next);
  }
  return course;
}

/** The index of the entry of an increasing list that is nearest to x. */
function nearestIn(list: readonly number[], x: number): number {
  let low = 0;
  let high = list.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle] <= x) low = middle;
    else high = middle;
  }
  return Math.abs(list[high] - x) < Math.abs(list[low] - x) ? high : low;
}
