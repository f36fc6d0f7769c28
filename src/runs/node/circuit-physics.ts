import { readGiven, type Answer } from "../../circuit/physics/index.ts";
import { readLayers } from "../../testbench/settle/options.ts";
import { physicsOfLayers } from "../../testbench/physics/answers.ts";
import { readSchematic } from "./schematic.ts";

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
  const { circuit } = await readSchematic(
    target,
    "give a schematic by its name or the path of its YAML file",
  );
  return physicsOfLayers(circuit, sizes, await readGiven(given));
}
