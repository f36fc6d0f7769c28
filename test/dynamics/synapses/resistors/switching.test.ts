import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../../src/circuit/circuit.ts";
import { timeConstant } from "../../../../src/circuit/families/families.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain, graph, type Graph } from "../../../../src/energy/graph.ts";
import { random } from "../../../../src/numerics/random.ts";
import { euler } from "../../../../src/solver/euler.ts";
import { blockDescent } from "../../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../../src/solver/settle.ts";
import { eulerMaruyama, stochasticHeun } from "../../../../src/solver/stochastic.ts";
import { lessons } from "../../../support/lessons.ts";
import { crossbarOf, nodal, plainOf, resistors, voltages } from "../../../support/resistors.ts";
import { labelsFor, sparseInputs } from "../../../support/setups.ts";

const depth = 0.3;
const keep = 1 - depth;
const free = "diodes: { hidden: none, output: none }";
const rectifying = "diodes: { hidden: rectifying, output: none }";
const complementary = "input: { gain: 3, complementary: true }";
const diode = { clamp: "{ law: diode, saturation: 10 nA, ideality: 0.05 }" };
const tangled = graph(
  [9, 7, 6, 4],
  [
    { from: 0, to: 1 },
    { from: 1, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3, mask: Uint8Array.from({ length: 36 }, (_, k) => k % 3) },
  ],
);
/** Resistors that switch so often in a τ, each way. */
const telegraph = (often: number, circuit: Circuit): Circuit => ({
  ...circuit,
  noise: { ...circuit.noise, telegraph: { depth, rate: often / timeConstant(circuit) } },
});

/** A chip in the middle of a presentation, its biases among what drives it. */
function presented(
  circuit: Circuit,
  net: Graph,
  samples: number,
  inputs = sparseInputs(samples, net.sizes[0], 2).flat(),
): Chip {
  const chip = fabricate(circuit, net, { batch: samples, precision: "f64", seed: 4 });
  const rng = random(1, "switching");
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => (t.shape.length === 1 ? { ...t, data: t.data.map(() => rng.normal()) } : t)),
  );
  chip.inputs.showReals(inputs, samples, 6);
  chip.inputs.label(labelsFor(samples, net, 3));
  chip.present();
  return chip;
}
/** Lets resistors switch before step `tick`, as of a solver that takes steps of h. */
function move(chip: Chip, h: number, tick: number): void {
  const out = new Float64Array(chip.capacity * chip.size);
  chip.noise!.coloured!(tick, h, out);
  expect(out.every((v) => v === 0)).toBe(true);
  chip.noise!.clock = tick + 1;
}
/** The force on every unit of every sample at states v (sample, unit). */
function forceAt(chip: Chip, v: (r: number, i: number) => number): Float64Array {
  const { size, padding } = chip.layout;
  const s = Float64Array.from({ length: chip.capacity * size }, (_, k) =>
    padding.includes(k % size) ? 0 : v(Math.floor(k / size), k % size),
  );
  const F = new Float64Array(s.length);
  chip.force(s, F);
  return F;
}
const units = (chip: Chip) =>
  Array.from({ length: chip.size }, (_, i) => i).filter((i) => !chip.layout.padding.includes(i));
const off = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (x, k) => Math.abs(x - b[k])));
const oneHot = (n: number) =>
  Array.from({ length: n * n }, (_, k) => Number(k % n === Math.floor(k / n)));

