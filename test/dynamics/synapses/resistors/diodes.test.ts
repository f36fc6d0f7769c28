import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../../../src/circuit/nudging.ts";
import type { Circuit } from "../../../../src/circuit/circuit.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain, graph, type Graph } from "../../../../src/energy/graph.ts";
import { random } from "../../../../src/numerics/random.ts";
import type { Precision } from "../../../../src/numerics/vec.ts";
import { pi } from "../../../../src/solver/controllers.ts";
import { euler } from "../../../../src/solver/euler.ts";
import { explicit } from "../../../../src/solver/explicit.ts";
import { pseudoTransient } from "../../../../src/solver/implicit.ts";
import { anderson } from "../../../../src/solver/minimise/anderson.ts";
import { blockDescent } from "../../../../src/solver/minimise/block-descent.ts";
import { fista } from "../../../../src/solver/minimise/fista.ts";
import { spectralGradient } from "../../../../src/solver/minimise/spectral-gradient.ts";
import { settle } from "../../../../src/solver/settle.ts";
import type { Solver } from "../../../../src/solver/solver.ts";
import { dormandPrince } from "../../../../src/solver/tableaux.ts";
import { orderOf } from "../../../support/order.ts";
import { currents, plainOf, resistors, voltages } from "../../../support/resistors.ts";
import { labelsFor, sparseInputs } from "../../../support/setups.ts";

const net = chain([9, 7, 6, 4]);
const tangled = graph(
  [9, 7, 6, 4],
  [
    { from: 0, to: 1 },
    { from: 1, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
  ],
);
const rows = 2;
const thermal = (1.380649e-23 * 300) / 1.602176634e-19;
const complementary = "input: { gain: 20, complementary: true }";
const amplified = "amplifier: { gain: 4 }";
const rectifying = "diodes: { hidden: rectifying, output: none }";
const elements = [
  ["rectifying diodes below amplifiers", `${complementary}\n${rectifying}\n${amplified}`],
  [
    "diodes to both rails below amplifiers, rectifying outputs",
    `${complementary}\ndiodes: { hidden: rails, output: rectifying }\n${amplified}`,
  ],
  ["diodes to both rails", complementary],
] as const;
const laws = [
  ["conductances", "{ law: linear, conductance: 2 mS }"],
  ["real diodes", "{ law: diode, saturation: 10 fA, ideality: 1 }"],
  ["diodes of ideality 0.05", "{ law: diode, saturation: 10 fA, ideality: 0.05 }"],
  [
    "diodes that leak as much as resistors conduct",
    "{ law: diode, saturation: 30 uA, ideality: 3 }",
  ],
  [
    "a cubic law",
    '{ law: custom, current: "G*max(V, 0)^3/Vn^2", parameters: { G: 50 mS, Vn: 1 V } }',
  ],
] as const;
const spread: Circuit["mismatch"] = {
  capacitance: 0.1,
  leak: 0.2,
  offset: 0.05,
  synapse: 0.3,
  reciprocal: true,
  gain: 0,
  rail: 0.05,
};

const crossbar = (more: string, clamp: string) =>
  resistors(more, { swing: "1 V", leak: "5 uS", clamp });

/** A chip of random conductances and biases, driven hard onto its diodes. */
function driven(circuit: Circuit, g: Graph = net, precision: Precision = "f64"): Chip {
  const chip = fabricate(circuit, g, { batch: rows, precision, seed: 3, die: 2 });
  const rng = random(5, "resistors");
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => (t.shape.length === 2 ? t : { ...t, data: t.data.map(() => rng.normal()) })),
  );
  chip.inputs.showReals(sparseInputs(rows, g.sizes[0], 4).flat(), rows);
  chip.inputs.label(labelsFor(rows, g, 2));
  chip.present();
  chip.start();
  return chip;
}

