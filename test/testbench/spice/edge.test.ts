import { expect, test } from "vitest";
import { course } from "../../../src/circuit/spice/course.ts";
import { writeNetlist } from "../../../src/circuit/spice/write.ts";
import { findEngine, type SpiceEngine } from "../../../src/runs/node/spice/engine.ts";
import { ideal } from "../../support/setups.ts";

// The native ngspice 39 misses the beginning of an edge that comes before 10⁻⁷ of the pulse's
// width; the build from npm does not.
const engine = (await findEngine()) as SpiceEngine;

test.each([1e-12, 1e-13])(
  "ngspice has a point in time where the nudge begins, however short the phases are (C = %d F)",
  async (capacitance) => {
    const circuit = { ...ideal, neuron: { ...ideal.neuron, capacitance } };
    const along = course(circuit, 0.5, {
      phase: "nudged",
      time: { free: 1.2345, nudged: 3 },
      resolution: 10,
    });
    const on = along.seconds(1.2345);
    const run = await engine.run(
      writeNetlist({
        title: "edge",
        notes: [],
        temperature: 300,
        options: { reltol: 1e-6 },
        analysis: along.analysis(1),
        save: ["a"],
        elements: [
          ...along.control,
          { kind: "C", name: "1", nodes: ["a", "0"], value: capacitance, initial: 0 },
          { kind: "R", name: "1", nodes: ["a", "0"], value: 1e4 },
          { kind: "B", name: "1", nodes: ["0", "a"], current: "V(ctl)*1e-4" },
        ],
      }),
    );
    if ("failure" in run) throw new Error(run.failure);
    const time = run.result.values.get("time")!;
    const v = run.result.values.get("v(a)")!;
    const tau = along.seconds(1);
    expect(Math.min(...time.map((t) => Math.abs(t / on - 1)))).toBeLessThan(1e-9);
    // 1 − e^(−t/τ) from there on, and nothing before; a trapezoid of a tenth of τ is off by 10⁻³ at
    // most.
    time.forEach((t, k) => {
      expect(Math.abs(v[k] - Math.max(0, 1 - Math.exp(-(t - on) / tau)))).toBeLessThan(1e-3);
    });
  },
);
