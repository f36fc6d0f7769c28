import { InputError } from "../../numerics/errors.ts";
import { metadataOf, namesSaid, sound } from "../packed.ts";
import type { PortableNetwork } from "../portable.ts";
import { parseModel } from "./model.ts";
import { builder, type Value } from "./layers.ts";
import { operators } from "./operators.ts";

/**
 * The perceptron of an ONNX model, ours or another's: linear layers (Gemm, MatMul, Add), what clips
 * or bends between them, an affine map before them, a softmax behind.
 * @throws InputError that names an operator that is not among them, or what else does not fit.
 */
export function readOnnx(bytes: Uint8Array): PortableNetwork {
  const model = parseModel(bytes);
  const net = builder(bytes.length);
  const known = new Map<string, Value>(
    model.initializers.map((t) => [t.name, { kind: "constant", tensor: t }]),
  );
  const inputs = model.inputs.filter((name) => !known.has(name));
  if (inputs.length !== 1 || model.outputs.length !== 1)
    throw new InputError(
      `onnx: the model has ${inputs.length} inputs and ${model.outputs.length} outputs, expected ` +
        "one of each",
    );
  known.set(inputs[0], net.input);
  for (const node of model.nodes) {
    const operator = Object.hasOwn(operators, node.operator) ? operators[node.operator] : undefined;
    if (!operator)
      throw new InputError(
        `onnx: the operator ${node.operator.slice(0, 80)} is not one of a perceptron; known are ` +
          Object.keys(operators).join(", "),
      );
    const values = node.inputs.map((name) => {
      const value = name === "" ? null : known.get(name);
      if (value !== undefined) return value;
      throw new InputError(
        `onnx: ${node.operator} reads ${JSON.stringify(name)}, which is nowhere`,
      );
    });
    known.set(node.outputs[0] ?? "", operator({ values, node, net }));
  }
  const output = known.get(model.outputs[0]);
  if (!output) throw new InputError(`onnx: nothing computes the output ${model.outputs[0]}`);
  const { inputNames, outputs } = namesSaid(model.metadata);
  const read = net.finish(output);
  const { inputs: seen } = read;
  return sound({
    ...read,
    ...(seen && { inputs: { ...seen, ...(inputNames && { names: inputNames }) } }),
    ...(outputs && { outputs }),
    metadata: metadataOf(model.metadata),
  });
}
