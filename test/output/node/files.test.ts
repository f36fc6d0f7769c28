import { execFileSync } from "node:child_process";
import * as nodeFs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError } from "../../../src/numerics/errors.ts";
import {
  appendLine,
  isTemporary,
  readJsonLines,
  readPlainFile,
  writeFileAtomic,
} from "../../../src/output/node/files.ts";
import type { FileSystem } from "../../../src/output/node/files.ts";

const { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = nodeFs;
let folder: string;
beforeEach(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A disk on which one call fails, as `code`. */
function failing(call: keyof FileSystem, code: string): FileSystem {
  return {
    ...nodeFs,
    [call]: () => {
      throw Object.assign(new Error(code), { code });
    },
  };
}

/** A disk with room for `room` more bytes, which writes as much as fits. */
function fullAfter(room: number): FileSystem {
  const writeSync = (file: number, bytes: Uint8Array, at = 0): number => {
    if (room === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    const count = Math.min(room, bytes.length - at);
    room -= count;
    return nodeFs.writeSync(file, bytes, at, count);
  };
  return { ...nodeFs, writeSync: writeSync };
}

describe("an atomic write", () => {
  test("makes or replaces a file with text or bytes and leaves nothing else", () => {
    const path = join(folder, "a.txt");
    writeFileAtomic(path, "één");
    expect(readFileSync(path, "utf8")).toBe("één");
    writeFileAtomic(path, Uint8Array.of(0, 255));
    expect([...readFileSync(path)]).toEqual([0, 255]);
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  test.each([
    ["writeSync", "ENOSPC", /disk of the folder .* is full; free some space/],
    ["fsyncSync", "EDQUOT", /quota/],
    ["writeSync", "EIO", /disk of the folder .* fails to read or write/],
    ["openSync", "EACCES", /permissions/],
    ["openSync", "EROFS", /read-only/],
    ["renameSync", "EISDIR", /a folder has that name/],
  ] as const)(
    "that fails in %s with %s says so, keeps the old file and leaves nothing half-written",
    (call, code, message) => {
      const path = join(folder, "a.txt");
      writeFileAtomic(path, "old");
      const write = () => writeFileAtomic(path, "new", failing(call, code));
      expect(write).toThrow(InputError);
      // A disk that is full or fails is no bad input: the command exits with 1.
      const name = /ENOSPC|EDQUOT|EIO/.test(code) ? "DiskError" : "InputError";
      expect(write).toThrow(expect.objectContaining({ name }) as Error);
      expect(write).toThrow(message);
      expect(write).toThrow(folder);
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(folder)).toEqual(["a.txt"]);
    },
  );

  test("onto a disk that fills up half-way keeps the old file", () => {
    const path = join(folder, "a.txt");
    writeFileAtomic(path, "old");
    expect(() => writeFileAtomic(path, "x".repeat(100), fullAfter(40))).toThrow(/is full/);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  test("onto a real full disk, where one can be mounted, keeps the old file", (context) => {
    const disk = join(folder, "disk");
    const path = join(disk, "a.bin");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      context.skip("a tmpfs cannot be mounted here (that takes root)");
    }
    try {
      writeFileAtomic(path, "old");
      expect(() => writeFileAtomic(path, new Uint8Array(1 << 20))).toThrow(
        /the disk of the folder .* is full/,
      );
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(disk)).toEqual(["a.bin"]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test("into a missing folder, or below a file, says what is missing", () => {
    expect(() => writeFileAtomic(join(folder, "none", "a.txt"), "")).toThrow(
      /does not exist; create it/,
    );
    writeFileSync(join(folder, "file"), "");
    expect(() => writeFileAtomic(join(folder, "file", "a.txt"), "")).toThrow(/is not a folder/);
  });

  test("over a folder of that name leaves nothing half-written", () => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    expect(() => writeFileAtomic(join(folder, "a"), "text")).toThrow(InputError);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("sweeps up what a killed process left, but not what a running one is writing", () => {
    const gone = Number(
      execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }),
    );
    const [left, busy, other] = [
      `.a.txt.${gone}-0123456789abcdef.tmp`,
      `.a.txt.${process.ppid}-0123456789abcdef.tmp`,
      `.b.txt.${gone}-0123456789abcdef.tmp`,
    ];
    for (const name of [left, busy, other]) writeFileSync(join(folder, name), "half");
    writeFileAtomic(join(folder, "a.txt"), "whole");
    expect(readdirSync(folder).sort()).toEqual([busy, other, "a.txt"].sort());
  });

  test("passes on an error that is not the user's", () => {
    expect(() => writeFileAtomic(join(folder, "a"), "", failing("fsyncSync", "EBADF"))).not.toThrow(
      InputError,
    );
    expect(() => writeFileAtomic(join(folder, "a"), "", failing("fsyncSync", "EBADF"))).toThrow(
      "EBADF",
    );
  });
});

describe("a file of JSON lines", () => {
  test("grows by a line at a time and reads back", () => {
    const path = join(folder, "m.jsonl");
    expect(readJsonLines(path)).toEqual([]);
    for (const row of [{ epoch: 1 }, { epoch: 2, text: "a\nb" }])
      appendLine(path, JSON.stringify(row));
    expect(readJsonLines(path)).toEqual([{ epoch: 1 }, { epoch: 2, text: "a\nb" }]);
  });

  test("cut at any byte reads as its whole lines, and the next line replaces the torn one", () => {
    const path = join(folder, "m.jsonl");
    const whole = '{"é":1}\n{"b":2}\n';
    const bytes = new TextEncoder().encode(whole);
    for (let n = 0; n <= bytes.length; n++) {
      writeFileSync(path, bytes.subarray(0, n));
      const lines = new TextDecoder().decode(bytes.subarray(0, n)).split("\n").length - 1;
      expect(readJsonLines(path)).toEqual([{ é: 1 }, { b: 2 }].slice(0, lines));
      appendLine(path, '{"c":3}');
      expect(readJsonLines(path)).toEqual([...[{ é: 1 }, { b: 2 }].slice(0, lines), { c: 3 }]);
    }
  });

  test("finds the end of the last whole line however long the torn one is", () => {
    const path = join(folder, "m.jsonl");
    writeFileSync(path, `1\n"${"x".repeat(10_000)}`);
    appendLine(path, "2");
    expect(readFileSync(path, "utf8")).toBe("1\n2\n");
  });

  test("names the line that is not JSON", () => {
    const path = join(folder, "m.jsonl");
    writeFileSync(path, '{"a":1}\nnonsense\n{"b":2}\n');
    expect(() => readJsonLines(path)).toThrow(InputError);
    expect(() => readJsonLines(path)).toThrow(`${path}:2:1: this line is not JSON`);
  });

  test("on a disk that fills up half-way through a line keeps its whole lines only", () => {
    const path = join(folder, "m.jsonl");
    appendLine(path, "1");
    expect(() => appendLine(path, "22222222", fullAfter(3))).toThrow(/is full/);
    expect(readFileSync(path, "utf8")).toBe("1\n");
  });

  test.skipIf(!existsSync("/dev/full"))("on a device that is always full says so", () => {
    expect(() => appendLine("/dev/full", "1")).toThrow(InputError);
    expect(() => appendLine("/dev/full", "1")).toThrow(/is full/);
  });

  test("takes no line breaks inside a line", () => {
    expect(() => appendLine(join(folder, "m.jsonl"), "a\nb")).toThrow(RangeError);
    expect(existsSync(join(folder, "m.jsonl"))).toBe(false);
  });
});

/** A pipe and a device of that name, where they can be made. */
function special(kind: "p" | "c", path: string): boolean {
  try {
    execFileSync("mknod", [path, kind, ...(kind === "c" ? ["1", "3"] : [])], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("what is no plain file", () => {
  test("a symbolic link is not replaced, not followed, not appended to and not read", () => {
    const [target, link] = ["target", "link"].map((name) => join(folder, name));
    writeFileSync(target, "keep");
    nodeFs.symlinkSync(target, link);
    for (const act of [
      () => writeFileAtomic(link, "new"),
      () => appendLine(link, "new"),
      () => readJsonLines(link),
      () => readPlainFile(link),
    ])
      expect(act).toThrow(/it is a symbolic link, expected a plain file; name another one/);
    expect(readFileSync(target, "utf8")).toBe("keep");
    expect(nodeFs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["link", "target"]);
  });

  test.each([
    ["p", "a pipe"],
    ["c", "a device"],
  ] as const)("mknod %s: %s is not replaced and not waited for", (kind, words) => {
    const path = join(folder, "special");
    // A device takes root, and a system that has mknod.
    if (!special(kind, path)) return;
    const { ino } = nodeFs.lstatSync(path);
    expect(() => writeFileAtomic(path, "new")).toThrow(`it is ${words}, expected a plain file`);
    expect(() => readPlainFile(path)).toThrow(`it is ${words}, expected a plain file`);
    expect(nodeFs.lstatSync(path).ino).toBe(ino);
  });

  test("a file with a second name elsewhere is left as it is there", () => {
    const [victim, log] = ["victim", "log"].map((name) => join(folder, name));
    writeFileSync(victim, "first\nno end");
    nodeFs.linkSync(victim, log);
    appendLine(log, "second");
    expect(readFileSync(victim, "utf8")).toBe("first\nno end");
    expect(readFileSync(log, "utf8")).toBe("first\nsecond\n");
  });

  test("temporary names cannot be guessed, and one that is taken is left alone", () => {
    const opened: string[] = [];
    const fs = {
      ...nodeFs,
      openSync: ((path: string, flags: string) => {
        if (isTemporary(path.slice(folder.length + 1))) {
          opened.push(path);
          if (opened.length > 2) nodeFs.symlinkSync(join(folder, "victim"), path);
        }
        return nodeFs.openSync(path, flags);
      }) as typeof nodeFs.openSync,
    };
    const [a, victim] = ["a", "victim"].map((name) => join(folder, name));
    writeFileSync(victim, "keep");
    writeFileAtomic(a, "1", fs);
    writeFileAtomic(a, "2", fs);
    expect(opened[0]).toMatch(/\.a\.\d+-[0-9a-f]{16}\.tmp$/);
    expect(opened[0]).not.toBe(opened[1]);
    expect(() => writeFileAtomic(a, "3", fs)).toThrow("something has that name");
    expect(readFileSync(victim, "utf8")).toBe("keep");
    expect(readFileSync(a, "utf8")).toBe("2");
  });
});
