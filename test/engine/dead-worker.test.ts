import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { control, controlBlock, serve } from "../../src/training/threads/control.ts";
import { nodeScript } from "../support/bundle.ts";

describe("a worker that dies ends the run with a clear error within seconds", () => {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-threads-"));
  const at = (file: string) => join(folder, file);
  beforeAll(async () => {
    await nodeScript(join(import.meta.dirname, "threads-child.ts"), at("threads.mjs"));
    await nodeScript(join(import.meta.dirname, "planted-fault.ts"), at("fault.mjs"));
    await nodeScript(join(import.meta.dirname, "alone-child.ts"), at("alone.mjs"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const end = (plant: string) => {
    const { stdout, status, error } = spawnSync(
      process.execPath,
      ["--import", pathToFileURL(at("fault.mjs")).href, at("threads.mjs")],
      { encoding: "utf8", timeout: 30_000, env: { ...process.env, PLANT: plant } },
    );
    expect(error, "it hung").toBeUndefined();
    expect(status).toBe(0);
    return stdout;
  };

  test("killed abruptly in the middle of a step, while the others wait for it", () => {
    expect(end("exit")).toBe(
      "a thread failed: it ended with code 7; the run can be resumed, with --threads 1 if " +
        "this happens again",
    );
  }, 40_000);
  test(
    "by an error in the middle of a step",
    () => expect(end("throw")).toBe("a thread failed: planted in the middle of the work"),
    40_000,
  );
  test(
    "before it began to work",
    () => expect(end("early")).toBe("a thread failed: planted before the worker began"),
    40_000,
  );
  test("and what one does alone no other does at once", () => {
    const { stdout } = spawnSync(process.execPath, [at("alone.mjs")], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(stdout).toBe("400000");
  }, 40_000);
  test("and without a fault there is no error", () => expect(end("none")).toBe("no error"), 40_000);
});

describe("the members of a team", () => {
  test("hear why one of them cannot build its networks", () => {
    const block = controlBlock();
    const mine = control(block, 0, 2);
    serve(control(block, 1, 2), () => {
      throw new RangeError("WebAssembly.Memory.grow(): out of room");
    });
    expect(() => {
      mine.team.barrier();
    }).toThrow("a thread failed: WebAssembly.Memory.grow(): out of room");
  });

  test("hear the first reason only, and none after the dismissal", () => {
    const block = controlBlock();
    const mine = control(block, 0, 1);
    mine.dismiss();
    mine.fail("it ended");
    expect(() => {
      mine.team.barrier();
    }).not.toThrow();
    const other = controlBlock();
    control(other, 1, 2).fail("the cause");
    control(other, 1, 2).fail("a consequence");
    expect(() => {
      control(other, 0, 2).team.barrier();
    }).toThrow(/: the cause$/);
  });

  test("give up when nobody says anything for the longest silence allowed", () => {
    const began = performance.now();
    expect(() => {
      control(controlBlock(), 0, 2, 600).team.barrier();
    }).toThrow(/^a thread has been silent for 0\.6 s/);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
