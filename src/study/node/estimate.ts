import type { Demand } from "../../numerics/demand.ts";
import type { Cell } from "../cells.ts";
import type { Measured } from "../measurement.ts";
import { whereOf } from "./output.ts";
import { demandOf, prepareStudy, type Prepared, type PrepareRequest } from "./prepare.ts";
import { runPool } from "./pool.ts";
import { cellWorker, taskOf } from "./work.ts";

/** What `study plan` is asked to do. */
export interface EstimateRequest extends PrepareRequest {
  /** Seconds that a cell of each kind is timed for, at most; 0 times none. */
  readonly seconds: number;
  /** Stops the timing. */
  readonly signal?: AbortSignal;
  note(text: string): void;
}

/** What `study plan --json` prints. */
export interface StudyEstimate {
  /** Its name. */
  readonly study: string;
  /** Whether with `--quick`. */
  readonly quick: boolean;
  /** How many there are. */
  readonly cells: number;
  /** Cells at a time. */
  readonly jobs: number;
  /** Cells that take alike, those that take longest first. */
  readonly kinds: readonly CellKind[];
  /** All cells together, seconds of one thread. */
  readonly threadSeconds: number;
  /** The study, seconds, with so many cells at a time. */
  readonly seconds: number;
  /** Memory of the largest cells that run at once, bytes. */
  readonly memory: number;
  /** Results and drawings, bytes. */
  readonly disk: number;
}

/** Cells of a study that take alike. */
interface CellKind {
  /** How many there are. */
  readonly cells: number;
  /** One of them. */
  readonly example: string;
  /** Memory of one, bytes. */
  readonly bytes: number;
  /** One of them, seconds of a thread. */
  readonly seconds: number;
  /** How the seconds are known: timed here, or by the work that a timed kind has. */
  readonly by: "time" | "work";
}

/** Kinds of cells that are timed: as many, spread over what they should take. */
const timed = 5;

/** A line of results with its curves, and the drawings, bytes. */
const row = { bare: 800, report: 1.3e7 };

/**
 * What a study will take, by timing a cell of each kind for a while. Nothing is written.
 * @throws InputError as running it would.
 */
export async function estimateStudy(request: EstimateRequest): Promise<StudyEstimate> {
  const { jobs, note } = request;
  const prepared = await prepareStudy({ ...request, readOnly: true }, note);
  const { study, cells } = prepared;
  const kinds = kindsOf(prepared);
  const chosen = spread(kinds, request.seconds > 0 ? timed : 0);
  const found = new Map<Kind, number>();
  for (const kind of chosen) {
    const seconds = await timeOf(kind.cells[0], prepared, request);
    if (seconds !== undefined) found.set(kind, seconds);
  }
  const each = kinds.map((kind): CellKind => {
    const own = found.get(kind);
    return {
      cells: kind.cells.length,
      example: whereOf(kind.cells[0]),
      bytes: kind.demand.bytes,
      seconds: own ?? byWork(kind, found),
      by: own === undefined ? "work" : "time",
    };
  });
  const threadSeconds = each.reduce((sum, k) => sum + k.cells * k.seconds, 0);
  const longest = Math.max(...each.map((k) => k.seconds));
  const sizes = kinds.flatMap((k) => k.cells.map(() => k.demand.bytes)).sort((a, b) => b - a);
  return {
    study: study.name,
    quick: study.quick,
    cells: cells.length,
    jobs,
    kinds: [...each].sort((a, b) => b.cells * b.seconds - a.cells * a.seconds),
    threadSeconds,
    seconds: Math.max(threadSeconds / jobs, longest),
    memory: sizes.slice(0, jobs).reduce((sum, bytes) => sum + bytes, 0),
    // Results, as they are and as they are drawn.
    disk: 2 * cells.length * row.bare + row.report,
  };
}

interface Kind {
  readonly cells: Cell[];
  readonly demand: Demand;
}

/** Cells with equal demands, those with the least work first. */
function kindsOf(prepared: Prepared): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const cell of prepared.cells) {
    const demand = demandOf(prepared, cell);
    const key = `${demand.bytes} ${demand.seconds ?? 0}`;
    const kind = kinds.get(key);
    if (kind) kind.cells.push(cell);
    else kinds.set(key, { cells: [cell], demand });
  }
  return [...kinds.values()].sort((a, b) => (a.demand.seconds ?? 0) - (b.demand.seconds ?? 0));
}

function spread<T>(entries: readonly T[], count: number): readonly T[] {
  if (entries.length <= count || count < 2) return entries.slice(0, count);
  return Array.from(
    { length: count },
    (_, i) => entries[Math.round((i * (entries.length - 1)) / (count - 1))],
  );
}

/** Seconds of a cell from those of timed ones, in proportion to their work. */
function byWork({ demand: { seconds = 0 } }: Kind, found: ReadonlyMap<Kind, number>): number {
  const near = [...found]
    .sort(
      ([a], [b]) =>
        Math.abs((a.demand.seconds ?? 0) - seconds) - Math.abs((b.demand.seconds ?? 0) - seconds),
    )
    .at(0);
  if (near === undefined) return seconds;
  const [{ demand }, took] = near;
  return demand.seconds && seconds > 0 ? (took * seconds) / demand.seconds : took;
}

/** Seconds of a cell; of a long one what they come to by the part that is done. */
async function timeOf(
  cell: Cell,
  { study, circuits, splits, dir }: Prepared,
  { seconds: most, signal, note }: EstimateRequest,
): Promise<number | undefined> {
  const limit = AbortSignal.timeout(1000 * most);
  const begin = performance.now();
  let done = 0;
  let at = 0;
  let whole: number | undefined;
  await runPool<Measured>(
    1,
    () => ({
      ...taskOf(
        cell,
        { dir, measurement: study.measurement.name, circuits, splits },
        { every: Infinity, parking: new Int32Array(new SharedArrayBuffer(4)) },
      ),
      checkpoint: null,
    }),
    {
      jobs: 1,
      module: cellWorker,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      progress(_, fraction) {
        done = fraction;
        at = performance.now();
      },
      ended(_, verdict) {
        if (verdict.is === "done") whole = verdict.seconds;
        if (verdict.is === "failed") note(`${whereOf(cell)}: failed: ${verdict.message}`);
      },
    },
  );
  return whole ?? (done > 0 ? (at - begin) / 1000 / done : undefined);
}
