import { totalmem } from "node:os";
import type { Circuit } from "../../circuit/circuit.ts";
import { limitsOf } from "../../experiment/data-asked.ts";
import { refuseTooLarge, type Demand } from "../../numerics/demand.ts";
import { machine } from "../../runs/node/environment.ts";
import { checkWritable } from "../../runs/node/folder.ts";
import { longest, roomFor } from "../../runs/node/room.ts";
import type { Cell } from "../cells.ts";
import type { Study } from "../read.ts";
import {
  openFolder,
  requireSameData,
  requireSameStudy,
  writeEnvironment,
  writeResolved,
} from "./folder.ts";
import { writeManifest } from "./manifest.ts";
import { whereOf } from "./output.ts";
import { defaultFolder, planStudy, type PlanRequest } from "./plan.ts";
import { loadSplits, type Splits } from "./splits.ts";

/** A study that is to be run in a folder. */
export interface PrepareRequest extends PlanRequest {
  /** Folder of the data sets; found elsewhere when absent. */
  readonly data?: string;
  /** `runs/<study>`, with `-quick` behind it for quick settings, when absent. */
  readonly out?: string;
  /** Keeps the finished cells of a folder whose settings were others. */
  readonly resume?: boolean;
  /** Cells at a time. */
  readonly jobs: number;
  /** Begins it whatever time it will take. */
  readonly force?: boolean;
  /** How the user wrote all this, for the report. */
  readonly command?: string;
  /** Nothing will be written. */
  readonly readOnly?: boolean;
}

/** A study that is fit to be run, with all that its cells need, and the folder that it asks for. */
export interface Prepared {
  readonly study: Study;
  readonly cells: readonly Cell[];
  readonly circuits: ReadonlyMap<string, Circuit>;
  readonly splits: Splits;
  readonly dir: string;
  /** Looks at the folder and makes it where it is not there. */
  look(): "new" | "study";
}

/**
 * Reads a study and its data, and checks that all of it can be run and its folder is its own.
 * @throws InputError before anything is written.
 */
export async function prepareStudy(
  request: PrepareRequest,
  note: (text: string) => void,
): Promise<Prepared> {
  const { study, cells, circuits } = await planStudy(request);
  const dir = request.out ?? defaultFolder(study);
  if (!request.readOnly) checkWritable(dir, reportBytes);
  const splits = await loadSplits(study, cells, request.data, note);
  refuseTooLargeCells(study, cells, { circuits, splits }, request);
  const look = () => {
    const found = openFolder(dir);
    if (found === "study") requireSameStudy(dir, study, request.resume === true);
    return found;
  };
  if (!request.readOnly) look();
  return { study, cells, circuits, splits, dir, look };
}

/** The environment of a study, as its folder keeps it. */
type StudyMachine = ReturnType<typeof machine> & {
  readonly data: string;
  readonly dataHash: string;
  readonly command: string;
};

/** What was found in a folder, and what is now written there. */
export interface Claimed {
  readonly state: "new" | "study";
  readonly environment: StudyMachine;
  /** What its drawings were made of; undefined where not all of them are there. */
  readonly drawn: string | undefined;
}

/**
 * Makes the folder the study's: its settings, its cells and the machine are written into it. The
 * folder is locked.
 * @throws InputError when it holds results from other data.
 */
export function settleIn(
  { study, cells, splits, dir, look }: Prepared,
  { file, command }: Pick<PrepareRequest, "file" | "command">,
): Claimed {
  // Once more: until the lock was ours another process may have worked here.
  const state = look();
  const environment = {
    ...machine(),
    data: splits.sources,
    dataHash: splits.hash,
    command: command ?? `analog-eqprop run ${file}`,
  };
  const drawn = state === "study" ? requireSameData(dir, splits.hash) : undefined;
  writeEnvironment(dir, environment);
  writeManifest(dir, study, cells);
  writeResolved(dir, study);
  return { state, environment, drawn };
}

/** A report holds the plotting library, 5 MB. */
const reportBytes = 8e6;

/**
 * That there is room for every cell by itself, and for all of them on so many threads.
 */
function refuseTooLargeCells(
  study: Study,
  cells: readonly Cell[],
  { circuits, splits }: Pick<Prepared, "circuits" | "splits">,
  { jobs, force }: Pick<PrepareRequest, "jobs" | "force">,
): void {
  const demands = cells.map((cell): Demand => {
    const demand = demandOf({ study, circuits, splits }, cell);
    refuseTooLarge(
      { ...demand, of: `${whereOf(cell)}: ${demand.of}` },
      roomFor(longest.run, { force }),
    );
    return demand;
  });
  const most = demands.map((d) => d.bytes).sort((a, b) => b - a);
  const threads = Math.min(jobs, cells.length);
  refuseTooLarge(
    {
      of: `${study.name}: ${cells.length} cells, ${threads} at a time`,
      bytes: most.slice(0, threads).reduce((sum, bytes) => sum + bytes, 0),
      seconds: demands.reduce((sum, d) => sum + (d.seconds ?? 0), 0) / threads,
      less: "ask for fewer cells or seeds, smaller ones, or fewer --jobs",
    },
    { ...roomFor(longest.study, { force }), bytes: totalmem() },
  );
}

/** What one cell takes. */
export function demandOf(
  { study, circuits, splits }: Pick<Prepared, "study" | "circuits" | "splits">,
  cell: Cell,
): Demand {
  const { experiment, options, circuit } = cell;
  const split = splits.of(cell);
  const { train, test } = limitsOf(experiment.data);
  return study.measurement.demand({
    experiment,
    circuit: circuits.get(circuit)!,
    options,
    images: {
      train: Math.min(train, split?.train.count ?? 0),
      test: Math.min(test, split?.test.count ?? 0),
    },
  });
}
