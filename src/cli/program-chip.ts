import { Command, Option } from "commander";
import { foreignActivationNames, type ForeignActivation } from "../exports/packed.ts";
import type { ProgrammedChip } from "../runs/node/program.ts";
import type { ReprogrammedChip } from "../runs/node/reprogram.ts";
import { InputError } from "../numerics/errors.ts";
import { normalisation } from "./normalisation.ts";
import { showProgress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { exits, print, tell } from "./terminal.ts";

interface Options {
  readonly circuit: string;
  readonly die?: string;
  readonly recurrent?: boolean;
  readonly learn?: string;
  readonly activation?: ForeignActivation;
  readonly normalise?: string;
  readonly data?: string;
  readonly dataSet?: string;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `program MODEL`: brings a network to a chip. */
export function programCommand(done: (code: number) => void): Command {
  return new Command("program")
    .description(
      "Programs a network into the die of a schematic: the copy of a run, or a perceptron of " +
        "PyTorch as ONNX or\nsafetensors; or a programming list of `export --chip`, to the same " +
        "bits. What was lost on the way is told\nlayer by layer. The result is a run folder like " +
        "any other.",
    )
    .argument("<model>", "model file, run folder, or programming list (CSV or npz)")
    .requiredOption("--circuit <circuit>", "name or YAML file of a schematic of transconductors")
    .option("--die <n>", "which die (default: 1; that of a programming list)")
    .option(
      "--recurrent",
      "synapses lead both ways, and the weights are where learning starts (default: they lead up " +
        "alone, and the chip settles where the network computes)",
    )
    .option("--learn <epochs>", "epochs that the chip then learns in place (default: 0)")
    .addOption(
      new Option(
        "--activation <rho>",
        "what hidden layers compute, where the file does not say it",
      ).choices(foreignActivationNames),
    )
    .option(
      "--normalise <mean,std>",
      "what inputs from 0 to 1 were normalised by, where the file does not say it",
    )
    .option("--data <dir>", "folder of the data set")
    .option("--data-set <name>", "which data set (default: the model's own; mnist with --data)")
    .option("--set <key=value...>", "replace a value of the experiment of the run")
    .option("--out <dir>", "run folder (default: runs/program-<model>-<k>)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop program runs/quickstart-1 --circuit cmos-130nm --die 3
  analog-eqprop program mlp.onnx --circuit pcm --data ~/data/mnist --learn 1
  analog-eqprop program runs/quickstart-1/chip/programming.csv --circuit ideal
  analog-eqprop program mlp.safetensors --activation relu --circuit ecram --recurrent --learn 2`,
    )
    .action(async (model: string, { die, learn, normalise, json, ...asked }: Options) => {
      const [{ program }, { commandLine }] = await Promise.all([
        import("../runs/node/program.ts"),
        import("../runs/node/environment.ts"),
      ]);
      const watcher = showProgress();
      const stop = stopOnSignals("stopping after this minibatch; once more to quit at once");
      try {
        const made = await program({
          model,
          ...asked,
          ...(die !== undefined && { die: whole("--die", die) }),
          ...(normalise !== undefined && { normalise: normalisation(normalise) }),
          ...(learn !== undefined && { learn: whole("--learn", learn) }),
          command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
          signal: stop.signal,
          watcher,
        });
        watcher.end();
        const { outcome = "completed", advice } = made.learning ?? {};
        if (outcome !== "completed" && advice) tell(advice);
        print(json ? made : made.from === "list" ? listSummary(made) : summary(made));
        if (outcome !== "completed") done(outcome === "diverged" ? exits.failed : stop.code());
      } finally {
        watcher.end();
        stop.forget();
      }
    });
}

function whole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError(`${option} ${text}: expected a whole number, such as 3`);
}

const percent = (x: number | null) => (x === null ? "not a number" : `${x.toFixed(2)} %`);

function listSummary(made: ReprogrammedChip): string {
  return [
    `${made.runDir}: die ${made.die} of ${made.circuit}`,
    `  ${made.numbers} synapses and biases, ` +
      (made.same ? "to the bit as the list has them" : "with the errors of this die"),
    ...settledLines(made),
    `Go on: analog-eqprop evaluate ${made.runDir}`,
  ].join("\n");
}

/** The error of the settled chip, of what it learned, and notes. */
function settledLines({
  errorProgrammed,
  errorLearned,
  learning,
  notes,
}: ProgrammedChip | ReprogrammedChip): readonly string[] {
  return [
    `  settled chip            ${percent(errorProgrammed)}`,
    ...(learning === null
      ? []
      : [`  after learning          ${percent(errorLearned)}  ${learning.outcome}`]),
    ...notes.map((note) => `  note  ${note}`),
  ];
}

const share = (x: number) => `${Number((100 * x).toPrecision(2))} %`;

function summary(made: ProgrammedChip): string {
  const { layers } = made;
  return [
    `${made.runDir}: a ${made.kind} chip, die ${made.die} of ${made.circuit}`,
    `  error, as it came       ${percent(made.errorBefore)}`,
    `  between rails           ${percent(made.errorFitted)}`,
    ...layers.map(
      ({ layer, largest, relativeError, errorAlone, ...lost }) =>
        `  layer ${layer} as programmed   ${percent(errorAlone)}  weights up to ` +
        `${largest.toPrecision(3)}, ${share(relativeError)} off: ${share(lost.range)} by range, ` +
        `${share(lost.bits)} by bits, ${share(lost.writing)} by writing and mismatch`,
    ),
    ...settledLines(made),
    `Go on: analog-eqprop evaluate ${made.runDir}`,
  ].join("\n");
}
