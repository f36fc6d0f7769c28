import { sumOf, type Part, type Sum } from "./answer.ts";
import { neurons, type Case } from "./case.ts";

/**
 * Joule per conversion step, a round figure of what is published for 8 to 10 bits; the best reach a
 * fraction of it.
 */
export const usualFigureOfMerit = 10e-15;

/** How often converters convert, for an inference or for a training sample. */
interface Conversions {
  readonly inputs: number;
  readonly guesses: number;
  readonly readings: number;
}

/** The chip itself answers: its outputs are read. */
export function inferenceConversions({ wiring }: Case): Conversions {
  return {
    inputs: wiring.sizes[0],
    guesses: wiring.copy ? neurons(wiring) : 0,
    readings: wiring.sizes.at(-1)!,
  };
}

/**
 * The copy learns from the free state of every neuron; digital weights and accumulators learn from
 * every phase.
 */
export function trainingConversions(c: Case): Conversions {
  const { wiring, circuit, operation } = c;
  const all = neurons(wiring);
  const readings = learnsInPlace(circuit)
    ? wiring.copy
      ? all
      : 0
    : all * (1 + (operation?.nudgedReadings ?? 1));
  return { ...inferenceConversions(c), readings };
}

/** Whether devices take updates without anything digital in between, from voltages as they are. */
export function learnsInPlace({ synapse }: Case["circuit"]): boolean {
  return synapse.memory === "devices" && !synapse.accumulate;
}

/** Σ conversions · FoM · 2^bits, joule. */
export function converterEnergy({ circuit: { converters }, given }: Case, count: Conversions): Sum {
  const each = given.figureOfMerit ?? usualFigureOfMerit;
  const part = (
    name: string,
    conversions: number,
    bits: number | undefined,
    key: string,
  ): readonly Part[] =>
    conversions === 0
      ? []
      : [
          {
            name,
            found:
              bits === undefined
                ? { missing: `the schematic gives no ${key}.bits` }
                : conversions * each * 2 ** bits,
          },
        ];
  return sumOf("what conversions cost", [
    ...part("DACs of the inputs", count.inputs, converters?.input?.bits, "converters.input"),
    ...part("DACs of the guess", count.guesses, converters?.guess?.bits, "converters.guess"),
    ...part("ADCs", count.readings, converters?.readout?.bits, "converters.readout"),
  ]);
}
