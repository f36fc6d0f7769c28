import type { Answer } from "../circuit/physics/index.ts";
import type { Metrics, RunOutcome } from "./metrics.ts";

/**
 * Means over some test images of their energy and of their natural residual (each its largest
 * unit's), after 0, ε, 2ε, … of settling.
 */
export interface SettlingCurve {
  readonly time: readonly number[];
  readonly energy: readonly number[];
  readonly residual: readonly number[];
}

/** The ideal chip of the same settings. */
export interface IdealBeside {
  /** The run that it is; null where none is known. */
  readonly runDir: string | null;
  /** Percent; null where it is not known. */
  readonly testErrorCopy: number | null;
  readonly testErrorChip: number | null;
  /** The command that trains it. */
  readonly command: string;
}

/** Everything the report shows, as plain data: `renderReport` turns it into one HTML file. */
export interface ReportData {
  readonly name: string;
  readonly description: string | undefined;
  readonly outcome: RunOutcome;
  /** What to try, when the run did not complete. */
  readonly advice: string | undefined;
  readonly metrics: readonly Metrics[];
  /** Null where no chip settles, and where the chip is ideal itself. */
  readonly ideal: IdealBeside | null;
  /** null where no chip settles (backpropagation). */
  readonly settling: {
    readonly images: number;
    readonly tauSeconds: number;
    readonly fromZero: SettlingCurve;
    readonly fromGuess: SettlingCurve | null;
  } | null;
  /**
   * Per layer: sampled pairs (copy's guess, settled chip), and how much they agree. Empty without a
   * copy.
   */
  readonly scatter: readonly {
    readonly layer: number;
    readonly copy: readonly number[];
    readonly chip: readonly number[];
    readonly correlation: number;
    readonly rms: number;
  }[];
  readonly classNames: readonly string[];
  /**
   * [true class][named class], counts over the test set, of the copy (of the chip without a copy).
   */
  readonly confusion: readonly (readonly number[])[];
  /** First-layer weights of some hidden units, as images [height × width]. */
  readonly filters: {
    readonly shape: readonly [number, number];
    readonly images: readonly (readonly number[])[];
  };
  /** First-layer weights [unit][input] where inputs are no pixels, and what inputs are called. */
  readonly columns: {
    readonly names: readonly string[];
    readonly weights: readonly (readonly number[])[];
  } | null;
  /** Real targets of test samples, and what copy and chip told; none of classes. */
  readonly values: readonly {
    readonly name: string;
    readonly truth: readonly number[];
    readonly copy: readonly number[] | null;
    readonly chip: readonly number[] | null;
  }[];
  /** Test images the copy (the chip without one) gets wrong: bytes, and what copy and chip said. */
  readonly mistakes: {
    readonly shape: readonly [number, number];
    readonly examples: readonly {
      readonly pixels: readonly number[];
      readonly label: number;
      readonly copy: number | null;
      readonly chip: number | null;
    }[];
    readonly total: number;
  };
  /**
   * What the chip would take as a piece of hardware: time, energy, parts, noise, and what its
   * learning signal asks for.
   */
  readonly physics: readonly Answer[];
  /** What of the chip works against its learning, a sentence each. */
  readonly hindrances: readonly string[];
  /** Rows for the settings table: flattened `config.resolved.yaml`. */
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly environment: readonly (readonly [key: string, value: string])[];
  /** The command line that remakes this run. */
  readonly command: string;
  readonly bibtex: readonly string[];
}
