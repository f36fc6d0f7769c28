import type { z } from "zod";
import type { Circuit } from "../circuit/circuit.ts";
import type { Split } from "../data/dataset.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { Demand } from "../numerics/demand.ts";
import type { Images } from "../training/demand.ts";
import type { Snapshot } from "../training/session.ts";

/**
 * What one cell of a study does: a name that study files use, and a pure function of a resolved
 * configuration.
 */
export interface Measurement<Options> {
  readonly name: string;
  readonly describe: string;
  /** zod schema of `options`. */
  readonly options: z.ZodType<Options>;
  /**
   * Everything that `run` returns, by name, so that figures and claims are checked before hours of
   * work.
   */
  readonly produces: {
    readonly values: Readonly<Record<string, Produced>>;
    readonly curves: Readonly<Record<string, ProducedCurve>>;
  };
  /** Whether it looks at images; `split` is null where it does not. */
  readonly usesData: boolean;
  /** What a cell takes, told before any of a study is run. */
  demand(cell: DemandedCell<Options>): Demand;
  /**
   * Why a circuit cannot be measured so, and what to do; undefined where it can. Asked of every
   * circuit before the first cell.
   */
  refusal?(circuit: Circuit): string | undefined;
  /**
   * One cell, a pure function of its arguments: no clock, no files. `seed` is also the
   * experiment's.
   */
  run(cell: MeasuredCell<Options>): Promise<Measured>;
}

/** What a value is. */
export interface Produced {
  readonly meaning: string;
  /** What drawings call it; its name unless given. */
  readonly label?: string;
  /** Absent: a number without one, or text. */
  readonly unit?: string;
}

/** What a curve is, and what its x counts. */
interface ProducedCurve extends Produced {
  readonly against: string;
}

/** A cell before it is run, and the images that there are for it. */
interface DemandedCell<Options> {
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly options: Options;
  readonly images: Images;
}

/** How far a long cell is: enough to go on to the same bits. */
export interface Kept {
  readonly snapshot: Snapshot;
  /** What was found so far, as JSON holds it. */
  readonly notes: unknown;
}

/** Where a long cell keeps how far it is, so that one that is killed goes on from there. */
export interface CellMemory {
  /** What an earlier attempt at this cell has kept. */
  readonly kept: Kept | undefined;
  /** Whether it is time to keep something again. */
  isDue(): boolean;
  keep(state: Kept): void;
}

export interface MeasuredCell<Options> {
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly options: Options;
  readonly split: Split | null;
  readonly seed: number;
  /** Tells how much of the cell is done, 0 … 1. */
  progress(fraction: number): void;
  /** Absent where nothing is kept on the way. */
  readonly memory?: CellMemory;
}

/**
 * What came out of a cell. An outcome such as `diverged` is a result; only an exception is a
 * failure.
 */
export interface Measured {
  readonly outcome: string;
  /** What to try, where the outcome is not the one wanted. */
  readonly advice?: string;
  readonly values: Readonly<Record<string, number | string | null>>;
  readonly curves: Readonly<Record<string, Curve>>;
}

interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The outcome of a cell that threw or whose thread died; `advice` is the message. */
export const failed = "failed";

/**
 * The outcome of a training that came apart: its values and curves are true, but no line or table
 * averages over them.
 */
export const diverged = "diverged";

/** Where a result comes from. */
export interface Provenance {
  /** Of this package. */
  readonly version: string;
  /** The commit that was checked out in the working folder; null outside of a repository. */
  readonly revision: string | null;
  /** The machine that computed it. */
  readonly host: string;
  /** Hash of the data that the cell looked at; `none` without any. That of its settings is `id`. */
  readonly data: string;
  /** Hash of outcome, advice, values and curves: equal numbers have equal ones. */
  readonly digest: string;
}

/** A line of `results.jsonl`. Numbers that are not finite are null there. */
export interface CellResult {
  readonly id: string;
  /** The label on each axis. */
  readonly axes: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly outcome: string;
  readonly values: Measured["values"];
  readonly curves: Readonly<
    Record<
      string,
      { readonly x: readonly (number | null)[]; readonly y: readonly (number | null)[] }
    >
  >;
  readonly seconds: number;
  readonly advice?: string;
  /** Absent in results that earlier versions wrote, and in what is kept for drawing. */
  readonly made?: Provenance;
}
