import type { Command } from "commander";

/** How a study is asked for. */
export interface StudyAsked {
  readonly quick?: boolean;
  readonly out?: string;
  readonly data?: string;
  readonly set?: readonly string[];
  readonly without?: string;
}

/** The options that say which study it is; a cell is called with those of its list. */
export function askedStudy(command: Command): Command {
  return command
    .option("--quick", "the study's quick settings")
    .option("--data <dir>", "folder of the data set")
    .option(
      "--set <key=value...>",
      "replace a value of the experiment, options.<key>, seeds or grid.<axis>",
    )
    .option("--without <names>", "leave imperfections of the circuit out");
}
