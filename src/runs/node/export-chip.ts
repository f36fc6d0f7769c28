import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Dataset } from "../../data/dataset.ts";
import { programmingFormats } from "../../exports/chip/formats.ts";
import { dieTables, parametersNpz, synapsesCsv, unitsCsv } from "../../exports/chip/parameters.ts";
import type { ProgrammingList } from "../../exports/chip/programming.ts";
import { seenInputs } from "../../exports/portable.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { settles } from "../../experiment/rules.ts";
import type { Session } from "../../training/session.ts";
import { buildSession, sessionOn, type Plan } from "./inputs.ts";
import { RunError } from "./learn.ts";
import { inputMapOf, rawRows } from "./portable.ts";
import { reopen, type Reopened } from "./reopen.ts";
import { schematicHash } from "./reprogram.ts";
import { settledOutputs } from "./settled.ts";
import { netlistOf } from "./spice/index.ts";

/** What `export --chip` is asked to do. */
export interface ExportChipRequest {
  /** Run folder. */
  readonly dir: string;
  /** Folder to write into, empty or new; `chip` in the run folder when absent. */
  readonly out?: string;
  /** Folder of the data set; where the run had it from when absent. */
  readonly data?: string;
}

/** The analog side of a run, which was read back before it was written. */
export interface ExportedChip {
  /** Where the files lie. */
  readonly folder: string;
  /** What was written, by name. */
  readonly files: Readonly<Record<string, WrittenFile>>;
  /** How often its synapses and biases were found equal, to the bit, in a second chip. */
  readonly verification: ChipVerification;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

interface WrittenFile {
  /** Size of the file. */
  readonly bytes: number;
}

/** What came of programming a second die of the same number with what was read back. */
export interface ChipVerification {
  /** Who read it and settled. */
  readonly reader: string;
  /** Numbers of synapses and biases that were compared, all equal to the bit. */
  readonly numbers: number;
  /** Test inputs that both chips settled. */
  readonly inputs: number;
  /** Of an output of the settled chips, states. */
  readonly largestDifference: number;
}

/** Inputs that both chips settle. */
const examined = 1000;
const chunk = 100;

/**
 * Writes what a bench needs to build and program the chip of a run: its elements in SI units, the
 * programming list, the netlist. The list is read back first and programmed into a second chip.
 * @throws InputError for a run without a chip that learned, and for a folder of somebody's;
 *   RunError where the second chip is another one: nothing is left then.
 */
export async function exportChip({ dir, out, data }: ExportChipRequest): Promise<ExportedChip> {
  const folder = folderOf(dir, out);
  const opened = await reopen(dir, data);
  try {
    const { run, plan } = opened;
    if (!settles(plan.experiment.learning.rule))
      throw new InputError(
        `${dir}: by the rule ${plan.experiment.learning.rule} only the copy learns, and the chip ` +
          "stands by with drawn weights; leave --chip out, or give another run",
      );
    const { chip } = run.session.trained();
    const list = listOf(run.session, plan);
    const lists = {
      "programming.csv": await programmingFormats.csv.write(plan.circuit, list),
      "programming.npz": await programmingFormats.npz.write(plan.circuit, list),
    };
    const verification = await verified(opened, list, lists);
    const die = chip.components();
    const tables = dieTables(plan.circuit, die);
    const about = `${plan.circuit.name}, die ${plan.experiment.die}, by analog-eqprop`;
    const net = await netlistText(dir, data);
    const files = {
      ...lists,
      "units.csv": unitsCsv(tables, about),
      "synapses.csv": synapsesCsv(tables, die, about),
      "parameters.npz": parametersNpz(tables, die, { about }),
      ...(net.text !== null && { "netlist.cir": new TextEncoder().encode(net.text) }),
    };
    const made: ExportedChip = {
      folder,
      files: Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [name, { bytes: bytes.length }]),
      ),
      verification,
      notes: net.note === null ? [] : [net.note],
    };
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileAtomic(join(folder, name), bytes);
    writeFileAtomic(join(folder, "chip.json"), `${JSON.stringify(made, null, 2)}\n`);
    return made;
  } finally {
    opened.run.session.close();
  }
}

/** What was written and how it was verified, in lines. */
export function chipText({ folder, files, verification, notes }: ExportedChip): string {
  const { numbers, inputs, reader } = verification;
  return [
    ...Object.entries(files).map(([name, { bytes }]) => `${join(folder, name)}  ${bytes} bytes`),
    `  read back into ${reader}: ${numbers} synapses and biases equal to the bit, ` +
      `${inputs} test inputs settle alike`,
    ...notes.map((note) => `  note  ${note}`),
  ].join("\n");
}

