import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { InputError } from "../src/numerics/errors.ts";
import type { Task } from "./tasks.ts";

/** How a process ended. `stopped`: we had heard enough. */
export interface Ending {
  readonly code: number | null;
  readonly stderr: string;
  readonly stopped: boolean;
}

/**
 * Runs a command and hears its lines; `hear` returns true when it has heard enough, and the command
 * is stopped.
 * @param args without them `command` is a line for the shell.
 */
export function listen(
  command: string,
  args: readonly string[] | undefined,
  hear: (line: string) => boolean,
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    // Python holds back what it prints into a pipe unless told otherwise. A group of its own: a
    // shell does not pass signals on.
    const child = spawn(command, args ?? [], {
      shell: args === undefined,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PYTHONUNBUFFERED: "1" },
    });
    let stderr = "";
    let stopped = false;
    const stop = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    };
    const quit = (signal: NodeJS.Signals) => {
      stop();
      process.kill(process.pid, signal);
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, quit);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (stopped) return;
      try {
        if (!hear(line)) return;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      stopped = true;
      stop();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, quit);
      resolve({ code, stderr, stopped });
    });
  });
}

/**
 * Runs a task in a fresh process, so that no compiled code, memory or thread of another one
 * matters.
 */
export async function inChild<Result>(
  task: Task,
  heard?: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const { code, stderr } = await listen(
    process.execPath,
    [fileURLToPath(new URL("./child.js", import.meta.url)), JSON.stringify(task)],
    (line) => {
      const result = JSON.parse(line) as Result;
      results.push(result);
      heard?.(result);
      return false;
    },
  );
  if (code === 2) throw new InputError(stderr.trim());
  if (code !== 0)
    throw new Error(
      `the process of task "${task.op}" ended with code ${String(code)}:\n${stderr.trim()}`,
    );
  return results;
}
