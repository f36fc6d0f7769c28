import { Command } from "commander";
import { print } from "./terminal.ts";

/** `circuits list|show`: the schematics that come with the package. */
export function circuitsCommand(): Command {
  const circuits = new Command("circuits").description("Shows the schematics that chips are fabricated from.")
    .addHelpText("after", `
Examples:
  analog-eqprop circuits list
  analog-eqprop circuits show ideal > mine.yaml`);
  circuits.command("list").description("Lists the schematics that come with this package.")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  analog-eqprop circuits list")
    .action(async ({ json }: { json?: boolean }) => {
      const { circuitNames, circuitText, parseCircuit } = await import("../circuit/index.ts");
      const all = await Promise.all(circuitNames().map((name) => parseCircuit(circuitText(name), `circuits/${name}.yaml`)));
      print(json ? all : all.map(({ name, description }) => `${name.padEnd(12)}  ${description}`).join("\n"));
    });
  circuits.command("show").description("Prints a schematic as YAML, to read or to start your own from.")
    .argument("<name>", "name of a schematic")
    .addHelpText("after", "\nExample:\n  analog-eqprop circuits show ideal > mine.yaml")
    .action(async (name: string) => {
      const { circuitText } = await import("../circuit/index.ts");
      print(circuitText(name).trimEnd());
    });
  return circuits;
}
