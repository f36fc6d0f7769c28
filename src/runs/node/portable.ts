import type { Circuit } from "../../circuit/circuit.ts";
import type { SetName } from "../../data/catalogue.ts";
import { widthOf, type Dataset } from "../../data/dataset.ts";
import { unscaled, type Scaling } from "../../data/scaling.ts";
import type { InputMap, PortableNetwork } from "../../exports/portable.ts";
import type { RealScore } from "../../learning/score.ts";
import type { Metrics } from "../../output/metrics.ts";
import { unsoundCopy, type CopyNetwork } from "../../learning/copy-network.ts";
import { copyOf } from "../../training/copy-of.ts";
import { dataName, dataSourceOf } from "../../experiment/data-asked.ts";
import { version } from "../../version.generated.ts";
import type { Run } from "./learn.ts";

/**
 * The digital copy of a run as it travels, with the scaling of its inputs and what its outputs are
 * called; undefined where the rule has none, or where it is not made of numbers.
 */
export function portableOf(
  { experiment, session, hashes, metrics }: Run,
  circuit: Circuit,
  data: Dataset,
): PortableNetwork | undefined {
  // Of a run that came apart, what was measured after its last checkpoint is of other weights.
  const last = metrics.findLast((m) => m.step <= session.step);
  const network = copyOf(experiment, session.snapshot().tensors, circuit);
  if (!network || last?.finite === false || unsoundCopy(network) !== undefined) return undefined;
  const { targets } = data;
  const source = dataSourceOf(experiment.data);
  return {
    network: targets.kind === "reals" ? inUnits(network, targets.scaling) : network,
    inputs: inputMapOf(data),
    outputs: {
      kind: targets.kind === "classes" ? "classes" : "values",
      names: targets.names,
    },
    metadata: {
      name: experiment.name,
      version,
      seed: String(experiment.seed),
      circuit: circuit.name,
      die: String(experiment.die),
      data: dataName(experiment.data),
      ...(source.from === "set" && { dataLicence: licences[source.set] }),
      config: hashes.config,
      epochs: String(session.step / session.stepsPerEpoch),
      activation: experiment.learning.copy.activation,
      ...(circuit.outputs === "differential" && {
        outputs: "differential: the last layer is linear and takes the differences of the pairs",
      }),
      ...(last && scoreFacts(last)),
    },
  };
}

/** How well copy and chip do: their errors, or R² and RMSE of real targets. */
function scoreFacts({ testErrorCopy, testErrorChip, scores }: Metrics): Record<string, string> {
  const { copy, chip } = scores.test;
  if (testErrorCopy === null) return {};
  if (copy?.kind !== "reals")
    return {
      testErrorCopy: String(testErrorCopy),
      ...(testErrorChip !== null && { testErrorChip: String(testErrorChip) }),
    };
  const listed = (of: "r2" | "rmse", { fits }: RealScore) =>
    fits.map((f) => (f[of] === null ? "–" : String(f[of]))).join(", ");
  return {
    testR2Copy: listed("r2", copy),
    testRmseCopy: listed("rmse", copy),
    ...(chip?.kind === "reals" && {
      testR2Chip: listed("r2", chip),
      testRmseChip: listed("rmse", chip),
    }),
  };
}

/** Of the data that a network learned from, as its publishers state it. */
const licences = {
  digits: "MIT, drawn by analog-eqprop",
  moons: "MIT, drawn by analog-eqprop",
  spirals: "MIT, drawn by analog-eqprop",
  xor: "MIT, drawn by analog-eqprop",
  sine: "MIT, drawn by analog-eqprop",
  mnist: "not stated by its publishers",
  "fashion-mnist": "MIT",
  kmnist: "CC BY-SA 4.0",
  "emnist-balanced": "not stated by its publishers",
  "emnist-byclass": "not stated by its publishers",
  "emnist-bymerge": "not stated by its publishers",
  "emnist-digits": "not stated by its publishers",
  "emnist-letters": "not stated by its publishers",
  "emnist-mnist": "not stated by its publishers",
} as const satisfies Readonly<Record<SetName, string>>;

/** Raw inputs [count × n_0] of a data set, as files have them. */
export function rawRows(data: Dataset, first: number, count: number): Float32Array {
  const { inputs, scaling } = data;
  const width = widthOf(data);
  const rows = inputs.values.subarray(first * width, (first + count) * width);
  return Float32Array.from(rows, (x, k) =>
    scaling && inputs.kind === "reals" ? unscaled(scaling, k % width, x) : x,
  );
}

/** A last layer that turns what outputs were nudged to into the user's units. */
function inUnits({ sizes, layers }: CopyNetwork, { offset, factor }: Scaling): CopyNetwork {
  const n = sizes[sizes.length - 1];
  const weight = new Float32Array(n * n);
  for (let k = 0; k < n; k++) weight[k * n + k] = 1 / factor[k];
  const name = "copy.units";
  return {
    sizes: [...sizes, n],
    layers: [
      ...layers,
      {
        activation: "linear",
        bias: { name: `${name}.bias`, shape: [n], data: Float32Array.from(offset) },
        incoming: [
          {
            from: sizes.length - 1,
            weight: { name: `${name}.weight`, shape: [n, n], data: weight },
          },
        ],
      },
    ],
  };
}

/** What files have, and what a network sees of it. */
export function inputMapOf(data: Dataset): InputMap {
  const { scaling, inputs, inputNames } = data;
  const n = widthOf(data);
  return scaling === null
    ? {
        offset: new Float32Array(n),
        factor: new Float32Array(n).fill(inputs.kind === "bytes" ? inputs.scale : 1),
        low: -Infinity,
        high: Infinity,
      }
    : {
        offset: Float32Array.from(scaling.offset),
        factor: Float32Array.from(scaling.factor),
        low: scaling.clips ? 0 : -Infinity,
        high: scaling.clips ? 1 : Infinity,
        ...(inputNames && { names: inputNames }),
      };
}
