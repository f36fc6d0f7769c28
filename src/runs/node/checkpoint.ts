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
const belongingSchema = z.object({ config: hash, data: hash, metrics: count });
/** What the metadata of a snapshot hold, once their numbers and JSON are read. */
const snapshotSchema = z.object({
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

/** A snapshot as a file, and what else it says. It holds no times: equal runs have equal files. */
export function packSnapshot(
  { tensors, programmings, step, evaluations, random }: Snapshot,
  more: Readonly<Record<string, string>>,
): Uint8Array {
  return writeSafetensors(tensors, {
    format,
    step: String(step),
    programmings: String(programmings),
    evaluations: JSON.stringify(evaluations),
    random: JSON.stringify(random),
    ...more,
  });
}

/**
 * What was packed.
 * @throws InputError when the file is damaged or of another format.
 */
export function unpackSnapshot(bytes: Uint8Array): {
  readonly snapshot: Snapshot;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata["format"] !== format)
    throw new InputError(`its format is ${metadata["format"] ?? "not given"}, expected ${format}`);
  const values = Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, valueOf(v)]));
  const written = checkTree(values, snapshotSchema, (path) => `in field ${String(path[0])}`);
  return { snapshot: { tensors, ...written }, metadata };
}

/** Replaces the checkpoint of a run at once. */
export function writeCheckpoint(
  dir: string,
  snapshot: Snapshot,
  { config, data, metrics }: Belonging,
): void {
  const bytes = packSnapshot(snapshot, { config, data, metrics: String(metrics) });
  writeFileAtomic(join(dir, names.checkpoint), bytes);
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
    const { snapshot, metadata } = unpackSnapshot(readPlainFile(path));
    const { config, data } = metadata;
    const metrics = valueOf(metadata["metrics"]);
    const own = checkTree(
      { config, data, metrics },
      belongingSchema,
      (at) => `in field ${String(at[0])}`,
    );
    return { ...own, snapshot };
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
