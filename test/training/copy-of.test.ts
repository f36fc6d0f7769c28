import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { copyOf } from "../../src/training/copy-of.ts";
import { probe } from "../../src/testbench/probe.ts";
import { createSession } from "../../src/training/create-session.ts";
import { parseExperiment } from "../../src/experiment/yaml.ts";
import { random } from "../../src/numerics/random.ts";
import { copyTensors, evaluateCopyNetwork } from "../../src/learning/copy-network.ts";
import { writeOnnx } from "../../src/exports/onnx/write.ts";
import { readSafetensors, writeSafetensors } from "../../src/exports/safetensors.ts";
import { diode } from "../support/clamped.ts";
import { resistors } from "../support/resistors.ts";
import { ideal } from "../support/setups.ts";
import { imageSet, imagesIn } from "../support/images.ts";

ort.env.wasm.numThreads = 1;

const count = 60;
const size = 9;
const draw = random("copy-of");
const images = imageSet({
  name: "blobs",
  shape: [3, 3],
  classes: 3,
  labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  pixels: Uint8Array.from(
    { length: count * size },
    (_, k) => (k % 3 === Math.floor(k / size) % 3 ? 120 : 0) + draw.below(130),
  ),
});
const { pixels: bytes, labels } = imagesIn(images);
const circuit = await parseCircuit(circuitText("ideal"), "ideal.yaml");
const file = (more: string) =>
  parseExperiment(`name: a\nprecision: f64\ntrain: { epochs: 2, batch: 5 }\n${more}`, "a.yaml");

/** Percent of the images that three outputs each name wrongly. */
function errorOf(outputs: ArrayLike<number>): number {
  const wrong = labels.filter((label, i) => {
    const row = [0, 1, 2].map((k) => outputs[3 * i + k]);
    return row.indexOf(Math.max(...row)) !== label;
  }).length;
  return (100 * wrong) / count;
}

