import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { nodesFor } from "../../../src/circuit/outputs.ts";
import { circuitNames, circuitText } from "../../../src/circuit/library.ts";
import { parseCircuit } from "../../../src/circuit/read/parse.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { measure } from "../../../src/testbench/physics/operation.ts";
import { physicsOf, physicsOfLayers } from "../../../src/testbench/physics/answers.ts";
import { buildNetworks } from "../../../src/training/networks.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { random } from "../../../src/numerics/random.ts";
import { resistors } from "../../support/resistors.ts";
import { ideal } from "../../support/setups.ts";
import { imageSet, imagesIn } from "../../support/images.ts";

const rng = random("images");
const images = imageSet({
  name: "dots",
  shape: [2, 3],
  classes: 3,
  pixels: Uint8Array.from({ length: 36 }, () => (rng.uniform() < 0.3 ? 0 : rng.below(256))),
  labels: Uint8Array.from([0, 1, 2, 2, 1, 0]),
});
const { pixels, labels } = imagesIn(images);

function networks(more: object = {}, circuit: Circuit = ideal, learning: object = {}) {
  const experiment = experimentSchema.parse({
    name: "dots",
    network: { layers: [6, 5, nodesFor(circuit, 3)] },
    precision: "f64",
    train: { batch: 6 },
    learning: { rates: [0.1, 0.05], beta: 0.3, sign: "positive", lambda: 0.2, ...learning },
    ...more,
  });
  const built = buildNetworks(experiment, circuit);
  const lambda = built.copy ? 0.2 : 0;
  // Biases lift the units off the low rail, where nothing would move.
  for (const l of [1, 2])
    built.chip.parameters.bias.array.fill(
      0.3,
      built.chip.layout.offset[l],
      built.chip.layout.offset[l] + built.chip.layout.sizes[l],
    );
  return { experiment, ...built, lambda };
}

const weights = ({ chip }: { readonly chip: Chip }) =>
  chip.parameters
    .tensors()
    .filter((t) => t.name.endsWith("weight"))
    .map((t) => Float64Array.from(t.data));

describe("what is measured of a settling chip", () => {
  const sides = [
    ["one sign of β", {}, { sign: "positive" }],
    ["the other sign", {}, { sign: "negative" }],
    ["both signs", {}, { scheme: "centred" }],
    ["no copy", {}, { rule: "plain" }],
    [
      "lateral synapses",
      {
        network: {
          layers: [6, 5, 3],
          blocks: [
            { from: 0, to: 1 },
            { from: 1, to: 1 },
            { from: 1, to: 2, density: 0.7 },
          ],
        },
      },
      {},
    ],
  ] as const;
  test.each(sides)("is the signal that the learner learns from, with %s", (_, more, learning) => {
    const net = networks(more, ideal, learning);
    const { contrast } = measure(net, images, net.experiment);
    const before = weights(net);
    net.chip.inputs.showBytes(pixels, [0, 1, 2, 3, 4, 5], 1 / 255);
    net.chip.inputs.label(labels);
    net.learner.learn(
      contrast.nudging.scheme === "centred" || net.experiment.learning.sign !== "negative" ? 1 : -1,
    );
    weights(net).forEach((after, k) => {
      const { rate, rms, synapses, percentiles } = contrast.blocks[k];
      const moved = after.map((w, i) => w - before[k][i]);
      const found = Math.sqrt(moved.reduce((sum, d) => sum + d * d, 0) / synapses) / rate;
      // Differences of weights of order 1 in double precision.
      expect(found).toBeCloseTo(rms, 12);
      expect(found).toBeGreaterThan(1e-3);
      expect(Math.max(...moved.map(Math.abs)) / rate).toBeCloseTo(percentiles[100], 12);
    });
  });

  test("are the voltages that each synapse sees, its losses as Joule has them", () => {
    const net = networks();
    const { operation } = measure(net, images, net.experiment);
    const { chip } = net;
    const { size, offset } = chip.layout;
    const all = weights(net);
    // The chip still shows the images: settle them again, as the free phase did.
    net.learner.settle(0.2);
    const s = (layer: number, r: number, i: number) =>
      layer === 0 ? pixels[r * 6 + i] / 255 : chip.state.array[r * size + offset[layer] + i];
    for (const [k, { from, to }] of chip.graph.blocks.entries()) {
      const cols = chip.graph.sizes[to];
      const expected = { from: 0, to: 0, across: 0 };
      for (let r = 0; r < 6; r++)
        all[k].forEach((w, at) => {
          const a = s(from, r, Math.floor(at / cols));
          const b = s(to, r, at % cols);
          expected.from += (Math.abs(w) * a * a) / 6;
          expected.to += (Math.abs(w) * b * b) / 6;
          expected.across += (Math.abs(w) * (a - b) ** 2) / 6;
        });
      for (const end of ["from", "to", "across"] as const)
        expect(operation.blocks[k][end].absolute).toBeCloseTo(expected[end], 10);
    }
    expect(operation).toMatchObject({ images: 6, free: 10, nudged: 2, nudgedPhases: 1 });
  });

  test(
    "has, settled long enough, the bias of the signal in β: first order with one sign, second " +
      "with both",
    () => {
      const bias = (beta: number, learning: object) => {
        const net = {
          ...networks(
            { settle: { step: 0.3, free: { tolerance: 1e-12 }, nudged: { tolerance: 1e-12 } } },
            ideal,
            { beta, ...learning },
          ),
          lambda: 1,
        };
        return Math.hypot(
          ...measure(net, images, net.experiment).contrast.blocks.map((b) => b.halving),
        );
      };
      for (const [learning, order] of [
        [{ sign: "positive" }, 1],
        [{ scheme: "centred" }, 2],
        [{ scheme: "lock-in" }, 2],
      ] as const) {
        // So small that no unit meets a rail on the way, which this net's do above 0.005.
        const found = Math.log2(bias(0.002, learning) / bias(0.001, learning));
        expect(Math.abs(found - order), String(found)).toBeLessThan(0.1);
      }
    },
  );

  test("is the same with the chip's noise and without", () => {
    const quiet = networks();
    const noisy = networks({}, { ...ideal, noise: { thermal: 1e6 } });
    expect(noisy.chip.noise).toBeDefined();
    expect(measure(noisy, images, noisy.experiment)).toEqual(
      measure(quiet, images, quiet.experiment),
    );
  });

  test("keeps the time of Euler where a minimiser keeps none", () => {
    const net = networks({
      settle: { solver: "block-descent", free: { tolerance: 1e-6 }, nudged: { tolerance: 1e-6 } },
    });
    const { operation } = measure(net, images, net.experiment);
    expect(operation.free).toBeGreaterThan(1);
    expect(operation.clock).toContain("block-descent keeps no time");
  });
});

