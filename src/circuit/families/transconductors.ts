import type { TransconductorCircuit } from "../circuit.ts";
import { spanOf } from "../elements.ts";
import type { Family } from "./family.ts";

/** A neuron steers currents into the others and is loaded by none of them. */
export const transconductorFamily: Family<TransconductorCircuit> = {
  rule: "products",
  signed: true,
  passive: false,
  unitConductance: ({ neuron }) => neuron.leak,
  leastWeight: ({ synapse }) => -(spanOf(synapse) ?? Infinity),
  // A reference or a second device is subtracted: w = span·x.
  stateScale: ({ synapse }) => ({ span: spanOf(synapse) ?? 1, origin: 0 }),
  reciprocal: ({ mismatch }) => mismatch.reciprocal,
  outputSpread: ({ mismatch }) => mismatch.gain,
  excess: ({ noise }) => noise.excess,
  saturation: ({ neuron }) => neuron.saturation,
  drivers: () => ({ gain: 1, complementary: false }),
  amplification: () => 1,
  diodes: () => ({ hidden: "rails", output: "rails" }),
  carrier: ({ synapse }, programmed) =>
    synapse.coding === "pair" || programmed ? "lines" : "transconductors",
  devicesEach: ({ synapse }) => (synapse.coding === "pair" ? 2 : 1),
};
