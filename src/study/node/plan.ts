import { dirname, join, resolve } from "node:path";
import { circuitText } from "../../circuit/library.ts";
import { InputError } from "../../numerics/errors.ts";
import { cellsOf, type Cell } from "../cells.ts";
import { checkDrawings } from "../check.ts";
import { checkClaims } from "../claims.ts";
import { readStudy, type Point, type Study } from "../read.ts";
import { readText } from "../../runs/node/text.ts";

/** Which study is asked for, and how. */
export interface PlanRequest {
  /** Path of the study file. */
  readonly file: string;
  readonly quick?: boolean;
  readonly set?: readonly string[];
}

/** A study that is fit to be run, and its cells. */
interface Plan {
  readonly study: Study;
  readonly cells: readonly Cell[];
}

/** @throws InputError that says what is wrong with the study, before anything is run or written. */
export async function planStudy(request: PlanRequest): Promise<Plan> {
  const study = await readPlan(request);
  const cells = await cellsOf(study, (point) => circuitOf(point, request.file, study));
  refuseTwins(cells);
  return { study, cells };
}

/** Where a study's results go that were given no folder. */
export function defaultFolder({ name, quick }: Study): string {
  return join("runs", `${slug(name)}${quick ? "-quick" : ""}`);
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9._]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "")
      .slice(0, 80) || "study"
  );
}

async function readPlan({ file, quick, set }: PlanRequest): Promise<Study> {
  const text = readText(
    file,
    "study",
    "give the path of a study file, such as experiments/quickstart-study.yaml",
  );
  const study = await readStudy({
    text,
    file,
    quick,
    set,
    open: (path) => ({
      text: readText(
        resolve(dirname(file), path),
        "experiment",
        "paths are relative to the study file",
      ),
      file: join(dirname(file), path),
    }),
  });
  checkDrawings(study);
  await checkClaims(study);
  return study;
}

function circuitOf(
  { experiment: { circuit }, circuitFrom }: Point,
  file: string,
  { base }: Study,
): string {
  if (!/[/\\]|\.ya?ml$/.test(circuit)) return circuitText(circuit);
  const beside =
    circuitFrom === "base" && base !== undefined
      ? resolve(dirname(file), dirname(base))
      : dirname(file);
  return readText(
    resolve(beside, circuit),
    "circuit",
    "paths are relative to the file that names it",
  );
}

function refuseTwins(cells: readonly Cell[]): void {
  const seen = new Map<string, Cell>();
  for (const cell of cells) {
    const twin = seen.get(cell.id);
    if (twin)
      throw new InputError(
        `grid: the points ${JSON.stringify(twin.axes)} and ${JSON.stringify(cell.axes)} have ` +
          "the same settings; leave one of them out",
      );
    seen.set(cell.id, cell);
  }
}
