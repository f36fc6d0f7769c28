import { format } from "../../numerics/units.ts";
import type { Circuit } from "../circuit.ts";
import { deviceOf } from "../elements.ts";
import { loud, noiseFacts } from "../noise.ts";
import { familyOf } from "../families/families.ts";
import { compileLaw } from "../law.ts";
import { clampVoltages } from "./parse-elements.ts";

/** What is legal in a schematic but probably not meant: sentences that start with the key. */
export function warningsOf(circuit: Circuit): readonly string[] {
  return [
    ...ofConverters(circuit),
    ...ofHold(circuit),
    ...ofSpread(circuit),
    ...ofNoise(circuit),
    ...ofClamp(circuit),
  ];
}

const volts = (v: number) => format(v, "V");

function ofConverters({ rails, converters }: Circuit): readonly string[] {
  return (["input", "readout"] as const).flatMap((key) => {
    const range = converters?.[key];
    return range && (range.low > rails.low || range.high < rails.high)
      ? [
          `converters.${key}: its range from ${volts(range.low)} to ${volts(range.high)} leaves ` +
            `out part of what lies between the rails, ${volts(rails.low)} to ` +
            `${volts(rails.high)}, and clips it`,
        ]
      : [];
  });
}

function ofHold({ rails, converters, hold }: Circuit): readonly string[] {
  if (!hold) return [];
  const readout = converters?.readout;
  const droop = (hold.leakage * hold.time) / hold.capacitance;
  const steps = readout?.bits === undefined ? null : 2 ** readout.bits - 1;
  const step = steps === null ? rails.high - rails.low : (readout!.high - readout!.low) / steps;
  const half =
    steps === null ? "the distance of the rails" : `the readout's step of ${volts(step)}`;
  return droop > step / 2
    ? [`hold: it droops by ${volts(droop)} until it is read, more than half of ${half}`]
    : [];
}

function ofSpread({ mismatch, synapse }: Circuit): readonly string[] {
  const device = deviceOf(synapse);
  if (!device || device.gainSpread === 0 || mismatch.synapse === 0) return [];
  const all = Math.hypot(mismatch.synapse, device.gainSpread);
  return [
    `mismatch.synapse: ${percent(mismatch.synapse)} comes on top of the ` +
      `${percent(device.gainSpread)} of the device ${device.name}, ${percent(all)} in all; leave ` +
      "one out if it was meant to be the whole spread",
  ];
}

const percent = (part: number) => format(part, "%");

function ofNoise(circuit: Circuit): readonly string[] {
  const { temperature, synapse, noise } = circuit;
  const found: string[] = [];
  const kinds = loud(noise).map((kind) => noiseFacts[kind]);
  if (temperature === 0 && kinds.some(({ warm }) => warm !== null))
    found.push("temperature: at 0 K there is no thermal noise, whatever its multiple");
  if ((noise.flicker?.corner ?? 0) > 0 && !kinds.some(({ white }) => white))
    found.push(
      "noise.flicker: it is as strong as the white noise at its corner, and there is none; " +
        "set noise.thermal: 1",
    );
  if ((noise.read ?? 0) > 0 && deviceOf(synapse) === undefined)
    found.push(
      "noise.read: without synapse.device nothing is read, so that this noise has no place",
    );
  return found;
}

function ofClamp(circuit: Circuit): readonly string[] {
  const { rails, neuron } = circuit;
  const found: string[] = [];
  const diodes = familyOf(circuit).diodes(circuit);
  if (neuron.clamp !== "ideal" && diodes.hidden === "none" && diodes.output === "none")
    found.push("neuron.clamp: it is the law of diodes, and diodes says that there are none");
  if (neuron.clamp !== "ideal" && neuron.clamp.law === "custom") {
    const { slope } = compileLaw(neuron.clamp.current);
    const v = clampVoltages(rails).find((x) => slope(x, NaN) < 0);
    if (v !== undefined)
      found.push(
        `neuron.clamp.current: its slope is negative at V = ${volts(v)}, a negative ` +
          "resistance, which can hold the node where it should not be or let it oscillate",
      );
  }
  return found;
}
