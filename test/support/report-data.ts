import { nudgingOf, usualSchemes } from "../../src/circuit/nudging.ts";
import { physicalAnswers, type Sums } from "../../src/circuit/physics/index.ts";
import { random } from "../../src/numerics/random.ts";
import type { Random } from "../../src/numerics/random.ts";
import { oconnor2019, scellier2017 } from "../../src/output/cite.ts";
import type { Metrics } from "../../src/output/metrics.ts";
import type { ReportData, SettlingCurve } from "../../src/output/report-data.ts";
import { unscored } from "./images.ts";

const side = 28;

/** A made-up run of 50 epochs that looks like a real one. */
export function sampleReport(change: Partial<ReportData> = {}): ReportData {
  const rng = random("report");
  return {
    name: "paper-small",
    description:
      "784-500-10 on MNIST, settled for 20 steps of half a time constant: figure 2, left, of " +
      "the paper.",
    outcome: "completed",
    advice: undefined,
    ideal: {
      runDir: "runs/paper-small-1",
      testErrorCopy: 2.9,
      testErrorChip: 2.5,
      command: "analog-eqprop train runs/paper-small-2/config.resolved.yaml --without all",
    },
    metrics: Array.from({ length: 50 }, (_, i) => sampleMetrics(i + 1, rng)),
    settling: {
      images: 1000,
      tauSeconds: 1e-6,
      fromZero: curve(
        (t) => -18 * (1 - Math.exp(-1.1 * t)),
        (t) => 0.93 * Math.exp(-0.82 * t) + 2e-7,
      ),
      fromGuess: curve(
        (t) => -18 + 0.32 * Math.exp(-1.1 * t),
        (t) => 0.055 * Math.exp(-0.88 * t) + 2e-7,
      ),
    },
    scatter: [scatter(1, 0.07, 0.974, rng), scatter(2, 0.035, 0.993, rng)],
    classNames: Array.from({ length: 10 }, (_, i) => i.toString()),
    confusion: confusion(rng),
    columns: null,
    values: [],
    filters: { shape: [side, side], images: Array.from({ length: 48 }, () => filter(rng)) },
    mistakes: {
      shape: [side, side],
      total: 208,
      examples: Array.from({ length: 60 }, (_, i) => ({
        pixels: digit(i % 10, rng),
        label: i % 10,
        copy: (i + 3) % 10,
        chip: i % 3 === 0 ? i % 10 : (i + 3) % 10,
      })),
    },
    physics: samplePhysics,
    hindrances: ["stuck devices: 13 % of reram-array-om never move"],
    settings: [
      ["network.layers", "784, 500, 10"],
      ["settle.step", "0.5"],
      ["settle.free.steps", "20"],
      ["settle.nudged.steps", "4"],
      ["learning.rule", "initialized"],
      ["learning.beta", "0.5"],
      ["learning.sign", "random"],
      ["learning.lambda", "0.1"],
      ["learning.rates", "0.1, 0.05"],
      ["learning.copy.activation", "leaky"],
      ["train.epochs", "50"],
      ["train.batch", "20"],
      ["seed", "1"],
    ],
    environment: [
      ["analog-eqprop", "0.1.0"],
      ["node", "v20.20.2"],
      ["platform", "linux x64"],
      ["processor", "2 cores"],
      ["data", "MNIST, 60 000 and 10 000 images"],
      ["started", "2026-11-23 12:00 UTC"],
    ],
    command: "npx analog-eqprop train experiments/paper-small.yaml --data ~/mnist --seed 1",
    bibtex: [oconnor2019, scellier2017],
    ...change,
  };
}

/** Of 784-500-10 on a capacitor of 1 pF and a leak of 1 µS. */
const samplePhysics = physicalAnswers({
  circuit: {
    family: "transconductors",
    name: "sample",
    description: "",
    cites: [],
    temperature: 300,
    rails: { low: 0, high: 1 },
    neuron: { capacitance: 1e-12, leak: 1e-6, clamp: "ideal" },
    synapse: { coding: "signed", memory: "exact" },
    mismatch: {
      capacitance: 0,
      leak: 0,
      offset: 0,
      synapse: 0,
      reciprocal: true,
      gain: 0,
      rail: 0,
    },
    noise: { thermal: 1, excess: 2 / 3 },
    converters: {
      input: { bits: 8, low: 0, high: 1 },
      guess: { bits: 8 },
      readout: { bits: 12, low: 0, high: 1, noise: 0 },
    },
  },
  wiring: {
    sizes: [784, 500, 10],
    blocks: [
      { from: 0, to: 1, synapses: 392_000 },
      { from: 1, to: 2, synapses: 5000 },
    ],
    copy: true,
  },
  given: {},
  weights: { source: "made-up weights", absolute: [16_000, 550], biases: 20 },
  operation: {
    images: 100,
    free: 10,
    nudged: 2,
    nudgedPhases: 1,
    nudgedReadings: 1,
    squares: 80,
    inputs: 100,
    clock: "euler, as in training",
    blocks: [784, 500].map((n) => ({ from: sums(50 * n), to: sums(8 * n), across: sums(40 * n) })),
  },
  contrast: {
    beta: 0.5,
    nudging: nudgingOf(usualSchemes["one-sided"]),
    batch: 20,
    blocks: [
      { from: 0, to: 1, synapses: 392_000, rate: 0.1 },
      { from: 1, to: 2, synapses: 5000, rate: 0.05 },
    ].map((b) => ({
      ...b,
      rms: 0.003,
      mean: 0.002,
      squares: 0.2,
      halving: 0.0006,
      halvingAgain: 0.0003,
      percentiles: Array.from({ length: 101 }, (_, p) => 6e-5 * p),
    })),
  },
});

