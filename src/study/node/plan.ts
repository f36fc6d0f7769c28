import { dirname, join, resolve } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import { blame, InputError } from "../../numerics/errors.ts";
import { cellsOf, type Cell } from "../cells.ts";
import { checkDrawings } from "../check.ts";
import { checkClaims } from "../claims.ts";
import { readStudy, type Point, type Study } from "../read.ts";
import { schematicHere } from "../../runs/node/inputs.ts";
import { schematicAsked, type ReadSchematic } from "../../runs/node/schematic.ts";
import { findFile, readAsked } from "../../runs/node/shipped.ts";

/** Which study is asked for, and how. */
export interface PlanRequest {
  /** Path of the study file, or the name of one of this package. */
  readonly file: string;
  readonly quick?: boolean;
  readonly set?: readonly string[];
  /** Imperfections that are left out of every circuit: `noise,mismatch`. */
  readonly without?: string;
  /** Which cells are wanted, to be run and not to be drawn. */
  readonly only?: (axes: Cell["axes"], seed: number) => boolean;
}

/** A study that is fit to be run, and its cells. */
interface Plan {
  readonly study: Study;
  readonly cells: readonly Cell[];
  /** The circuits of the cells, by the text of their schematics. */
  readonly circuits: ReadonlyMap<string, Circuit>;
}

/** @throws InputError that says what is wrong with the study, before anything is run or written. */
export async function planStudy(request: PlanRequest): Promise<Plan> {
  const asked = readAsked(request.file, "study");
  const study = await readPlan(asked, request);
  const schematics = new Map<string, ReadSchematic>();
  const folder = (from: "study" | "base") => folderOf(from, asked.file, study);
  for (const point of study.points) {
    const key = keyOf(point, folder(point.circuitFrom));
    if (!schematics.has(key))
      schematics.set(
        key,
        await schematicAsked(point.experiment.circuit, {
          author: (path, part) => point.author(["circuit", ...path], part),
          folder: folder(point.circuitFrom),
          todo: "paths are relative to the file that names it",
        }),
      );
  }
  const cells = await cellsOf(
    study,
    (point) => schematics.get(keyOf(point, folder(point.circuitFrom)))!.text,
    (point) => folder(point.dataFrom),
  );
  refuseTwins(cells);
  const circuits = new Map([...schematics.values()].map(({ text, circuit }) => [text, circuit]));
  refuseCircuits(study, cells, circuits);
  return { study, cells, circuits };
}

/** `circuit=mine.yaml` names a file where it is typed, if there is one. */
function settingHere(text: string): string {
  const [key, ...rest] = text.split("=");
  const value = rest.join("=").trim();
  const found = schematicHere(key.trim(), value);
  return found === value ? text : `${key}=${JSON.stringify(found)}`;
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
  { quick, set, without, only }: PlanRequest,
): Promise<Study> {
  const study = await readStudy({
    text,
    file,
    quick,
    set: set?.map(settingHere),
    without,
    only,
    open: (path) => readAsked(path, "experiment", dirname(file)),
  });
  if (only) return study;
  checkDrawings(study);
  await checkClaims(study);
  return study;
}

/** What paths are relative to: the folder of the file that wrote them. */
function folderOf(from: "study" | "base", file: string, { base }: Pick<Study, "base">): string {
  const own = dirname(file);
  return resolve(
    from === "base" && base !== undefined ? dirname(findFile(base, "experiment", own)) : own,
  );
}

/** Points that ask for the same schematic share it. */
function keyOf({ experiment: { circuit } }: Point, folder: string): string {
  return JSON.stringify([folder, circuit]);
}

/** Before the first cell, a circuit that the measurement cannot look at. */
function refuseCircuits(
  { measurement, author }: Study,
  cells: readonly Cell[],
  circuits: Plan["circuits"],
): void {
  const told = new Map([...circuits].map(([text, c]) => [text, measurement.refusal?.(c)]));
  const refused = cells.filter((cell) => told.get(cell.circuit) !== undefined);
  if (refused.length === 0) return;
  throw blame(
    author(["measure"], "value"),
    `measure: ${told.get(refused[0].circuit)!} (${refused.length} of ${cells.length} cells)`,
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
