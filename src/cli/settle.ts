import { Command } from "commander";
import type { RawOptions } from "../testbench/settle/options.ts";
import { overwrite } from "./overwrite.ts";
import { patience, showSteps } from "./steps.ts";
import { exits, print } from "./terminal.ts";

type Options = RawOptions & {
  readonly data?: string;
  readonly plot?: string | true;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
};

/** `settle CIRCUIT-or-RUN`: looks at how a circuit, or a trained chip, settles. */
export function settleCommand(done: (code: number) => void): Command {
  return new Command("settle")
    .description(
      "Settles images on a circuit with untrained weights, or on the chip of a run, and says " +
        "how it ended:\noutcome, residual, cost, certificate of convexity, slowest time " +
        "constant, and what to do about the rest.",
    )
    .argument("<circuit or run>", "name or YAML file of a circuit, or a run folder")
    .option("--input <n>", "first image, of the test set (default: 0)")
    .option("--images <k>", "how many, at most 100 (default: 1)")
    .option(
      "--solver <name[,key=value]>",
      "what settles it, with settings (default: the run's; euler for a circuit)",
    )
    .option("--compare <solvers>", "several solvers separated by commas, a row each")
    .option(
      "--tol <residual>",
      "natural residual to reach (default: 1e-6, 1e-5 in f32,\nunless --steps or --time is given)",
    )
    .option("--steps <n>", "steps, sweeps or iterations at most")
    .option(
      "--time <t>",
      'time of a flow, such as "15 tau" or "150 ns" (default on a noisy circuit: 50 tau)',
    )
    .option("--lambda <x>", "pull to the copy's guess (default: the run's; 0 for a circuit)")
    .option("--beta <x>", "nudging towards the label (default: 0, the free phase)")
    .option(
      "--from <start>",
      "zero, guess (of the copy; untrained for a circuit) or free (equilibrium)\n(default: " +
        "guess for a run with a copy, else zero)",
    )
    .option("--starts <k>", "settle from k starts and count the equilibria")
    .option("--layers <sizes>", "layers of a circuit (default: 784,500,10)")
    .option("--seed <n>", "seed of a circuit's weights (default: 1)")
    .option("--die <n>", "which die (default: the run's; 1 for a circuit)")
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option("--precision <p>", "f64 or f32 (default: f64)")
    .option(
      "--data <dir>",
      "folder of the data set (MNIST for a circuit; default: built-in digits)",
    )
    .option(
      "--plot [file.html]",
      "write a page with traces of units, energy, residual and step sizes\n(default: " +
        "settle-<circuit>.html, or settle.html in the run)",
    )
    .option(...overwrite)
    .option("--quiet", "say nothing on the way; errors are told")
    .option("--force", "settle whatever time it may take")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop settle ideal
  analog-eqprop settle ideal --lambda 100 --compare euler,energy-descent,exponential-euler,newton-cg
  analog-eqprop settle ideal --solver dormand-prince,rtol=1e-8 --time "15 tau" --plot
  analog-eqprop settle ideal --images 20 --starts 8
  analog-eqprop settle runs/quickstart-1 --beta 0.5 --from free --plot nudged.html

Exit codes: 0 every sample settled or, without a tolerance (--steps or --time without --tol), went
on for as long as was asked for; 1 a sample did not settle, or a limit of steps came before the
time; 2 bad input.`,
    )
    .action(async (target: string, options: Options) => done(await settle(target, options)));
}

async function settle(
  target: string,
  { data, plot, overwrite, json, force, quiet, ...options }: Options,
): Promise<number> {
  const [{ settleTarget }, { commandLine }, { settleText }, { succeeded }] = await Promise.all([
    import("../runs/node/settle.ts"),
    import("../runs/node/environment.ts"),
    import("../output/settle/wording.ts"),
    import("../output/settle/data.ts"),
  ]);
  const { told, end } = showSteps("steps", { quiet, patience });
  const { found, page } = await settleTarget({
    target,
    options,
    data,
    page: plot,
    overwrite,
    force,
    command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    told,
  }).finally(end);
  const ok = succeeded(found);
  // Without a tolerance nobody can say.
  const settled = found.tolerance === null ? null : ok;
  if (json)
    print({
      ...found,
      shown: undefined,
      traces: undefined,
      /** Whether every sample settled; null without a tolerance. */
      settled,
      /** The page that was written; null where none was asked for. */
      page,
    });
  else print(page === null ? settleText(found) : `${settleText(found)}\nThe page: ${page}`);
  return ok ? exits.ok : exits.failed;
}
