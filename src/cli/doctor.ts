import { Command } from "commander";
import { exits, print } from "./terminal.ts";

/** `doctor`: what is there, what is missing, what is slow here and why. */
export function doctorCommand(done: (code: number) => void): Command {
  return new Command("doctor")
    .description("Looks at what this package leans on: what is missing or slow here, and why.")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExample:\n  analog-eqprop doctor")
    .action(async ({ json }: { json?: boolean }) => {
      const { examineMachine } = await import("../runs/node/doctor.ts");
      const findings = await examineMachine();
      const width = Math.max(...findings.map(({ name }) => name.length));
      print(
        json
          ? findings
          : findings
              .map(
                ({ name, state, found, todo }) =>
                  `${state.padEnd(6)}  ${name.padEnd(width)}  ${found}` +
                  (todo === "" ? "" : `\n${" ".repeat(width + 10)}${todo}`),
              )
              .join("\n"),
      );
      done(findings.some(({ state }) => state === "broken") ? exits.failed : exits.ok);
    });
}
