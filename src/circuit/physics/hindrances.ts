import { format } from "../../numerics/units.ts";
import { boltzmann } from "../circuit.ts";
import { programmingSpread } from "../devices/ageing.ts";
import { conductance, ends, stepCount, type DeviceModel } from "../devices/device.ts";
import { largestPulse, pulseSize } from "../devices/pulse-size.ts";
import { registerStep, type StateScale } from "../devices/scale.ts";
import {
  accumulates,
  bitsOf,
  coarsestBits,
  deviceOf,
  roundsByChance,
  spanOf,
} from "../elements.ts";
import { familyOf } from "../families/families.ts";
import { combine, isMissing } from "./answer.ts";
import type { Case } from "./case.ts";
import { gradientNoise, gradientSignal, shareBelow } from "./learning.ts";
import { readingNoiseAnswer } from "./noise.ts";
import { square } from "../../numerics/power.ts";

/** Minibatches in which chance may move a weight. */
const many = 1000;
/** Of the mean |w|, what is called as large as it. */
const half = 0.5;

/**
 * What of a chip works against its learning, a sentence each with its numbers: noise as loud as the
 * learning signal, steps as large as the weights, updates that chance turns into pulses, errors of
 * writing, devices that never move. Of a chip whose learning signal was not measured, nothing.
 */
export function hindrances(c: Case): readonly string[] {
  const { contrast, weights, wiring } = c;
  const { synapse } = c.circuit;
  if (!contrast || !weights) return [];
  const count = wiring.blocks.reduce((sum, b) => sum + b.synapses, 0);
  const mean = weights.absolute.reduce((a, b) => a + b, 0) / count;
  const model = deviceOf(synapse);
  const span = spanOf(synapse);
  const { signed, stateScale } = familyOf(c.circuit);
  return [
    ...noise(c),
    ...(span === undefined ? [] : numbers(c, span, signed, mean)),
    ...(model && span !== undefined
      ? [
          ...pulses(c, model, stateScale(c.circuit, model), mean),
          ...writing(c, model, stateScale(c.circuit, model), mean),
          ...stuck(model),
        ]
      : []),
  ];
}

/**
 * Noise of readings, as strong as it is simulated or as it is physically, against the learning
 * signal.
 */
function noise(c: Case): readonly string[] {
  const {
    temperature,
    neuron,
    noise: { thermal },
  } = c.circuit;
  const { beta, batch } = c.contrast!;
  const variance = combine(
    [readingNoiseAnswer(c).found],
    (v) => v + (Math.max(0, thermal - 1) * boltzmann * temperature) / neuron.capacitance,
  );
  const ratio = combine([gradientNoise(c, variance), gradientSignal(c)], (n, s) => n / s);
  if (isMissing(ratio) || isMissing(variance) || !(ratio > 1)) return [];
  return [
    `noise: ${format(Math.sqrt(variance), "V")} rms of a reading are ${times(ratio)} the ` +
      `learning signal of a minibatch of ${batch} with |β| = ${beta}; what is learned has to ` +
      `stand out in an average over ${times(square(ratio))} as many minibatches`,
  ];
}

function coarse(what: string, step: number, mean: number): readonly string[] {
  return step > mean
    ? [
        `coarse steps: ${what} of ${short(step)}, ${times(step / mean)} the mean |w| of ` +
          short(mean),
      ]
    : [];
}

/** Steps of registers and DACs, and changes that a register is too coarse to take. */
function numbers(
  { contrast, circuit: { synapse } }: Case,
  span: number,
  signed: boolean,
  mean: number,
): readonly string[] {
  const bits = bitsOf(synapse);
  const coarsest = coarsestBits(synapse);
  if (coarsest === undefined) return [];
  const what = coarsest === bits ? "register" : "DAC";
  const found = coarse(
    `a ${what} of ${coarsest} bits has a step`,
    registerStep(span, coarsest, signed),
    mean,
  );
  if (bits === undefined || accumulates(synapse) || roundsByChance(synapse)) return found;
  const step = registerStep(span, bits, signed);
  const all = contrast!.blocks.reduce((n, b) => n + b.synapses, 0);
  const lost =
    contrast!.blocks.reduce(
      (sum, b) => sum + b.synapses * shareBelow(b.percentiles, step / 2 / b.rate),
      0,
    ) / all;
  return lost > half
    ? [
        ...found,
        `lost updates: ${short(100 * lost)} % of the changes of a minibatch are below half a ` +
          `step of ${short(step)}, and registers of ${bits} bits that round to the nearest ` +
          "number lose them; synapse.accumulate: 8 sums them up, synapse.rounding: chance keeps " +
          "them on average, and bits that only the DAC has are synapse.dac",
      ]
    : found;
}

/**
 * Steps of devices that learn in place, and how far chance moves a weight where it makes whole
 * pulses of parts p: √(n p(1 − p)) pulses.
 */
function pulses(
  { contrast, circuit: { synapse } }: Case,
  model: DeviceModel,
  { span }: StateScale,
  mean: number,
): readonly string[] {
  if (synapse.memory !== "devices" || model.update.law === "ideal") return [];
  const size = span * pulseSize(model);
  const largest = span * largestPulse(model);
  const all = contrast!.blocks.reduce((n, b) => n + b.synapses, 0);
  const asked =
    contrast!.blocks.reduce((sum, b) => sum + b.synapses * b.rate * b.mean, 0) / all / size;
  const wander = Math.sqrt(many * asked * (1 - asked)) * largest;
  const count = short(stepCount(model));
  const steps = `${model.name} has ${count} steps from bound to bound, the largest`;
  return [
    ...coarse(steps, largest, mean),
    ...(!synapse.accumulate && asked < 1 && wander > half * mean
      ? [
          `updates by chance: a minibatch asks for ${short(asked)} of a pulse, which is given ` +
            `as a whole one now and then; in ${many} minibatches that moves a weight at random ` +
            `by up to ${short(wander)}, ${times(wander / mean)} the mean |w|. ` +
            "synapse.accumulate: true sums updates up to whole pulses",
        ]
      : []),
  ];
}

/** Errors that every programming draws anew. */
function writing(
  { circuit: { synapse } }: Case,
  model: DeviceModel,
  { span, origin }: StateScale,
  mean: number,
): readonly string[] {
  const { update } = model;
  const inPlace = synapse.memory === "devices";
  const [low, high] = ends(model);
  const [least, most] = model.range;
  const seen = inPlace && update.law !== "ideal" ? span * update.writeNoise * update.step : 0;
  const verify =
    inPlace && update.law !== "ideal"
      ? 0
      : (programmingSpread(model, conductance(model, mean / span + origin)) * span * (high - low)) /
        (most - least);
  const sigma = Math.max(seen, verify);
  return sigma > half * mean
    ? [
        "write error: at every programming what a device conducts is off by another σ = " +
          `${short(sigma)}, ${times(sigma / mean)} the mean |w|`,
      ]
    : [];
}

function stuck({ stuck, name }: DeviceModel): readonly string[] {
  return stuck >= 0.01 ? [`stuck devices: ${short(100 * stuck)} % of ${name} never move`] : [];
}

const short = (x: number) => String(Number(x.toPrecision(2)));
const times = (x: number) => `${short(x)} ×`;