function settled(chip: Chip, solver: Solver = blockDescent(), tolerance = 1e-11): Float64Array {
  const end = settle(chip, chip.state.array, solver, { steps: 100_000, tolerance });
  expect(end.outcome, solver.name).toBe("settled");
  return Float64Array.from(chip.state.array);
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (x, i) => Math.abs(x - b[i])).reduce((x, y) => (y <= x ? x : y), 0);
const real = (chip: Chip, k: number) => !chip.layout.padding.includes(k % chip.size);

/** Of a Shockley diode of ideality n, volt and ampere. */
const shockley = (v: number, n: number, saturation = 1e-14) =>
  saturation * Math.expm1(v / (n * thermal));

describe.each(elements)("between %s", (_, more) => {
  test(
    "what is left of Kirchhoff's law at the nodes is what Shockley's diodes take, in volt and " +
      "ampere",
    async () => {
      const circuit = await crossbar(more, laws[1][1]);
      const chip = driven(circuit);
      settled(chip, blockDescent(), 1e-13);
      const v = voltages(chip);
      const into = currents(plainOf(chip, sparseInputs(rows, 9, 4)[0]), v);
      const kinds = [circuit.diodes.hidden, circuit.diodes.hidden, circuit.diodes.output];
      let conducts = 0;
      v.forEach((layer, l) =>
        layer.forEach((volt, i) => {
          const sides = {
            rails: [1, 1],
            rectifying: 2 * i < layer.length ? [1, 0] : [0, 0],
            none: [0, 0],
          }[kinds[l]];
          const above = { rails: 1, rectifying: 0, none: 0 }[kinds[l]];
          const inhibits = kinds[l] === "rectifying" && 2 * i >= layer.length;
          // Over 100 uA, the current of 1 V across the conductance of weight 1. An inhibitory node
          // has its diode to the low rail, forward from the node.
          const drawn =
            (above * shockley(volt - 1, 1) +
              (inhibits ? shockley(volt, 1) : 0) -
              sides[0] * shockley(-volt, 1)) /
            1e-4;
          if (Math.abs(drawn) > 0.1) conducts++;
          // Residuals are within 1e-13, a node's curvature is of order ten, and voltages of order
          // one have a rounding that a diode multiplies by I/v.
          expect(Math.abs(into[l][i] - drawn)).toBeLessThan(
            1e-11 * (1 + Math.abs(drawn) / thermal),
          );
        }),
      );
      expect(conducts).toBeGreaterThan(2);
    },
  );

  test.each(laws)(
    "that are %s the drift is −∂P/∂s, by central differences, tied or free",
    async (__, clamp) => {
      const chip = driven({ ...(await crossbar(more, clamp)), mismatch: spread });
      const s = settled(chip).map((x, k) =>
        real(chip, k) ? x + 0.05 * random(1, "s", k).normal() : 0,
      );
      const F = new Float64Array(s.length);
      const E = new Float64Array(rows);
      const d = 1e-6;
      for (const ties of [
        { lambda: 0, beta: 0 },
        { lambda: 0.3, beta: 0.4 },
      ]) {
        chip.tie(ties);
        chip.force(s, F);
        chip.energy!(s, E);
        const size = Math.max(...E.map(Math.abs));
        for (let k = 0; k < s.length; k++) {
          if (!real(chip, k)) continue;
          const i = k % chip.size;
          const { current, slope } = chip.clamps!;
          const at = (h: number) => {
            const moved = Float64Array.from(s);
            moved[k] += h;
            chip.energy!(moved, E);
            return E[Math.floor(k / chip.size)];
          };
          // The difference errs by what I bends over d, and by the rounding of energies of this
          // size over d.
          const bend = Math.abs(slope(s[k] + d, i) - slope(s[k] - d, i));
          const bound = d * bend + (8 * Number.EPSILON * (size + Math.abs(current(s[k], i)))) / d;
          expect(Math.abs(F[k] - current(s[k], i) + (at(d) - at(-d)) / (2 * d))).toBeLessThan(
            bound,
          );
        }
      }
    },
  );

  test.each(laws)(
    "that are %s there is one equilibrium, for every solver and start",
    async (__, clamp) => {
      const circuit = { ...(await crossbar(more, clamp)), mismatch: spread };
      const reference = settled(driven(circuit), blockDescent(), 1e-13);
      const chip = driven(circuit);
      expect(reference.every(Number.isFinite)).toBe(true);
      const fastest = Math.max(...chip.curvature);
      const solvers = [
        euler(1 / fastest),
        explicit(dormandPrince, pi({ rtol: 1e-4, atol: 1e-4 })),
        spectralGradient(),
        fista(),
        anderson(),
        pseudoTransient(),
      ];
      // The least eigenvalue of the network is above its leak, 0.05 with spreads of 20 %: residuals
      // of 1e-11 stand for states within 1e-9.
      for (const solver of solvers)
        expect(far(settled(driven(circuit), solver), reference), solver.name).toBeLessThan(1e-9);
      for (const solver of [blockDescent(), pseudoTransient()])
        for (const start of [-40, 3, 500]) {
          chip.state.array.forEach((___, k) => {
            if (real(chip, k)) chip.state.array[k] = start * Math.cos(k);
          });
          chip.project(chip.state.array);
          chip.touch();
          expect(far(settled(chip, solver), reference), solver.name).toBeLessThan(1e-9);
        }
    },
    60_000,
  );

  test.each(laws)(
    "that are %s the energy falls along sweeps and short steps",
    async (__, clamp) => {
      const circuit = await crossbar(more.replace(amplified, ""), clamp);
      for (const move of [
        (c: Chip) => {
          c.sweep!(c.state.array, 1);
        },
        (c: Chip) => {
          c.relax!(c.state.array, 0.01, 1);
        },
      ]) {
        const chip = driven(circuit, tangled);
        const E = new Float64Array(rows);
        let before = new Float64Array(rows).fill(Infinity);
        for (let t = 0; t < 60; t++) {
          move(chip);
          chip.energy!(chip.state.array, E);
          E.forEach((now, r) => {
            expect(now - before[r]).toBeLessThan(1e-12 * (1 + Math.abs(now)));
          });
          before = Float64Array.from(E);
        }
      }
    },
  );

  test.each(laws)(
    "that are %s single precision ends within 10⁻⁵ of the largest state of double",
    async (__, clamp) => {
      const circuit = await crossbar(more, clamp);
      const reference = settled(driven(circuit));
      const size = Math.max(...reference.map(Math.abs));
      for (const solver of [blockDescent(), euler(0.5 / Math.max(...driven(circuit).curvature))]) {
        const chip = driven(circuit, net, "f32");
        settle(chip, chip.state.array, solver, { steps: 1000 });
        expect(far(chip.state.array, reference), solver.name).toBeLessThan(1e-5 * (1 + size));
      }
    },
  );
});