function sums(plain: number): Sums {
  return { plain, absolute: 0.04 * plain, signed: 0 };
}

export function sampleMetrics(epoch: number, rng: Random = random("metrics", epoch)): Metrics {
  const error = (floor: number, start: number, wobble: number) =>
    floor + (start - floor) * epoch ** -0.85 + wobble * rng.normal();
  const block = (name: string, std: number) => ({
    block: name,
    mean: 0.001,
    std: std * (1 + 0.04 * Math.log(epoch)),
    max: 6 * std,
  });
  return {
    epoch,
    step: epoch * 3000,
    testErrorCopy: error(1.95, 5.2, 0.03),
    testErrorChip: error(2.05, 3.8, 0.03),
    trainErrorCopy: Math.max(0.02, error(0.2, 4.9, 0.02)),
    trainErrorChip: Math.max(0.01, error(0.05, 3.3, 0.02)),
    residual: 0.004 * epoch ** -0.3 * Math.exp(0.1 * rng.normal()),
    agreement: 99.4 - 2.6 / epoch,
    lambda: 0.1,
    freeEvaluations: 20,
    nudgedEvaluations: 4,
    chipWeights: [block("0-1", 0.041), block("1-2", 0.11)],
    copyWeights: [block("0-1", 0.046), block("1-2", 0.09)],
    scores: unscored,
    finite: true,
    samplesPerSecond: 12_340,
    trainSeconds: epoch * 4.86,
  };
}

function curve(energy: (t: number) => number, residual: (t: number) => number): SettlingCurve {
  const time = Array.from({ length: 41 }, (_, i) => 0.5 * i);
  return { time, energy: time.map(energy), residual: time.map(residual) };
}

function scatter(
  layer: number,
  rms: number,
  correlation: number,
  rng: Random,
): ReportData["scatter"][number] {
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  const chip = Array.from({ length: 1000 }, () =>
    clip(rng.uniform() < 0.5 ? 0.02 * rng.normal() : 0.45 + 0.45 * rng.normal()),
  );
  return {
    layer,
    chip,
    copy: chip.map((s) => s + 1.3 * rms * rng.normal() * (0.25 + s)),
    correlation,
    rms,
  };
}

function confusion(rng: Random): number[][] {
  const likely = new Set(["4-9", "9-4", "3-5", "5-3", "7-2", "2-7", "8-3", "7-9", "3-8"]);
  return Array.from({ length: 10 }, (_, i) =>
    Array.from({ length: 10 }, (_, j) =>
      i === j
        ? 970 + rng.below(40)
        : likely.has(`${i}-${j}`)
          ? 3 + rng.below(8)
          : rng.uniform() < 0.5
            ? rng.below(4)
            : 0,
    ),
  );
}

/** An oriented edge under noise, as trained filters look. */
function filter(rng: Random): number[] {
  const [cx, cy, angle, width, length] = [
    8 + 12 * rng.uniform(),
    8 + 12 * rng.uniform(),
    Math.PI * rng.uniform(),
    2 + 2 * rng.uniform(),
    3 + 4 * rng.uniform(),
  ];
  return image((x, y) => {
    const u = (x - cx) * Math.cos(angle) + (y - cy) * Math.sin(angle);
    const v = (y - cy) * Math.cos(angle) - (x - cx) * Math.sin(angle);
    return (
      0.22 *
        Math.cos((u / width) * 1.6) *
        Math.exp(-(u * u) / (width * width * 4) - (v * v) / (length * length)) +
      0.025 * rng.normal()
    );
  });
}

/** A wobbly seven-segment digit, as bytes. */
function digit(n: number, rng: Random): number[] {
  const corners = [
    [9, 5],
    [19, 5],
    [9, 14],
    [19, 14],
    [9, 23],
    [19, 23],
  ].map(([x, y]) => [x + 1.5 * rng.normal(), y + 1.5 * rng.normal()]);
  const segments = [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [2, 4],
    [3, 5],
    [4, 5],
  ];
  const on = [
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
  ][n];
  const lines = segments
    .filter((_, i) => on[i] === "1")
    .map(([a, b]) => [...corners[a], ...corners[b]]);
  return image((x, y) => {
    const d = Math.min(
      ...lines.map(([ax, ay, bx, by]) => {
        const t = Math.min(
          1,
          Math.max(
            0,
            ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2),
          ),
        );
        return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
      }),
    );
    return Math.round(255 * Math.min(1, Math.max(0, 2.1 - d)));
  });
}

function image(value: (x: number, y: number) => number): number[] {
  return Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side)));
}
