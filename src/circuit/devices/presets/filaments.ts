import type { DeviceModel, Pulses } from "../device.ts";
import { gong2018, gong2022, nandakumar2019, nandakumar2020, rasch2021, wan2022 } from "./cites.ts";
import { writeVerify } from "./write-verify.ts";

const window =
  "The range, the error of write-verify and the 1 % of read noise are those of the HfOx of " +
  "Wan et al. 2022, not of this device.";
const filament = {
  range: [1e-6, 40e-6],
  sign: "reference",
  programming: writeVerify.reramWan,
  states: null,
  stuck: 0,
  stuckWithin: 0,
  readNoise: 0.01,
  ageing: null,
  gainSpread: 0,
  approximate: window,
} as const;
const pulses = {
  spreadLaw: "normal",
  cycleOf: "change",
  upDown: 0,
  upDownSpread: 0.01,
  writeNoise: 0,
} as const satisfies Partial<Pulses>;
const array = {
  ...pulses,
  law: "soft-bounds",
  spreadLaw: "lognormal",
  cycleOf: "step",
  reference: { spread: 0.05 },
} as const;

/** Filaments of oxygen vacancies and phase change; values of aihwkit's presets and noise models. */
export const filaments: readonly DeviceModel[] = [
  {
    ...filament,
    name: "reram-soft-bounds",
    title: "ReRAM, soft bounds",
    cites: [gong2018, wan2022, rasch2021],
    description:
      "Steps shrink towards the bounds and vary nearly four times their own size; what is " +
      "seen jumps by 56 steps at each programming.",
    bounds: { low: -0.75, high: 1.25, spreadLow: 0.3 / 0.75, spreadHigh: 0.3 / 1.25 },
    update: {
      ...pulses,
      law: "soft-bounds",
      step: 0.002,
      spread: 0.3,
      cycle: 3.75,
      cycleOf: "step",
      writeNoise: 56,
      reference: null,
    },
  },
  {
    ...filament,
    name: "reram-exponential",
    title: "ReRAM, exponential steps",
    cites: [gong2018, wan2022, rasch2021],
    description:
      "A closer fit of the same device: a pulse up does twice a step at the low bound, a " +
      "pulse down twelve at the high one, where every step down is a quarter weaker.",
    bounds: { low: -1, high: 1, spreadLow: 0.3, spreadHigh: 0.3 },
    update: {
      ...pulses,
      law: "exponential",
      step: 0.00135,
      spread: 0.2,
      cycle: 5,
      upDown: 0.259359,
      upDownSpread: 0.05,
      writeNoise: 75,
      up: { A: -1.18445, gamma: 5 },
      down: { A: -0.081404, gamma: 5 },
      a: -0.5,
      b: -0.5,
      cycleOffset: 0,
      cycleSlope: 0,
      reset: null,
    },
  },
  {
    ...filament,
    name: "reram-array-om",
    title: "ReRAM array in 14 nm, optimised material",
    cites: [gong2022, wan2022, rasch2021],
    description:
      "A measured array: twenty steps from bound to bound, log-normally spread; 13.5 % of the " +
      "devices never move.",
    bounds: { low: -1, high: 1, spreadLow: 0.5695, spreadHigh: 0.3499 },
    stuck: 0.1348,
    stuckWithin: 0.01,
    update: { ...array, step: 0.0949, spread: 0.7829, cycle: 0.4158, writeNoise: 1.4113 },
  },
  {
    ...filament,
    name: "reram-array-hfo2",
    title: "ReRAM array in 14 nm, baseline HfO₂",
    cites: [gong2022, wan2022, rasch2021],
    description:
      "A measured array: four steps from bound to bound, log-normally spread; 9.8 % of the " +
      "devices never move.",
    bounds: { low: -1, high: 1, spreadLow: 0.599, spreadHigh: 0.4295 },
    stuck: 0.0977,
    stuckWithin: 0.01,
    update: { ...array, step: 0.4622, spread: 0.7125, cycle: 0.2174, writeNoise: 0.5841 },
  },
  {
    name: "reram-cmo",
    title: "ReRAM of conductive metal oxide on HfOx, write-verify",
    cites: [rasch2021],
    description:
      "Programmed by write-verify to within 2 %, then relaxing with the logarithm of time. " +
      "For weights that are copied in, not trained by single pulses.",
    approximate:
      "Range, error and relaxation are those of aihwkit's noise model (Falcone et al.). Its " +
      "single pulses are not published as a law: targets are reached exactly but for the " +
      "error of write-verify.",
    range: [9e-6, 88.19e-6],
    sign: "reference",
    bounds: { low: -1, high: 1, spreadLow: 0, spreadHigh: 0 },
    update: { law: "ideal" },
    programming: writeVerify.reramCmo,
    states: null,
    stuck: 0,
    stuckWithin: 0,
    readNoise: 0.01,
    gainSpread: 0,
    ageing: {
      drift: null,
      flicker: null,
      relaxation: { mean: -0.08900206e-6, spreadSlope: 0.04201137e-6, spread: 0.41183342e-6 },
      leak: null,
      temperature: 0,
    },
  },
  {
    name: "pcm",
    title: "Phase-change memory, Ge₂Sb₂Te₅",
    cites: [nandakumar2020, nandakumar2019, rasch2021],
    description:
      "Pulses crystallise, and only that: weights are differences of two devices, which are " +
      "reset when they are full: a pulse down melts nearly all of it at once. Conductances " +
      "drift down as t^−ν.",
    approximate:
      "Read noise: the 1.75 % of full conductance of aihwkit's PCM_READ, taken relative to " +
      "the conductance.",
    range: [0.1e-6, 25e-6],
    sign: "differential",
    bounds: { low: 0, high: 2, spreadLow: 0, spreadHigh: 0.1 },
    update: {
      ...pulses,
      law: "exponential",
      step: 0.01,
      spread: 0.2,
      cycle: 0.6,
      upDownSpread: 0.05,
      up: { A: -27.235, gamma: 2.5 },
      down: { A: -2.235, gamma: 2.5 },
      a: -1,
      b: 0,
      cycleOffset: 0.042,
      cycleSlope: 0.108,
      reset: { mean: 0.01, spread: 0.02 },
    },
    programming: writeVerify.pcm,
    states: null,
    stuck: 0,
    stuckWithin: 0,
    readNoise: 0.0175,
    gainSpread: 0,
    ageing: {
      drift: {
        t0: 20,
        gmax: 25e-6,
        mean: { a: -0.0155, b: 0.0244, least: 0.049, most: 0.1 },
        spread: { a: -0.0125, b: -0.0059, least: 0.008, most: 0.045 },
      },
      flicker: { t0: 20, readTime: 250e-9, gmax: 25e-6, scale: 0.0088, exponent: 0.65, most: 0.2 },
      relaxation: null,
      leak: null,
      temperature: 0,
    },
  },
];
