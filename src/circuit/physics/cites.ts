/** Thermal noise of a resistor, measured and explained. */
export const johnson1928 = `@article{johnson1928thermal,
  title   = {Thermal Agitation of Electricity in Conductors},
  author  = {Johnson, J. B.},
  journal = {Physical Review},
  volume  = {32},
  pages   = {97--109},
  year    = {1928},
  doi     = {10.1103/PhysRev.32.97}
}`;

export const nyquist1928 = `@article{nyquist1928thermal,
  title   = {Thermal Agitation of Electric Charge in Conductors},
  author  = {Nyquist, H.},
  journal = {Physical Review},
  volume  = {32},
  pages   = {110--113},
  year    = {1928},
  doi     = {10.1103/PhysRev.32.110}
}`;

/** Shot noise. */
export const schottky1918 = `@article{schottky1918spontane,
  title   = {{\\"U}ber spontane Stromschwankungen in verschiedenen Elektrizit{\\"a}tsleitern},
  author  = {Schottky, W.},
  journal = {Annalen der Physik},
  volume  = {362},
  number  = {23},
  pages   = {541--567},
  year    = {1918},
  doi     = {10.1002/andp.19183622304}
}`;

/** The transconductance amplifier I = I_b tanh(ΔV / V_l). */
export const mead1989 = `@book{mead1989analog,
  title     = {Analog {VLSI} and Neural Systems},
  author    = {Mead, Carver},
  publisher = {Addison-Wesley},
  year      = {1989}
}`;

/** Static and CV² power. */
export const weste2011 = `@book{weste2011cmos,
  title     = {{CMOS} {VLSI} Design: A Circuits and Systems Perspective},
  author    = {Weste, Neil H. E. and Harris, David Money},
  edition   = {4},
  publisher = {Addison-Wesley},
  year      = {2011}
}`;

/** What a resistive crossbar dissipates. */
export const agarwal2016 = `@article{agarwal2016energy,
  title   = {Energy Scaling Advantages of Resistive Memory Crossbar Based Computation and Its Application to Sparse Coding},
  author  = {Agarwal, Sapan and Quach, Tu-Thach and Parekh, Ojas and Hsia, Alexander H. and DeBenedictis, Erik P. and James, Conrad D. and Marinella, Matthew J. and Aimone, James B.},
  journal = {Frontiers in Neuroscience},
  volume  = {9},
  pages   = {484},
  year    = {2016},
  doi     = {10.3389/fnins.2015.00484}
}`;

/** The figure of merit of converters, energy per conversion over 2^bits. */
export const walden1999 = `@article{walden1999analog,
  title   = {Analog-to-Digital Converter Survey and Analysis},
  author  = {Walden, Robert H.},
  journal = {IEEE Journal on Selected Areas in Communications},
  volume  = {17},
  number  = {4},
  pages   = {539--550},
  year    = {1999},
  doi     = {10.1109/49.761034}
}`;

export const murmann2023 = `@misc{murmann2023survey,
  title        = {{ADC} Performance Survey 1997--2023},
  author       = {Murmann, Boris},
  year         = {2023},
  howpublished = {\\url{https://github.com/bmurmann/ADC-survey}}
}`;

/** 10 bits, 240 MS/s, 28 nm: 4.8 to 7.8 fJ per conversion step. */
export const tsai2015 = `@article{tsai2015sar,
  title   = {A 0.003 mm$^2$ 10 b 240 {MS/s} 0.7 {mW} {SAR} {ADC} in 28 nm {CMOS} With Digital Error Correction and Correlated-Reversed Switching},
  author  = {Tsai, Jen-Huan and Wang, Hui-Huan and Yen, Yang-Chi and Lai, Chang-Ming and Chen, Yen-Ju and Huang, Po-Chuin and Hsieh, Ping-Hsuan and Chen, Hsin and Lee, Chao-Cheng},
  journal = {IEEE Journal of Solid-State Circuits},
  volume  = {50},
  number  = {6},
  pages   = {1382--1398},
  year    = {2015}
}`;

/** 8 bits, 200 kS/s, 0.18 µm: 65 fJ per conversion step. */
export const hong2007 = `@article{hong2007sar,
  title   = {A 65-{fJ}/Conversion-Step 0.9-{V} 200-{kS/s} Rail-to-Rail 8-bit Successive Approximation {ADC}},
  author  = {Hong, Hao-Chiao and Lee, Guo-Ming},
  journal = {IEEE Journal of Solid-State Circuits},
  volume  = {42},
  number  = {10},
  pages   = {2161--2168},
  year    = {2007}
}`;

/** The contrast of two equilibria, with a bias of order β. */
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

/** The centred contrast, with a bias of order β². */
export const laborieux2021 = `@article{laborieux2021scaling,
  title   = {Scaling Equilibrium Propagation to Deep {ConvNets} by Drastically Reducing Its Gradient Estimator Bias},
  author  = {Laborieux, Axel and Ernoult, Maxence and Scellier, Benjamin and Bengio, Yoshua and Grollier, Julie and Querlioz, Damien},
  journal = {Frontiers in Neuroscience},
  volume  = {15},
  pages   = {633674},
  year    = {2021},
  doi     = {10.3389/fnins.2021.633674}
}`;
