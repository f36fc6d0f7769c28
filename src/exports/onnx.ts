import { requireSoundCopy } from "../learning/copy-network.ts";
import type { CopyNetwork } from "../learning/copy-network.ts";

/**
 * The copy as an ONNX model, in float32: `input` [N × n_0] (pixels 0 … 1) → `output` [N × n_L].
 * Weights are initializers [out × in] used by Gemm with transB = 1, named as in `copyTensors`.
 */
export async function writeOnnx(
  net: CopyNetwork,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  requireSoundCopy(net);
  const { onnxModel } = await import("./onnx/write.ts");
  return onnxModel(net, metadata);
}
