import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());
const tiny = ["tiny.yaml", "--data", "data", "--set", "train.epochs=1"];

/** Whether a program is here. */
function has(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("nothing in the current folder runs:", () => {
  it.skipIf(!has("git"))("what the settings of a repository name", async () => {
    const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: at() });
    git("init", "-q");
    writeFileSync(at(".gitattributes"), "* filter=evil\n");
    git("add", "tiny.yaml");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all");
    const commit = git("rev-parse", "HEAD").toString().slice(0, 12);
    git("config", "core.fsmonitor", "touch PWNED; false");
    git("config", "filter.evil.clean", "touch PWNED; cat");
    writeFileSync(at("tiny.yaml"), `${readFileSync(at("tiny.yaml"), "utf8")}# changed\n`);
    expect(await run("train", ...tiny, "--out", "stranger")).toMatchObject({ code: 0 });
    expect(existsSync(at("PWNED"))).toBe(false);
    expect(JSON.parse(readFileSync(at("stranger/environment.json"), "utf8"))).toMatchObject({
      revision: commit,
    });
  });

  it.skipIf(!has("ngspice"))("a .spiceinit", async () => {
    writeFileSync(at(".spiceinit"), "shell touch PWNED\n");
    const { code } = await run("spice-check", "ideal", "--sizes", "3-2-2", "--engine", "native");
    expect({ code, pwned: existsSync(at("PWNED")) }).toEqual({ code: 0, pwned: false });
  });

  it("a module of the name of one that we look for", async () => {
    const module = at("node_modules/eecircuit-engine");
    mkdirSync(module, { recursive: true });
    writeFileSync(`${module}/package.json`, '{"type":"module","exports":"./index.js"}');
    writeFileSync(
      `${module}/index.js`,
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(at("PWNED"))}, "");`,
    );
    await run("spice-check", "ideal", "--sizes", "3-2-2", "--engine", "wasm");
    expect(existsSync(at("PWNED"))).toBe(false);
  });
});

describe("in a run folder of somebody else", () => {
  beforeAll(async () => {
    writeFileSync(at("victim"), "first line\nno end");
    const { code } = await run("train", ...tiny, "--out", "theirs");
    expect(code).toBe(0);
    rmSync(at("theirs/result.json"));
  });

  it.each([
    "train.log",
    "metrics.jsonl",
    "result.json",
    "clock.json",
    "checkpoint.safetensors",
    "config.resolved.yaml",
    "circuit.yaml",
    "environment.json",
    "report.html",
    "copy.onnx",
    "lock.json",
  ])("a link %s is not followed", async (name) => {
    const folder = `linked-${name}`;
    execFileSync("cp", ["-r", "theirs", folder], { cwd: at() });
    rmSync(at(folder, name), { force: true });
    symlinkSync("../victim", at(folder, name));
    for (const command of [
      ["train", ...tiny, "--out", folder, "--resume"],
      ["report", folder],
    ]) {
      const { stderr } = await run(...command);
      expect(stderr).not.toContain("internal error");
      expect(readFileSync(at("victim"), "utf8")).toBe("first line\nno end");
    }
  });
});
