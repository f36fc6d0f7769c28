import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../../../src/circuit/nudging.ts";
import { thermalVariance } from "../../../../src/circuit/circuit.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain, graph } from "../../../../src/energy/graph.ts";
import { learner } from "../../../../src/learning/algorithm.ts";
import { random } from "../../../../src/numerics/random.ts";
import type { Tensor } from "../../../../src/numerics/vec.ts";
import { blockDescent } from "../../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../../src/solver/settle.ts";
import { orderOf } from "../../../support/order.ts";
import { currents, nodal, plainOf, resistors, voltages } from "../../../support/resistors.ts";
import { labelsFor, ofResistors, sparseInputs } from "../../../support/setups.ts";

const complementary = "input: { gain: 20, complementary: true }";
const amplified = "amplifier: { gain: 4 }";
const rectifying = "diodes: { hidden: rectifying, output: none }";
const linear = "diodes: { hidden: none, output: none }";

const resistorsAt = await resistors();

const unitsOf = ({ size, layout }: Chip) =>
  Array.from({ length: size }, (_, i) => i).filter((i) => !layout.padding.includes(i));

/** A chip with random biases at random states between its walls. */
async function someChip(
  more: string,
  sizes = [9, 7, 6, 4],
  options: Parameters<typeof resistors>[1] = {},
) {
  const g = chain(sizes);
  const chip = fabricate(await resistors(more, options), g, {
    batch: 1,
    precision: "f64",
    seed: 3,
  });
  const rng = random(5, "resistors");
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => (t.shape.length === 2 ? t : { ...t, data: t.data.map(() => rng.normal()) })),
  );
  const x = sparseInputs(1, sizes[0], 4)[0];
  chip.inputs.showReals(x, 1);
  chip.inputs.label(labelsFor(1, g, 2));
  chip.present();
  chip.state.array.set(Float64Array.from({ length: chip.size }, () => 3 * rng.normal()));
  chip.project(chip.state.array);
  chip.touch();
  return { chip, x };
}

const circuits = [
  ["resistors between rails", ""],
  ["complementary inputs and rectifying diodes", `${complementary}\n${rectifying}`],
  ["amplifiers", amplified],
  [
    "amplifiers, complementary inputs and rectifying diodes",
    `${complementary}\n${rectifying}\n${amplified}`,
  ],
] as const;

describe.each(circuits)("a network of %s", (_, more) => {
  test("has for force what Kirchhoff's law leaves at its nodes, behind amplifiers A-fold", async () => {
    const { chip, x } = await someChip(more, undefined, { leak: "30 uS" });
    const F = new Float64Array(chip.size);
    const A = ofResistors(chip.circuit).amplifier.gain;
    chip.force(chip.state.array, F);
    currents(plainOf(chip, x), voltages(chip)).forEach((layer, k) =>
      layer.forEach((into, i) => {
        expect(F[chip.layout.offset[k + 1] + i]).toBeCloseTo(into * A ** (2 - k), 11);
      }),
    );
  });

  test("has a force that is minus the slope of its power, tied or free", async () => {
    const { chip } = await someChip(more);
    const F = new Float64Array(chip.size);
    const E = new Float64Array(1);
    const h = 1e-4;
    for (const ties of [
      { lambda: 0, beta: 0 },
      { lambda: 0.3, beta: 0.4 },
    ]) {
      chip.tie(ties);
      chip.force(chip.state.array, F);
      for (let l = 1; l < 4; l++)
        for (let i = chip.layout.offset[l]; i < chip.layout.offset[l] + chip.layout.sizes[l]; i++) {
          const at = (d: number) => {
            const s = Float64Array.from(chip.state.array);
            s[i] += d;
            chip.energy!(s, E);
            return E[0];
          };
          // P is a parabola, so that only rounding is left: of energies of some thousand over h.
          expect((at(h) - at(-h)) / (2 * h)).toBeCloseTo(-F[i], 6);
        }
    }
  });

  test(
    "settles where no current is left at a node that no diode holds, and holds the others from " +
      "the right side",
    async () => {
      const { chip, x } = await someChip(more);
      chip.sweep!(chip.state.array, 200);
      const v = voltages(chip);
      const into = currents(plainOf(chip, x), v);
      const { low, high } = chip.walls;
      let free = 0;
      v.forEach((layer, k) =>
        layer.forEach((_, i) => {
          const at = chip.layout.offset[k + 1] + i;
          const s = chip.state.array[at];
          if (s > low.array[at] && s < high.array[at]) {
            free++;
            expect(Math.abs(into[k][i])).toBeLessThan(1e-12);
          } else if (s === high.array[at]) expect(into[k][i]).toBeGreaterThanOrEqual(0);
          else expect(into[k][i]).toBeLessThanOrEqual(0);
        }),
      );
      expect(free).toBeGreaterThan(0);
    },
  );
});