describe("block descent", () => {
  const kendall = `${rectifying}\n${amplified}\n${complementary}`;
  const hard = [
    ["ideality 1", laws[1][1]],
    ["ideality 0.05", laws[2][1]],
    ["conductances", laws[0][1]],
  ] as const;
  test.each(
    [
      [128, 64, 20],
      [128, 64, 64, 20],
    ].flatMap((sizes) =>
      hard.map(([name, clamp]) => [sizes.join("-"), name, sizes, clamp] as const),
    ),
  )(
    "of %s with diodes of %s moves by less than 10⁻¹⁴ of the largest state within 50 sweeps",
    async (_, __, sizes, clamp) => {
      const circuit = await crossbar(kendall, clamp);
      for (const seed of [1, 2, 3]) {
        const chip = fabricate(circuit, chain(sizes), { batch: 1, precision: "f64", seed });
        const rng = random(seed, "volts");
        chip.inputs.showReals(
          Array.from({ length: sizes[0] }, () => 2 * rng.uniform() - 1),
          1,
        );
        chip.present();
        chip.start();
        let sweeps = 0;
        let moved = Infinity;
        let before = Float64Array.from(chip.state.array);
        for (; moved > 1e-14 * Math.max(...before.map(Math.abs)) && sweeps < 100; sweeps++) {
          chip.sweep!(chip.state.array, 1);
          moved = far(chip.state.array, before);
          before = Float64Array.from(chip.state.array);
        }
        expect(sweeps).toBeLessThanOrEqual(50);
      }
    },
  );
});

