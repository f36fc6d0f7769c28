import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRaw, type RawResult } from "../../../circuit/spice/raw.ts";
import { wasmScript } from "./wasm-script.ts";

const engineNames = ["native", "wasm"] as const;
export type EngineName = (typeof engineNames)[number];

/** An ngspice that runs a netlist; what it has to say when it cannot is in the result. */
export interface SpiceEngine {
  readonly name: EngineName;
  /** `ngspice-39`; the WASM build tells its own in its results. */
  readonly version: string;
  run(netlist: string): Promise<SpiceRun>;
}
type SpiceRun = { readonly result: RawResult } | { readonly failure: string };

/** What to do about an ngspice that is not there. */
const installing =
  "install ngspice (`apt install ngspice`, `brew install ngspice`), or its WebAssembly build " +
  "beside analog-eqprop: `npm i eecircuit-engine`, with -g where that was installed with -g";

/**
 * The ngspice asked for, or the first there is: the native one, then the WASM build; or why there
 * is none.
 */
export async function findEngine(
  wanted?: EngineName,
): Promise<SpiceEngine | { readonly missing: string }> {
  for (const name of wanted ? [wanted] : engineNames) {
    const found = await (name === "native" ? nativeEngine() : wasmEngine());
    if (found) return found;
  }
  const what =
    wanted === "wasm"
      ? "the package eecircuit-engine is not installed"
      : wanted === "native"
        ? "no program ngspice is on the PATH"
        : "there is neither a program ngspice on the PATH nor the package eecircuit-engine";
  return { missing: `${what}; ${installing}` };
}

async function nativeEngine(): Promise<SpiceEngine | null> {
  const told = await execute("ngspice", ["--version"], tmpdir());
  if (told.code !== 0) return null;
  return {
    name: "native",
    version: /ngspice-[\w.]+/.exec(told.output)?.[0] ?? "ngspice",
    // Without `.spiceinit` (-n), and where none lies: its lines can be shell commands.
    run: (netlist) =>
      inFolder(netlist, (cir, raw) =>
        execute("ngspice", ["-n", "-b", "-r", raw, cir], dirname(cir)),
      ),
  };
}

/**
 * In a process of its own, as the build adds a `window` to the global object and waits for ever for
 * results of a netlist it could not read. One process runs netlist after netlist, since it takes a
 * second to start; a netlist that fails ends its process, and the next one gets a new one.
 */
async function wasmEngine(): Promise<SpiceEngine | null> {
  const first = await serve();
  if (!first) return null;
  const idle = [first];
  const run = async (cir: string, raw: string): Promise<Told> => {
    const server = idle.pop() ?? (await serve());
    if (!server) return { code: null, output: "the process of eecircuit-engine does not start" };
    const told = await server.run(cir, raw);
    if (!server.ended()) idle.push(server);
    return told;
  };
  return { name: "wasm", version: "ngspice", run: (netlist) => inFolder(netlist, run) };
}

/** A process of the WASM build, which keeps nobody waiting while it has nothing to do. */
interface Server {
  /** What came of a netlist: with code 0 the process may wait for the next one. */
  run(cir: string, raw: string): Promise<Told>;
  ended(): boolean;
}

/** Starts a process of the WASM build; null where the build is not installed. */
async function serve(): Promise<Server | null> {
  const program = start(process.execPath, ["--input-type=module", "--eval", wasmScript], {
    // Modules are looked for from here on: beside this package, never where the user works.
    cwd: dirname(fileURLToPath(import.meta.url)),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { child } = program;
  const held = [child, child.channel, child.stdout, child.stderr] as readonly (Held | null)[];
  const turn = async (): Promise<Told> => {
    for (const one of held) one?.ref();
    try {
      return await Promise.race([
        program.end,
        new Promise<Told>((resolve) => {
          child.once("message", () => {
            resolve({ code: 0, output: program.output() });
          });
        }),
      ]);
    } finally {
      for (const one of held) one?.unref();
    }
  };
  let ended = false;
  void program.end.then(() => {
    ended = true;
  });
  if ((await turn()).code !== 0) return null;
  return {
    ended: () => ended,
    run: (cir, raw) => {
      program.forget();
      child.send([cir, raw]);
      return turn();
    },
  };
}

/** What keeps this process alive: a child, its channel, its streams. */
interface Held {
  ref(): void;
  unref(): void;
}

interface Told {
  readonly code: number | null;
  readonly output: string;
}

const execute = (command: string, args: readonly string[], cwd: string): Promise<Told> =>
  start(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] }).end;

/** A program that runs: what it has said, and its end. */
interface Program {
  readonly child: ChildProcess;
  readonly end: Promise<Told>;
  output(): string;
  forget(): void;
}

/** Starts a program, which ends with this process at the latest. */
function start(command: string, args: readonly string[], options: SpawnOptions): Program {
  const child = spawn(command, args, options);
  let output = "";
  const quit = () => {
    child.kill();
  };
  process.once("exit", quit);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const end = new Promise<Told>((resolve) => {
    child.on("error", (error) => {
      output += error.message;
    });
    child.on("close", (code) => {
      process.off("exit", quit);
      resolve({ code, output });
    });
  });
  return {
    child,
    end,
    output: () => output,
    forget: () => {
      output = "";
    },
  };
}

async function inFolder(
  netlist: string,
  run: (cir: string, raw: string) => Promise<Told>,
): Promise<SpiceRun> {
  const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-spice-"));
  const cir = join(dir, "chip.cir");
  const raw = join(dir, "chip.raw");
  try {
    writeFileSync(cir, netlist);
    const told = await run(cir, raw);
    if (told.code !== 0 || !existsSync(raw)) return { failure: complaint(told) };
    const result = readRaw(readFileSync(raw));
    return result.points === 0 ? { failure: complaint(told) } : { result };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The lines of its output in which ngspice complains, each once. */
function complaint({ code, output }: Told): string {
  const lines = output
    .split("\n")
    .map((l) => l.replace(/^.*Trying gmin *= *\S+/, "").trim())
    .filter((l) => l !== "");
  const telling = lines.filter(
    (l) =>
      /error|singular|fail|too small|unknown|could not|not enough|abort|no such|memory/i.test(l) &&
      !/^(total|dram|maximum|current|shared|text|library)\b/i.test(l),
  );
  const said = [...new Set(telling.length > 0 ? telling : lines.slice(-3))].slice(0, 6).join(" | ");
  return said === "" ? `it ended with code ${String(code)} and said nothing` : said;
}
