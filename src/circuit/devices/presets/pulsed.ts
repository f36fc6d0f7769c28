import type { DeviceModel, Pulses } from "../device.ts";
import { gokmen2016, kim2019, li2018, rasch2020, rasch2021, tang2018 } from "./cites.ts";

const rangeNote = "The range is an order of magnitude: the preset's weights have no unit.";
const plain = {
  approximate: rangeNote,
  range: [1e-6, 10e-6],
  sign: "reference",
  programming: null,
  states: null,
  stuck: 0,
  stuckWithin: 0,
  readNoise: 0,
  ageing: null,
  gainSpread: 0,
} as const;
const pulses = {
  spreadLaw: "normal",
  cycleOf: "change",
  upDown: 0,
  upDownSpread: 0,
  writeNoise: 0,
} as const satisfies Partial<Pulses>;

/** Devices with hundreds of small steps; values of aihwkit's presets. */
export const pulsed: readonly DeviceModel[] = [
  {
    ...plain,
    name: "ideal",
    title: "Ideal conductance",
    cites: [],
    description:
      "Holds any weight of either sign, exactly: the textbook network. Its range only fixes " +
      "the scale.",
    bounds: { low: -Infinity, high: Infinity, spreadLow: 0, spreadHigh: 0 },
    update: { law: "ideal" },
    approximate: "The range is a choice.",
  },
  {
    ...plain,
    name: "ideal-10k",
    title: "Idealised device with 10 000 steps",
    cites: [rasch2020, rasch2021],
    description:
      "The device of Gokmen and Vlasov with eight times the states and steps that are equal " +
      "up and down.",
    bounds: { low: -1, high: 1, spreadLow: 0.3, spreadHigh: 0.3 },
    update: { ...pulses, law: "constant", step: 2e-4, spread: 0.3, cycle: 0.3 },
  },
  {
    ...plain,
    name: "gokmen-vlasov",
    title: "Resistive processing unit of Gokmen and Vlasov",
    cites: [gokmen2016, rasch2021],
    description:
      "What a device has to do to train a network: 1200 steps, each within 30 %, symmetric " +
      "within 1 %.",
    bounds: { low: -1, high: 1, spreadLow: 0.3, spreadHigh: 0.3 },
    update: {
      ...pulses,
      law: "constant",
      step: 0.0016,
      spread: 0.3,
      cycle: 0.3,
      upDownSpread: 0.01,
    },
  },
  {
    ...plain,
    name: "ecram",
    title: "Lithium electrochemical memory",
    cites: [tang2018, rasch2021],
    description:
      "ECRAM: gate pulses move lithium into the channel. A thousand even steps; x = 0 is the " +
      "symmetry point.",
    bounds: { low: -0.8276, high: 1.1724, spreadLow: 0.05, spreadHigh: 0.05 },
    update: {
      ...pulses,
      law: "linear",
      step: 0.002,
      spread: 0.1,
      cycle: 0.3,
      upDownSpread: 0.01,
      gammaUp: 0.1153,
      gammaDown: 0.5085,
      gammaUpSpread: 0.05,
      gammaDownSpread: 0.05,
    },
  },
  {
    ...plain,
    name: "ecram-metal-oxide",
    title: "Metal-oxide electrochemical memory",
    cites: [kim2019, rasch2021],
    description:
      "ECRAM compatible with CMOS: seven thousand steps, each of them noisier than it is long.",
    bounds: { low: -0.8286, high: 1.1714, spreadLow: 0.05, spreadHigh: 0.05 },
    update: {
      ...pulses,
      law: "linear",
      step: 2.8214e-4,
      spread: 0.1,
      cycle: 2,
      upDownSpread: 0.01,
      gammaUp: 0.4152,
      gammaDown: 0.7342,
      gammaUpSpread: 0.05,
      gammaDownSpread: 0.05,
    },
  },
  {
    ...plain,
    name: "capacitor",
    title: "Capacitor with a read-out transistor",
    cites: [li2018, rasch2021],
    description:
      "Charge on a capacitor sets a transistor: nearly linear and symmetric, and it leaks away.",
    approximate:
      `${rangeNote} The time constant of the leak is that of 1 fA out of 1 pF across 1 V at 300 ` +
      "K, doubling every 10 K; the preset counts in minibatches.",
    bounds: { low: -1, high: 1, spreadLow: 0.07, spreadHigh: 0.07 },
    update: {
      ...pulses,
      law: "linear",
      step: 0.005,
      spread: 0.1,
      cycle: 0.3,
      cycleOf: "step",
      upDownSpread: 0.06,
      gammaUp: 0.05,
      gammaDown: 0.05,
      gammaUpSpread: 0.01,
      gammaDownSpread: 0.01,
    },
    ageing: {
      drift: null,
      flicker: null,
      relaxation: null,
      leak: { minibatches: 1e6, spread: 0.3, seconds: 1000 },
      temperature: 0,
    },
  },
];