describe("as diodes stiffen", () => {
  test(
    "their equilibrium becomes that between ideal walls: conductances at order 1 in 1/G, diodes " +
      "in their ideality",
    async () => {
      for (const [, more] of elements) {
        const walls = settled(driven(await crossbar(more, "ideal")));
        const apart = async (clamp: string) =>
          far(settled(driven(await crossbar(more, clamp))), walls);
        const conductances = [0.1, 1, 10, 100];
        const idealities = [1e-2, 1e-3, 1e-4];
        const linear = await Promise.all(
          conductances.map((G) => apart(`{ law: linear, conductance: ${G} S }`)),
        );
        const diodes = await Promise.all(
          idealities.map((n) => apart(`{ law: diode, saturation: 10 fA, ideality: ${n} }`)),
        );
        expect(
          Math.abs(
            orderOf(
              conductances.map((G) => 1 / G),
              linear,
            ) - 1,
          ),
        ).toBeLessThan(0.1);
        // n U_T ln(1 + I/I_s), and I as it is between walls.
        expect(Math.abs(orderOf(idealities, diodes) - 1)).toBeLessThan(0.1);
        expect(Math.max(linear.at(-1)!, diodes.at(-1)!)).toBeLessThan(0.01);
      }
    },
  );

  test("without any diode they are no part of the circuit, to the bit", async () => {
    const more = "diodes: { hidden: none, output: none }";
    const soft = driven(await crossbar(more, laws[1][1]));
    const hard = driven(await crossbar(more, "ideal"));
    expect([soft.clamps, Array.from(soft.low)]).toEqual([undefined, Array.from(hard.low)]);
    expect(settled(soft)).toEqual(settled(hard));
  });
});

test("a user's law that is Shockley's has the equilibrium of the diodes, one-sided ones that leak too", async () => {
  for (const [, more] of elements) {
    const own =
      `{ law: custom, current: "Is*(exp(V/(n*Vt)) - 1)", parameters: { Is: 1 uA, n: 1.5, Vt: ` +
      `${thermal} V } }`;
    expect(
      far(
        settled(driven(await crossbar(more, own))),
        settled(driven(await crossbar(more, "{ law: diode, saturation: 1 uA, ideality: 1.5 }"))),
      ),
    ).toBeLessThan(1e-10);
  }
});

describe("learning with diodes that are real", () => {
  test("centred contrast approaches the gradient of the cost with order 2 in β", async () => {
    const { learner } = await import("../../../../src/learning/algorithm.ts");
    const chip = fabricate(
      await crossbar(
        `input: { gain: 2, complementary: true }\n${rectifying}\n${amplified}`,
        "{ law: diode, saturation: 20 nA, ideality: 1 }",
      ),
      chain([6, 6, 3]),
      { batch: rows, precision: "f64", seed: 6 },
    );
    const rng = random(8, "conductances");
    const initial = chip.parameters.tensors().map((t) => ({
      ...t,
      data: t.data.map(() => (t.shape.length === 1 ? 0.3 * rng.normal() : 0.5 + rng.uniform())),
    }));
    const labels = labelsFor(rows, chip.graph, 1);
    chip.inputs.showReals(
      sparseInputs(rows, 6, 3)
        .flat()
        .map((v) => v + 0.1),
      rows,
    );
    chip.inputs.label(labels);
    const cost = () => {
      chip.present();
      chip.start();
      chip.sweep!(chip.state.array, 300);
      return (
        labels.reduce(
          (sum, label, r) =>
            sum +
            [0, 1, 2].reduce(
              (part, k) =>
                part +
                (chip.state.array[r * chip.size + chip.layout.offset[2] + k] -
                  Number(k === label)) **
                  2,
              0,
            ),
          0,
        ) / rows
      );
    };
    const gradient = initial.map((t, k) =>
      Float64Array.from(t.data, (_, i) => {
        const at = (d: number) => {
          chip.program(
            initial.map((u, m) =>
              m === k ? { ...u, data: u.data.map((v, j) => (j === i ? v + d : v)) } : u,
            ),
          );
          return cost();
        };
        return (at(1e-4) - at(-1e-4)) / 2e-4;
      }),
    );
    const stop = { solver: blockDescent(), stop: { steps: 300 } };
    const betas = [0.08, 0.04, 0.02];
    const errors = betas.map((beta) => {
      chip.program(initial);
      learner(chip, null, {
        free: stop,
        nudged: stop,
        beta,
        scheme: usualSchemes.centred,
        lambda: 0,
        rates: [1e-2, 1e-2],
      }).learn(1);
      let off = 0;
      let size = 0;
      chip.parameters.tensors().forEach((t, k) =>
        t.data.forEach((v, i) => {
          off += ((v - initial[k].data[i]) / 1e-2 + gradient[k][i]) ** 2;
          size += gradient[k][i] ** 2;
        }),
      );
      return Math.sqrt(off / size);
    });
    expect(Math.abs(orderOf(betas, errors) - 2)).toBeLessThan(0.1);
  });
});

