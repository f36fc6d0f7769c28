import { Command, Option } from "commander";
import type { RawSpiceOptions } from "../testbench/spice/options.ts";
import { spiceOptions } from "./netlist.ts";
import { overwrite } from "./overwrite.ts";
import { patience, showSteps } from "./steps.ts";
import { exits, print, tell } from "./terminal.ts";

type Options = RawSpiceOptions & {
  readonly data?: string;
  readonly plot?: string | true;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly engine?: "native" | "wasm";
};

/** `spice-check CIRCUIT-or-RUN`: the same die by ngspice and by our solvers. */
export function spiceCheckCommand(done: (code: number) => void): Command {
  return spiceOptions(
    new Command("spice-check")
      .description(
        "Runs a die in ngspice, free and then nudged, and compares waveforms and equilibria " +
          "with our ODE (Dormand–Prince)\nand our exact minimiser (block descent); equilibria " +
          "of resistors by .op. ngspice is the installed one, or its WebAssembly build from npm.",
      )
      .argument("<circuit or run>", "name or YAML file of a circuit, or a run folder"),
  )
    .addOption(
      new Option(
        "--engine <name>",
        "which ngspice (default: native if installed, else wasm)",
      ).choices(["native", "wasm"]),
    )
    .option("--force", "start ngspice whatever it will take")
    .option(
      "--plot [file.html]",
      "write a page with the waveforms over one another (default: spice-<circuit>.html)",
    )
    .option(...overwrite)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop spice-check ideal
  analog-eqprop spice-check mismatched --sizes 64-32-10 --die 7 --lambda 1 --plot
  analog-eqprop spice-check ideal --sizes 784-500-10 --fold --lambda 0.1
  analog-eqprop spice-check runs/quickstart-1 --fold --json
  analog-eqprop spice-check resistive-100 --sizes 784-100-10 --op

ngspice: apt install ngspice, brew install ngspice, or npm i eecircuit-engine (-g).
Exit codes: 0 all agree (equilibria within 2e-5 of the swing, waveforms within 1e-3);
1 they differ, or ngspice is missing or failed; 2 bad input.`,
    )
    .action(async (target: string, options: Options) => done(await check(target, options)));
}

async function check(
  target: string,
  { data, plot, overwrite, json, force, engine, quiet, ...options }: Options,
): Promise<number> {
  const [{ checkParity }, { commandLine }, { parityText }, { agrees, speedRatios }] =
    await Promise.all([
      import("../runs/node/spice/index.ts"),
      import("../runs/node/environment.ts"),
      import("../output/spice/wording.ts"),
      import("../output/spice/data.ts"),
    ]);
  const { told, end } = showSteps("steps", { quiet, patience });
  const { found, page } = await checkParity({
    target,
    options,
    data,
    engine,
    force,
    page: plot,
    overwrite,
    command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    told,
    say: (text) => {
      end();
      if (!quiet) tell(text);
    },
  }).finally(end);
  if (json)
    print({
      ...found,
      traces: undefined,
      /** Wall time of ngspice over ours. */
      speedRatios: speedRatios(found),
      /** Whether ngspice ran and everything agrees. */
      agrees: agrees(found),
      /** The page that was written; null where none was asked for. */
      page,
    });
  else print(page === null ? parityText(found) : `${parityText(found)}\nThe page: ${page}`);
  return agrees(found) ? exits.ok : exits.failed;
}
