import type { Circuit } from "../../circuit/circuit.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { readNpz, writeNpz } from "../npz.ts";
import {
  damaged,
  headFrom,
  listHead,
  listBlocks,
  soundList,
  type ProgrammingList,
} from "./programming.ts";

const key = "analog_eqprop.programming";

/**
 * A programming list as NumPy reads it: what is held under its own name, what a bench sets as
 * `….target [S]` beside it, and the head as JSON in `metadata.json`.
 */
export function writeProgrammingNpz(circuit: Circuit, list: ProgrammingList): Uint8Array {
  const blocks = listBlocks(circuit, list);
  const settings = blocks.flatMap(({ name, shape, settings: columns }) =>
    columns.map(
      (c): Tensor => ({
        name: `${name.replace(/\.(weight|bias)$/, "")}.${c.name} [${c.unit}]`,
        shape,
        data: Float64Array.from(c.values),
      }),
    ),
  );
  return writeNpz({
    tensors: [...list.tensors, ...settings],
    strings: { [key]: JSON.stringify(listHead(list, blocks)) },
  });
}

/**
 * The list of such an archive.
 * @throws InputError for a damaged one, and for an archive that holds none.
 */
export function readProgrammingNpz(bytes: Uint8Array): ProgrammingList {
  const { tensors, strings } = readNpz(bytes);
  const text = strings[key] as string | undefined;
  if (text === undefined) throw damaged("there is none in the archive");
  const { tensors: shapes, ...about } = headFrom(text);
  return soundList({
    about,
    tensors: shapes.map(({ name, shape }) => {
      const found = tensors.find((t) => t.name === name);
      if (found?.shape.join() !== shape.join())
        throw damaged(`${name} is missing, or has another shape than [${shape.join(", ")}]`);
      return found;
    }),
  });
}

/** Whether an archive holds a programming list: its strings lie uncompressed at its end. */
export function isProgrammingNpz(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return false;
  try {
    return key in readNpz(bytes).strings;
  } catch {
    return false;
  }
}
