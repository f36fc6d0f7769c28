import type { DeviceModel } from "../device.ts";
import { transconductor } from "../pelgrom.ts";
import { gf180, ihp130, sky130 } from "./cites.ts";

// 1 %·µm in every process.
const aBeta = 1e-8;
const betaNote = "A_β = 1 %·µm is a rule of thumb; bias currents and g_m/I are choices of design.";
const moderate = { gmOverI: 10, current: [0.1e-6, 10e-6], temperature: 1.35 } as const;
const mobility = " At a fixed bias g_m falls with the mobility, between T^−1.2 and T^−1.5.";

/** Transconductors with pairs of 1 µm² at g_m/I = 10/V; A_VT of a pair, in V·m. */
export const cmos: readonly DeviceModel[] = [
  transconductor({
    ...moderate,
    name: "cmos-180nm",
    title: "CMOS transconductor, 180 nm, 3.3 V",
    description:
      "A_VT = 5.3 mV·µm, the middle of the 4.9 to 5.7 that Monte Carlo runs of GF180MCU's 3.3 " +
      "V transistors give.",
    cites: [gf180],
    approximate: betaNote + mobility,
    matching: { aVT: 5.3e-9, aBeta },
  }),
  transconductor({
    ...moderate,
    name: "cmos-sky130",
    title: "CMOS transconductor, SKY130, 1.8 V",
    description:
      "A_VT = 4.75 mV·µm: √2 times the 3.356 mV·µm of one nfet_01v8 in the process design kit.",
    cites: [sky130],
    approximate: betaNote + mobility,
    matching: { aVT: 3.356e-9 * Math.SQRT2, aBeta },
  }),
  transconductor({
    ...moderate,
    name: "cmos-130nm",
    title: "CMOS transconductor, 130 nm",
    description: "A_VT = 3.9 mV·µm, as in IHP's SG13G2.",
    cites: [ihp130],
    approximate: betaNote + mobility,
    matching: { aVT: 3.9e-9, aBeta },
  }),
  transconductor({
    ...moderate,
    name: "cmos-45nm",
    title: "CMOS transconductor, 45 to 65 nm",
    description:
      "A_VT = 2.0 mV·µm, as generic 45 nm kits have it; the rule of 1 mV·µm per nanometre of " +
      "gate oxide.",
    cites: [],
    approximate: `A_VT is that of a class of processes. ${betaNote}${mobility}`,
    matching: { aVT: 2.0e-9, aBeta },
  }),
  transconductor({
    ...moderate,
    name: "cmos-28nm",
    title: "CMOS transconductor, 28 nm, high-κ metal gate",
    description: "A_VT = 1.85 mV·µm, the middle of 1.5 to 2.2 (FinFETs: 1.0 to 1.4).",
    cites: [],
    approximate: `A_VT is a figure of the trade, not read at a source. ${betaNote}${mobility}`,
    matching: { aVT: 1.85e-9, aBeta },
  }),
  transconductor({
    name: "cmos-subthreshold",
    title: "CMOS transconductor below threshold, 130 nm",
    description:
      "g_m = κI/U_T with κ = 0.7: 27 nS at 1 nA, 2.7 µS at 100 nA. Three times the mismatch " +
      "of moderate inversion, at a hundredth of the current.",
    cites: [ihp130],
    approximate:
      "κ = 0.7 is typical. A_β = 1 %·µm is a rule of thumb; bias currents are a choice of design.",
    matching: { aVT: 3.9e-9, aBeta },
    gmOverI: 0.7 / 0.02585,
    current: [1e-9, 100e-9],
    temperature: 1,
  }),
];
