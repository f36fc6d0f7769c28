import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, loadavg, totalmem } from "node:os";
import { findSet, howToGet } from "../../data/node/load.ts";
import { sources } from "../../data/sources.ts";
import { bytesText } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { keysOf } from "../../numerics/keys.ts";
import { version } from "../../version.generated.ts";
import { findEngine } from "./spice/engine.ts";

/** One thing that was looked at. */
export interface Checked {
  /** What was looked at. */
  readonly name: string;
  /** `slow` and `broken` are worth doing something about; `absent` is what nobody may need. */
  readonly state: "fine" | "slow" | "absent" | "broken";
  /** What was found. */
  readonly found: string;
  /** What it means, and what to do; empty where it is fine. */
  readonly todo: string;
}

const fine = (name: string, found: string): Checked => ({ name, state: "fine", found, todo: "" });

/** Looks at everything that this package leans on, and at what makes it slow here. */
export async function examineMachine(): Promise<readonly Checked[]> {
  return [
    fine("analog-eqprop", version),
    node(),
    processors(),
    ...wasm(),
    memory(),
    disk(),
    ...(await dataSets()),
    await spice(),
    slurm(),
  ];
}

/** First V8 that pairs the kernels' vectors: Node 24's. */
const wideFrom = 13;

function node(): Checked {
  const found = `${process.version} (V8 ${process.versions.v8}, ${process.arch})`;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    return { name: "Node", state: "broken", found, todo: "install Node 20.19 or later" };
  return Number.parseInt(process.versions.v8, 10) < wideFrom
    ? {
        name: "Node",
        state: "slow",
        found,
        todo: "Node 24 widens the kernels' vectors where the processor can: up to twice as fast",
      }
    : fine("Node", found);
}

function processors(): Checked {
  const count = availableParallelism();
  const [load] = loadavg();
  const model = cpus().at(0)?.model.trim() ?? "unknown";
  const found = `${count} of ${cpus().length} (${model}), load ${load.toFixed(1)}`;
  return load > count
    ? {
        name: "processors",
        state: "slow",
        found,
        todo: "others use them: what runs here takes longer by the load over their number",
      }
    : fine("processors", found);
}

/** `(v128.const …)` dropped, and a shared memory: modules of a few bytes that need the feature. */
const features = {
  "WebAssembly SIMD": [
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0],
    ...[65, 0, 253, 15, 253, 98, 11],
  ],
  "WebAssembly threads": [0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 1],
};

function wasm(): readonly Checked[] {
  return Object.entries(features).map(([name, bytes]) =>
    WebAssembly.validate(Uint8Array.from(bytes))
      ? fine(name, "there")
      : {
          name,
          state: "broken",
          found: "missing",
          todo: "the kernels need it; use an official build of Node",
        },
  );
}

function memory(): Checked {
  const limit = process.constrainedMemory();
  const limited = limit > 0 && limit < totalmem();
  const found =
    `${bytesText(freemem())} free of ${bytesText(totalmem())}` +
    (limited ? `, ${bytesText(limit)} allowed here` : "");
  return freemem() < 5e8
    ? { name: "memory", state: "slow", found, todo: "less than 500 MB are free: run fewer --jobs" }
    : fine("memory", found);
}

function disk(): Checked {
  const { bavail, bsize } = statfsSync(".");
  const free = bavail * bsize;
  const found = `${bytesText(free)} free in ${process.cwd()}`;
  return free < 1e9
    ? {
        name: "disk",
        state: free < 2e7 ? "broken" : "slow",
        found,
        todo: "a report takes 8 MB; free some space or work in another folder",
      }
    : fine("disk", found);
}

async function dataSets(): Promise<readonly Checked[]> {
  return Promise.all(
    keysOf(sources).map(async (set): Promise<Checked> => {
      const name = `data ${set}`;
      const todo = howToGet(sources[set]);
      try {
        const folder = await findSet(set);
        return folder === undefined
          ? { name, state: "absent", found: "not found", todo }
          : fine(name, folder);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { name, state: "broken", found: error.message, todo };
      }
    }),
  );
}

async function spice(): Promise<Checked> {
  const engine = await findEngine();
  if ("missing" in engine)
    return { name: "ngspice", state: "absent", found: "not found", todo: engine.missing };
  return engine.name === "wasm"
    ? {
        name: "ngspice",
        state: "slow",
        found: "its WebAssembly build",
        todo: "spice-check is faster with the native one: `apt install ngspice`",
      }
    : fine("ngspice", engine.version);
}

function slurm(): Checked {
  const { status, stdout } = spawnSync("sbatch", ["--version"], { encoding: "utf8" });
  return status === 0
    ? fine("Slurm", stdout.trim())
    : {
        name: "Slurm",
        state: "absent",
        found: "not found",
        todo: "only `study submit --slurm` needs it; any list runner takes `study cells`",
      };
}
