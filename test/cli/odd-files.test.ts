import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());
const isPosix = process.platform !== "win32";

beforeAll(() => {
  writeFileSync(at("plain"), "");
  symlinkSync("loop", at("loop"));
  writeFileSync(at("t.csv"), `a,b,kind\n${"1,2,x\n3,4,y\n".repeat(10)}`);
  for (const name of ["r.parquet", "r.npy", "r.npz", "train-images-idx3-ubyte"])
    writeFileSync(
      at(name),
      Uint8Array.from({ length: 999 }, (_, i) => (i * i * 7 + 129) % 256),
    );
});

describe.skipIf(!isPosix)("a pipe", () => {
  beforeAll(() => {
    for (const name of ["pipe.yaml", "pipe.csv"]) execFileSync("mkfifo", [at(name)]);
  });

  it.each([
    "train pipe.yaml",
    "run pipe.yaml",
    "settle pipe.yaml",
    "device fit pipe.csv",
    "circuits show pipe.yaml --layers 4,3,2",
  ])("that nobody writes to is waited for no more than two seconds: %s", async (line) => {
    const begin = performance.now();
    const { code, stderr } = await run(...line.split(" "));
    expect(stderr).toContain("it is a pipe that nobody writes to, expected a file");
    expect(code).toBe(2);
    expect(performance.now() - begin).toBeLessThan(8000);
  });

  it("of another program is read to its end", () => {
    const yaml =
      "name: c\nrails: { low: 0 V, high: 1 V }\nneuron: { capacitance: 1 pF, leak: 100 uS }\n";
    writeFileSync(at("c.yaml"), yaml);
    const script = `(echo "# comes"; sleep 0.7; cat c.yaml) | "${process.execPath}" "${main}"`;
    const told = execFileSync("sh", ["-c", `${script} settle /dev/stdin --layers 784,4,10`], {
      cwd: at(),
      encoding: "utf8",
    });
    expect(told).toContain("784-4-10 on c, die 1");
  });
});

describe("the true reason, and exit code 2", () => {
  it.each<readonly [string, RegExp]>([
    ["data check r.parquet", /r\.parquet: this is not a Parquet file, whatever its name, nor text/],
    ["data check r.npy", /r\.npy: this is not an NPY file/],
    ["data check r.npz", /r\.npz: this is not an NPZ file/],
    ["data check train-images-idx3-ubyte", /this is not an IDX file/],
    ["evaluate plain", /^error: plain: a part of the path is a file, expected folders/],
    ["data check loop", /loop: too many symbolic links|its links run in a circle/],
    ["export loop --out loop/x", /--out loop\/x: the folder loop does not exist/],
    ["train tiny.yaml --data data --out=", /the name of a folder is empty/],
    ["circuits show ideal --layers 4,3 --given supply=1e11V", /ten orders of magnitude away from/],
    ["circuits show ideal --layers 4,3 --given supply=1.2", /a number without unit, expected a/],
    ["compare plain", /^error: plain: a part of the path/],
    ["settle nowhere.yaml", /^error: nowhere\.yaml: circuit nowhere\.yaml: there is no such file/],
    ["settle ideal --beta 1e300", /--beta 1e300: expected a number up to 10000000000/],
    ["netlist ideal --lambda 1e300", /--lambda 1e300: expected a number from 0 to 10000000000/],
    ["netlist ideal --beta -1e300", /--beta -1e300: expected a number up to 10000000000/],
  ])("%s", async (line, message) => {
    const { code, stdout, stderr } = await run(...line.split(" "));
    expect(stderr + stdout).toMatch(message);
    expect(code).toBe(2);
  });

  it.skipIf(!existsSync("/proc/self"))("of a file system that takes no files", async () => {
    for (const line of [
      "netlist ideal --out /proc/x.cir",
      "data init t.csv --out /proc/x.yaml",
      "init /proc/x.yaml",
    ]) {
      const { code, stderr } = await run(...line.split(" "));
      expect(stderr).toMatch(/the file system of the folder \/proc takes no new files|permission/);
      expect(code).toBe(2);
    }
    const { stderr } = await run("data", "check", "/proc");
    expect(stderr).not.toContain("internal error");
  });
});

describe.skipIf(!isPosix)("a limit on the size of files", () => {
  it("is told as what it is, exit code 1, and leaves nothing half-written", () => {
    const limited = (line: string) => {
      const script = `ulimit -f 20; exec "${process.execPath}" "${main}" ${line}`;
      try {
        execFileSync("bash", ["-c", script], { cwd: at(), stdio: "pipe" });
        return { code: 0, stderr: "" };
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: Uint8Array };
        return { code: status, stderr: new TextDecoder().decode(stderr) };
      }
    };
    mkdirSync(at("limited"));
    for (const line of [
      "netlist ideal --sizes 60-60 --out limited/a.cir",
      "settle ideal --layers 784,4,10 --plot limited/a.html",
      "train tiny.yaml --data data --set train.epochs=0.1 --out limited-run",
    ]) {
      const { code, stderr } = limited(line);
      expect(stderr, line).toMatch(/the file would be larger than the folder .* or your limits/);
      expect(code, line).toBe(1);
    }
    expect(readdirSync(at("limited"))).toEqual([]);
    expect(readdirSync(at("limited-run")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  }, 60_000);
});

it("twenty that start at once on one folder: one wins, nineteen exit 2", async () => {
  const line = "train tiny.yaml --data data --quiet --set train.epochs=0.1 --out race";
  const children = Array.from({ length: 20 }, () =>
    spawn(process.execPath, [main, ...line.split(" ")], { cwd: at(), stdio: "ignore" }),
  );
  const codes = await Promise.all(
    children.map(async (child) => ((await once(child, "exit")) as [number])[0]),
  );
  expect(codes.toSorted((a, b) => a - b)).toEqual([0, ...Array.from({ length: 19 }, () => 2)]);
  expect(readFileSync(at("race/metrics.jsonl"), "utf8").trim().split("\n")).toHaveLength(1);
}, 120_000);

describe("a second signal ends a study that is drawn within two seconds", () => {
  const results = join(import.meta.dirname, "../../docs/paper/appendix.jsonl");

  it.each([
    ["at its claims", "lock.json"],
    ["at its pictures", "results.csv"],
  ])(
    "%s",
    async (_, file) => {
      const out = `drawn-${file}`;
      const asked = ["run", "oconnor-2019/appendix", "--results", results, "--out", out];
      const child = spawn(process.execPath, [main, ...asked], { cwd: at(), stdio: "ignore" });
      const exit = once(child, "exit");
      while (child.exitCode === null && !existsSync(at(out, file))) await sleep(10);
      // What is faster than this on some machine needs no signal.
      if (child.exitCode !== null) return;
      child.kill("SIGINT");
      await sleep(50);
      const begin = performance.now();
      child.kill("SIGINT");
      await exit;
      expect(performance.now() - begin).toBeLessThan(2000);
    },
    60_000,
  );
});
