import { describe, expect, test } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import { unitNode } from "../../src/circuit/spice/frame.ts";
import { hopfieldNetlist } from "../../src/circuit/spice/hopfield.ts";
import type { Netlist } from "../../src/circuit/spice/netlist.ts";
import { writeNetlist } from "../../src/circuit/spice/write.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { random } from "../../src/numerics/random.ts";
import { tangled } from "../support/graphs.ts";
import { rough } from "../support/rough.ts";
import { ideal, ofTransconductors, sparseInputs } from "../support/setups.ts";

/**
 * Kirchhoff: the current into a node over its capacitance, V/s, at these voltages; clamps and nudge
 * aside, which are laws of their own.
 */
function slope({ elements }: Netlist, node: string, volts: ReadonlyMap<string, number>): number {
  const sources = new Map(
    elements.flatMap((e) =>
      e.kind === "V" && "dc" in e.source ? [[e.nodes[0], e.source.dc] as const] : [],
    ),
  );
  const v = (n: string) => (n === "0" ? 0 : (volts.get(n) ?? sources.get(n)!));
  let current = 0;
  let capacitance = NaN;
  for (const e of elements) {
    if (e.kind === "comment" || !e.nodes.includes(node)) continue;
    const out = e.nodes[0] === node ? 1 : -1;
    const [a, b] = e.nodes;
    if (e.kind === "R") current -= (out * (v(a) - v(b))) / e.value;
    if (e.kind === "I" && "dc" in e.source) current -= out * e.source.dc;
    if (e.kind === "G") current -= out * e.gain * (v(e.control[0]) - v(e.control[1]));
    if (e.kind === "C") capacitance = e.value;
  }
  return current / capacitance;
}

const spread: Circuit = {
  ...rough,
  link: { spread: 0.3, offset: 0.05 },
  rails: { low: 0.25, high: 1.05 },
  neuron: { ...rough.neuron, capacitance: 2e-13, leak: 3e-6 },
};
const lateralPairs: Circuit = {
  ...ideal,
  mismatch: { ...ideal.mismatch, synapse: 0.2, leak: 0.1 },
};

describe("the netlist of a chip", () => {
  test.each<[string, Circuit, boolean]>([
    ["of the ideal circuit", ideal, false],
    ["of a rough die, whose low rail is not ground", spread, false],
    ["with its inputs folded", spread, true],
    ["with lateral synapses that are mutual", lateralPairs, false],
  ])("%s drives every node as the chip drives its unit", (_, circuit, fold) => {
    for (const precision of ["f64", "f32"] as const) {
      const chip = fabricate(circuit, tangled, { batch: 3, precision, seed: 4, die: 5 });
      const rng = random(2, "states");
      const {
        layout,
        size,
        circuit: { rails },
      } = chip;
      const r = 1;
      for (let i = 0; i < size; i++)
        if (!layout.padding.includes(i)) chip.parameters.bias.array[i] = rng.normal();
      chip.inputs.showReals(sparseInputs(3, tangled.sizes[0], 7).flat(), 3);
      chip.inputs.label([0, 1, 2]);
      chip.guess.array.set(chip.guess.array.map(() => rng.uniform()));
      chip.present();
      chip.tie({ lambda: 0.7, beta: 0 });
      chip.state.array.set(chip.state.array.map(() => rng.uniform()));
      chip.project(chip.state.array);
      const netlist = hopfieldNetlist(
        ofTransconductors(circuit),
        chip.components(),
        chip.terminals(r),
        {
          title: "t",
          phase: "free",
          time: { free: 1, nudged: 1 },
          fold,
        },
      );
      const force = new Float64Array(3 * size);
      chip.force(Float64Array.from(chip.state.array), force);
      const swing = rails.high - rails.low;
      const volts = new Map(
        layout.sizes.flatMap((n, l) =>
          l === 0
            ? []
            : Array.from(
                { length: n },
                (_, i) =>
                  [
                    unitNode(l, i),
                    rails.low + swing * chip.state.array[r * size + layout.offset[l] + i],
                  ] as const,
              ),
        ),
      );
      for (let l = 1; l < layout.sizes.length; l++)
        for (let i = 0; i < layout.sizes[l]; i++) {
          const at = layout.offset[l] + i;
          const expected = chip.rate[at] * force[r * size + at];
          expect((slope(netlist, unitNode(l, i), volts) * chip.tauSeconds) / swing).toBeCloseTo(
            expected,
            precision === "f64" ? 11 : 4,
          );
        }
      expect(
        writeNetlist(netlist)
          .split("\n")
          .filter((card) => /^Gf0/.test(card)).length > 0,
      ).toBe(!fold);
      const start = netlist.elements.flatMap((e) => (e.kind === "C" ? [e.initial] : []));
      expect(start).toEqual([...volts.values()]);
    }
  });

  test("says of each node which unit it is, and of the right output that it is right", () => {
    const chip = fabricate(ideal, tangled, { batch: 1, precision: "f64" });
    chip.inputs.showReals(new Float64Array(tangled.sizes[0]), 1);
    chip.inputs.label([2]);
    chip.present();
    const text = writeNetlist(
      hopfieldNetlist(
        ideal,
        chip.components(),
        { ...chip.terminals(0), beta: -0.2 },
        { title: "t", phase: "nudged", time: { free: 15, nudged: 15 } },
      ),
    );
    const last = tangled.sizes.length - 1;
    expect(text).toContain(
      `* s${last}_2: unit 2 of layer ${last}, the output of class 2, the right one\n`,
    );
    expect(text).toContain("PULSE(0 1 1.5e-7 1e-13 1e-13)");
    // A negative β is a negative conductance.
    expect(text).toContain(`I = V(ctl)*-0.00004*(V(y2)-V(s${last}_2))`);
  });
});
