import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { lockFolder } from "../../../src/runs/node/lock.ts";
import { readMetrics } from "../../../src/runs/node/records.ts";
import { reportRun } from "../../../src/runs/node/reopen.ts";
import { train } from "../../../src/runs/node/run.ts";
import { commandIn, main } from "../../support/command.ts";
import { fakeTools } from "./fake-session.ts";
import { workshop } from "./workshop.ts";

const { at, data, file } = workshop();
const steps = (dir: string) => readMetrics(dir).map((m) => m.step);
const folder = (name: string, lock?: string) => {
  mkdirSync(at(name));
  if (lock !== undefined) writeFileSync(at(name, "lock.json"), lock);
  return at(name);
};

describe("a lock", () => {
  it("is held once, by one process or by parts of one, until it is let go", () => {
    const dir = folder("once");
    const unlock = lockFolder(dir);
    expect(() => lockFolder(dir)).toThrow(`${dir} is in use by process ${process.pid}`);
    unlock();
    lockFolder(dir)();
    expect(readdirSync(dir)).toEqual([]);
  });

  it("of another machine counts, and the message says how to get rid of it", () => {
    const text = JSON.stringify({ pid: 1, host: `not-${hostname()}`, born: "" });
    const dir = folder("elsewhere", text);
    expect(() => lockFolder(dir)).toThrow(
      `is in use by process 1 on not-${hostname()}; wait for it, stop it, or choose another ` +
        `folder with --out DIR; if it is not running any more, remove ${dir}/lock.json`,
    );
    expect(readFileSync(at("elsewhere/lock.json"), "utf8")).toBe(text);
  });

  it("of a dead process, or damaged, is taken over, by one process at a time", () => {
    const dead = JSON.stringify({ pid: 4_000_000, host: hostname(), born: "" });
    for (const [i, text] of [dead, "", "null", "{"].entries()) {
      const dir = folder(`dead-${i}`, text);
      writeFileSync(at(`dead-${i}/lock.json.next`), "");
      expect(() => lockFolder(dir)).toThrow("another process is taking it over");
    }
    for (const [i, text] of [dead, "", "null", "{"].entries())
      lockFolder(folder(`free-${i}`, text))();
  });

  it("that cannot be let go hides no other error", () => {
    const dir = folder("gone");
    const unlock = lockFolder(dir);
    writeFileSync(at("gone/lock.json"), "somebody else's");
    expect(unlock).not.toThrow();
    expect(existsSync(at("gone/lock.json"))).toBe(true);
  });
});

describe("the folder is looked at under the lock:", () => {
  const fake = fakeTools();
  // While this one makes its session, another one trains in the folder to the end.
  const overtaken = (dir: string, resume: boolean) =>
    train(
      { file, data, out: dir, resume },
      {
        ...fake,
        checkpointEvery: 20,
        async createSession(...given) {
          await train({ file, data, out: dir, resume }, { ...fake, checkpointEvery: 20 });
          return fake.createSession(...given);
        },
      },
    );

  it("a start that was overtaken does not start afresh over a finished run", async () => {
    const dir = at("overtaken");
    await expect(overtaken(dir, false)).rejects.toThrow(
      `--out ${dir}: another process has begun a run in the folder just now`,
    );
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(existsSync(`${dir}/lock.json`)).toBe(false);
  });

  it("one that goes on finds the run finished", async () => {
    const dir = at("overtaken-later");
    await train(
      { file, data, out: dir, signal: AbortSignal.abort() },
      { ...fake, checkpointEvery: 20 },
    );
    const before = () => readFileSync(`${dir}/train.log`, "utf8");
    expect(await overtaken(dir, true)).toMatchObject({ outcome: "completed" });
    expect(before().match(/completed/g)).toHaveLength(1);
  });

  it("a report is not made while the run goes on", async () => {
    const dir = at("overtaken");
    const unlock = lockFolder(dir);
    await expect(reportRun(dir, data, fake)).rejects.toThrow("is in use by process");
    unlock();
  });

  it("of six starts at once on one folder one wins", { timeout: 120_000 }, async () => {
    commandIn(at());
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, [main, "train", file, "--data", data, "--out", at("six")], {
        stdio: "ignore",
      }),
    );
    const ends = await Promise.all(children.map((child) => once(child, "exit")));
    expect(ends.map(([code]) => code as number).sort()).toEqual([0, 2, 2, 2, 2, 2]);
    expect(steps(at("six"))).toEqual([20, 40, 60, 80, 100, 120]);
  });
});
