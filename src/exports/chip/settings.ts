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
