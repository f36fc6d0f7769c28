import { atTemperature, dependsOnAge, dependsOnTemperature } from "../../circuit/temperature.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { quantity, type Dimension } from "../../numerics/units.ts";
import type { Evaluation } from "../../output/metrics.ts";
import { settles } from "../../experiment/rules.ts";
import { buildSession, sessionOn, type Create } from "./inputs.ts";
import { evaluationOf, reopen, symmetry, type Symmetry } from "./reopen.ts";
import { longest, roomFor } from "./room.ts";

/** Where and when a trained run is measured: what is absent is as in the run. */
export interface Conditions {
  /** Which die. */
  readonly die?: number;
  /** Kelvin. */
  readonly temperature?: number;
  /** Seconds since the weights were programmed. */
  readonly age?: number;
}

/** Options as they are typed: `--die 7 --temperature "85 degC" --age "1 year"`. */
export interface WrittenConditions {
  readonly die?: string;
  readonly temperature?: string;
  readonly age?: string;
  /** Imperfections that are left out of the circuit: `noise,mismatch`. */
  readonly without?: string;
}

/** @throws InputError that names the option, what is wrong with it and what was expected. */
export async function readConditions({
  die,
  temperature,
  age,
}: WrittenConditions): Promise<Conditions> {
  return {
    ...(die !== undefined && { die: dieOf(die) }),
    ...(temperature !== undefined && {
      temperature: await read("temperature", temperature, "temperature", (k) =>
        k > 0 ? null : 'more than 0 K, such as "85 degC"',
      ),
    }),
    ...(age !== undefined && {
      age: await read("age", age, "time", (s) =>
        s >= 0 ? null : 'zero or more, such as "1 year"',
      ),
    }),
  };
}

function dieOf(text: string): number {
  const die = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(die))
    throw new InputError(
      `--die: found ${JSON.stringify(text)}, expected the number of a die, such as 7`,
    );
  return die;
}

async function read(
  option: string,
  text: string,
  dimension: Dimension,
  refused: (value: number) => string | null,
): Promise<number> {
  const value = await quantity(text, dimension, "refused").catch((error: unknown) => {
    throw error instanceof InputError ? new InputError(`--${option}: ${error.message}`) : error;
  });
  const expected = refused(value);
  if (expected !== null)
    throw new InputError(`--${option}: found ${JSON.stringify(text)}, expected ${expected}`);
  return value;
}

/** A run measured as it is and under other conditions, and what makes the difference: sentences. */
export interface MeasuredRun {
  /** As it is. */
  readonly own: Evaluation & Symmetry;
  /** Under the other conditions. */
  readonly there: Evaluation & Symmetry;
  /** What makes the difference, and what does not, a sentence each. */
  readonly notes: readonly string[];
  /** The test samples, by the name of their set. */
  readonly data: string;
  /** Whether they are those that the run was tested on. */
  readonly sameData: boolean;
}

/**
 * Measures a run, and once more on another die, warmer or colder, or later. Another die gets the
 * run's weights by write-verify; the copy is digital and stays what it is.
 */
export async function evaluateUnder(
  dir: string,
  conditions: Conditions,
  data?: string,
  create: Create = sessionOn(),
): Promise<MeasuredRun> {
  const { run, plan, split, sameData } = await reopen(dir, data, create);
  const { circuit, experiment } = plan;
  const { die = experiment.die, temperature = circuit.temperature, age } = conditions;
  let own;
  let snapshot;
  try {
    refuseTooLarge(evaluationOf(plan, split), roomFor(longest.run));
    if (!settles(experiment.learning.rule)) refuseBackpropagation(dir);
    own = { ...run.session.evaluate(), ...symmetry(run.session, experiment) };
    snapshot = run.session.snapshot();
  } finally {
    run.session.close();
  }

  const session = await buildSession(
    { ...plan, experiment: { ...experiment, die }, circuit: atTemperature(circuit, temperature) },
    split,
    create,
  );
  try {
    session.restore(snapshot);
    const { chip } = session.trained();
    if (die !== experiment.die) chip.program(chip.parameters.tensors());
    if (age !== undefined || temperature !== circuit.temperature) chip.age(age ?? 0, temperature);
    const notes = [
      ...(die === experiment.die
        ? []
        : [
            `The weights were programmed into die ${die}; the run learned on die ` +
              `${experiment.die}.`,
          ]),
      ...(conditions.temperature === undefined
        ? []
        : [
            says("temperature", dependsOnTemperature(circuit)),
            "Leaks, capacitances, offsets and rails do not depend on temperature here.",
          ]),
      ...(age === undefined ? [] : [says("age", dependsOnAge(circuit))]),
    ];
    return {
      own,
      there: { ...session.evaluate(), ...symmetry(session, experiment) },
      notes,
      data: split.source,
      sameData,
    };
  } finally {
    session.close();
  }
}

/** @throws InputError: such a run has no chip. */
export function refuseBackpropagation(dir: string): never {
  throw new InputError(
    `${dir}: a run by backpropagation has no trained chip, so dies, temperatures and ages ` +
      "change nothing; leave out --die, --temperature and --age",
  );
}

function says(what: "temperature" | "age", changed: readonly string[]): string {
  if (changed.length === 0)
    return what === "age"
      ? "Nothing ages: what holds the weights does not change with time."
      : "Nothing in this schematic depends on temperature.";
  return `${what === "age" ? "With age comes" : "Temperature changes"} ${changed.join(", ")}.`;
}
