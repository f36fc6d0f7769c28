import { version } from "../version.generated.ts";

/** The paper: the learning rule, the copy and the experiments. */
export const oconnor2019 = `@inproceedings{oconnor2019initialized,
  title     = {Initialized Equilibrium Propagation for Backprop-Free Training},
  author    = {O'Connor, Peter and Gavves, Efstratios and Welling, Max},
  booktitle = {International Conference on Learning Representations},
  year      = {2019},
  url       = {https://openreview.net/forum?id=B1GMDsR5tm}
}`;

/** Equilibrium propagation itself: energy, nudging and the contrast. */
export const scellier2017 = `@article{scellier2017equilibrium,
  title   = {Equilibrium Propagation: Bridging the Gap between Energy-Based Models and Backpropagation},
  author  = {Scellier, Benjamin and Bengio, Yoshua},
  journal = {Frontiers in Computational Neuroscience},
  volume  = {11},
  pages   = {24},
  year    = {2017},
  doi     = {10.3389/fncom.2017.00024}
}`;

/** Weights of their own in each direction, without an energy. */
export const scellier2018 = `@article{scellier2018generalization,
  title   = {Generalization of Equilibrium Propagation to Vector Field Dynamics},
  author  = {Scellier, Benjamin and Goyal, Anirudh and Binas, Jonathan and Mesnard, Thomas and Bengio, Yoshua},
  journal = {arXiv preprint arXiv:1808.04873},
  year    = {2018}
}`;

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
