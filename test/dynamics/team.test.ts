import { describe, expect, test } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import { fabricate } from "../../src/dynamics/chip.ts";
import { sharedMemory } from "../../src/numerics/kernels/arena.ts";
import { partOf } from "../../src/numerics/kernels/team.ts";
import type { Precision } from "../../src/numerics/vec.ts";
import { tangled } from "../support/graphs.ts";
import { rough } from "../support/rough.ts";
import { labelsFor, sparseInputs } from "../support/setups.ts";

const rows = 45, reciprocal: Circuit = { ...rough, mismatch: { ...rough.mismatch, reciprocal: true, gain: 0 } };
const range = { low: 0, high: 0.9 };
const noisy: Circuit = {
  ...rough, noise: { thermal: 1, excess: 0.67, shot: 1, flicker: { corner: 1e7 } }, hold: { capacitance: 1e-14, leakage: 1e-12, time: 1e-3 },
  converters: { input: { bits: 5, ...range }, guess: { bits: 6 }, readout: { bits: 8, noise: 1e-3, ...range } },
};

/** Ten lessons by `parts` members on one memory, who work one after another: what threads do, without their timing. */
function lessons(parts: number, circuit: Circuit, precision: Precision, move: "relax" | "sweep") {
  const memory = sharedMemory(), k = [0.3, 0.3, 0.3, 0.3].map((eta) => eta / rows);
  const members = Array.from({ length: parts }, (_, part) => {
    const team = { part, parts, barrier() { /* they take turns */ } }, chip = fabricate(circuit, tangled, { batch: rows, precision, team, memory });
    return { team, chip, free: chip.vector(), nudged: chip.vector() };
  });
  for (let t = 0; t < 10; t++) {
    members[0].chip.inputs.showReals(sparseInputs(rows, 11, t).flat(), rows, t);
    members[0].chip.inputs.label(labelsFor(rows, tangled, t));
    for (const { team, chip, free, nudged } of members) {
      chip.inputs.accept(members[0].chip.inputs.presented);
      chip.inputs.focus(...partOf(rows, team));
      chip.present();
      chip.start();
      const settle = () => { if (move === "sweep") chip.sweep!(chip.state.array, 30, 1e-4); else chip.relax!(chip.state.array, 0.5, 30, 1e-4); };
      settle();
      chip.read(free, true);
      chip.tie({ lambda: 0, beta: 0.5 });
      settle();
      chip.read(nudged);
      chip.contrast(nudged, free, k);
      chip.inputs.focus(0, rows);
    }
    for (const { chip, free, nudged } of members) chip.adjust(nudged, free, k);
  }
  const [{ chip }] = members;
  return { tensors: chip.parameters.tensors(), state: chip.state.array.slice(), taken: chip.stepsTaken.array.slice() };
}

describe.each(["f32", "f64"] as const)("in %s, members on one memory learn the same bits however many they are", (precision) => {
  test.each<["relax" | "sweep", string, Circuit]>([
    ["relax", "every spread on", rough], ["relax", "every noise and converter on", noisy], ["relax", "reciprocal spreads on", reciprocal], ["sweep", "reciprocal spreads on", reciprocal],
  ])("by %s, with %s", (move, _, circuit) => {
    const alone = lessons(1, circuit, precision, move);
    expect(lessons(2, circuit, precision, move)).toEqual(alone);
    expect(lessons(3, circuit, precision, move)).toEqual(alone);
    expect(alone.tensors.some(({ data }) => data.some((v) => v !== 0))).toBe(true);
  });
});
