import { dirname, join, resolve } from "node:path";
import { circuitText } from "../../circuit/library.ts";
import { InputError } from "../../numerics/errors.ts";
import { cellsOf, type Cell } from "../cells.ts";
import { checkDrawings } from "../check.ts";
import { checkClaims } from "../claims.ts";
import { readStudy, type Point, type Study } from "../read.ts";
import { readAsked } from "../../runs/node/shipped.ts";
import { readText } from "../../runs/node/text.ts";

/** Which study is asked for, and how. */
export interface PlanRequest {
  /** Path of the study file, or the name of one of this package. */
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
  const asked = readAsked(request.file, "study");
  const study = await readPlan(asked, request);
  const cells = await cellsOf(study, (point) => circuitOf(point, asked.file, study));
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

async function readPlan(
  { text, file }: ReturnType<typeof readAsked>,
  { quick, set }: PlanRequest,
): Promise<Study> {
  const study = await readStudy({
    text,
    file,
    quick,
    set,
    open: (path) => readAsked(path, "experiment", dirname(file)),
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
  const beside = circuitFrom === "base" && base !== undefined ? dirname(base) : dirname(file);
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
