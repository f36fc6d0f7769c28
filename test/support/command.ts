import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import type * as program from "../../src/cli/program.ts";

/** The built command. */
export const main = join(import.meta.dirname, "../../dist/cli/main.js");
const built = join(import.meta.dirname, "../../dist/cli/program.js");

/** What a command line said, and the code it left to the shell. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** The built command in a folder: called in this process, or started as a shell starts it. */
export interface Command {
  run(...args: readonly string[]): Promise<Answer>;
  started(...args: readonly string[]): Answer;
}

/**
 * Node needs a quarter of a second to start the command, so what asks for its answer alone is
 * called here, with the folder, the arguments, the environment and the streams that a process of
 * its own would have. One call at a time: they are this process's.
 */
export function commandIn(folder: string, env: Environment = {}): Command {
  expect(existsSync(main), "run `npm run build` first").toBe(true);
  const given = { DEBUG: "", EQPROP_DATA: "", ...env };
  return {
    run: (...args) => called(folder, args, given),
    started(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, ...given },
      });
      return { code: status, stdout, stderr };
    },
  };
}

async function called(folder: string, args: readonly string[], env: Environment): Promise<Answer> {
  const { run } = (await import(pathToFileURL(built).href)) as typeof program;
  const own = { cwd: process.cwd(), argv: process.argv, env: process.env };
  const said = { stdout: "", stderr: "" };
  const listened = (["stdout", "stderr"] as const).map((name) => {
    const stream = process[name];
    const { write, isTTY } = stream;
    stream.isTTY = false;
    stream.write = (chunk: string | Uint8Array) => {
      said[name] += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
      return true;
    };
    return () => Object.assign(stream, { write, isTTY });
  });
  process.chdir(folder);
  process.argv = [...process.argv.slice(0, 1), main, ...args];
  process.env = { ...own.env, ...env };
  try {
    return { code: await run(args), ...said };
  } finally {
    for (const leave of listened) leave();
    process.env = own.env;
    process.argv = own.argv;
    process.chdir(own.cwd);
  }
}
