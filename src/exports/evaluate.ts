import { predictedClass } from "../circuit/outputs.ts";
import { evaluateCopyNetwork } from "../learning/copy-network.ts";
import { mappedInputs, type PortableNetwork } from "./portable.ts";
import { evaluateQuantised } from "./quantise.ts";

/**
 * The outputs [batch × n_L] for raw inputs [batch × n_0]: in float64, or of a quantised network
 * with its own whole numbers. The plain reference that every export is held against.
 */
export function evaluatePortable(
  net: PortableNetwork,
  raw: ArrayLike<number>,
  batch: number,
): Float64Array {
  return net.quantisation
    ? evaluateQuantised(net, net.quantisation, raw, batch)
    : evaluateCopyNetwork(net.network, mappedInputs(net, raw), batch);
}

/** The largest of each row [rows × columns], of equal ones the first. */
export function namedClasses(outputs: ArrayLike<number>, columns: number): Int32Array {
  const plain = { classes: columns, differential: false };
  return Int32Array.from({ length: outputs.length / columns }, (_, r) =>
    predictedClass(plain, outputs, r * columns),
  );
}
