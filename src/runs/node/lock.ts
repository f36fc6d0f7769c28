import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import { readPlainFile, temporaryBeside, writeFileAtomic } from "../../output/node/files.ts";
import { names } from "./folder.ts";
import { codeOf, reason, whyNot } from "./text.ts";

/** What of a folder is locked, and how somebody else goes on who finds it so. */
interface Locked {
  /** The file of the lock. */
  readonly name: string;
  readonly what: string;
  readonly other: string;
}

const whole = (dir: string): Locked => ({
  name: names.lock,
  what: dir,
  other: "choose another folder with --out DIR",
});

/**
 * Keeps a second process from writing in the same folder; call the result to let go. What is in the
 * folder has to be looked at afterwards: until then another process may have changed it. The lock
 * of a killed process or of an earlier boot of this machine is taken over; of a process on another
 * machine nobody here knows whether it lives.
 * @throws InputError when somebody holds it.
 */
export function lockFolder(dir: string, locked: Locked = whole(dir)): () => void {
  const path = join(dir, locked.name);
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), born: birthOf(process.pid) });
  if (!create(path, mine)) takeOver(locked, path, mine);
  return () => {
    letGo(path, mine);
  };
}

/** Makes a lock with all that it says at once; false where there is one. */
function create(path: string, text: string): boolean {
  const temporary = temporaryBeside(path);
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    try {
      linkSync(temporary, path);
    } catch (error) {
      // Disks without hard links.
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error))) throw error;
      writeFileSync(path, text, { flag: "wx" });
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new InputError(
      `${path}: cannot be written: ${reason(codeOf(error))}; make the folder writable or choose ` +
        "another one",
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** One process at a time looks whether the holder is dead, and puts itself in its place. */
function takeOver(locked: Locked, path: string, mine: string): void {
  refuseHeld(locked, path);
  const turn = `${path}.next`;
  if (!create(turn, mine))
    throw new InputError(
      `${locked.what} is in use: another process is taking it over; wait for it, or remove ` +
        `${turn} when there is none`,
    );
  try {
    if (refuseHeld(locked, path) === "free" && create(path, mine)) return;
    refuseHeld(locked, path);
    writeFileAtomic(path, mine);
  } finally {
    rmSync(turn, { force: true });
  }
}

/** @throws InputError when the holder lives, or may live. */
function refuseHeld({ what, other }: Locked, path: string): "free" | "dead" {
  const holder = readHolder(path);
  if (holder === "free" || holder === "dead") return holder;
  if (holder.host !== hostname())
    throw new InputError(
      `${what} is in use by process ${holder.pid} on ${holder.host}; wait for it, stop it, or ` +
        `${other}; if it is not running any more, remove ${path}`,
    );
  if (isRunning(holder.pid) && holder.born === birthOf(holder.pid))
    throw new InputError(
      `${what} is in use by process ${holder.pid}; wait for it, stop it, or ${other}`,
    );
  return "dead";
}

/** Lets go of what is still ours; a disk that fails is told of by whoever wrote to it last. */
function letGo(path: string, mine: string): void {
  try {
    if (readFileSync(path, "utf8") === mine) rmSync(path, { force: true });
  } catch {
    /* the lock of a process that is gone does not count */
  }
}

const holderSchema = z.strictObject({
  pid: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  host: z.string(),
  born: z.string(),
});
type Holder = z.output<typeof holderSchema>;

/** Who holds a lock; a damaged one is of a crash, since locks are made at once. */
function readHolder(path: string): Holder | "free" | "dead" {
  try {
    const text = new TextDecoder().decode(readPlainFile(path));
    const holder = holderSchema.safeParse(JSON.parse(text));
    return holder.success ? holder.data : "dead";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "free";
    if (error instanceof SyntaxError) return "dead";
    throw new InputError(`${path}: ${whyNot(error)}; remove it, or choose another folder`);
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
