import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { names } from "./folder.ts";
import { codeOf, reason } from "./text.ts";

/**
 * Keeps a second process from training in the same folder; call the result to let go. The lock of a
 * killed process, of another machine or of an earlier boot does not count.
 * @throws InputError when a process that runs now holds it.
 */
export function lockFolder(dir: string): () => void {
  const path = join(dir, names.lock);
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), born: birthOf(process.pid) });
  const release = () => rmSync(path, { force: true });
  try {
    writeFileSync(path, mine, { flag: "wx" });
    return release;
  } catch (error) {
    if (codeOf(error) !== "EEXIST")
      throw new InputError(
        `${path}: cannot be written: ${reason(codeOf(error))}; make the folder writable or ` +
          "choose another one",
      );
  }
  const holder = readHolder(path);
  if (
    holder &&
    holder.host === hostname() &&
    holder.pid !== process.pid &&
    isRunning(holder.pid) &&
    holder.born === birthOf(holder.pid)
  )
    throw new InputError(
      `${dir} is in use by process ${holder.pid}; wait for it, stop it, or choose another ` +
        "folder with --out DIR",
    );
  writeFileAtomic(path, mine);
  return release;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly born: string;
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host, born } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof pid === "number" &&
      pid > 0 &&
      typeof host === "string" &&
      typeof born === "string"
      ? { pid, host, born }
      : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

// Process numbers are used again; on Linux the boot and the start time tell two processes apart.
function birthOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${boot}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return "";
  }
}
