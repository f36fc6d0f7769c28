import { arch, cpus, platform, release, totalmem } from "node:os";
import { resolve } from "node:path";
import type { Split } from "../../data/dataset.ts";
import { version } from "../../version.generated.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { revisionOf } from "./revision.ts";

/** Where, when and by whom a run was made: what the numbers may depend on beyond the settings. */
export interface Environment {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly seed: number;
  /** The commit that is checked out in the working folder; null outside of a repository. */
  readonly revision: string | null;
  readonly started: string;
  readonly command: string;
  readonly data: string;
  readonly dataHash: string;
  /** Absolute; null when the data were found without `--data`. */
  readonly dataFolder: string | null;
}

interface Asked {
  readonly file: string;
  readonly data?: string;
  readonly command?: string;
}

/** What program on what machine, from which revision, and when. */
export function machine(): Pick<
  Environment,
  "version" | "node" | "platform" | "cpu" | "cores" | "memoryGigabytes" | "revision" | "started"
> {
  const processors = cpus();
  return {
    version,
    node: process.version,
    platform: `${platform()} ${arch()} ${release()}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGigabytes: Number((totalmem() / 2 ** 30).toFixed(1)),
    revision: revisionOf(process.cwd()),
    started: new Date().toISOString(),
  };
}

export function environmentOf(
  { seed }: Experiment,
  { source }: Split,
  dataHash: string,
  { file, data, command = `analog-eqprop train ${file}` }: Asked,
): Environment {
  return {
    ...machine(),
    seed,
    command,
    data: source,
    dataHash,
    dataFolder: data === undefined ? null : resolve(data),
  };
}

/** A command line that a shell reads back as `argv`. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map((a) => (/^[\w./:=@%+,-]+$/.test(a) ? a : `'${a.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
