import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import { readPlainFile, writeFileAtomic } from "../../output/node/files.ts";
import { checkTree } from "../../numerics/yaml.ts";
import { readSafetensors, writeSafetensors } from "../../exports/safetensors.ts";
import type { Session, Snapshot } from "../../training/session.ts";
import { names } from "./folder.ts";

/** What a checkpoint belongs to, and how many evaluations were made before it. */
interface Belonging {
  readonly config: string;
  readonly data: string;
  readonly metrics: number;
}

const format = "analog-eqprop checkpoint 3";

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const byte = z.number().int().min(0).max(255);
const hash = z.string().min(1);
/** What the metadata of a checkpoint hold, once their numbers and JSON are read. */
const writtenSchema = z.object({
  config: hash,
  data: hash,
  metrics: count,
  step: count,
  programmings: count,
  evaluations: z.object({ free: z.number().min(0), nudged: z.number().min(0) }),
  random: z.object({
    beta: z.object({
      label: z.string(),
      state: z.object({ i: byte, j: byte, S: z.array(byte).length(256) }),
      spare: z.number().nullable(),
    }),
  }),
});

/** The value of a field; of one that is no JSON the text itself, which the schema then names. */
function valueOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

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
    const { config, data } = metadata;
    const values = Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, valueOf(v)]));
    const { metrics, ...written } = checkTree(
      { ...values, config, data },
      writtenSchema,
      (path) => `in field ${String(path[0])}`,
    );
    const { step, programmings, evaluations, random } = written;
    return {
      config,
      data,
      metrics,
      snapshot: { tensors, step, programmings, evaluations, random },
    };
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(
        `checkpoint ${path}: ${error.message}; restore the file, or start a new run`,
      );
    throw error;
  }
}

/**
 * Puts a session where the checkpoint of its run is.
 * @throws InputError when the run has no such minibatch.
 */
export function restoreCheckpoint(dir: string, session: Session, snapshot: Snapshot): void {
  const { totalSteps } = session;
  if (snapshot.step > totalSteps)
    throw new InputError(
      `checkpoint ${join(dir, names.checkpoint)}: it is at minibatch ${snapshot.step}, expected ` +
        `at most ${totalSteps}, the last of the run; restore the file, or start a new run`,
    );
  session.restore(snapshot);
}
