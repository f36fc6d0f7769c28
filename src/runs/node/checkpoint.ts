import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { readPlainFile, writeFileAtomic } from "../../output/node/files.ts";
import { readSafetensors, writeSafetensors } from "../../output/safetensors.ts";
import type { Snapshot } from "../../training/session.ts";
import { names } from "./folder.ts";

/** What a checkpoint belongs to, and how many evaluations were made before it. */
interface Belonging {
  readonly config: string;
  readonly data: string;
  readonly metrics: number;
}

const format = "analog-eqprop checkpoint 3";

/** Replaces the checkpoint of a run at once. It holds no times: equal runs have equal files. */
export function writeCheckpoint(
  dir: string,
  { tensors, programmings, step, evaluations, random }: Snapshot,
  { config, data, metrics }: Belonging,
): void {
  const metadata = {
    format,
    step: String(step),
    programmings: String(programmings),
    evaluations: JSON.stringify(evaluations),
    random: JSON.stringify(random),
    config,
    data,
    metrics: String(metrics),
  };
  writeFileAtomic(join(dir, names.checkpoint), writeSafetensors(tensors, metadata));
}

/**
 * The checkpoint of a run, or undefined when none was written yet.
 * @throws InputError when the file is damaged.
 */
export function readCheckpoint(
  dir: string,
): (Belonging & { readonly snapshot: Snapshot }) | undefined {
  const path = join(dir, names.checkpoint);
  if (!existsSync(path)) return undefined;
  try {
    const { tensors, metadata } = readSafetensors(readPlainFile(path));
    if (metadata["format"] !== format)
      throw new InputError(
        `its format is ${metadata["format"] ?? "not given"}, expected ${format}`,
      );
    return {
      config: metadata["config"],
      data: metadata["data"],
      metrics: Number(metadata["metrics"]),
      snapshot: {
        tensors,
        step: Number(metadata["step"]),
        programmings: Number(metadata["programmings"]),
        evaluations: JSON.parse(metadata["evaluations"]) as Snapshot["evaluations"],
        random: JSON.parse(metadata["random"]) as Snapshot["random"],
      },
    };
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError)
      throw new InputError(
        `checkpoint ${path}: ${error.message}; restore the file, or start a new run`,
      );
    throw error;
  }
}
