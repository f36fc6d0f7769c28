import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import { names } from "./folder.ts";
import { checkOwn, readJson, readOwnText } from "./text.ts";

const cornersSchema = z.object({
  schematic: z.string(),
  asked: z.object({ circuit: z.string() }),
  corners: z.record(z.string(), z.number().int().min(0)),
});

/**
 * The numbers of dies in `7, worst-1@runs/a-1/yield`: names of dies that `yield` measured are
 * exchanged for their numbers, everything else stays as it is written.
 * @param target what the command is about; the dies are to be of its schematic where it is a run.
 * @throws InputError for a folder without dies, a name that it has not, or another schematic.
 */
export function withCorners(text: string, target: string): string {
  const circuit = schematicOf(target);
  return text
    .split(",")
    .map((part) => {
      const at = part.indexOf("@");
      if (at < 0) return part;
      return String(corner(part.slice(0, at).trim(), part.slice(at + 1).trim(), circuit));
    })
    .join(",");
}

/** The text of a run's schematic; undefined of what is no run. */
function schematicOf(target: string): string | undefined {
  const path = join(target, names.circuit);
  if (!existsSync(path)) return undefined;
  return readOwnText(path, "circuit", "restore the file");
}

function corner(name: string, folder: string, circuitText: string | undefined): number {
  const asked = `--die ${name}@${folder}`;
  const path = [join(folder, names.corners), join(folder, "yield", names.corners)].find((p) =>
    existsSync(p),
  );
  if (path === undefined)
    throw new InputError(
      `${asked}: ${folder} holds no measured dies; measure them by \`analog-eqprop yield RUN\``,
    );
  const todo = "measure the dies again";
  const found = checkOwn(readJson(path, "dies"), cornersSchema, `dies ${path}`, todo);
  if (!Object.hasOwn(found.corners, name))
    throw new InputError(
      `${asked}: there is no die of that name; expected one of ` +
        `${Object.keys(found.corners).join(", ")}`,
    );
  const hash = createHash("sha256")
    .update(circuitText ?? "")
    .digest("hex");
  if (circuitText !== undefined && hash !== found.schematic)
    throw new InputError(
      `${asked}: it is a die of another schematic, ${found.asked.circuit}; a number says nothing ` +
        "of how bad a die is on this one, so measure its own dies",
    );
  return found.corners[name];
}
