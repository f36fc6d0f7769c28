import type { ResistorCircuit } from "../circuit.ts";
import { ends } from "../devices/device.ts";
import type { Family } from "./family.ts";

/** What stands between two nodes loads both, and conducts alike both ways. */
export const resistorFamily: Family<ResistorCircuit> = {
  rule: "drops",
  signed: false,
  passive: true,
  unitConductance: ({ synapse }) => synapse.conductance.high / synapse.span,
  leastWeight: ({ synapse: { conductance, span } }) => (span * conductance.low) / conductance.high,
  // Nothing is subtracted: the device is the resistor,
  //   G = G_low + (G_high − G_low)·(x − low)/(high − low)  of its nominal bounds,     w = G / G₁,
  // so that weights are counted from the x that would conduct nothing.
  stateScale({ synapse: { span, conductance } }, model) {
    const [low, high] = ends(model);
    const perState = (span * (1 - conductance.low / conductance.high)) / (high - low);
    return { span: perState, origin: low - (span * conductance.low) / conductance.high / perState };
  },
  reciprocal: () => true,
  outputSpread: () => 0,
  // Resistors have the thermal noise of what they conduct alone.
  excess: () => 0,
  saturation: () => undefined,
  drivers: ({ input }) => input,
  amplification: ({ amplifier }) => amplifier.gain,
  diodes: ({ diodes }) => diodes,
  carrier: () => "resistors",
  devicesEach: () => 1,
};
