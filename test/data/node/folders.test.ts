import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolders } from "../../../src/data/node/folders.ts";

const root = mkdtempSync(join(tmpdir(), "folders-"));
const at = (...path: string[]) => join(root, ...path);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("folders", () => {
  it("are made level by level, and the topmost new one is told", () => {
    expect(makeFolders(at("a", "b", "c"))).toBe(at("a"));
    expect(makeFolders(at("a", "b", "d"))).toBe(at("a", "b", "d"));
    expect(makeFolders(at("a", "b"))).toBeUndefined();
  });

  it("are not made through a file or a link to nowhere", () => {
    writeFileSync(at("file"), "");
    symlinkSync(at("nowhere"), at("link"));
    for (const name of ["file", "link"])
      expect(() => makeFolders(at(name, "below"))).toThrow(/EEXIST|ENOTDIR/);
    expect(existsSync(at("nowhere"))).toBe(false);
  });

  it.skipIf(!existsSync("/proc/self"))("end where a file system takes none", () => {
    expect(() => makeFolders("/proc/eqprop/deeper")).toThrow(
      /the file system of \/proc takes no new folders|EACCES|EPERM/,
    );
  });
});
