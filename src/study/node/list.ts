import { commandLine } from "../../runs/node/environment.ts";
import { lockFolder } from "../../runs/node/lock.ts";
import { failed } from "../measurement.ts";
import { prepareStudy, settleIn, type Prepared, type PrepareRequest } from "./prepare.ts";
import { gather, refuseOtherData, resultFiles } from "./shards.ts";

/** What `study cells` is asked to do. */
export interface ListRequest extends PrepareRequest {
  /** Cells a command. */
  readonly pack: number;
  /** Only the cells without a result. */
  readonly left: boolean;
  /** How the command is called where it runs. */
  readonly program: string;
  note(text: string): void;
}

/** Cells of a study as commands, and the folder that they write to. */
export interface CellList extends Pick<Prepared, "study" | "dir"> {
  readonly commands: readonly string[];
  /** Cells of the grid, and of the commands. */
  readonly cells: number;
  readonly listed: number;
}

/**
 * Makes the folder of a study ready for its cells, and the commands that run them, in the order of
 * the grid.
 * @throws InputError before anything is written.
 */
export async function listCells(request: ListRequest): Promise<CellList> {
  const prepared = await prepareStudy(request, request.note);
  const { study, cells, dir } = prepared;
  const unlock = lockFolder(dir);
  try {
    const { environment } = settleIn(prepared, request);
    const results = gather(resultFiles(dir), ({ outcome }) => outcome);
    refuseOtherData(results, environment.dataHash);
    const ids = cells
      .map(({ id }) => id)
      .filter((id) => !request.left || (results.of.get(id) ?? failed) === failed);
    return {
      study,
      dir,
      commands: packed(ids, request.pack).map((pack) => cellCommand(request, dir, pack)),
      cells: cells.length,
      listed: ids.length,
    };
  } finally {
    unlock();
  }
}

function packed(ids: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, i) =>
    ids.slice(i * size, (i + 1) * size),
  );
}

function cellCommand(
  { program, file, quick, without, data, set = [] }: ListRequest,
  dir: string,
  ids: readonly string[],
): string {
  const option = (name: string, value: string | undefined) =>
    value === undefined ? [] : [name, value];
  const words = [
    ...["study", "cell", file, ...ids, "--out", dir],
    ...(quick ? ["--quick"] : []),
    ...option("--without", without),
    ...option("--data", data),
    // Last: it takes all words that follow.
    ...(set.length > 0 ? ["--set", ...set] : []),
  ];
  return `${program} ${commandLine(words)}`;
}
