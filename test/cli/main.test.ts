import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hashOf, workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at, data, file } = workshop();
const tinyText = readFileSync(file, "utf8");

const { run, started } = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
/** A refused command: exit code 2, nothing on stdout, one clear message, no stack. */
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  return stderr;
}

function experiment(name: string, text: string | Uint8Array): string {
  writeFileSync(at(name), text);
  return name;
}

const quick = ["--data", "data", "--set", "train.epochs=0.5"];

describe("train", () => {
  it("with --json prints one object on stdout and nothing else", () => {
    const { code, stdout, stderr } = started(
      "train",
      "tiny.yaml",
      ...quick,
      "--out",
      "json",
      "--json",
      "--seed",
      "7",
    );
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(result).toMatchObject({ outcome: "completed", runDir: "json", epochs: 0.5 });
    for (const key of ["testErrorCopy", "testErrorChip", "samplesPerSecond", "seconds"])
      expect(result[key]).toBeTypeOf("number");
    expect(stderr).toMatch(/^epoch 0\.5\/0\.5 {2}test error: copy \d+\.\d\d %, chip/);
    expect(readFileSync(at("json/config.resolved.yaml"), "utf8")).toContain("seed: 7");
  });

  it("without --json ends with the errors, the report and what to do next", async () => {
    const { code, stdout } = await run("train", "tiny.yaml", ...quick);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^completed after 0\.5 epochs/);
    expect(stdout).toContain(`report       ${join("runs", "tiny-run-1", "report.html")}`);
    expect(stdout).toContain(
      `Measure it again: analog-eqprop evaluate ${join("runs", "tiny-run-1")}`,
    );
    expect((await run("train", "tiny.yaml", ...quick)).stdout).toContain("tiny-run-2");
  });

  it("ends with the same bits on one thread and on three", async () => {
    for (const n of ["1", "3"])
      expect(
        await run("train", "tiny.yaml", ...quick, "--out", `threads-${n}`, "--threads", n),
      ).toMatchObject({ code: 0 });
    expect(hashOf(at("threads-3/checkpoint.safetensors"))).toBe(
      hashOf(at("threads-1/checkpoint.safetensors")),
    );
  });

  it("started three times at once makes three folders", async () => {
    const codes = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const child = spawn(
          process.execPath,
          [main, "train", "tiny.yaml", ...quick, "name=together", "--seed", String(seed)],
          { cwd: at(), stdio: "ignore" },
        );
        return ((await once(child, "exit")) as [number])[0];
      }),
    );
    expect(codes).toEqual([0, 0, 0]);
    const seeds = [1, 2, 3].map(
      (k) =>
        JSON.parse(readFileSync(at("runs", `together-${k}`, "environment.json"), "utf8")) as {
          seed: number;
        },
    );
    expect(seeds.map((e) => e.seed).sort()).toEqual([1, 2, 3]);
  });

  it("goes on with the last run of that name, and says when it is finished", async () => {
    await run("train", "tiny.yaml", ...quick, "--set", "name=last");
    const { code, stdout, stderr } = await run(
      "train",
      "tiny.yaml",
      ...quick,
      "name=last",
      "--resume",
      "--json",
    );
    expect(code).toBe(0);
    expect(stderr).toContain("last-1 is finished (completed); nothing is left to do");
    expect(JSON.parse(stdout)).toMatchObject({
      runDir: join("runs", "last-1"),
      outcome: "completed",
    });
  });

  it("that diverges exits with 1, keeps the folder with its report and says what to try", async () => {
    const { code, stdout, stderr } = await run(
      "train",
      "tiny.yaml",
      "--data",
      "data",
      "--out",
      "wild",
      "--set",
      "learning.rates=[1e30,1e30]",
      "settle.step=1.5",
      "--json",
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "diverged" });
    expect(stderr).toMatch(
      /The run diverged: .*Tried on \d+ minibatch.*: far smaller learning\.rates than \[1e\+30,1e\+30\] helps; /,
    );
    // Weights that are no numbers are not kept, and there were no others.
    expect(existsSync(at("wild/report.html"))).toBe(true);
    expect(existsSync(at("wild/checkpoint.safetensors"))).toBe(false);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "stopped by %s writes a checkpoint, exits with %i and goes on to the same bits",
    async (signal, expected) => {
      const long = [
        "train",
        "tiny.yaml",
        "--data",
        "data",
        "--set",
        "train.epochs=20",
        "network.layers=[784,100,10]",
        "--out",
      ];
      const child = spawn(process.execPath, [main, ...long, signal, "--json"], {
        cwd: at(),
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      child.stdout.on("data", (chunk: Uint8Array) => {
        stdout += new TextDecoder().decode(chunk);
      });
      await once(child.stderr, "data");
      child.kill(signal);
      const [code] = (await once(child, "close")) as [number];
      expect(code).toBe(expected);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "interrupted" });
      expect(existsSync(at(signal, "checkpoint.safetensors"))).toBe(true);
      expect(await run(...long, signal, "--resume")).toMatchObject({ code: 0 });
      expect(await run(...long, `${signal}-whole`)).toMatchObject({ code: 0 });
      expect(hashOf(at(signal, "checkpoint.safetensors"))).toBe(
        hashOf(at(`${signal}-whole`, "checkpoint.safetensors")),
      );
    },
  );

  it("dies at once of a second Ctrl-C, even while it writes", async () => {
    const child = spawn(
      process.execPath,
      [
        "--import",
        slowCheckpoint(),
        main,
        "train",
        "tiny.yaml",
        "--data",
        "data",
        "--out",
        "twice",
        "--set",
        "train.epochs=1000",
      ],
      { cwd: at(), stdio: ["ignore", "ignore", "pipe"] },
    );
    let stderr = "";
    let signals = 0;
    child.stderr.on("data", (chunk: Uint8Array) => {
      stderr += new TextDecoder().decode(chunk);
      if (
        (signals === 0 && stderr.includes("epoch")) ||
        (signals === 1 && stderr.includes("saving"))
      ) {
        child.kill("SIGINT");
        signals++;
      }
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect({ code, signal, signals }).toEqual({ code: null, signal: "SIGINT", signals: 2 });
    expect(await run("evaluate", "twice")).toMatchObject({ code: 0 });
  });
});

