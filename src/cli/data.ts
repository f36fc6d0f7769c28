import { Command } from "commander";
import type { FetchProgress } from "../data/node/fetch.ts";
import { fetchedSources, sources } from "../data/sources.ts";
import { keysOf } from "../numerics/keys.ts";
import { dataCheckCommand, dataInitCommand } from "./data-files.ts";
import { print } from "./terminal.ts";

/** The data sets that can be fetched. */
const known = keysOf(fetchedSources);

/** `data fetch|check|init`: data sets, and files of one's own. */
export function dataCommand(done: (code: number) => void): Command {
  const data = new Command("data")
    .description("Downloads data sets, looks at files of data, and starts experiments on them.")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop data fetch mnist
  analog-eqprop data check iris.csv
  analog-eqprop data init iris.csv --target species`,
    );
  data
    .command("fetch")
    .description("Downloads a data set, checks its hashes and keeps it for training.")
    .argument("<set>", `${known.slice(0, -1).join(", ")} or ${known.at(-1)!}`)
    .option("--dir <dir>", "folder to keep it in (default: the cache folder, where train finds it)")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop data fetch mnist
  analog-eqprop data fetch kmnist --dir ~/data/kmnist`,
    )
    .action(fetchData);
  data.addCommand(dataCheckCommand(done));
  data.addCommand(dataInitCommand());
  return data;
}

async function fetchData(set: string, { dir }: { dir?: string }): Promise<void> {
  const [{ fetchSet }, { cacheFolder, dataVariable, howToGet }, { InputError }, { didYouMean }] =
    await Promise.all([
      import("../data/node/fetch.ts"),
      import("../data/node/load.ts"),
      import("../numerics/errors.ts"),
      import("../numerics/suggest.ts"),
    ]);
  const found = known.find((name) => name === set);
  const packed = keysOf(sources).find((name) => name === set);
  if (found === undefined && packed !== undefined)
    throw new InputError(
      `data fetch: ${sources[packed].title} is published inside an archive of several sets; ` +
        `${howToGet(sources[packed])}, then name the folder with --data DIR or ${dataVariable}`,
    );
  if (found === undefined)
    throw new InputError(
      `data fetch: there is no data set "${set}"; ${didYouMean(set, known, "known sets")}`,
    );
  const files = await fetchSet(found, dir ?? cacheFolder(found), {
    onProgress: showDownload(process.stderr),
  });
  print(files.join("\n"));
}

function showDownload(stream: NodeJS.WriteStream): (progress: FetchProgress) => void {
  let drawn = 0;
  return ({ file, received, total, mirror }) => {
    if (!stream.isTTY || (received < total && performance.now() - drawn < 100)) return;
    drawn = performance.now();
    stream.write(
      `\r${file}  ${Math.floor((100 * received) / total)} %  from ` +
        `${mirror}\u001b[K${received >= total ? "\n" : ""}`,
    );
  };
}
