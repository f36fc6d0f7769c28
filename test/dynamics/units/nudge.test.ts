import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../../src/circuit/nudging.ts";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { learner } from "../../../src/learning/algorithm.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { certificate } from "../../../src/solver/truth/convexity.ts";
import { settle } from "../../../src/solver/settle.ts";
import { random } from "../../../src/numerics/random.ts";
import { lessons } from "../../support/lessons.ts";
import { resistors } from "../../support/resistors.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../../support/setups.ts";

const rows = 3;
const g = chain([9, 7, 6]);
const labels = [2, 0, 1];
const by = (circuit: Circuit, more: object = {}): Circuit => ({
  ...circuit,
  nudge: { spread: 0, offset: 0, kind: "current", ...more },
});
const rough = { spread: 0.3, offset: 0.002 };
const crossbar = await resistors(
  "input: { gain: 4, complementary: true }\ndiodes: { hidden: rectifying, output: none " +
    "}\namplifier: { gain: 4 }",
);
const between = await resistors("", { leak: "20 uS" });
const circuits: readonly (readonly [string, Circuit])[] = [
  ["transconductors", by(ideal, rough)],
  ["resistors with amplifiers", by(crossbar, rough)],
  ["resistors between rails, outputs in pairs", { ...by(between, rough), outputs: "differential" }],
  ["transconductors, outputs in pairs", { ...by(ideal, rough), outputs: "differential" }],
];

/** A chip at its free equilibrium. */
function free(circuit: Circuit, seed = 4): Chip {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64", seed, die: 3 });
  chip.inputs.showReals(sparseInputs(rows, 9, 2).flat(), rows);
  chip.inputs.label(labels);
  chip.present();
  chip.start();
  expect(
    settle(chip, chip.state.array, blockDescent(), { steps: 1000, tolerance: 1e-13 }).outcome,
  ).toBe("settled");
  return chip;
}
const forceOf = (chip: Chip, s: Float64Array) => {
  const f = new Float64Array(s.length);
  chip.force(s, f);
  return f;
};
const somewhere = (chip: Chip) => {
  const rng = random(1, "somewhere");
  const s = Float64Array.from(chip.state.array, (_, k) =>
    chip.layout.padding.includes(k % chip.size) ? 0 : rng.uniform(),
  );
  chip.project(s);
  return s;
};
/** What the die of a schematic has at its outputs, drawn plainly. */
const columns = (n: number, swing: number) => {
  const factor = random("die", 3, "nudge", 2);
  const offset = random("die", 3, "nudge offset", 2);
  return Array.from({ length: n }, () => ({
    n: Math.exp(rough.spread * factor.normal()),
    q: (rough.offset / swing) * offset.normal(),
  }));
};

describe.each(circuits)("currents that nudge the outputs of %s", (_, circuit) => {
  const pairs = circuit.outputs === "differential";
  const classes = pairs ? 3 : 6;

  test("are 2β n (e + q), e what the free outputs lack, for every sample and wherever the states go", () => {
    const chip = free(circuit);
    const at = chip.layout.offset[2];
    const own = columns(6, circuit.rails.high - circuit.rails.low);
    const v = Float64Array.from(chip.state.array);
    const s = somewhere(chip);
    const before = forceOf(chip, s);
    const beta = -0.7;
    chip.tie({ lambda: 0, beta });
    forceOf(chip, s).forEach((f, k) => {
      const r = Math.floor(k / chip.size);
      const i = (k % chip.size) - at;
      const c = i % classes;
      const row = r * chip.size + at;
      const e =
        i < 0 || i > 5
          ? 0
          : pairs
            ? (i < 3 ? 1 : -1) * (Number(c === labels[r]) - (v[row + c] - v[row + c + 3]))
            : Number(c === labels[r]) - v[row + c];
      expect(f - before[k]).toBeCloseTo(
        i < 0 || i > 5 ? 0 : 2 * beta * own[i].n * (e + own[i].q),
        12,
      );
    });
  });

  test("bend nothing: the curvature is that of the free phase, and the energy falls along the force", () => {
    const chip = free(circuit);
    const curved = Float64Array.from(chip.curvature);
    const s = somewhere(chip);
    const e = new Float64Array(rows);
    const h = 1e-4;
    chip.tie({ lambda: 0, beta: 3 });
    expect(Float64Array.from(chip.curvature)).toEqual(curved);
    const f = forceOf(chip, s);
    const energy = (k: number, d: number) => {
      const moved = Float64Array.from(s);
      moved[k] += d;
      chip.energy!(moved, e);
      return e[Math.floor(k / chip.size)];
    };
    // E is quadratic: what is left is rounding, 1e-16·|E| over h.
    for (let k = 0; k < s.length; k++)
      if (!chip.layout.padding.includes(k % chip.size))
        expect(f[k]).toBeCloseTo(-(energy(k, h) - energy(k, -h)) / (2 * h), 7);
  });

  test(
    "stay until β is 0 again: −β takes back twice what β gave, and what the states do in " +
      "between sets nothing",
    () => {
      const chip = free(circuit);
      const s = somewhere(chip);
      const none = forceOf(chip, s);
      chip.tie({ lambda: 0, beta: 0.2 });
      const plus = forceOf(chip, s);
      chip.state.array.set(s);
      chip.touch();
      chip.tie({ lambda: 0, beta: -0.2 });
      forceOf(chip, s).forEach((f, k) => {
        expect(f + plus[k]).toBeCloseTo(2 * none[k], 12);
      });
      chip.tie({ lambda: 0, beta: 0 });
      chip.tie({ lambda: 0, beta: 0.2 });
      const again = forceOf(chip, s);
      expect(Math.max(...again.map((f, k) => Math.abs(f - plus[k])))).toBeGreaterThan(1e-3);
    },
  );
});

