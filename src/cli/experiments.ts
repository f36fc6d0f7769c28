import { Command } from "commander";
import { print } from "./terminal.ts";

/** `experiments list|show`: the experiments and studies that come with the package. */
export function experimentsCommand(): Command {
  const experiments = new Command("experiments")
    .description("Shows the experiments and studies that come with this package.")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop experiments list
  analog-eqprop experiments show oconnor-2019/figure-2
  analog-eqprop train quickstart
  analog-eqprop run quickstart-study --quick`,
    );
  experiments
    .command("list")
    .description("Lists them by the names that `train`, `run` and `init` take.")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  analog-eqprop experiments list")
    .action(async ({ json }: { json?: boolean }) => {
      const { shippedExperiments, takenBy } = await import("../runs/node/shipped.ts");
      const all = shippedExperiments();
      const width = Math.max(...all.map(({ name }) => name.length));
      print(
        json
          ? all
          : all
              .map(
                ({ name, kind, description }) =>
                  `${takenBy[kind].padEnd(5)}  ${name.padEnd(width)}  ${description}`,
              )
              .join("\n"),
      );
    });
  experiments
    .command("show")
    .description("Prints one as YAML; `init` writes it where you can change it.")
    .argument("<name>", "name of an experiment or a study, from `experiments list`")
    .addHelpText("after", "\nExample:\n  analog-eqprop experiments show quickstart")
    .action(async (name: string) => {
      const { shippedNamed } = await import("../runs/node/shipped.ts");
      print(shippedNamed(name).text.trimEnd());
    });
  return experiments;
}
