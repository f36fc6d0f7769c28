import { arch, cpus, platform, release, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Split } from "../../data/dataset.ts";
import { version } from "../../version.generated.ts";
import { names } from "./folder.ts";
import type { Plan } from "./inputs.ts";
import { revisionOf } from "./revision.ts";
import { checkOwn, readJson } from "./text.ts";

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
  /** What paths of data are relative to; absolute. */
  readonly dataRoot: string;
}

const shared = {
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.number().int().min(0),
  memoryGigabytes: z.number().min(0),
  revision: z.string().nullable(),
  started: z.string(),
  command: z.string(),
};
const environmentSchema = z.strictObject({
  ...shared,
  seed: z.number().int().min(0),
  data: z.string(),
  dataHash: z.string(),
  dataFolder: z.string().nullable(),
  // Earlier versions knew named sets alone.
  dataRoot: z.string().default("."),
} satisfies Record<keyof Environment, z.ZodType>);
/** Of a study that was run, or drawn from results that were there. */
const studyEnvironmentSchema = z.union([
  z.strictObject({
    ...shared,
    data: z.string(),
    dataHash: z.string(),
    /** Hash of what the drawings of the folder were made of, once all of them are. */
    drawn: z.string().optional(),
  }),
  z.strictObject({ ...shared, results: z.string() }),
]);

/**
 * What the environment of a run says.
 * @throws InputError when it is missing or damaged.
 */
export function readEnvironment(dir: string): Environment {
  return own(dir, environmentSchema);
}

/**
 * What the environment of a study says.
 * @throws InputError when it is missing or damaged.
 */
export function readStudyEnvironment(dir: string): z.output<typeof studyEnvironmentSchema> {
  return own(dir, studyEnvironmentSchema);
}

function own<S extends z.ZodType>(dir: string, schema: S): z.output<S> {
  const path = join(dir, names.environment);
  const todo = "restore the file, or start anew in another folder";
  return checkOwn(readJson(path, "environment"), schema, `environment ${path}`, todo);
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
  { experiment: { seed }, root }: Pick<Plan, "experiment" | "root">,
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
    dataRoot: root,
  };
}

/** A command line that a shell reads back as `argv`. */
export function commandLine(argv: readonly string[]): string {
  return argv
    .map((a) => (/^[\w./:=@%+,-]+$/.test(a) ? a : `'${a.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
