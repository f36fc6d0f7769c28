import { widthOf, type Split, type Targets } from "./dataset.ts";

/** What training makes of a file. */
export interface TrainingFacts {
  readonly inputs: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Names of classes, or of the numbers that are wanted. */
  readonly task: "classes" | "values";
  readonly outputs: readonly string[];
  readonly train: number;
  readonly test: number;
}

/** What training makes of the parts of data. */
export function trainingFacts({ train, test }: Pick<Split, "train" | "test">): TrainingFacts {
  const task: Record<Targets["kind"], TrainingFacts["task"]> = {
    classes: "classes",
    reals: "values",
  };
  return {
    inputs: widthOf(train),
    shape: train.shape,
    task: task[train.targets.kind],
    outputs: train.targets.names,
    train: train.count,
    test: test.count,
  };
}