describe("without diodes", () => {
  test.each([
    ["", ""],
    ["with amplifiers", amplified],
    ["with complementary inputs and a leak", complementary],
  ])("the equilibrium is that of nodal analysis with E and F sources %s", async (title, more) => {
    const { chip, x } = await someChip(
      `${linear}\n${more}`,
      [9, 7, 6, 4],
      title.includes("leak") ? { leak: "20 uS" } : {},
    );
    const expected = nodal(plainOf(chip, x));
    chip.sweep!(chip.state.array, 500);
    voltages(chip).forEach((layer, k) =>
      layer.forEach((v, i) => {
        expect(Math.abs(v - expected[k][i])).toBeLessThan(
          1e-12 * Math.max(1, Math.abs(expected[k][i])),
        );
      }),
    );
  });
});

describe("block descent", () => {
  test.each([[[128, 64, 20]], [[128, 64, 64, 20]]])(
    "takes at most 50 sweeps until %j with amplifiers of 4 moves by less than 1e-14 of a " +
      "volt-sized input",
    async (sizes) => {
      const circuit = await resistors(`${rectifying}\n${amplified}`);
      const g = chain(sizes);
      for (const seed of [1, 2, 3]) {
        const chip = fabricate(circuit, g, { batch: 1, precision: "f64", seed });
        const rng = random(seed, "volts");
        chip.inputs.showReals(
          Array.from({ length: sizes[0] }, () => 2 * rng.uniform() - 1),
          1,
        );
        chip.present();
        chip.start();
        let sweeps = 0;
        let moved = Infinity;
        let before = voltages(chip);
        for (; moved > 1e-14 && sweeps < 100; sweeps++) {
          chip.sweep!(chip.state.array, 1);
          const now = voltages(chip);
          moved = Math.max(
            ...now.flatMap((layer, k) => layer.map((v, i) => Math.abs(v - before[k][i]))),
          );
          before = now;
        }
        expect(sweeps).toBeLessThanOrEqual(50);
      }
    },
  );
});

