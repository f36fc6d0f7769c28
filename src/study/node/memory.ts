import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolders } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { readPlainFile, writeFileAtomic } from "../../output/node/files.ts";
import { packSnapshot, unpackSnapshot } from "../../runs/node/checkpoint.ts";
import { version } from "../../version.generated.ts";
import type { CellMemory, Kept } from "../measurement.ts";
import { Parked } from "./serve-tasks.ts";

/** Where a cell keeps how far it is, and what it belongs to. */
export interface CheckpointPlace {
  readonly path: string;
  readonly cell: string;
  /** Hash of its data. */
  readonly data: string;
  /** Seconds between two checkpoints. */
  readonly every: number;
  /** One number that all threads see; not 0 asks every cell to keep what it has and to stop. */
  readonly parking: Int32Array;
}

/** The file of a cell's checkpoint. */
export function checkpointFile(dir: string, cell: string): string {
  return join(dir, "checkpoints", `${cell}.safetensors`);
}

/** What a cell that came to its end has no use for any more. */
export function forgetCheckpoint(dir: string, cell: string): void {
  rmSync(checkpointFile(dir, cell), { force: true });
}

/** The memory of a cell in its file. The first checkpoint is written when `every` has passed. */
export function memoryAt(place: CheckpointPlace): CellMemory {
  const { path, every, parking } = place;
  const isParking = () => Atomics.load(parking, 0) !== 0;
  let last = performance.now();
  return {
    kept: keptAt(place),
    isDue: () => isParking() || performance.now() - last >= 1000 * every,
    keep({ snapshot, notes }) {
      const { cell, data } = place;
      const more = { cell, data, version, notes: JSON.stringify(notes) };
      makeFolders(dirname(path));
      writeFileAtomic(path, packSnapshot(snapshot, more));
      last = performance.now();
      if (isParking()) throw new Parked("kept");
    },
  };
}

/** What fits of what is there. A cell begins anew where nothing does: its result is the same. */
function keptAt({ path, cell, data }: CheckpointPlace): Kept | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { snapshot, metadata } = unpackSnapshot(readPlainFile(path));
    const isOwn =
      metadata["cell"] === cell && metadata["data"] === data && metadata["version"] === version;
    return isOwn ? { snapshot, notes: JSON.parse(metadata["notes"] ?? "null") } : undefined;
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
