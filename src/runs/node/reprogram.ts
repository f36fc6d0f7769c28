import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { programmingFormats } from "../../exports/chip/formats.ts";
import type { ProgrammingList } from "../../exports/chip/programming.ts";
import { parseOverride } from "../../experiment/overrides.ts";
import { rules } from "../../experiment/rules.ts";
import { experimentSchema, type Experiment } from "../../experiment/schema.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { InputError } from "../../numerics/errors.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import type { Session } from "../../training/session.ts";
import { names } from "./folder.ts";
import { planOf, type Plan } from "./inputs.ts";
import type { ProgramRequest } from "./program-request.ts";
import type { RunResult } from "./records.ts";
import { trainPlan } from "./run.ts";
import { readSchematic } from "./schematic.ts";
import { isPath } from "./text.ts";

/** A chip that a programming list was written into. Errors are in percent of the test samples. */
export interface ReprogrammedChip {
  /** What was programmed: a network, or a programming list. */
  readonly from: "list";
  /** The run folder that was made. */
  readonly runDir: string;
  /** Name of the circuit. */
  readonly circuit: string;
  /** Which die. */
  readonly die: number;
  /** Whether it is the die that the list is of, which then holds the same bits. */
  readonly same: boolean;
  /** Synapses and biases. */
  readonly numbers: number;
  /** What was left out or taken otherwise, a sentence each. */
  readonly notes: readonly string[];
  readonly errorProgrammed: number | null;
  /** Null where it did not learn. */
  readonly errorLearned: number | null;
  readonly learning: Pick<RunResult, "outcome" | "advice"> | null;
}

/** What a schematic is known by. */
export function schematicHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The programming list in a file, CSV or npz; null of a file that is none.
 * @throws InputError for a damaged one.
 */
export async function listIn(bytes: Uint8Array, name: string): Promise<ProgrammingList | null> {
  try {
    for (const { holds, read } of Object.values(programmingFormats))
      if (await holds(bytes)) return await read(bytes);
    return null;
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
  }
}

/**
 * Writes a programming list into a die, in a run folder like any other: into the die that it is of
 * to the bit, into another one as targets, with that one's own errors.
 * @throws InputError before anything is written.
 */
export async function reprogram(
  request: ProgramRequest,
  list: ProgrammingList,
): Promise<ReprogrammedChip> {
  const { learn = 0, watcher = {} } = request;
  refuseOfNetworks(request);
  const schematic = await readSchematic(
    request.circuit,
    "give the name or the file of a schematic",
  );
  const { plan, notes } = await listPlan(request, list, schematic);
  const { about, tensors } = list;
  const same =
    about.schematic === schematicHash(schematic.text) && about.die === plan.experiment.die;
  let errorProgrammed: number | null = null;
  const begin = (session: Session) => {
    const { chip } = session.trained();
    if (same) chip.restore({ tensors, programmings: about.programmings });
    else chip.program(tensors);
    errorProgrammed = session.evaluate().testErrorChip;
  };
  const result = await trainPlan(plan, {
    file: request.model,
    data: request.data,
    out: request.out,
    command: request.command,
    begin,
    watcher,
    signal: learn > 0 ? request.signal : AbortSignal.abort(),
  });
  const made: ReprogrammedChip = {
    from: "list",
    runDir: result.runDir,
    circuit: schematic.circuit.name,
    die: plan.experiment.die,
    same,
    numbers: tensors.reduce((n, t) => n + t.data.length, 0),
    notes: [
      ...notes,
      ...(same
        ? []
        : [
            `the list is of die ${about.die} of ${about.circuit}, and of another schematic or ` +
              "die than this one: it was written as targets, with the errors of this die",
          ]),
    ],
    errorProgrammed,
    errorLearned: learn > 0 ? result.testErrorChip : null,
    learning: learn > 0 ? { outcome: result.outcome, advice: result.advice } : null,
  };
  writeFileAtomic(join(result.runDir, "program.json"), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** @throws InputError for options that say what a list says itself. */
function refuseOfNetworks({ recurrent, activation, normalise, dataSet }: ProgramRequest): void {
  const given = [
    recurrent && "--recurrent",
    activation && "--activation",
    normalise && "--normalise",
    dataSet !== undefined && "--data-set",
  ].filter((o) => typeof o === "string");
  if (given.length > 0)
    throw new InputError(
      `${given.join(", ")}: a programming list says itself which way its synapses lead and what ` +
        "it is for; leave the option out",
    );
}

/** Steps of a free phase for each layer that begins at zero. */
const stepsALayer = 50;

async function listPlan(
  { model, circuit, die, learn = 0, set = [] }: ProgramRequest,
  { about }: ProgrammingList,
  schematic: Awaited<ReturnType<typeof readSchematic>>,
): Promise<{ readonly plan: Plan; readonly notes: readonly string[] }> {
  const source = "the experiment of the programming list";
  const was = await parseExperiment(about.experiment, source);
  const guesses = rules[was.learning.rule].copy === "own";
  const { free } = was.settle;
  const steps = Math.max(free.steps ?? 0, stepsALayer * (was.network.layers.length - 1));
  const now: Experiment = {
    ...was,
    name: `program-${basename(model).replace(/\.[a-z0-9.]+$/i, "")}`,
    description: `${basename(model)}, programmed into a die of ${schematic.circuit.name}.`,
    circuit: isPath(circuit) ? names.circuit : circuit,
    die: die ?? about.die,
    precision: about.precision,
    ...(guesses && {
      learning: { ...was.learning, rule: "plain" },
      settle: { ...was.settle, free: { ...free, steps } },
    }),
    train: { ...was.train, epochs: Math.max(1, learn), every: 1 },
  };
  const overrides = set.map((o) => parseOverride(o, experimentSchema));
  return {
    plan: planOf(await parseExperiment(JSON.stringify(now), source, overrides), schematic, "."),
    notes: guesses
      ? ["a list holds no copy: this chip settles from zero, and is pulled to no guess"]
      : [],
  };
}