describe("learning by squared voltage drops", () => {
  const nets = [
    ["a chain with amplifiers", chain([6, 5, 4, 3]), `${complementary}\n${linear}\n${amplified}`],
    [
      "skip and lateral blocks",
      graph(
        [6, 5, 4, 3],
        [
          { from: 0, to: 1 },
          { from: 1, to: 2 },
          { from: 2, to: 3 },
          { from: 0, to: 2 },
          { from: 1, to: 1 },
        ],
      ),
      `${complementary}\n${linear}`,
    ],
    ["rectifying diodes", chain([6, 6, 3]), `${complementary}\n${rectifying}`],
  ] as const;
  const settled = { solver: blockDescent(), stop: { steps: 400 } };
  const rows = 2;

  const cost = (chip: Chip, labels: readonly number[]) => {
    chip.present();
    chip.start();
    chip.sweep!(chip.state.array, 400);
    const out = chip.layout.offset.at(-1)!;
    const n = chip.layout.sizes.at(-1)!;
    return (
      labels.reduce((sum, label, r) => {
        for (let k = 0; k < n; k++)
          sum += (chip.state.array[r * chip.size + out + k] - (k === label ? 1 : 0)) ** 2;
        return sum;
      }, 0) / rows
    );
  };

  describe.each(nets)("on %s", (_, g, more) => {
    test.each([
      ["one-sided contrast approaches the gradient with order 1", false, 1],
      ["centred contrast approaches it with order 2", true, 2],
    ] as const)("%s in β", async (__, centred, order) => {
      const chip = fabricate(await resistors(more.replace("gain: 20", "gain: 2")), g, {
        batch: rows,
        precision: "f64",
        seed: 6,
      });
      const rng = random(8, "conductances");
      // Well inside the range: where it clips there is no gradient to find.
      const initial: Tensor[] = chip.parameters.tensors().map((t) => {
        if (t.shape.length === 1) return { ...t, data: t.data.map(() => 0.3 * rng.normal()) };
        const data = t.data.map(() => 0.5 + rng.uniform());
        const n = t.shape[1];
        if (t.name.includes("1-1"))
          data.forEach((_, i) => {
            data[i] =
              i % n === Math.floor(i / n)
                ? 0
                : i % n < Math.floor(i / n)
                  ? data[(i % n) * n + Math.floor(i / n)]
                  : data[i];
          });
        return { ...t, data };
      });
      chip.inputs.showReals(
        sparseInputs(rows, g.sizes[0], 3)
          .flat()
          .map((v) => v + 0.1),
        rows,
      );
      const labels = labelsFor(rows, g, 1);
      chip.inputs.label(labels);
      const gradient = initial.map((t, k) =>
        Float64Array.from(t.data, (___, i) => {
          const n = t.shape[1] ?? 1;
          const lateral = t.name.includes("1-1") && t.shape.length === 2;
          const mirror = lateral ? (i % n) * n + Math.floor(i / n) : i;
          if (lateral && mirror === i) return 0;
          const at = (d: number) => {
            chip.program(
              initial.map((u, m) =>
                m === k
                  ? { ...u, data: u.data.map((v, j) => (j === i || j === mirror ? v + d : v)) }
                  : u,
              ),
            );
            return cost(chip, labels);
          };
          return (at(1e-4) - at(-1e-4)) / 2e-4;
        }),
      );
      const betas = [0.04, 0.02, 0.01, 0.005];
      const errors = betas.map((beta) => {
        chip.program(initial);
        learner(chip, null, {
          free: settled,
          nudged: settled,
          beta,
          scheme: usualSchemes[centred ? "centred" : "one-sided"],
          lambda: 0,
          rates: g.sizes.slice(1).map(() => 1e-2),
        }).learn(1);
        let off = 0;
        let size = 0;
        chip.parameters.tensors().forEach((t, k) =>
          t.data.forEach((v, i) => {
            off += ((v - initial[k].data[i]) / 1e-2 + gradient[k][i]) ** 2;
            size += gradient[k][i] ** 2;
          }),
        );
        expect(size).toBeGreaterThan(1e-6);
        return Math.sqrt(off / size);
      });
      expect(Math.abs(orderOf(betas, errors) - order)).toBeLessThan(0.1);
      expect(errors.at(-1)).toBeLessThan(centred ? 1e-2 : 5e-2);
    });
  });
});

