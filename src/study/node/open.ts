import { join } from "node:path";
import { parse, stringify } from "yaml";
import { InputError } from "../../numerics/errors.ts";
import { isMapping } from "../../numerics/mappings.ts";
import { readStudyEnvironment } from "../../runs/node/environment.ts";
import { readOwnText } from "../../runs/node/text.ts";
import { readStudy, type Study } from "../read.ts";
import { studyFiles } from "./folder.ts";
import { readManifest, type ListedCell, type Manifest } from "./manifest.ts";

/** A study as its folder keeps it: enough to count its cells and to draw them. */
interface OpenedStudy {
  readonly study: Study;
  readonly manifest: Manifest;
  readonly environment: Extract<
    ReturnType<typeof readStudyEnvironment>,
    { readonly dataHash: string }
  >;
}

/**
 * Opens the folder of a study without the file that it was made from.
 * @throws InputError when it is none, or is damaged.
 */
export async function openStudy(dir: string): Promise<OpenedStudy> {
  const manifest = readManifest(dir);
  const environment = readStudyEnvironment(dir);
  if (!("dataHash" in environment))
    throw new InputError(
      `${dir}: the folder was drawn from ${environment.results}, nothing was run in it; ` +
        "name the folder of a study that is run",
    );
  const file = join(dir, studyFiles.study);
  const text = readOwnText(file, "study", "restore the file, or choose another folder");
  const wanted = new Set(manifest.cells.map(keyOf));
  const study = await readStudy({
    text: withoutSkip(text),
    file,
    only: (axes, seed) => wanted.has(keyOf({ axes, seed })),
    open: (path) => {
      throw new InputError(`${path} should stand in the file; restore the file`);
    },
  });
  return {
    study: { ...study, quick: manifest.quick, axes: study.axes.map(inOrderOf(manifest.cells)) },
    manifest,
    environment,
  };
}

const keyOf = ({ axes, seed }: Pick<ListedCell, "axes" | "seed">) =>
  JSON.stringify([Object.entries(axes), seed]);

/** The list of cells says what is skipped; a `skip` may name labels that are gone. */
function withoutSkip(text: string): string {
  const tree = parse(text, { maxAliasCount: 0 }) as unknown;
  return isMapping(tree) ? stringify({ ...tree, skip: [] }, { lineWidth: 0 }) : text;
}

/** Labels that are whole numbers lose their order in a file of settings; the cells have kept it. */
function inOrderOf(cells: readonly ListedCell[]): (axis: Study["axes"][number]) => typeof axis {
  return (axis) => {
    const order = new Map<string, number>();
    for (const { axes } of cells)
      if (!order.has(axes[axis.name])) order.set(axes[axis.name], order.size);
    const placeOf = ({ label }: (typeof axis.settings)[number]) => order.get(label) ?? Infinity;
    return { ...axis, settings: [...axis.settings].sort((a, b) => placeOf(a) - placeOf(b)) };
  };
}
