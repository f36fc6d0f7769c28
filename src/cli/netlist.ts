import { Command } from "commander";
import type { RawSpiceOptions } from "../testbench/spice/options.ts";
import { overwrite } from "./overwrite.ts";
import { patience, showSteps } from "./steps.ts";
import { print } from "./terminal.ts";

type Options = RawSpiceOptions & {
  readonly data?: string;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly overwrite?: boolean;
};

/** The options that `netlist` and `spice-check` share. */
export function spiceOptions(command: Command): Command {
  return command
    .option("--sizes <sizes>", "layers of a circuit (default: 8-6-4)")
    .option("--die <n>", "which die (default: the run's; 1 for a circuit)")
    .option(
      "--seed <n>",
      "seed of a circuit's weights, and of inputs where no image fits (default: 1)",
    )
    .option(
      "--input <n>",
      "which input: image n of the test set, or the n-th drawn one (default: 0)",
    )
    .option("--lambda <x>", "pull to the copy's guess (default: the run's; 0 for a circuit)")
    .option("--beta <x>", "nudging towards the label (default: 0.5)")
    .option(
      "--time <t>",
      'length of each phase, such as "15 tau" or "150 ns" (default: until it has settled)',
    )
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option(
      "--fold",
      "fold the constant inputs into one current source a unit (resistors: and one conductance)",
    )
    .option("--op", "of resistors: operating points alone, no transient")
    .option("--data <dir>", "folder of the data set (default: where a run had it; built-in digits)")
    .option("--quiet", "say nothing on the way; errors are told");
}

/** `netlist CIRCUIT-or-RUN`: a chip as SPICE has it. */
export function netlistCommand(): Command {
  return spiceOptions(
    new Command("netlist")
      .description(
        "Prints a chip as a netlist that ngspice runs as it is: the die's own capacitors, " +
          "leaks, synapses, biases,\nclamps and ties, from the start of the free phase (at the " +
          "copy's guess, for a run).",
      )
      .argument("<circuit or run>", "name or YAML file of a circuit, or a run folder"),
  )
    .option(
      "--phase <phase>",
      "free, or nudged: the nudge comes on when the free phase ends (default: free)",
    )
    .option(
      "--noise <kind>",
      "pwl: the noise of the schematic as current sources, the numbers our stochastic solvers draw",
    )
    .option("--noise-step <tau>", "how long each of its numbers holds (default: 0.02)")
    .option("--out <file>", "write it there instead of printing it")
    .option(...overwrite)
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop netlist ideal > chip.cir && ngspice -b -r chip.raw chip.cir
  analog-eqprop netlist mismatched --sizes 64-32-10 --die 7 --phase nudged --out chip.cir
  analog-eqprop netlist runs/quickstart-1 --input 3 --fold > trained.cir
  analog-eqprop netlist xor --sizes 2-8-2 --phase nudged --op > xor.cir && ngspice -b xor.cir
  analog-eqprop netlist cmos-130nm --noise pwl --time "50 tau" > noisy.cir`,
    )
    .action(async (target: string, { data, out, overwrite, quiet, ...options }: Options) => {
      const [{ netlistOf }, { destinationFor }] = await Promise.all([
        import("../runs/node/spice/index.ts"),
        import("../output/node/destination.ts"),
      ]);
      const place = out === undefined ? null : destinationFor("--out", out, overwrite);
      const { told, end } = showSteps("steps", { quiet, patience });
      const text = await netlistOf({ target, options, data, told }).finally(end);
      if (place) place.put(text);
      else print(text.trimEnd());
    });
}
