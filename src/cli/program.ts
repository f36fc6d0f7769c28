import { Command, CommanderError } from "commander";
import { visible } from "../numerics/errors.ts";
import { version } from "../version.generated.ts";
import { circuitsCommand } from "./circuits.ts";
import { compareCommand } from "./compare.ts";
import { planCommand } from "./plan.ts";
import { dataCommand } from "./data.ts";
import { deviceCommand } from "./device.ts";
import { doctorCommand } from "./doctor.ts";
import { evaluateCommand } from "./evaluate.ts";
import { experimentsCommand } from "./experiments.ts";
import { initCommand } from "./init.ts";
import { exportCommand } from "./export.ts";
import { netlistCommand } from "./netlist.ts";
import { predictCommand } from "./predict.ts";
import { programCommand } from "./program-chip.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { schemaCommand } from "./schema.ts";
import { settleCommand } from "./settle.ts";
import { spiceCheckCommand } from "./spice-check.ts";
import { complain, exits } from "./terminal.ts";
import { studyCommand } from "./study.ts";
import { trainCommand } from "./train.ts";
import { yieldCommand } from "./yield.ts";

/** Runs a command line and returns the exit code: 0 ok, 1 failed run, 2 bad input. */
export async function run(args: readonly string[]): Promise<number> {
  let code: number = exits.ok;
  const done = (result: number) => {
    code = result;
  };
  try {
    await program(done).parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exits.ok : exits.badInput;
    return complain(error);
  }
}

function program(done: (code: number) => void): Command {
  const root = new Command("analog-eqprop")
    .description(
      "Simulates analog circuits that learn by Initialized Equilibrium Propagation:\na chip " +
        "settles, and a digital copy learns to guess where.",
    )
    .version(version, "-v, --version")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop train quickstart                      train on the built-in digits
  analog-eqprop experiments list                      what else comes with this package
  analog-eqprop init mine.yaml                        an experiment of your own to start from
  analog-eqprop data fetch mnist                      download MNIST into the cache folder
  analog-eqprop train paper-small --set settle.free.steps=4
  analog-eqprop run quickstart-study --quick          a grid of them, with figures
  analog-eqprop study cells quickstart-study          its cells as commands, for a cluster
  analog-eqprop report runs/paper-small-1             make the report of a run anew
  analog-eqprop settle ideal --plot                   look at one settling, as on an oscilloscope
  analog-eqprop spice-check mismatched                the same die in ngspice, to microvolts

Exit codes: 0 ok, 1 failed or diverged run, 2 bad input, 130 stopped by Ctrl-C.`,
    );
  for (const command of [
    trainCommand(done),
    planCommand(done),
    runCommand(done),
    studyCommand(done),
    evaluateCommand(done),
    yieldCommand(done),
    compareCommand(),
    reportCommand(),
    exportCommand(),
    predictCommand(),
    programCommand(done),
    settleCommand(done),
    experimentsCommand(),
    initCommand(),
    dataCommand(done),
    circuitsCommand(),
    netlistCommand(),
    spiceCheckCommand(done),
    deviceCommand(),
    schemaCommand(),
    doctorCommand(done),
  ])
    root.addCommand(command);
  strict(root);
  return root.hook("preAction", async (_, command) => nameDies(command));
}

/** Exchanges names of dies that were measured, in the option --die of any command, for numbers. */
async function nameDies(command: Command): Promise<void> {
  const { die } = command.opts<{ readonly die?: string }>();
  if (!die?.includes("@")) return;
  const { withCorners } = await import("../runs/node/corner.ts");
  command.setOptionValue("die", withCorners(die, command.args[0]));
}

// Settings that commander does not hand down to commands that are added whole.
function strict(command: Command): void {
  command
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(visible(text)) })
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for help and examples)");
  for (const inner of command.commands) strict(inner);
}