describe("noise", () => {
  test("of a layer of nodes without neighbours has the variance k T / C, whatever the conductances", async () => {
    const circuit = { ...(await resistors(linear)), noise: { thermal: 1e4 } };
    const chip = fabricate(circuit, chain([5, 40]), { batch: 50, precision: "f64" });
    const steps = 200;
    chip.inputs.showReals(new Array<number>(250).fill(0), 50);
    chip.present();
    chip.start();
    const load = chip.curvature;
    const dt = 0.02 / Math.max(...load);
    const swing = 0.01;
    const expected = thermalVariance(circuit) / swing ** 2;
    let sum = 0;
    let n = 0;
    chip.relax!(chip.state.array, dt, 20_000);
    for (let t = 0; t < steps; t++) {
      chip.relax!(chip.state.array, dt, 1000);
      for (const v of chip.state.array) {
        sum += v ** 2 / expected;
        n++;
      }
    }
    // Euler's variance is 1/(1 − g dt/2) of the true one; samples 1000 steps apart are at least 1.4
    // time constants apart for nodes of average load.
    const least = Math.min(...load) * dt * 1000;
    const correlation = Math.exp(-least);
    const sigma = Math.sqrt(((2 / n) * (1 + correlation ** 2)) / (1 - correlation ** 2));
    expect(sum / n).toBeGreaterThan(1 - 4 * sigma);
    expect(sum / n).toBeLessThan(1 / (1 - 0.01) + 4 * sigma);
  });

  test("has the density of all conductances of a node, in volts also behind amplifiers", async () => {
    const circuit = {
      ...(await resistors(`${complementary}\n${linear}\n${amplified}`, { leak: "30 uS" })),
      noise: { thermal: 1 },
    };
    const chip = fabricate(circuit, chain([6, 5, 4]), { batch: 1, precision: "f64" });
    const { g, leak } = plainOf(chip, [0, 0, 0, 0, 0, 0]);
    const unit = thermalVariance(circuit) / 1e-4;
    const { amplitude } = chip.noise!;
    for (let j = 0; j < 5; j++) {
      const below = g[0].reduce((sum, row) => sum + row[j], 0);
      const above = g[1][j].reduce((a, b) => a + b, 0);
      // In states, four times the volts; resistors above send a quarter of their noise current
      // through the amplifier.
      expect(amplitude[j]).toBeCloseTo(4 * Math.sqrt(2 * unit * (leak + below + above / 16)), 12);
    }
    for (let k = 0; k < 4; k++)
      expect(amplitude[8 + k]).toBeCloseTo(
        Math.sqrt(2 * unit * (leak + g[1].reduce((sum, row) => sum + row[k], 0))),
        12,
      );
  });

  const loaded = { leak: "30 uS", capacitance: 0.3 };
  test.each([
    ["behind amplifiers", chain([6, 5, 4]), amplified],
    [
      "and within a layer",
      graph(
        [6, 5, 4],
        [
          { from: 0, to: 1 },
          { from: 1, to: 1 },
          { from: 1, to: 2 },
          { from: 0, to: 2 },
        ],
      ),
      "",
    ],
  ] as const)("has of one resistor opposite signs at its two ends %s", async (_, g, more) => {
    const plain = await resistors(`${complementary}\n${linear}\n${more}`, { leak: loaded.leak });
    const rows = 100;
    const ticks = 400;
    const n = rows * ticks;
    const circuit = {
      ...plain,
      noise: { thermal: 1 },
      mismatch: { ...plain.mismatch, capacitance: loaded.capacitance },
    };
    const chip = fabricate(circuit, g, { batch: rows, precision: "f64" });
    chip.inputs.showReals(new Float64Array(6 * rows), rows);
    chip.present();
    const { noise, size, rate } = chip;
    const z = new Float64Array(rows * size);
    const units = unitsOf(chip);
    const sums = new Map<string, number>(
      units.flatMap((i) => units.map((j) => [`${i} ${j}`, 0] as const)),
    );
    for (let tick = 0; tick < ticks; tick++) {
      noise!.normal(tick, z);
      for (let r = 0; r < rows; r++)
        for (const i of units)
          for (const j of units)
            sums.set(`${i} ${j}`, sums.get(`${i} ${j}`)! + z[r * size + i] * z[r * size + j]);
    }
    // What a volt at j drives into i: the resistor between them, as force and state count it.
    const v = new Float64Array(size);
    const out = new Float64Array(size);
    const lone = fabricate(circuit, g, { batch: 1, precision: "f64" });
    const unit = thermalVariance(circuit) / 1e-4;
    const A = circuit.amplifier.gain;
    let joined = 0;
    lone.inputs.showReals(new Float64Array(6), 1);
    lone.present();
    for (const j of units) {
      v.fill(0)[j] = 1;
      lone.jacobian(new Float64Array(size), v, out);
      for (const i of units) {
        // Of both ends the upper one counts: the resistor hangs on its node without an amplifier.
        const upper = Math.max(i, j) >= chip.layout.offset[2] ? 1 : A;
        const expected =
          i === j
            ? 1
            : (-2 * unit * upper ** 2 * out[i] * rate[i] * rate[j]) /
              (noise!.amplitude[i] * noise!.amplitude[j]);
        const sigma = Math.sqrt((1 + expected ** 2) / n);
        expect(Math.abs(sums.get(`${i} ${j}`)! / n - expected)).toBeLessThan(4.5 * sigma);
        if (i !== j && expected < -10 * sigma) joined++;
      }
    }
    expect(joined).toBeGreaterThan(6);
  });

  test(
    "leaves every node of a network with k T / C, and all of them independent, whatever joins " +
      "them (equipartition)",
    async () => {
      const leak = 2;
      const plain = await resistors(linear, { leak: "200 uS" });
      const rows = 100;
      const rounds = 100;
      const steps = 1500;
      const circuit = {
        ...plain,
        noise: { thermal: 1e4 },
        mismatch: { ...plain.mismatch, capacitance: 0.3 },
      };
      const chip = fabricate(circuit, chain([3, 6, 5]), { batch: rows, seed: 2 });
      const { size, rate } = chip;
      chip.inputs.showReals(new Float64Array(3 * rows), rows);
      chip.present();
      chip.start();
      const units = unitsOf(chip);
      const dt = 0.01 / Math.max(...units.map((i) => rate[i] * chip.curvature[i]));
      const expected = thermalVariance(circuit) / 1e-4;
      const covariance = new Float64Array(size * size);
      chip.relax!(chip.state.array, dt, 10 * steps);
      for (let t = 0; t < rounds; t++) {
        chip.relax!(chip.state.array, dt, steps);
        for (let r = 0; r < rows; r++)
          for (const i of units)
            for (const j of units)
              covariance[i * size + j] +=
                (chip.state.array[r * size + i] * chip.state.array[r * size + j]) / (rows * rounds);
      }
      // No mode is slower than the leak of the largest capacitor; Euler adds at most dt λ/2 to a
      // variance, λ up to twice the fastest node's.
      const kept = Math.exp(-2 * leak * Math.min(...units.map((i) => rate[i])) * dt * steps);
      const n = (rows * rounds * (1 - kept)) / (1 + kept);
      for (const i of units)
        for (const j of units) {
          const law = i === j ? expected * rate[i] : 0;
          const sigma = expected * Math.sqrt(((i === j ? 2 : 1) * rate[i] * rate[j]) / n);
          expect(Math.abs(covariance[i * size + j] - law)).toBeLessThan(
            4.5 * sigma + 0.01 * expected * Math.sqrt(rate[i] * rate[j]),
          );
        }
    },
  );
});