describe("the copy in a snapshot", () => {
  it.each([
    ["a chain", "network: { layers: [9, 6, 3] }\nlearning: { rates: [0.1, 0.05] }"],
    [
      "a block that skips a layer",
      "network: { layers: [9, 6, 3], blocks: [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: " +
        "0, to: 2, density: 0.5 }] }\nlearning: { rates: [0.1, 0.05], copy: { activation: hard " +
        "} }",
    ],
    [
      "steps, with leaky outputs",
      "network: { layers: [9, 6, 3] }\nlearning: { rates: [0.1, 0.05], copy: { activation: " +
        "step } }",
    ],
    [
      "weights tied to the chip's",
      "network: { layers: [9, 6, 3], blocks: [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: " +
        "0, to: 2 }] }\nlearning: { rule: tied, rates: [0.1, 0.05] }",
    ],
    [
      "weights tied to those of an asymmetric chip that lead up",
      "network: { layers: [9, 6, 3], asymmetric: true }\nlearning: { rule: tied, rates: [0.1, " +
        "0.05] }",
    ],
    [
      "a network trained by backpropagation",
      "network: { layers: [9, 6, 3] }\nlearning: { rule: backpropagation, rates: [0.1, 0.05] }",
    ],
    [
      "a lateral block, which only the chip has",
      "network: { layers: [9, 6, 3], blocks: [{ from: 0, to: 1 }, { from: 1, to: 1 }, { from: " +
        "1, to: 2 }] }\nlearning: { rates: [0.1, 0.05], copy: { activation: sigmoid } }",
    ],
  ])("names the classes that the session's copy names: %s", async (_, more) => {
    const experiment = await file(more);
    const session = createSession(experiment, circuit, {
      train: images,
      test: images,
      source: "",
      cites: [],
    });
    while (session.step < session.totalSteps) session.advance();
    const copy = copyOf(experiment, session.snapshot().tensors, circuit)!;
    const outputs = evaluateCopyNetwork(
      copy,
      Float64Array.from(bytes, (p) => p / 255),
      count,
    );
    expect(errorOf(outputs)).toBeCloseTo(session.evaluate().testErrorCopy!, 10);
  });

  it(
    "saturates between clamps that give where these carry the current of weight 1, and names " +
      "what the session's copy names",
    async () => {
      const given = diode(1);
      const experiment = await file(
        "network: { layers: [9, 6, 3] }\nlearning: { rates: [0.1, 0.05] }",
      );
      const session = createSession(experiment, given, {
        train: images,
        test: images,
        source: "",
        cites: [],
      });
      while (session.step < session.totalSteps) session.advance();
      const copy = copyOf(experiment, session.snapshot().tensors, given)!;
      const outputs = evaluateCopyNetwork(
        copy,
        Float64Array.from(bytes, (p) => p / 255),
        count,
      );
      // n U_T ln(1 + G_L V_s / I_s) on a swing of 1 V.
      const drop = ((1.380649e-23 * 300) / 1.602176634e-19) * Math.log1p(ideal.neuron.leak / 1e-14);
      for (const { walls } of copy.layers) {
        for (const low of walls!.low.data) expect(low).toBeCloseTo(-drop, 6);
        for (const high of walls!.high.data) expect(high).toBeCloseTo(1 + drop, 6);
      }
      expect(errorOf(outputs)).toBeCloseTo(session.evaluate().testErrorCopy!, 10);
    },
  );

  it("refuses to guess a rail where clamps give", async () => {
    const experiment = await file(
      "network: { layers: [9, 6, 3] }\nlearning: { rates: [0.1, 0.05], copy: { activation: " +
        "step } }",
    );
    expect(() =>
      createSession(experiment, diode(1), { train: images, test: images, source: "", cites: [] }),
    ).toThrow(
      "step guesses between 0 and 1, and voltages of circuit ideal lie where its clamps let them",
    );
  });

  it(
    "names what the session's copy names on a network of resistors, whose voltages have walls " +
      "of their own, also as ONNX",
    async () => {
      const circuit = await resistors(
        "input: { gain: 4, complementary: true }\ndiodes: { hidden: rectifying, output: none }",
      );
      const experiment = await file(
        "network: { layers: [9, 6, 3] }\nsettle: { solver: block-descent }\nlearning: { scheme: " +
          "centred, lambda: 0, beta: 0.2, rates: [0.01, 0.01], copy: { rates: [0.05, 0.05] } }",
      );
      const session = createSession(experiment, circuit, {
        train: images,
        test: images,
        source: "",
        cites: [],
      });
      while (session.step < session.totalSteps) session.advance();
      const copy = copyOf(experiment, session.snapshot().tensors, circuit)!;
      const pixels = Float64Array.from(bytes, (p) => p / 255);
      const outputs = evaluateCopyNetwork(copy, pixels, count);
      expect(copy.layers[0].walls!.low.data).toEqual(
        Float32Array.of(0, 0, 0, -Infinity, -Infinity, -Infinity),
      );
      expect(
        evaluateCopyNetwork(
          {
            ...copy,
            layers: copy.layers.map(({ bias, incoming, activation }) => ({
              bias,
              incoming,
              activation,
            })),
          },
          pixels,
          count,
        ),
      ).not.toEqual(outputs);
      expect(errorOf(outputs)).toBeCloseTo(session.evaluate().testErrorCopy!, 10);
      const onnx = await ort.InferenceSession.create(writeOnnx({ network: copy, metadata: {} }));
      const { output } = await onnx.run({
        input: new ort.Tensor("float32", Float32Array.from(pixels), [count, 9]),
      });
      (output.data as Float32Array).forEach((v, i) => {
        expect(Math.abs(v - outputs[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(outputs[i])));
      });
    },
  );

  it.each([
    [
      "learned where the chip settles",
      "initialized, scheme: centred, lambda: 0, beta: 0.2, rates: [0.01, 0.01], copy: { rates: " +
        "[0.05, 0.05] }",
    ],
    ["trained by backpropagation", "backpropagation, rates: [0.05, 0.05]"],
  ])(
    "names classes by the largest difference of the chip's pairs, taken by a last layer of " +
      "ones, also as ONNX: %s",
    async (_, rule) => {
      const circuit = await resistors(
        "input: { gain: 4, complementary: true }\ndiodes: { hidden: rectifying, output: none " +
          "}\noutputs: differential\nnudge: { kind: current }",
      );
      const experiment = await file(
        "network: { layers: [9, 6, 6] }\nsettle: { solver: block-descent }\nlearning: { rule: " +
          `${rule} }`,
      );
      const session = createSession(experiment, circuit, {
        train: images,
        test: images,
        source: "",
        cites: [],
      });
      while (session.step < 400) session.advance();
      const copy = copyOf(experiment, session.snapshot().tensors, circuit)!;
      const pixels = Float64Array.from(bytes, (p) => p / 255);
      const outputs = evaluateCopyNetwork(copy, pixels, count);
      expect([...copy.sizes]).toEqual([9, 6, 6, 3]);
      const name = (row: readonly number[]) => row.indexOf(Math.max(...row));
      const wrong = (named: (i: number) => number) =>
        (100 * labels.filter((label, i) => named(i) !== label).length) / count;
      const nodes = evaluateCopyNetwork(
        { sizes: copy.sizes.slice(0, 3), layers: copy.layers.slice(0, 2) },
        pixels,
        count,
      );
      const { testErrorCopy } = session.evaluate();
      expect(testErrorCopy).toBeLessThan(40);
      expect(
        wrong((i) => name([0, 1, 2].map((k) => nodes[6 * i + k] - nodes[6 * i + 3 + k]))),
      ).toBeCloseTo(testErrorCopy!, 10);
      expect(wrong((i) => name([...outputs.subarray(3 * i, 3 * i + 3)]))).toBeCloseTo(
        testErrorCopy!,
        10,
      );
      const onnx = await ort.InferenceSession.create(writeOnnx({ network: copy, metadata: {} }));
      const { output } = await onnx.run({
        input: new ort.Tensor("float32", Float32Array.from(pixels), [count, 9]),
      });
      (output.data as Float32Array).forEach((v, i) => {
        expect(Math.abs(v - outputs[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(outputs[i])));
      });
      const read = readSafetensors(writeSafetensors(copyTensors(copy))).tensors.find(
        (t) => t.name === "layers.2.weight",
      )!;
      expect([read.shape, [...read.data]]).toEqual([
        [3, 6],
        [1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1],
      ]);
      expect(
        probe(session, experiment)
          .confusion.flat()
          .reduce((a, b) => a + b),
      ).toBe(count);
    },
  );

  it("is refused with a network whose last layer is not two nodes for each class", async () => {
    const circuit = await resistors("outputs: differential\nnudge: { kind: current }");
    const split = { train: images, test: images, source: "", cites: [] };
    const made = async (last: number) =>
      createSession(
        await file(`network: { layers: [9, ${last}] }\nlearning: { rates: [0.1] }`),
        circuit,
        split,
      );
    await expect(made(3)).rejects.toThrow(
      "network.layers ends with 3, but blobs has 3 classes, and the outputs of circuit " +
        "resistors are differential, two nodes a class; make it 6",
    );
    await expect(made(6)).resolves.toBeDefined();
  });

  it.each(["plain", "persistent"])("is not there for %s equilibrium propagation", async (rule) => {
    const experiment = await file(
      `network: { layers: [9, 3] }\nlearning: { rule: ${rule}, rates: [0.1] }`,
    );
    const session = createSession(experiment, circuit, {
      train: images,
      test: images,
      source: "",
      cites: [],
    });
    expect(copyOf(experiment, session.snapshot().tensors, circuit)).toBeUndefined();
  });
});