/** All that the chip of a session holds. */
function listOf(session: Session, { circuit, circuitText, experiment }: Plan): ProgrammingList {
  const { chip } = session.trained();
  const { tensors, programmings } = chip.held();
  const masked = chip.parameters.weights.filter((w) => w.block.mask);
  return {
    about: {
      circuit: circuit.name,
      schematic: schematicHash(circuitText),
      die: experiment.die,
      programmings,
      precision: experiment.precision,
      experiment: JSON.stringify(experiment),
    },
    tensors,
    ...(masked.length > 0 && {
      masks: Object.fromEntries(masked.map((w) => [w.name, w.block.mask!])),
    }),
  };
}

/** The netlist of the free phase of the first test image; why there is none. */
async function netlistText(
  target: string,
  data: string | undefined,
): Promise<{ readonly text: string | null; readonly note: string | null }> {
  try {
    return { text: await netlistOf({ target, options: {}, data }), note: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { text: null, note: `no netlist: ${error.message}` };
  }
}

/** Programs a second chip from each list, and holds it against the first. */
async function verified(
  { run, plan, split }: Reopened,
  list: ProgrammingList,
  lists: Readonly<Record<"programming.csv" | "programming.npz", Uint8Array>>,
): Promise<ChipVerification> {
  const second = await buildSession(plan, split, sessionOn());
  try {
    for (const { tensors, about } of [
      await programmingFormats.csv.read(lists["programming.csv"]),
      await programmingFormats.npz.read(lists["programming.npz"]),
    ]) {
      requireSame(list.tensors, tensors);
      // Of the first only what is not programmed: the copy, which guesses.
      const saved = run.session.snapshot();
      const others = saved.tensors.filter((t) => !tensors.some((own) => own.name === t.name));
      second.restore({
        ...saved,
        programmings: about.programmings,
        tensors: [...tensors, ...others],
      });
      requireSame(conducted(run.session), conducted(second));
    }
    const { test } = split;
    const inputs = Math.min(examined, test.count);
    const largestDifference = largestApart(test, inputs, run.session, second);
    if (largestDifference > 0)
      throw new RunError(
        `the second chip settles up to ${largestDifference.toPrecision(2)} away from the first`,
      );
    return {
      reader: "a second chip of the same die",
      numbers: list.tensors.reduce((sum, t) => sum + t.data.length, 0),
      inputs,
      largestDifference,
    };
  } finally {
    second.close();
  }
}

/** Of the outputs of two chips that settle on the same inputs. */
function largestApart(test: Dataset, inputs: number, one: Session, other: Session): number {
  let largest = 0;
  for (let first = 0; first < inputs; first += chunk) {
    const count = Math.min(chunk, inputs - first);
    const x = seenInputs(inputMapOf(test), rawRows(test, first, count));
    const expected = settledOutputs(one, x, count).outputs;
    settledOutputs(other, x, count).outputs.forEach((y, k) => {
      const apart = Math.abs(y - expected[k]);
      if (!(apart <= largest)) largest = apart;
    });
  }
  return largest;
}

/** What the synapses of a session's chip conduct, as tensors. */
function conducted(session: Session): readonly Tensor[] {
  return session
    .trained()
    .chip.components()
    .blocks.map(({ from, to, forward }) => ({
      name: `what block ${from}-${to} conducts`,
      shape: [forward.length],
      data: forward,
    }));
}

/** @throws RunError where a number differs in a bit. */
function requireSame(expected: readonly Tensor[], found: readonly Tensor[]): void {
  for (const { name, data } of expected) {
    const other = found.find((t) => t.name === name)?.data;
    const at = data.findIndex((x, k) => !Object.is(x, other?.[k]));
    if (at >= 0 || other?.length !== data.length)
      throw new RunError(
        `the chip was not exported: what was read back is another one, ${name}[${at}] is ` +
          `${other?.[at]} where it was ${data[at]}`,
      );
  }
}

/** @throws InputError for a folder that holds something else. */
function folderOf(dir: string, out: string | undefined): string {
  if (out === undefined) return join(dir, "chip");
  const found = statSync(out, { throwIfNoEntry: false });
  if (found && !found.isDirectory())
    throw new InputError(`--out ${out}: this is a file, expected a folder; choose another name`);
  if (found && readdirSync(out).length > 0)
    throw new InputError(`--out ${out}: the folder is not empty; choose an empty or a new one`);
  if (!existsSync(dirname(resolve(out))))
    throw new InputError(`--out ${out}: there is no folder ${dirname(out)}; make it first`);
  return out;
}
