import { copyTensors, type CopyNetwork } from "../learning/copy-network.ts";
import { keysOf } from "../numerics/keys.ts";
import { writeOnnx } from "./onnx.ts";
import { writeSafetensors } from "./safetensors.ts";

/** A format that a digital copy is taken home in; its key is the extension of the file. */
export interface CopyFormat {
  /** The bytes of the file, in float32. */
  write(
    copy: CopyNetwork,
    metadata: Readonly<Record<string, string>>,
  ): Uint8Array | Promise<Uint8Array>;
}

export const copyFormats = {
  onnx: { write: writeOnnx },
  safetensors: { write: (copy, metadata) => writeSafetensors(copyTensors(copy), metadata) },
} as const satisfies Readonly<Record<string, CopyFormat>>;

export type CopyFormatName = keyof typeof copyFormats;

/** The files of a copy: `copy.onnx`, … */
export const copyFileNames: readonly string[] = keysOf(copyFormats).map(copyFileName);

export function copyFileName(format: CopyFormatName): string {
  return `copy.${format}`;
}