/** A module that makes the checkpoint after the first Ctrl-C take half a minute. */
function slowCheckpoint(): string {
  writeFileSync(
    at("slow.mjs"),
    `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
    const rename = fs.renameSync;
    let stopping = false;
    process.once("SIGINT", () => { stopping = true; });
    fs.renameSync = (a, b) => {
      if (stopping) {
        fs.writeSync(2, "saving\\n");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30000);
      }
      rename(a, b);
    };
    syncBuiltinESMExports();`,
  );
  return at("slow.mjs");
}

describe("a finished run", () => {
  beforeAll(async () => {
    expect(await run("train", "tiny.yaml", ...quick, "--out", "done")).toMatchObject({ code: 0 });
  });

  it("is measured again by `evaluate`, to the same numbers", async () => {
    const { code, stdout } = await run("evaluate", "done", "--json");
    expect(code).toBe(0);
    const last = JSON.parse(readFileSync(at("done/metrics.jsonl"), "utf8")) as Record<
      string,
      unknown
    >;
    for (const key of [
      "testErrorCopy",
      "testErrorChip",
      "trainErrorCopy",
      "trainErrorChip",
      "residual",
      "agreement",
    ])
      expect((JSON.parse(stdout) as Record<string, unknown>)[key]).toBe(last[key]);
    expect((await run("evaluate", "done")).stdout).toMatch(
      /test error {4}copy \d+\.\d\d %, chip \d+\.\d\d %/,
    );
  });

  it("gets its report anew by `report`, which says where it is", async () => {
    const { code, stdout } = await run("report", "done");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join("done", "report.html")}\n` });
  });

  it("cannot be overwritten, nor gone on with under other settings", async () => {
    expect(await refused("train", "tiny.yaml", ...quick, "--out", "done")).toBe(
      "error: --out done: the folder holds a run already; go on with it by --resume, or " +
        "choose another folder\n",
    );
    const before = readdirSync(at("done")).map((f) => hashOf(at("done", f)));
    expect(
      await refused("train", "tiny.yaml", ...quick, "learning.beta=1", "--out", "done", "--resume"),
    ).toContain(
      "error: --resume: done holds a checkpoint of another configuration:\n  learning.beta: " +
        "0.5 there, 1 here\n",
    );
    expect(readdirSync(at("done")).map((f) => hashOf(at("done", f)))).toEqual(before);
  });
});

describe("bad input is refused with exit code 2, a clear message and nothing written:", () => {
  it.each([
    [
      "an unknown key",
      "learning: {",
      "learning: { bta: 1, ",
      'x.yaml:5:13: unknown key "bta" in learning; did you mean "beta"? known keys: rule, beta,',
    ],
    [
      "a wrong type",
      "epochs: 3",
      "epochs: three",
      'x.yaml:6:18: train.epochs: found the text "three", expected a number > 0',
    ],
    [
      "a negative size",
      "[784, 6, 10]",
      "[784, -6, 10]",
      "x.yaml:3:26: network.layers.1: found -6, expected a whole number ≥ 1",
    ],
    [
      "a size of another data set",
      "[784, 6, 10]",
      "[100, 6, 10]",
      "network.layers begins with 100, but an image of mnist-train has 28 × 28 = 784 pixels; " +
        "make it 784",
    ],
    [
      "a tab",
      "learning:",
      "learning:\n\trule: plain\n#",
      "x.yaml:6:1: a tab is used as indentation; YAML wants spaces",
    ],
    [
      "a duplicate key",
      "train:",
      "data: { set: kmnist }\ntrain:",
      'x.yaml:6:1: the key "data" is given twice in one mapping; keep one',
    ],
    [
      "a circuit that does not exist",
      "data:",
      "circuit: idael\ndata:",
      'circuit: there is no schematic "idael"; did you mean "ideal"?',
    ],
    [
      "a circuit file that does not exist",
      "data:",
      "circuit: ./mine.yaml\ndata:",
      "mine.yaml: there is no such file or folder",
    ],
    [
      "blocks that reach nothing",
      "10] }",
      "10], blocks: [{ from: 0, to: 2 }] }",
      "nothing drives layer 1",
    ],
    [
      "a batch larger than the data",
      "batch: 10",
      "batch: 1000",
      "train.batch is 1000, but only 400 training images are used",
    ],
  ])("%s", async (_, from, to, message) => {
    experiment("x.yaml", tinyText.replace(from, to));
    expect(await refused("train", "x.yaml", "--data", "data", "--out", "never")).toContain(message);
    expect(existsSync(at("never"))).toBe(false);
  });

  it.each([
    [
      "a missing file",
      ["train", "nowhere.yaml"],
      "error: experiment nowhere.yaml: there is no such file, and none of that name comes with " +
        "this package; it has: paper-large, paper-small, quickstart",
    ],
    ["a folder for a file", ["train", "data"], "this is a folder, expected a file"],
    [
      "an unknown key of --set",
      ["train", "tiny.yaml", "--set", "learning.bta=1"],
      'error: --set learning.bta=1: unknown key "bta" in learning; did you mean "beta"?',
    ],
    [
      "a bad value of --set",
      ["train", "tiny.yaml", "--set", "learning.beta=abc"],
      'error: --set learning.beta=abc: learning.beta: found the text "abc", expected a number > 0',
    ],
    [
      "a bad seed",
      ["train", "tiny.yaml", "--seed", "-1"],
      "error: --seed -1: seed: found -1, expected a whole number ≥ 0",
    ],
    [
      "no number of threads",
      ["train", "tiny.yaml", "--threads", "0"],
      "error: --threads 0: expected a whole number from 1 to 99",
    ],
    ["missing data", ["train", "tiny.yaml"], "MNIST was not found. Looked for"],
    [
      "an output folder below a file",
      ["train", "tiny.yaml", "--data", "data", "--out", "tiny.yaml/x"],
      "error: --out tiny.yaml/x: a part of the path is a file, expected folders; choose " +
        "another folder",
    ],
    [
      "an output folder below a device",
      ["train", "tiny.yaml", "--data", "data", "--out", "/dev/null/x"],
      "error: --out /dev/null/x: a part of the path is a file",
    ],
    [
      "a file for an output folder",
      ["train", "tiny.yaml", "--data", "data", "--out", "tiny.yaml"],
      "error: --out tiny.yaml: ",
    ],
    [
      "a folder that is no run",
      ["evaluate", "data"],
      "error: data is no run folder: config.resolved.yaml is missing",
    ],
    [
      "a run that does not exist",
      ["report", "runs/nothing-1"],
      "error: runs/nothing-1 is no run folder",
    ],
    [
      "an unknown circuit",
      ["circuits", "show", "ideel"],
      'there is no schematic "ideel"; did you mean "ideal"?',
    ],
    [
      "an unknown data set",
      ["data", "fetch", "mnsit"],
      'error: data fetch: there is no data set "mnsit"; did you mean "mnist"?',
    ],
    [
      "an unknown command",
      ["trian", "tiny.yaml"],
      "error: unknown command 'trian'\n(Did you mean train?)",
    ],
    [
      "an unknown option",
      ["train", "tiny.yaml", "--sede", "3"],
      "error: unknown option '--sede'\n(Did you mean --seed?)",
    ],
    ["a forgotten file", ["train"], "error: missing required argument 'experiment'"],
    ["one argument too many", ["evaluate", "a", "b"], "error: too many arguments for 'evaluate'"],
  ])("%s", async (_, args, message) => {
    const before = readdirSync(at()).sort();
    expect(await refused(...args)).toContain(message);
    expect(readdirSync(at()).sort()).toEqual(before);
  });

  it("a file that is not text", async () => {
    experiment("binary.yaml", Uint8Array.of(0x6e, 0xff, 0xfe, 0x00));
    expect(await refused("train", "binary.yaml")).toContain("this is not UTF-8 text");
  });

  it.each([
    [
      "a truncated IDX file",
      (dir: string) => {
        truncateSync(join(dir, "train-images-idx3-ubyte"), 5000);
      },
    ],
    [
      "a corrupt IDX file",
      (dir: string) => {
        writeFileSync(join(dir, "train-labels-idx1-ubyte"), "not an idx file");
      },
    ],
    [
      "more labels than images",
      (dir: string) => {
        execFileSync("cp", [
          join(dir, "train-labels-idx1-ubyte"),
          join(dir, "t10k-labels-idx1-ubyte"),
        ]);
      },
    ],
  ])("%s", async (_, spoil) => {
    execFileSync("rm", ["-rf", at("spoilt")]);
    execFileSync("cp", ["-r", data, at("spoilt")]);
    spoil(at("spoilt"));
    expect(await refused("train", "tiny.yaml", "--data", "spoilt", "--out", "never")).toMatch(
      /error: .*spoilt/,
    );
    expect(existsSync(at("never"))).toBe(false);
  });
});

const isRoot = process.getuid?.() === 0;
const drop = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"];
const canDrop = isRoot && spawnSync(drop[0], [...drop.slice(1), "true"]).status === 0;
const canMount =
  isRoot &&
  (() => {
    const dir = join(at(), "probe");
    mkdirSync(dir);
    const ok = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir]).status === 0;
    if (ok) spawnSync("umount", [dir]);
    return ok;
  })();

describe("disks", () => {
  it.skipIf(isRoot && !canDrop)(
    "a folder without permission is refused (skipped where root cannot give up its permissions)",
    () => {
      mkdirSync(at("closed"));
      chmodSync(at("closed"), 0o500);
      const [command, ...prefix] = isRoot ? [...drop, process.execPath] : [process.execPath];
      const { status, stderr } = spawnSync(
        command,
        [...prefix, main, "train", "tiny.yaml", ...quick, "--out", "closed/run"],
        { cwd: at(), encoding: "utf8" },
      );
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr:
          `error: --out closed/run: cannot write to ${at("closed")}: permission denied; choose ` +
          "another folder\n",
      });
    },
  );

  it.skipIf(!canMount)(
    "a read-only disk is refused (skipped where tmpfs cannot be mounted)",
    async () => {
      await withDisk("readonly", "size=1m,ro", async (dir) => {
        expect(await refused("train", "tiny.yaml", ...quick, "--out", `${dir}/run`)).toContain(
          "the disk is read-only; choose another folder",
        );
      });
    },
  );

  it.skipIf(!canMount)(
    "a full disk is refused before anything is written (skipped where tmpfs cannot be mounted)",
    async () => {
      await withDisk("full", "size=1m", async (dir) => {
        expect(await refused("train", "tiny.yaml", ...quick, "--out", `${dir}/run`)).toMatch(
          /--out .*: the disk has \d MB free, but this run needs about \d+ MB; free some space or choose another folder/,
        );
        expect(readdirSync(dir)).toEqual([]);
      });
    },
  );

  it.skipIf(!canMount)(
    "a disk that fills up fails the run, keeps its checkpoint, and the run goes on when there " +
      "is room",
    async () => {
      await withDisk("filling", "size=10m", async (dir) => {
        const args = ["train", "tiny.yaml", ...quick, "--out", `${dir}/run`];
        const stop = join(dir, "big");
        // Room for the run to begin, none for the report at its end.
        const loader = at("fill.mjs");
        writeFileSync(
          loader,
          `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
        const rename = fs.renameSync;
        fs.renameSync = (a, b) => {
          rename(a, b);
          if (b.endsWith("checkpoint.safetensors"))
            fs.writeFileSync(${JSON.stringify(stop)}, new Uint8Array(8e6));
        };
        syncBuiltinESMExports();`,
        );
        const { status, stderr } = spawnSync(
          process.execPath,
          ["--import", loader, main, ...args],
          { cwd: at(), encoding: "utf8" },
        );
        expect(status).toBe(1);
        expect(stderr).toMatch(
          /error: cannot write .*: the disk of the folder .* is full; free some space.*\nThe run is kept in .* as of its last checkpoint; then go on with --resume/,
        );
        execFileSync("rm", [stop]);
        expect(await run(...args, "--resume")).toMatchObject({ code: 0 });
      });
    },
  );
});

async function withDisk(
  name: string,
  options: string,
  test: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = at(name);
  mkdirSync(dir);
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", dir]);
  try {
    await test(dir);
  } finally {
    execFileSync("umount", [dir]);
  }
}

describe("the command", () => {
  it("says its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(await run("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([
    "train",
    "evaluate",
    "report",
    "data",
    "data fetch",
    "data check",
    "circuits",
    "circuits list",
    "circuits show",
  ])("explains `%s` with an example", async (command) => {
    const { code, stdout } = await run(...command.split(" "), "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}analog-eqprop ${command}`));
  });

  it("without a command shows the help and exits with 2", async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: analog-eqprop");
  });

  it("loads no engine, parser or schema for its help", () => {
    const { stderr } = spawnSync(process.execPath, ["--import", tracer(), main, "--help"], {
      encoding: "utf8",
    });
    const loaded = stderr
      .split("\n")
      .filter((line) => line.startsWith("loaded "))
      .map((line) => line.slice(7));
    expect(loaded.some((l) => l.includes("commander"))).toBe(true);
    expect(loaded.filter((l) => /mathjs|zod|\/yaml\/|kernels|experiment|plotly/.test(l))).toEqual(
      [],
    );
  });

  it("lists and shows circuits, which can be read again", async () => {
    expect((await run("circuits", "list")).stdout).toMatch(/^ideal\s+\S/m);
    const { stdout } = await run("circuits", "show", "ideal");
    experiment("copied.yaml", stdout);
    expect(
      await run("train", "tiny.yaml", ...quick, "circuit=./copied.yaml", "--out", "own"),
    ).toMatchObject({ code: 0 });
    expect(await run("evaluate", "own")).toMatchObject({ code: 0 });
  });

  it("says what is in a folder of data", async () => {
    const { code, stdout } = await run("data", "check", "data");
    expect({ code, ok: stdout.includes("No problems found.") }).toEqual({ code: 0, ok: true });
    expect(await run("data", "check", "cache")).toMatchObject({ code: 2 });
  });

  it("is not hurt by a reader that leaves early", () => {
    const { stdout, stderr, status } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${main}" circuits show ideal | true`],
      { encoding: "utf8" },
    );
    expect({ stdout, stderr, status }).toEqual({ stdout: "", stderr: "", status: 0 });
  });
});

/** A module that reports every module that is loaded after it. */
function tracer(): string {
  writeFileSync(
    at("hooks.mjs"),
    "import { writeSync } from 'node:fs'; export async function load(url, context, next) { " +
      "writeSync(2, `loaded ${url}\\n`); return next(url, context); }",
  );
  writeFileSync(
    at("tracer.mjs"),
    "import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);",
  );
  return at("tracer.mjs");
}