test(
  "outputs that are pulled away from their target by a negative conductance settle as long as " +
    "their resistors are stronger",
  async () => {
    // Three outputs: a fourth unit pads the layer, and has no resistors.
    const chip = driven(
      await crossbar(`${complementary}\n${rectifying}`, laws[1][1]),
      chain([9, 80, 3]),
    );
    for (const beta of [-0.5, -0.25, 0.5]) {
      chip.tie({ lambda: 0, beta });
      expect(settled(chip).every(Number.isFinite)).toBe(true);
    }
  },
);

test.each(laws)(
  "walls are where diodes carry the current of weight 1 across the swing: %s",
  async (_, clamp) => {
    const chip = fabricate(
      await crossbar(`${complementary}\n${rectifying}\n${amplified}`, clamp),
      net,
      { precision: "f64" },
    );
    const {
      walls: { low, high },
      clamps,
      layout: { offset },
      scale: { layer },
    } = chip;
    for (const l of [1, 2]) {
      // The first half of a layer has its diode below.
      expect(clamps!.current(low.array[offset[l]], offset[l])).toBeCloseTo(-layer[l], 6);
      expect(
        clamps!.current(high.array[offset[l] + net.sizes[l] - 1], offset[l] + net.sizes[l] - 1),
      ).toBeCloseTo(layer[l], 6);
    }
    expect([low.array[offset[3]], high.array[offset[3]], high.array[offset[1]]]).toEqual([
      -Infinity,
      Infinity,
      Infinity,
    ]);
  },
);

describe("what has no law is refused", () => {
  test("diodes at 0 K", async () => {
    const circuit = await crossbar(rectifying, laws[1][1]);
    expect(() => fabricate({ ...circuit, temperature: 0 }, net)).toThrow(
      "a diode has no law at 0 K",
    );
  });

  test("a law that falls where the mirror of two would make up for it, but not that of one", async () => {
    // Towards −1 V it falls; of two that face each other the sum rises.
    const falling =
      '{ law: custom, current: "G*(3*V + 0.2*V^2/Vn)", parameters: { G: 1 mS, Vn: 0.1 V } }';
    const two = await crossbar("", falling);
    expect(() => fabricate(two, net)).not.toThrow();
    const one = await crossbar(rectifying, falling);
    expect(() => fabricate(one, net)).toThrow("the slope of what the diode of a node draws is");
  });

  test("a law that says nothing of a voltage that only a diode of one side leaves possible", async () => {
    const narrow =
      '{ law: custom, current: "G*(sqrt(V/Vn + 4) - 2)*Vn", parameters: { G: 1 mS, Vn: 1 V } }';
    const two = await crossbar("", narrow);
    expect(() => fabricate(two, net)).not.toThrow();
    const one = await crossbar(rectifying, narrow);
    expect(() => fabricate(one, net)).toThrow("it is no number at");
  });
});
