import type { ForeignActivation } from "../../exports/packed.ts";
import type { Watcher } from "./learn.ts";

/** What `program` is asked to do. */
export interface ProgramRequest {
  /** A network of any format, or a run folder, whose copy it is. */
  readonly model: string;
  /** Name or file of a schematic of transconductors. */
  readonly circuit: string;
  readonly die?: number;
  /** As the start of a chip whose synapses lead both ways; else they lead up alone. */
  readonly recurrent?: boolean;
  /** Epochs that the chip then learns in place; 0 when absent. */
  readonly learn?: number;
  /** What hidden layers compute, where the file does not say it. */
  readonly activation?: ForeignActivation;
  /** Mean and standard deviation of inputs, where the file does not say how they are scaled. */
  readonly normalise?: Normalisation;
  /** Folder of the data set; and its name. */
  readonly data?: string;
  readonly dataSet?: string;
  /** Replacements in the experiment of the run. */
  readonly set?: readonly string[];
  readonly out?: string;
  readonly command?: string;
  readonly signal?: AbortSignal;
  readonly watcher?: Watcher;
}

/** What PyTorch's `Normalize` was told: (x − mean) / std, of x from 0 to 1. */
export interface Normalisation {
  readonly mean: number;
  readonly std: number;
}