test.each(circuitNames())(
  "a small network on %s answers everything that its schematic allows",
  async (name) => {
    const circuit = await parseCircuit(circuitText(name), name);
    const net = networks({}, circuit);
    const answers = new Map(physicsOf(net, images, net.experiment).physics.map((a) => [a.key, a]));
    for (const key of [
      "time.free",
      "time.sample",
      "energy.inference",
      "energy.sample",
      "noise.signal",
      "learning.signal",
      "learning.snr",
      "learning.beta.optimum",
    ])
      expect(Number.isFinite(answers.get(key)?.value), `${key}: ${answers.get(key)?.unknown}`).toBe(
        true,
      );
    expect(answers.get("energy.sample")!.value!).toBeGreaterThan(
      answers.get("energy.inference")!.value!,
    );
  },
);

test(
  "amplifiers make readings of lower layers count as much more as states there are larger than " +
    "voltages: the same network without them has the same drops",
  async () => {
    const blocks = async (gain: number, amplifier: number) => {
      const circuit = await resistors(
        `input: { gain: ${gain}, complementary: true }\ndiodes: { hidden: none, output: none ` +
          `}\namplifier: { gain: ${amplifier} }`,
        { leak: "5 uS" },
      );
      const net = networks({}, circuit);
      return measure(net, images, net.experiment).contrast.blocks;
    };
    const [plain, amplified] = [await blocks(4, 1), await blocks(1, 4)];
    amplified.forEach(({ rms, squares }, k) => {
      expect(rms / plain[k].rms).toBeCloseTo(1, 9);
      // Noise of a hidden node counts 4-fold, that of an output once, that of an input not at all.
      expect(squares / plain[k].squares).toBeCloseTo([16, (16 + 1) / 2][k], 9);
    });
  },
);

test("a chip is said to have no energy where its directions differ, and only there", () => {
  const asymmetryOf = (circuit: Circuit) => {
    const net = networks({}, circuit);
    return physicsOf(net, images, net.experiment).physics.find(
      (a) => a.key === "learning.asymmetry",
    )!;
  };
  const spread = (reciprocal: boolean): Circuit => ({
    ...ideal,
    mismatch: { ...ideal.mismatch, synapse: 0.1, reciprocal },
  });
  const says = expect.stringContaining("no energy exists");
  expect([asymmetryOf(ideal), asymmetryOf(spread(true))].map((a) => a.value)).toEqual([0, 0]);
  expect(asymmetryOf(ideal).assumes).not.toContainEqual(says);
  const apart = asymmetryOf(spread(false));
  expect(apart.value).toBeGreaterThan(0);
  expect(apart.assumes).toContainEqual(says);
  expect(asymmetryOf({ ...ideal, neuron: { ...ideal.neuron, saturation: 0.06 } })).toMatchObject({
    value: 0,
    assumes: expect.arrayContaining([expect.stringContaining("saturate leave no energy")]),
  });
});

test("weights before training are as large on average as Xavier draws them", () => {
  const layers = [300, 100, 10];
  const net = networks({ network: { layers } });
  const drawn = weights(net).flatMap((w) => [...w]);
  const untrained = physicsOfLayers(ideal, layers, {}).find((a) => a.key === "power.synapses")!
    .value!;
  const [first, second] = weights(net).map((w) => w.reduce((sum, v) => sum + Math.abs(v), 0));
  // |w| uniform in 0 … bound has a relative deviation of 1/√3: 4σ of a mean over all synapses.
  expect(Math.abs(untrained / ((first + 2 * second) * ideal.neuron.leak) - 1)).toBeLessThan(
    4 / Math.sqrt(3 * 1000),
  );
  expect(drawn.length).toBe(31_000);
});
