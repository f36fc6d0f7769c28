import { Command } from "commander";
import { print } from "./terminal.ts";

/** `schema KIND`: what a file may say, for editors. */
export function schemaCommand(): Command {
  return new Command("schema")
    .description(
      "Prints the JSON Schema of a kind of file. Editors check and complete a YAML file by it\n" +
        "whose first line is `# yaml-language-server: $schema=<its path>`.",
    )
    .argument("<kind>", "experiment, study, schematic or device")
    .addHelpText("after", "\nExample:\n  analog-eqprop schema experiment > experiment.schema.json")
    .action(async (kind: string) => {
      const { schemaText } = await import("../runs/node/init.ts");
      print(schemaText(kind).trimEnd());
    });
}
