import type { Override } from "../../experiment/overrides.ts";
import { InputError } from "../../numerics/errors.ts";
import { quantity } from "../../numerics/units.ts";
import { planLearning, type LearningPlan } from "../../planner/plan.ts";
import { readData } from "./data.ts";
import { readPlan } from "./inputs.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";

export interface LearningPlanRequest {
  readonly file: string;
  readonly overrides: readonly Override[];
  /** Folder of the data set. */
  readonly data?: string;
  /** Text of a time. */
  readonly secondsPerSample?: string;
}

/** The plan of an experiment by its file; nothing is written. */
export async function planExperiment(request: LearningPlanRequest): Promise<LearningPlan> {
  const { experiment, circuit, root } = await readPlan(request.file, request.overrides);
  const { secondsPerSample: text } = request;
  const seconds = text === undefined ? undefined : await quantity(text, "time");
  if (seconds !== undefined && seconds <= 0)
    throw new InputError(`--seconds-per-sample ${text}: expected more than zero, such as "1 us"`);
  widenVectors();
  const { train } = await readData(experiment, { given: request.data, root });
  return planLearning(experiment, circuit, train, seconds);
}
