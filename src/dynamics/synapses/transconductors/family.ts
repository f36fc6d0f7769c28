import type { TransconductorCircuit } from "../../../circuit/circuit.ts";
import { xavier } from "../../../energy/initial.ts";
import type { SynapseFamily, Synapses } from "../contract.ts";
import { following } from "../following.ts";
import { transconductorsOf } from "./conducted.ts";
import { fluctuation } from "./fluctuation.ts";
import { whiteNoise } from "./white.ts";

/** Transconductors between neurons with capacitors and leaks: Hopfield's energy. */
export const transconductors: SynapseFamily<TransconductorCircuit> = {
  shareRows: 1,
  terminals: (_, inputs) => inputs,
  scale: (_, { sizes }) => ({ input: 1, layer: sizes.map(() => 1) }),
  refuse: () => undefined,
  units: () => undefined,
  fabricate(die, own): Synapses {
    const { graph, circuit, memory } = die;
    const programmed = transconductorsOf(die);
    const now = fluctuation(die, own, programmed);
    const white = whiteNoise(die, programmed);
    return {
      ...following(programmed, white, now),
      elements: [...programmed.feeds, ...programmed.routes],
      // What fluctuates in each direction by itself is another weight there.
      reciprocal: programmed.reciprocal && (!now || circuit.mismatch.reciprocal),
      saturation: linearRange(circuit),
      load: null,
      check: () => undefined,
      initial: (rng) => xavier(graph, "chip", rng, memory.precision),
    };
  },
};

/** V_l / V_s: how far transconductors are linear, in units of the state; null where everywhere. */
function linearRange({ neuron: { saturation }, rails }: TransconductorCircuit): number | null {
  return saturation === undefined ? null : saturation / (rails.high - rails.low);
}
