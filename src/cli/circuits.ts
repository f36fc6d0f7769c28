import { Command } from "commander";
import { InputError } from "../numerics/errors.ts";
import { print } from "./terminal.ts";

interface ShowOptions {
  readonly layers?: string;
  readonly given?: readonly string[];
  readonly json?: boolean;
}

/** `circuits list|show`: the schematics that come with the package. */
export function circuitsCommand(): Command {
  const circuits = new Command("circuits")
    .description("Shows the schematics that chips are fabricated from.")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop circuits list
  analog-eqprop circuits show ideal > mine.yaml
  analog-eqprop circuits show mine.yaml --layers 784,500,10`,
    );
  circuits
    .command("list")
    .description("Lists the schematics that come with this package.")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  analog-eqprop circuits list")
    .action(async ({ json }: { json?: boolean }) => {
      const { circuitNames, circuitText, parseCircuit } = await import("../circuit/index.ts");
      const all = await Promise.all(
        circuitNames().map((name) => parseCircuit(circuitText(name), `circuits/${name}.yaml`)),
      );
      print(
        json
          ? all
          : all.map(({ name, description }) => `${name.padEnd(18)}  ${description}`).join("\n"),
      );
    });
  circuits
    .command("show")
    .description(
      "Prints a schematic as YAML, to read or to start your own from; with --layers, what a " +
        "network on it\nwould take as hardware: parts, area, static power, noise.",
    )
    .argument("<name>", "name of a schematic, or with --layers also its YAML file")
    .option(
      "--layers <sizes>",
      "layers of the network, such as 784,500,10; its weights are those before training",
    )
    .option(
      "--given <key=value...>",
      "what no schematic says: supply, gm-over-i, figure-of-merit, " +
        "synapse-capacitance,\ncapacitance-density, synapse-area",
    )
    .option("--json", "print one JSON array of answers")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop circuits show ideal > mine.yaml
  analog-eqprop circuits show ideal --layers 784,500,10
  analog-eqprop circuits show ideal --layers 784,500,10 \
--given supply="1.2 V" capacitance-density="2 fF/um^2"`,
    )
    .action(async (name: string, options: ShowOptions) => {
      if (options.layers === undefined) {
        refuseAlone(options);
        const { readSchematic } = await import("../runs/node/schematic.ts");
        print((await readSchematic(name, "name a file that can be read")).text.trimEnd());
        return;
      }
      const [{ circuitPhysics }, { answersText }] = await Promise.all([
        import("../runs/node/circuit-physics.ts"),
        import("../output/physics-text.ts"),
      ]);
      const answers = await circuitPhysics(name, options.layers, options.given ?? []);
      print(options.json ? answers : answersText(answers));
    });
  return circuits;
}

function refuseAlone({ given, json }: ShowOptions): void {
  if (given || json)
    throw new InputError(
      `--${given ? "given" : "json"}: it belongs to the answers about a network; add ` +
        "--layers, such as --layers 784,500,10",
    );
}
