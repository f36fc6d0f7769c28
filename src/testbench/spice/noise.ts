import type { Circuit, NoiseKind } from "../../circuit/circuit.ts";
import { timeConstant } from "../../circuit/families/families.ts";
import { refuseUnwritable } from "../../circuit/spice/estimate.ts";
import type { NoisePoints } from "../../circuit/spice/course.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { fabricate } from "../../dynamics/fabricate.ts";
import { deviceOf } from "../../circuit/elements.ts";
import type { Ties } from "../../energy/hopfield.ts";
import { InputError } from "../../numerics/errors.ts";

/**
 * Ticks that our stochastic solvers use up in a step, and how much of a step a current takes to
 * change.
 */
const ticksEach = 3;
const edge = 1e-3;

/** Whether a kind of noise moves conductances, as no current into a node does. */
const ofConductances = {
  thermal: () => false,
  excess: () => false,
  shot: () => false,
  flicker: () => false,
  telegraph: ({ noise: { telegraph } }) =>
    telegraph !== undefined && telegraph.depth > 0 && telegraph.rate > 0,
  read: ({ noise: { read = 0 }, synapse }) => read > 0 && deviceOf(synapse) !== undefined,
} satisfies Record<NoiseKind, (circuit: Circuit) => boolean>;

/**
 * The noise of a die as currents that hold for a step each: C_i V_s Δs / h, with the Δs = amplitude
 * √h z that our stochastic solvers at this step and seed draw, for each unit in turn (layer by
 * layer); 1/A^{L−l} of it where amplifiers make states of that many volts. Its density is flat up
 * to 1/2h. What ties a unit is as warm as its leak.
 * @param ties after so many τ.
 * @param circuit with its noise; `chip` may be without.
 * @throws InputError on a silent circuit, and on one whose synapses fluctuate: no current into a
 *   node does what they do.
 */
export function noiseCurrents(
  circuit: Circuit,
  chip: Chip,
  seed: number,
  step: number,
  end: number,
  ties: (tau: number) => Ties = () => ({ lambda: 0, beta: 0 }),
): readonly NoisePoints[] {
  refuseUnwritable({
    of: `${circuit.name}: --noise pwl`,
    ...chip.graph,
    fold: true,
    points: 2 * Math.ceil(end / step),
  });
  const noisy = fabricate(circuit, chip.graph, { die: chip.die, seed, batch: 1, precision: "f64" });
  const { noise, layout, size } = noisy;
  if (!noise)
    throw new InputError(
      `--noise pwl: circuit ${circuit.name} is silent; set its noise, such as \`noise: { ` +
        "thermal: 1 }`",
    );
  const key = Object.entries(ofConductances).find(([, fluctuates]) => fluctuates(circuit))?.[0];
  if (key)
    throw new InputError(
      `--noise pwl: circuit ${circuit.name} has noise.${key}, of conductances, and the noise ` +
        "of a netlist is currents into nodes; leave it out of the schematic",
    );
  // Transconductors and biases are as noisy as what they conduct.
  noisy.restore(chip.held());
  noisy.inputs.showReals(new Float64Array(chip.graph.sizes[0]), 1);
  noisy.present();
  const steps = Math.ceil(end / step);
  const white = new Float64Array(size);
  const coloured = new Float64Array(size);
  const tau = timeConstant(circuit);
  const units = layout.sizes.slice(1).flatMap((n, l) =>
    Array.from({ length: n }, (_, i) => ({
      at: layout.offset[l + 1] + i,
      own: noisy.scale.layer[l + 1],
    })),
  );
  const currents = units.map((): [number, number][] => []);
  const scale =
    (circuit.neuron.capacitance * (circuit.rails.high - circuit.rails.low)) / (step * tau);
  for (let k = 0; k < steps; k++) {
    noisy.tie(ties(k * step));
    const { amplitude } = noise;
    noise.coloured?.(ticksEach * k, step, coloured);
    noise.normal(ticksEach * k, white);
    units.forEach(({ at, own }, u) => {
      const ampere =
        (scale / (own * noisy.rate[at])) *
        (amplitude[at] * Math.sqrt(step) * white[at] + coloured[at]);
      currents[u].push([(k === 0 ? 0 : k + edge) * step, ampere], [(k + 1) * step, ampere]);
    });
  }
  return currents;
}
