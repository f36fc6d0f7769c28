import type { Circuit } from "../circuit/circuit.ts";
import type { Scheme } from "../circuit/nudging.ts";
import { nudgingOf } from "../circuit/nudging.ts";
import { timeConstant } from "../circuit/families/families.ts";
import { inputsOf, type Dataset } from "../data/dataset.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import type { Experiment } from "../experiment/schema.ts";
import { learner, type Learner, type Phase } from "../learning/algorithm.ts";
import { consecutive, showSamples } from "../learning/enter.ts";
import { signalOf } from "../testbench/physics/contrast.ts";
import { inputTerminals } from "../testbench/physics/operation.ts";
import { buildNetworks } from "../training/networks.ts";
import { phasesOf } from "../training/phases.ts";

/** How a lesson is given: its scheme and β. */
export interface Lesson {
  /** What the nudged phases are, and what is formed of their readings. */
  readonly scheme: Scheme;
  /** |β|. */
  readonly beta: number;
}

/** What gives lessons that change nothing, and says what they would have taught. */
interface Lessons {
  /** What one minibatch teaches, synapse by synapse; `moment` says which noise is drawn. */
  signal(lesson: Lesson, moment: number): Float64Array;
}

/** The circuit with integrators of a window of so many τ. */
export function readFor(circuit: Circuit, window: number): Circuit {
  const { leak = 0, droop = 0 } = circuit.readout ?? {};
  return { ...circuit, readout: { average: window * timeConstant(circuit), leak, droop } };
}

/** The circuit with nothing that moves at random. */
export function silent(circuit: Circuit): Circuit {
  const { readout } = circuit.converters ?? {};
  return {
    ...circuit,
    noise: { thermal: 0 },
    ...(readout && { converters: { ...circuit.converters, readout: { ...readout, noise: 0 } } }),
  };
}

/**
 * Lessons of the first minibatch of a data set, on a chip of an experiment with untrained weights.
 * @param phases other ones than the experiment's.
 */
export function lessonsOn(
  experiment: Experiment,
  circuit: Circuit,
  data: Dataset,
  phases: Readonly<Record<"free" | "nudged", Phase>> = phasesOf(experiment),
): Lessons {
  const { learning } = experiment;
  const { chip, copy } = buildNetworks(experiment, circuit);
  const rows = Math.min(experiment.train.batch, data.count);
  const rates = learning.rates.map(() => 0);
  const lambda = lambdaAt(learning.lambda, 0);
  const teachers = new Map<string, Learner>();
  const teacherOf = ({ scheme, beta }: Lesson): Learner => {
    const name = JSON.stringify([scheme, beta]);
    const known =
      teachers.get(name) ??
      learner(chip, copy, { ...phases, scheme, beta, lambda, rates, copyRates: rates });
    teachers.set(name, known);
    return known;
  };
  const kept = chip.held();
  return {
    signal(lesson, moment) {
      const teacher = teacherOf(lesson);
      showSamples(chip, data, consecutive(rows), moment);
      teacher.learn(1, lambda);
      const state = (from: { readonly array: ArrayLike<number> }) =>
        Float64Array.from({ length: rows * chip.size }, (_, i) => from.array[i]);
      const found = signalOf(
        chip,
        {
          rows,
          size: chip.size,
          offset: chip.layout.offset,
          ...inputTerminals(chip, inputsOf(data, 0, rows)),
        },
        {
          high: state(teacher.compared.high),
          low: state(teacher.compared.low),
          free: state(teacher.settled),
          over: nudgingOf(lesson.scheme).span * lesson.beta,
        },
      );
      chip.restore(kept);
      return found;
    },
  };
}
