import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { DeviceModel } from "../../circuit/devices/device.ts";
import { deviceNamed, devices } from "../../circuit/devices/registry.ts";
import { deviceFrom } from "../../circuit/devices/yaml.ts";
import { circuitText } from "../../circuit/library.ts";
import { withDevice } from "../../circuit/read/parse.ts";
import { resolveCircuit } from "../../experiment/circuit.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { InputError, type AuthorOf } from "../../numerics/errors.ts";
import { isPath, readText } from "./text.ts";

/** A circuit, and the text of its schematic, which stands by itself: no other file is named. */
export interface ReadSchematic {
  readonly circuit: Circuit;
  readonly text: string;
}

/**
 * The schematic of that name, or the one in that file. A device that it names by its file is
 * written out in the text, so that what keeps the text keeps the device.
 * @param todo what to do where the file cannot be read.
 * @throws InputError for what is wrong with it, or with the device.
 */
export async function readSchematic(target: string, todo: string): Promise<ReadSchematic> {
  return schematicAsked(target, { author: () => target, folder: "", todo });
}

/** Who asks for a circuit, and from where. */
interface Asking {
  /** Who wrote what stands below `circuit`. */
  readonly author: AuthorOf;
  /** What paths are relative to. */
  readonly folder: string;
  /** What to do where a file cannot be read. */
  readonly todo: string;
}

/**
 * The circuit that an experiment asks for: of that name, in that file, changed, or written out. A
 * device that is named by its file is written out in the text.
 * @throws InputError for what is wrong with it, or with the device.
 */
export async function schematicAsked(
  asked: Experiment["circuit"],
  { author, folder, todo }: Asking,
): Promise<ReadSchematic> {
  let from = folder;
  let read: DeviceModel | undefined;
  const { circuit, text } = await resolveCircuit(asked, {
    author,
    open(base) {
      if (!isPath(base)) return { text: circuitText(base), file: `circuits/${base}.yaml` };
      const file = isAbsolute(base) ? base : join(folder, base);
      from = dirname(file);
      return { text: readText(file, "circuit", todo), file };
    },
    device: async (name) => {
      const path = deviceFile(name, from);
      return path === null ? ofPackage(name) : (read = await readDevice(path, beside));
    },
  });
  return { circuit, text: read ? await withDevice(text, read) : text };
}

/** A schematic as it is, less imperfections. */
export async function schematicLess(
  target: string,
  without: readonly string[],
  todo: string,
): Promise<ReadSchematic> {
  const author = () => (without.length === 0 ? target : `--without ${without.join(",")}`);
  const asked = without.length === 0 ? target : { base: target, without };
  return schematicAsked(asked, { author, folder: "", todo });
}

function ofPackage(name: string): DeviceModel {
  try {
    return deviceNamed(name);
  } catch (error) {
    const more = "; or give the file of a device, such as my-device.yaml";
    throw error instanceof InputError ? new InputError(error.message + more) : error;
  }
}

const beside = "paths are relative to the schematic";

/**
 * The device in a file.
 * @param todo what to do where the file cannot be read.
 * @throws InputError for a file that holds no device.
 */
export async function readDevice(path: string, todo: string): Promise<DeviceModel> {
  return deviceFrom(readText(path, "device", todo), path);
}

/** The file that a schematic in `dir` means by a device; null: one of the package. */
function deviceFile(name: string, dir: string): string | null {
  if (Object.hasOwn(devices, name)) return null;
  if (isPath(name)) return isAbsolute(name) ? name : join(dir, name);
  return [".yaml", ".yml"].map((ending) => join(dir, name + ending)).find(existsSync) ?? null;
}
