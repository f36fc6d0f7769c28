import type { Circuit } from "../../circuit/circuit.ts";
import { dataSets } from "../../data/catalogue.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { InputMap, PortableNetwork } from "../../exports/portable.ts";
import { unsoundCopy } from "../../learning/copy-network.ts";
import { copyOf } from "../../training/copy-of.ts";
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
  return {
    network,
    inputs: inputMapOf(data),
    outputs: { kind: "classes", names: dataSets[experiment.data.set].classNames },
    metadata: {
      name: experiment.name,
      version,
      seed: String(experiment.seed),
      circuit: circuit.name,
      die: String(experiment.die),
      data: experiment.data.set,
      config: hashes.config,
      epochs: String(session.step / session.stepsPerEpoch),
      activation: experiment.learning.copy.activation,
      ...(circuit.outputs === "differential" && {
        outputs: "differential: the last layer is linear and takes the differences of the pairs",
      }),
      ...(last && last.testErrorCopy !== null
        ? {
            testErrorCopy: String(last.testErrorCopy),
            ...(last.testErrorChip !== null && { testErrorChip: String(last.testErrorChip) }),
          }
        : {}),
    },
  };
}

/** What files have, and what a network sees of it. */
function inputMapOf({ shape, scale }: Dataset): InputMap {
  const n = shape[0] * shape[1];
  return {
    offset: new Float32Array(n),
    factor: new Float32Array(n).fill(scale),
    low: -Infinity,
    high: Infinity,
  };
}
