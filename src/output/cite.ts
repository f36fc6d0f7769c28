import { version } from "../version.generated.ts";

export { oconnor2019 } from "../solver/cites.ts";
export { scellier2017, scellier2018 } from "../circuit/physics/cites.ts";

/** A guess by the feedforward pass through the chip's own weights. */
export const bengio2016 = `@article{bengio2016feedforward,
  title   = {Feedforward Initialization for Fast Inference of Deep Generative Networks is Biologically Plausible},
  author  = {Bengio, Yoshua and Scellier, Benjamin and Bilaniuk, Olexa and Sacramento, Joao and Senn, Walter},
  journal = {arXiv preprint arXiv:1606.01651},
  year    = {2016}
}`;

/** This package, in the version that runs. */
export const analogEqprop = `@software{analog_eqprop,
  title   = {analog-eqprop: an analog-hardware simulator for Initialized Equilibrium Propagation},
  author  = {{The analog-eqprop authors}},
  version = {${version}},
  year    = {2026}
}`;
