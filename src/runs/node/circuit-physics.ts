import { deviceNames } from "../../circuit/devices/registry.ts";
import { circuitText } from "../../circuit/library.ts";
import { parseCircuit } from "../../circuit/read/parse.ts";
import { readGiven, type Answer } from "../../circuit/physics/index.ts";
import { readLayers } from "../../testbench/settle/options.ts";
import { physicsOfLayers } from "../../testbench/physics/answers.ts";
import { readText } from "./text.ts";

/**
 * What a network of so many `layers` would take on a schematic, given by its name or the path of
 * its YAML file.
 * @throws InputError when one of the three cannot be read.
 */
export async function circuitPhysics(
  target: string,
  layers: string,
  given: readonly string[],
): Promise<readonly Answer[]> {
  const sizes = readLayers(layers);
  const isPath = /[/\\]|\.ya?ml$/.test(target);
  const text = isPath
    ? readText(target, "circuit", "give a schematic by its name or the path of its YAML file")
    : circuitText(target);
  return physicsOfLayers(
    await parseCircuit(text, isPath ? target : `circuits/${target}.yaml`, { devices: deviceNames }),
    sizes,
    await readGiven(given),
  );
}