describe("a node whose resistors are all open", () => {
  /** Two hidden nodes, the first without a resistor, with a current into it. */
  const settled = async (current: number) => {
    const circuit = await resistors(`${complementary}\n${rectifying}`);
    const chip = fabricate(circuit, chain([2, 2, 1]), { batch: 1, precision: "f64" });
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map((_, i) =>
          t.shape.length === 2
            ? t.shape[1] === 2
              ? i % 2
              : Number(i === 1)
            : t.name.includes("layer.1") && i === 0
              ? current
              : 0,
        ),
      })),
    );
    chip.inputs.showReals([1, 0.5], 1);
    chip.present();
    chip.start();
    chip.state.array[0] = 0.3;
    chip.touch();
    return {
      x: settle(chip, chip.state.array, blockDescent(), { steps: 50, tolerance: 1e-12 }).samples[0],
      state: chip.state.array[0],
    };
  };

  test("keeps its charge", async () => {
    expect(await settled(0)).toMatchObject({ x: { outcome: "settled" }, state: 0.3 });
  });
  test("goes with a current to its diode", async () => {
    expect(await settled(-0.1)).toMatchObject({ x: { outcome: "settled" }, state: 0 });
  });
  test("or to infinity, and says so", async () => {
    expect((await settled(0.1)).x.outcome).toBe("non-finite");
  });
});

describe("what cannot be is refused", () => {
  test("a node that floats", () => {
    const mask = Uint8Array.from([1, 0, 1, 0]);
    expect(() =>
      fabricate(
        resistorsAt,
        graph(
          [2, 2, 1],
          [
            { from: 0, to: 1, mask },
            { from: 1, to: 2, mask: Uint8Array.from([1, 0]) },
          ],
        ),
      ),
    ).toThrow("node 1 of layer 1 floats");
    expect(() =>
      fabricate(
        { ...resistorsAt, neuron: { ...resistorsAt.neuron, leak: 1e-6 } },
        graph(
          [2, 2, 1],
          [
            { from: 0, to: 1, mask },
            { from: 1, to: 2, mask: Uint8Array.from([1, 0]) },
          ],
        ),
      ),
    ).not.toThrow();
  });

  test("a conductance beyond its range", () => {
    const chip = fabricate(resistorsAt, chain([3, 2]));
    const tensors = chip.parameters.tensors();
    for (const wrong of [-0.1, 4.1, NaN]) {
      const beyond = tensors.map((t, k) =>
        k === 0 ? { ...t, data: t.data.map((v, i) => (i === 2 ? wrong : v)) } : t,
      );
      expect(() => {
        chip.program(beyond);
      }).toThrow(`asks for a conductance of ${Math.fround(wrong)}`);
      // What a checkpoint holds is programmed no more, and looked at all the same.
      expect(() => {
        chip.restore({ ...chip.held(), tensors: beyond });
      }).toThrow(`asks for a conductance of ${Math.fround(wrong)}`);
    }
  });

  test("synapses that lead one way", () => {
    expect(() => fabricate(resistorsAt, { ...chain([3, 2]), directed: true })).toThrow(
      "resistors conduct alike both ways",
    );
  });

  test("amplifiers in a network that is no chain", async () => {
    const circuit = await resistors(amplified);
    expect(() =>
      fabricate(
        circuit,
        graph(
          [3, 2, 2],
          [
            { from: 0, to: 1 },
            { from: 1, to: 2 },
            { from: 0, to: 2 },
          ],
        ),
      ),
    ).toThrow("amplifiers stand between layers of a chain");
  });
});