describe("a negative nudge", () => {
  test(
    "by currents has an equilibrium however strong it is, where conductances of 2|β| > 1 leave " +
      "none but the rails",
    async () => {
      const convex = async (circuit: Circuit) => {
        const chip = fabricate(circuit, g, { batch: 1, precision: "f64" });
        chip.program(
          chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map((w) => w / 4) })),
        );
        chip.inputs.showReals(sparseInputs(1, 9, 2).flat(), 1);
        chip.inputs.label([2]);
        chip.present();
        chip.tie({ lambda: 0, beta: -5 });
        return (await certificate(chip)).smallest > 0;
      };
      expect([await convex(by(ideal)), await convex(ideal)]).toEqual([true, false]);
    },
  );
});

describe("the outputs that set the currents", () => {
  const quantised = (bits?: number): Circuit => ({
    ...by(ideal),
    hold: { capacitance: 1e-12, leakage: 1e-9, time: 1e-6 },
    converters: { readout: { ...(bits !== undefined && { bits }), low: 0, high: 1, noise: 0.05 } },
  });

  test(
    "are those of the free reading, its noise and its steps included, without what the hold did " +
      "to that",
    () => {
      for (const bits of [undefined, 5]) {
        const chip = free(quantised(bits));
        const read = chip.vector();
        const at = chip.layout.offset[2];
        chip.read(read);
        chip.tie({ lambda: 0, beta: 0.5 });
        for (let r = 0; r < rows; r++) {
          const { errors } = chip.terminals(r);
          errors!.forEach((e, i) => {
            expect(e).toBeCloseTo(Number(i === labels[r]) - read.array[r * chip.size + at + i], 14);
          });
          expect(
            Array.from(errors!).some(
              (e, i) =>
                Math.abs(Number(i === labels[r]) - e - chip.state.array[r * chip.size + at + i]) >
                1e-3,
            ),
          ).toBe(true);
        }
        const held = free(quantised(bits));
        held.read(read, true);
        held.tie({ lambda: 0, beta: 0.5 });
        expect(held.terminals(1).errors).toEqual(chip.terminals(1).errors);
      }
    },
  );

  test("take no noise from the readings that follow", () => {
    const readings = (circuit: Circuit) => {
      const chip = free(circuit);
      const read = chip.vector();
      chip.read(read);
      chip.tie({ lambda: 0, beta: 1e-300 });
      chip.read(read);
      return Float64Array.from(read.array);
    };
    expect(readings(quantised())).toEqual(readings({ ...quantised(), nudge: undefined }));
  });
});

describe("learning", () => {
  const trained = (circuit: Circuit) => {
    const chip = fabricate(circuit, g, { batch: rows, seed: 5 });
    const teacher = learner(chip, null, {
      ...phases(20, 4),
      beta: 0.3,
      lambda: 0,
      rates: [0.1, 0.05],
      scheme: usualSchemes.centred,
    });
    for (let k = 0; k < 10; k++) {
      chip.inputs.showReals(sparseInputs(rows, 9, k).flat(), rows);
      chip.inputs.label(labelsFor(rows, g, k));
      teacher.learn(1);
    }
    return chip.parameters.tensors();
  };

  test("with kind: conductance written is that without, to the bit, and with currents another", () => {
    expect(trained({ ...ideal, nudge: { spread: 0, offset: 0, kind: "conductance" } })).toEqual(
      trained(ideal),
    );
    expect(trained(by(ideal))).not.toEqual(trained(ideal));
  });

  test.each<[string, "relax" | "sweep", Circuit]>([
    [
      "transconductors with an ADC",
      "relax",
      { ...by(ideal, rough), converters: { readout: { bits: 8, low: 0, high: 1, noise: 1e-3 } } },
    ],
    [
      "resistors with outputs in pairs",
      "sweep",
      { ...by(between, rough), outputs: "differential" },
    ],
  ])("on %s gives the same bits however many members share it", (_, move, circuit) => {
    const net = { circuit, precision: "f32", move, graph: chain([20, 9, 6]), step: 0.01 } as const;
    const alone = lessons(net);
    expect(lessons({ ...net, parts: 2 })).toEqual(alone);
    expect(lessons({ ...net, parts: 3 })).toEqual(alone);
  });
});

describe("outputs in pairs", () => {
  const pairs: Circuit = { ...by(between), outputs: "differential" };

  test("name the class of the largest difference, the first of equal ones", () => {
    const chip = fabricate(pairs, g, { batch: rows });
    const named = chip.memory.ints(rows);
    const s = chip.vector();
    const at = chip.layout.offset[2];
    chip.inputs.showReals(new Array<number>(9 * rows).fill(0), rows);
    // The largest nodes are 0, 1 and 2, the largest differences 1, 2 and 0.
    [
      [0.9, 0.5, 0.1, 0.8, 0.1, 0.1],
      [0.1, 0.9, 0.7, 0, 0.9, 0.2],
      [0, 0.3, 0.5, 0, 0.3, 0.5],
    ].forEach((row, r) => {
      s.array.set(row, r * chip.size + at);
    });
    chip.name(s, named);
    expect([...named.array]).toEqual([1, 2, 0]);
    expect(chip.outputs).toEqual({ classes: 3, differential: true });
  });

  test("are refused where the nodes are no pairs, and under a nudge of conductances, by name", () => {
    expect(() => fabricate(pairs, chain([9, 7, 5]))).toThrow(
      "circuit resistors: outputs are differential, two nodes a class, and the last layer has 5",
    );
    expect(() => fabricate({ ...between, outputs: "differential" }, g)).toThrow(
      "a conductance would nudge each node to a voltage of its own; set nudge.kind: current",
    );
  });
});