describe("resistors that switch", () => {
  test("begin with G and G(1 − δ), either as likely, and forget as e^{−2rt}", async () => {
    const n = 50;
    const m = 60;
    const often = 0.4;
    const h = 0.3;
    const circuit = telegraph(often, await resistors(free));
    const chip = fabricate(circuit, chain([n, m]), { batch: n, precision: "f64" });
    chip.program(
      chip.parameters
        .tensors()
        .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 2 ? 0.5 : 0)) })),
    );
    chip.inputs.showReals(oneHot(n), n);
    chip.present();
    const signs = () => {
      const F = forceAt(chip, () => 0);
      return Array.from({ length: n * m }, (_, k) => {
        const g = F[Math.floor(k / m) * chip.size + (k % m)];
        if (Math.abs(g - 0.5) > 1e-12) expect(g).toBeCloseTo(0.5 * keep, 12);
        return Math.abs(g - 0.5) < 1e-12 ? 1 : -1;
      });
    };
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
    const first = signs();
    expect(Math.abs(mean(first))).toBeLessThan(4 / Math.sqrt(n * m));
    for (let t = 1; t <= 8; t++) {
      move(chip, h, t - 1);
      const now = signs();
      const expected = Math.exp(-2 * often * h * t);
      expect(Math.abs(mean(now))).toBeLessThan(4 / Math.sqrt(n * m));
      expect(Math.abs(mean(now.map((v, k) => v * first[k])) - expected)).toBeLessThan(
        4 * Math.sqrt((1 - expected ** 2) / (n * m)),
      );
    }
  });

  test(
    "carry no current where all nodes are at one voltage, and what one end gets of another the " +
      "other loses: what drives switches with what loads",
    async () => {
      const circuit = telegraph(2, await resistors(free));
      const net = graph(tangled.sizes, tangled.blocks.slice(0, 4));
      const chip = presented(circuit, net, 1, new Array<number>(9).fill(1));
      const all = units(chip);
      const bias = chip.parameters.bias.array;
      const jacobian = () =>
        all.map((i) => {
          const v = new Float64Array(chip.size);
          const out = new Float64Array(chip.size);
          v[i] = 1;
          chip.jacobian(v, v, out);
          return all.map((j) => out[j]);
        });
      const look = () => {
        // Sums of up to a score of conductances below 1, each switched now and then.
        const F = forceAt(chip, () => 1);
        const J = jacobian();
        for (const i of all) expect(Math.abs(F[i] - bias[i])).toBeLessThan(1e-13);
        J.forEach((row, i) => {
          row.forEach((g, j) => {
            expect(g).toBe(J[j][i]);
          });
        });
        // Nodes that no input reaches: all that leaves one arrives at others.
        all.forEach((unit, i) => {
          if (unit >= chip.layout.offset[2])
            expect(Math.abs(J[i].reduce((a, b) => a + b, 0))).toBeLessThan(1e-13);
        });
        return J;
      };
      const before = look();
      for (let tick = 0; tick < 5; tick++) move(chip, 0.2, tick);
      const between = look();
      expect(between).not.toEqual(before);
      chip.relax!(chip.state.array, 0.01, 20);
      expect(look()).not.toEqual(between);
    },
  );

  test("are one at each terminal of a complementary input, and both load", async () => {
    const n = 30;
    const m = 20;
    const circuit = telegraph(2, await resistors(`${complementary}\n${free}`));
    const chip = fabricate(circuit, chain([n, m]), { batch: n, precision: "f64" });
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map((_, k) => (t.shape.length === 1 ? 0 : k < n * m ? 0.5 : 0.2)),
      })),
    );
    chip.inputs.showReals(oneHot(n), n);
    chip.present();
    for (let tick = 0; tick < 3; tick++) {
      move(chip, 0.3, tick);
      const at0 = forceAt(chip, () => 0);
      const at1 = forceAt(chip, () => 1);
      const seen = new Set<string>();
      for (let j = 0; j < m; j++) {
        let load = 0;
        for (let i = 0; i < n; i++) {
          const drives = at0[i * chip.size + j] / 3;
          const state = [
            [0.5, 0.2],
            [0.5 * keep, 0.2],
            [0.5, 0.2 * keep],
            [0.5 * keep, 0.2 * keep],
          ].find(([a, b]) => Math.abs(a - b - drives) < 1e-12)!;
          seen.add(String(state));
          load += state[0] + state[1];
        }
        expect(at0[j] - at1[j]).toBeCloseTo(load, 11);
      }
      expect(seen.size).toBe(4);
    }
  });

  /**
   * A chip whose resistors have switched and then stand still for long; and it as a plain network
   * of what they conduct then.
   */
  async function slow(more: string, options = {}) {
    const net = chain([5, 6, 4, 3]);
    const x = [0.3, -0.8, 0.5, 0.9, -0.2];
    const n = 5;
    const circuit = telegraph(
      1e-9,
      await resistors(`input: { gain: 2 }\namplifier: { gain: 4 }\n${more}`, options),
    );
    const chip = presented(circuit, net, n + 1, [...oneHot(n), ...x]);
    const { offset, sizes } = chip.layout;
    const bias = chip.parameters.bias.array;
    const A = 4;
    for (let tick = 0; tick < 2; tick++) move(chip, 1e9, tick);
    const at0 = forceAt(chip, () => 0);
    const g = sizes.slice(1).map((m, l) =>
      Array.from({ length: sizes[l] }, (_, i) => {
        const F = l === 0 ? at0 : forceAt(chip, (__, k) => Number(k === offset[l] + i));
        return Array.from({ length: m }, (__, j) =>
          l === 0
            ? (at0[i * chip.size + offset[1] + j] - bias[offset[1] + j]) / (2 * A ** 2)
            : F[n * chip.size + offset[l + 1] + j] - at0[n * chip.size + offset[l + 1] + j],
        );
      }),
    );
    const plain = plainOf(chip, x);
    const kept = { full: 0, dimmed: 0 };
    plain.g.forEach((block, l) => {
      block.forEach((row, i) => {
        row.forEach((w, j) => {
          const at = Math.abs(g[l][i][j] - w) < 1e-12;
          expect(g[l][i][j]).toBeCloseTo(at ? w : w * keep, 12);
          if (w > 0) kept[at ? "full" : "dimmed"]++;
        });
      });
    });
    expect(Math.min(kept.full, kept.dimmed)).toBeGreaterThan(5);
    return { chip, net, x, n, plain: { ...plain, g } };
  }

  test(
    "slowly, leave the equilibrium of the network that they are then, by nodal analysis below " +
      "amplifiers",
    async () => {
      const { chip, plain, n } = await slow(free);
      const expected = nodal(plain).flat();
      chip.start();
      expect(
        settle(chip, chip.state.array, euler(0.05), { steps: 20_000, tolerance: 1e-12 }).outcome,
      ).toBe("settled");
      const found = voltages(chip, n).flat();
      expect(off(found, expected)).toBeLessThan(1e-11 * Math.max(...expected.map(Math.abs)));
      expect(
        off(nodal(plainOf(chip, [0.3, -0.8, 0.5, 0.9, -0.2])).flat(), expected),
      ).toBeGreaterThan(0.01);
    },
  );

  test.each([
    ["walls", {}],
    ["diodes that are real", diode],
  ])(
    "slowly, settle as a chip that is programmed to what they conduct does, between %s",
    async (_, options) => {
      const { chip, net, x, n, plain } = await slow(rectifying, options);
      const still = fabricate({ ...chip.circuit, noise: { thermal: 0 } }, net, {
        batch: 1,
        precision: "f64",
      });
      still.program(
        chip.parameters.tensors().map((t) =>
          t.shape.length === 1
            ? t
            : {
                ...t,
                data: Float64Array.from(plain.g[Number(t.name.split(".")[2].split("-")[0])].flat()),
              },
        ),
      );
      still.inputs.showReals(x, 1);
      still.present();
      expect(
        settle(still, still.state.array, blockDescent(), { steps: 1000, tolerance: 1e-13 }).outcome,
      ).toBe("settled");
      chip.start();
      expect(
        settle(chip, chip.state.array, euler(0.05), { steps: 20_000, tolerance: 1e-13 }).outcome,
      ).toBe("settled");
      const scale = Math.max(...Array.from(still.state.array, Math.abs));
      expect(
        off(chip.state.array.subarray(n * chip.size, (n + 1) * chip.size), still.state.array),
      ).toBeLessThan(1e-10 * scale);
    },
  );

  test.each([
    [
      "complementary inputs, a layer with resistors inside",
      `${complementary}\n${free}`,
      tangled,
      {},
    ],
    [
      "amplifiers and diodes",
      `${complementary}\n${rectifying}\namplifier: { gain: 4 }`,
      chain([9, 7, 6, 4]),
      {},
    ],
    [
      "real diodes below amplifiers",
      `${complementary}\n${rectifying}\namplifier: { gain: 4 }`,
      chain([9, 7, 6, 4]),
      diode,
    ],
    ["a leak and rails", "", tangled, { leak: "50 uS" }],
  ])("take fused steps as they are taken one by one: %s", async (_, more, net, options) => {
    const circuit = telegraph(3, await resistors(more, options));
    const h = 0.02;
    const steps = 45;
    const [fused, single] = [0, 1].map(() => presented(circuit, net, 7));
    for (const chip of [fused, single]) {
      chip.tie({ lambda: 0.2, beta: 0.1 });
      chip.start();
    }
    fused.relax!(fused.state.array, h, steps);
    const s = Float64Array.from(single.state.array);
    const f = new Float64Array(s.length);
    const { clamps } = single;
    for (let t = 0; t < steps; t++) {
      move(single, h, t);
      single.force(s, f);
      for (let k = 0; k < s.length; k++) {
        const i = k % single.size;
        const there = s[k] + h * single.rate[i] * f[k];
        s[k] = clamps ? clamps.hold(there, h * single.rate[i], i) : there;
      }
      single.project(s);
    }
    expect(off(fused.state.array, s)).toBeLessThan(1e-12 * Math.max(1, ...Array.from(s, Math.abs)));
  });

  test.each([
    ["euler-maruyama", eulerMaruyama, false],
    ["stochastic-heun", stochasticHeun, true],
  ] as const)("move %s", async (_, solver, corrected) => {
    const circuit = telegraph(3, await resistors(`${complementary}\n${free}`));
    const h = 0.02;
    const steps = 20;
    const [whole, single] = [0, 1].map(() => presented(circuit, tangled, 3));
    const s = new Float64Array(whole.state.length);
    const f = s.slice();
    const f2 = s.slice();
    settle(whole, whole.state.array, solver(h), { steps });
    for (let t = 0; t < steps; t++) {
      single.force(s, f);
      move(single, h, 3 * t);
      single.force(
        s.map((v, k) => v + h * single.rate[k % single.size] * f[k]),
        f2,
      );
      for (let k = 0; k < s.length; k++)
        s[k] += h * single.rate[k % single.size] * (corrected ? 0.5 * (f[k] + f2[k]) : f[k]);
    }
    expect(off(whole.state.array, s)).toBeLessThan(1e-12);
    expect(Math.max(...s)).toBeGreaterThan(0.1);
  });

  test(
    "are refused by minimisers, which know nothing of moments, and have an energy at every " +
      "instant: F = −∂P/∂v",
    async () => {
      const chip = presented(
        telegraph(2, await resistors(`${complementary}\n${free}`)),
        tangled,
        2,
      );
      const rng = random(2, "states");
      expect(() => settle(chip, chip.state.array, blockDescent(), { steps: 10 })).toThrow("noise");
      chip.relax!(chip.state.array, 0.02, 10);
      const s = Float64Array.from({ length: 2 * chip.size }, (_, k) =>
        chip.layout.padding.includes(k % chip.size) ? 0 : rng.normal(),
      );
      const f = new Float64Array(s.length);
      const e = new Float64Array(2);
      const d = 1e-4;
      chip.force(s, f);
      for (const i of units(chip)) {
        const [down, up] = [-d, d].map((by) => {
          chip.energy!(
            s.map((v, k) => (k === i ? v + by : v)),
            e,
          );
          return e[0];
        });
        expect(f[i]).toBeCloseTo((down - up) / (2 * d), 8);
      }
    },
  );

  test.each(["f32", "f64"] as const)(
    "in %s, with their depth or rate at zero have the bits of those that do not, and differ " +
      "from them otherwise",
    async (precision) => {
      const plain = await resistors(`${complementary}\n${rectifying}`, { leak: "50 uS" });
      const trained = (circuit: Circuit) =>
        lessons({ circuit, precision, step: 0.02, last: 4 }).tensors;
      for (const off of [
        { depth: 0, rate: 1e8 },
        { depth: 1, rate: 0 },
      ])
        expect(trained({ ...plain, noise: { thermal: 0, telegraph: off } })).toEqual(
          trained(plain),
        );
      expect(trained(telegraph(1, plain))).not.toEqual(trained(plain));
    },
  );

  test.each(["f32", "f64"] as const)(
    "in %s, and are read with noise, go on from what was held to the same bits",
    async (precision) => {
      const circuit = telegraph(
        1,
        await crossbarOf(
          "device: ecram, bits: 8",
          `${complementary}\n${rectifying}\nnoise: { read: 5 %, thermal: 10 }`,
        ),
      );
      const taught = { circuit, precision, step: 0.02 } as const;
      expect(circuit.noise).toMatchObject({ read: 0.05, telegraph: { depth } });
      const whole = lessons(taught);
      const half = lessons({ ...taught, last: 4 });
      expect(lessons({ ...taught, first: 4, from: half.held }).tensors).toEqual(whole.tensors);
      expect(whole.tensors.every(({ data }) => data.every(Number.isFinite))).toBe(true);
    },
  );
});
