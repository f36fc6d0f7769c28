import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Dataset, Split } from "../../data/dataset.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";
import { createSession } from "../../training/create-session.ts";
import { networkDemand } from "../../training/demand.ts";
import type { Override } from "../../experiment/overrides.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { probe } from "../../testbench/probe.ts";
import type { Session } from "../../training/session.ts";
import { settingsOf } from "../../experiment/settings.ts";
import { resolveCircuit } from "../../experiment/circuit.ts";
import { readExperiment } from "../../experiment/yaml.ts";
import { names } from "./folder.ts";
import { schematicAsked, type ReadSchematic } from "./schematic.ts";
import { readAsked } from "./shipped.ts";
import { longest, roomFor } from "./room.ts";
import { isPath } from "./text.ts";
import { threads } from "../../training/threads/node/threads.ts";

/** What a run starts from: its settings, its schematic, and one hash that stands for both. */
export interface Plan {
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly circuitText: string;
  readonly hash: string;
  /** What paths of data are relative to. */
  readonly root: string;
}

/** Makes the session of an experiment; tests pass one that is quick. */
export type Create = (
  experiment: Experiment,
  circuit: Circuit,
  split: Split,
) => Session | Promise<Session>;

/** What works with the networks of a run; a test may exchange it. */
export interface Tools {
  readonly createSession: Create;
  readonly probe: typeof probe;
}

/** Real sessions, on so many threads. */
export function sessionOn(count = 1): Create {
  return (experiment, circuit, split) => {
    widenVectors();
    return createSession(experiment, circuit, split, { spawn: threads(count) });
  };
}

/**
 * What an experiment file asks for, by its path or by the name of one of this package. A schematic
 * given by path becomes the copy that the run folder keeps.
 * @throws InputError on anything wrong with the file or its schematic.
 */
export async function readPlan(asked: string, overrides: readonly Override[] = []): Promise<Plan> {
  const { text, file } = readAsked(asked, "experiment");
  const typed = overrides.map((o) => ({ ...o, value: schematicHere(o.path.join("."), o.value) }));
  const { experiment, author } = await readExperiment(text, file, typed);
  const schematic = await schematicAsked(experiment.circuit, {
    author: (path, part) => author(["circuit", ...path], part),
    folder: dirname(file),
    todo: "paths are relative to the experiment file, and those of --set also to here",
  });
  const kept = { ...experiment, circuit: keptCircuit(experiment.circuit) };
  return planOf(kept, schematic, dirname(resolve(file)));
}

/**
 * What `--set` gives a key: a schematic that is named by its path is looked for where the command
 * is typed, first.
 */
export function schematicHere(key: string, value: unknown): unknown {
  const isFile = ["circuit", "circuit.base"].includes(key) && typeof value === "string";
  return isFile && isPath(value) && existsSync(value) ? resolve(value) : value;
}

/** A schematic given by path is the copy in the run folder from then on. */
function keptCircuit(asked: Experiment["circuit"]): Experiment["circuit"] {
  if (typeof asked === "string") return isPath(asked) ? names.circuit : asked;
  const { base } = asked;
  return base !== undefined && isPath(base) ? { ...asked, base: names.circuit } : asked;
}

/** The circuit of a plan, less imperfections. */
export async function circuitOfPlan(
  { circuit, circuitText: text }: Plan,
  without: readonly string[] = [],
): Promise<Circuit> {
  if (without.length === 0) return circuit;
  const author = () => `--without ${without.join(",")}`;
  const open = () => ({ text, file: names.circuit });
  return (await resolveCircuit({ base: names.circuit, without }, { author, open })).circuit;
}

/** Whether two circuits hold weights in the same way, so that one takes up what the other held. */
export function keepsAlike(a: Circuit, b: Circuit): boolean {
  return JSON.stringify(a.synapse) === JSON.stringify(b.synapse);
}

/** The plan of an experiment with its schematic. */
export function planOf(
  experiment: Experiment,
  { circuit, text }: ReadSchematic,
  root: string,
): Plan {
  const settings = settingsOf(withoutPatience(experiment));
  const hash = sha256(new TextEncoder().encode(JSON.stringify([settings, text])));
  return { experiment, circuit, circuitText: text, hash, root };
}

/** What the numbers of a run depend on: not on when it is given up. */
export function withoutPatience(experiment: Experiment): Experiment {
  return { ...experiment, train: { ...experiment.train, patience: undefined } };
}

export const imagesOf = ({ train, test }: Split) => ({ train: train.count, test: test.count });

/**
 * Builds the session of a plan.
 * @throws InputError when network and data do not fit together, or the machine.
 */
export async function buildSession(
  { experiment, circuit }: Plan,
  split: Split,
  create: Create,
): Promise<Session> {
  refuseTooLarge(networkDemand(experiment, circuit, imagesOf(split)), roomFor(longest.run));
  const session = await create(experiment, circuit, split);
  if (session.totalSteps >= 1) return session;
  session.close();
  throw new InputError(
    `train.epochs ${experiment.train.epochs} is less than one minibatch; an epoch has ` +
      `${session.stepsPerEpoch} of them`,
  );
}

/** One hash for all inputs and targets: a resumed run must see the same ones. */
export function dataHash({ train, test, validation }: Split): string {
  return sha256(
    ...numbersOf(train),
    ...numbersOf(test),
    ...(validation ? numbersOf(validation) : []),
  );
}

function numbersOf({ inputs, targets }: Dataset): readonly Uint8Array[] {
  return [inputs.values, targets.kind === "classes" ? targets.labels : targets.values].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
