import { describe, expect, test } from "vitest";
import type { Circuit, ResistorCircuit, TransconductorCircuit } from "../../src/circuit/circuit.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, graph } from "../../src/energy/graph.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { downCost } from "../../src/learning/downhill.ts";
import { sharedMemory } from "../../src/numerics/kernels/arena.ts";
import { partOf } from "../../src/numerics/kernels/team.ts";
import { diode, linear, saturated } from "../support/clamped.ts";
import { lessons, type Lessons } from "../support/lessons.ts";
import { resistors } from "../support/resistors.ts";
import { rough } from "../support/rough.ts";
import { inDevices } from "../support/stores.ts";
import { labelsFor, sparseInputs } from "../support/setups.ts";

const reciprocal: TransconductorCircuit = {
  ...rough,
  mismatch: { ...rough.mismatch, reciprocal: true, gain: 0 },
};
const range = { low: 0, high: 0.9 };
const noisy: TransconductorCircuit = {
  ...rough,
  noise: { thermal: 1, excess: 0.67, shot: 1, flicker: { corner: 1e7 } },
  hold: { capacitance: 1e-14, leakage: 1e-12, time: 1e-3 },
  converters: {
    input: { bits: 5, ...range },
    guess: { bits: 6 },
    readout: { bits: 8, noise: 1e-3, ...range },
  },
};
/** Conductances that are read and switch, on the devices of an array. */
const restless = (circuit: TransconductorCircuit): TransconductorCircuit => ({
  ...circuit,
  synapse: { coding: "signed", ...inDevices("ecram") },
  noise: { ...circuit.noise, read: 0.02, telegraph: { depth: 0.2, rate: 2e6 } },
});

/** Resistors of more inputs than are summed up together, with every spread they have. */
const resistive: ResistorCircuit = {
  ...(await resistors(
    "input: { gain: 3, complementary: true }\ndiodes: { hidden: rectifying, output: none }",
    { leak: "50 uS" },
  )),
  mismatch: rough.mismatch,
  noise: { thermal: 1e4 },
};
const switching = (circuit: Circuit): Circuit => ({
  ...circuit,
  noise: { ...circuit.noise, telegraph: { depth: 0.3, rate: 2e8 } },
});
const withDiodes: Circuit = {
  ...resistive,
  neuron: { ...resistive.neuron, clamp: { law: "diode", saturation: 1e-8, ideality: 0.05 } },
};
const wide = graph(
  [150, 71, 9, 5],
  [
    { from: 0, to: 1, mask: Uint8Array.from({ length: 150 * 71 }, (_, k) => Number(k % 3 > 0)) },
    { from: 1, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
  ],
);

describe.each(["f32", "f64"] as const)(
  "in %s, members on one memory learn the same bits however many they are",
  (precision) => {
    test.each<["relax" | "sweep", string, Circuit, Partial<Lessons>?]>([
      ["relax", "every spread on", rough],
      ["relax", "every noise and converter on", noisy],
      ["relax", "reciprocal spreads on", reciprocal],
      ["sweep", "reciprocal spreads on", reciprocal],
      [
        "relax",
        "diodes, saturation, every noise and converter on",
        saturated(0.7, diode(0.5, 1e-14, noisy)),
      ],
      ["relax", "linear clamps", linear(10, rough)],
      ["sweep", "diodes", diode(0.1, 1e-14, reciprocal)],
      ["relax", "everything fluctuating", restless(noisy)],
      ["relax", "reciprocal synapses fluctuating", restless(reciprocal)],
      ["relax", "diodes and everything fluctuating", restless(diode(0.5, 1e-14, noisy))],
      ["sweep", "a network of resistors", resistive, { graph: wide, step: 0.01 }],
      ["relax", "a noisy network of resistors", resistive, { graph: wide, step: 0.01 }],
      ["sweep", "resistors and diodes that are real", withDiodes, { graph: wide, step: 0.01 }],
      [
        "relax",
        "noisy resistors and diodes that are real",
        withDiodes,
        { graph: wide, step: 0.01 },
      ],
      ["relax", "noisy resistors that switch", switching(resistive), { graph: wide, step: 0.01 }],
      [
        "relax",
        "noisy resistors that switch and diodes that are real",
        switching(withDiodes),
        { graph: wide, step: 0.01 },
      ],
    ])("by %s, with %s", (move, _, circuit, more = {}) => {
      const alone = lessons({ circuit, precision, move, ...more });
      expect(lessons({ circuit, precision, move, ...more, parts: 2 })).toEqual(alone);
      expect(lessons({ circuit, precision, move, ...more, parts: 3 })).toEqual(alone);
      expect(alone.tensors.some(({ data }) => data.some((v) => v !== 0))).toBe(true);
    });
  },
);

test("a network of resistors goes on from what was held to the same bits", () => {
  const half = lessons({
    circuit: resistive,
    precision: "f32",
    graph: wide,
    move: "sweep",
    last: 5,
  });
  const whole = lessons({ circuit: resistive, precision: "f32", graph: wide, move: "sweep" });
  expect(
    lessons({
      circuit: resistive,
      precision: "f32",
      graph: wide,
      move: "sweep",
      first: 5,
      from: half.held,
    }).tensors,
  ).toEqual(whole.tensors);
  expect(half.tensors).not.toEqual(whole.tensors);
});

test.each([
  [
    "resistors with outputs in pairs",
    {
      ...resistive,
      outputs: "differential",
      nudge: { spread: 0, offset: 0, kind: "current" },
    } as const,
  ],
  ["transconductors", rough],
])(
  "members that share a copy which learns alone, beside a chip of %s, learn the same bits " +
    "however many they are",
  (_, circuit) => {
    const rows = 12;
    const net = chain([150, 20, 6]);
    const k = [0.1, 0.1];
    const learned = (parts: number) => {
      const memory = sharedMemory();
      const members = Array.from({ length: parts }, (__, part) => {
        const team = {
          part,
          parts,
          barrier() {
            /* they take turns */
          },
        };
        const chip = fabricate(circuit, net, { batch: rows, team, memory });
        return { team, chip, copy: digitalCopy(chip, { loss: "global" }), target: chip.vector() };
      });
      const [
        {
          chip: { inputs },
          copy: { parameters },
        },
      ] = members;
      for (let t = 0; t < 5; t++) {
        inputs.showReals(sparseInputs(rows, 150, t).flat(), rows, t);
        inputs.label(labelsFor(rows, chain([150, 3]), t));
        for (const { team, chip, copy, target } of members) {
          chip.inputs.accept(inputs.presented);
          chip.inputs.focus(...partOf(rows, team));
          chip.inputs.list();
          copy.forward();
          downCost(chip, target);
          copy.compare(target, k);
          chip.inputs.focus(0, rows);
        }
        for (const { copy } of members) {
          copy.listInputs();
          copy.adjust();
        }
      }
      return parameters.tensors();
    };
    expect(learned(2)).toEqual(learned(1));
    expect(learned(3)).toEqual(learned(1));
  },
);
