import { conductances } from "../../../energy/initial.ts";
import type { ResistorCircuit } from "../../../circuit/circuit.ts";
import { refuseImpossible, scaleOf, sourcesOf } from "../../units/scale.ts";
import { resistiveUnits } from "../../units/walls.ts";
import type { SynapseFamily, Synapses } from "../contract.ts";
import { following } from "../following.ts";
import { checkConductances, rangeOf, resistorsOf } from "./conducted.ts";
import { resistorFluctuation } from "./fluctuation.ts";
import { resistorNoise } from "./white.ts";
import { shareRows } from "./wiring.ts";

/** Resistors between nodes, with diodes, drivers and amplifiers: nonlinear resistive networks. */
export const resistors: SynapseFamily<ResistorCircuit> = {
  shareRows,
  terminals: sourcesOf,
  scale: scaleOf,
  refuse: refuseImpossible,
  units: resistiveUnits,
  fabricate(die, own): Synapses {
    const { graph, circuit, inputs, memory } = die;
    const programmed = resistorsOf(die);
    const now = resistorFluctuation(die, own, programmed);
    const white = resistorNoise(die, programmed);
    return {
      ...following(programmed, white, now),
      elements: programmed.resistors,
      reciprocal: true,
      saturation: null,
      load: (now ?? programmed).load,
      check(tensors) {
        checkConductances(die, tensors);
      },
      initial(rng) {
        const sources = sourcesOf(circuit, inputs.width);
        return conductances(graph, sources, rangeOf(circuit), "chip", rng, memory.precision);
      },
    };
  },
};
