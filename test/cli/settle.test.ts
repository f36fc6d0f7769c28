import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, test } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();

const { run, started } = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
const settle = (...args: readonly string[]) => run("settle", ...args);
const small = ["ideal", "--layers", "784,30,10"];

describe("settle", () => {
  it("on a circuit prints how it ended, what is certain and how slow the slowest is", () => {
    const { code, stdout, stderr } = started("settle", ...small, "--lambda", "1");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^784-30-10 on ideal, die 1, Xavier weights of seed 1; τ = 10 ns\nimage 0 \(class \d\) of digits-test/,
    );
    expect(stdout).toMatch(/^0 +settled /m);
    expect(stdout).toContain("Certified: exactly one equilibrium");
    expect(stdout).toMatch(/slowest deviation falls by e in .* τ = .* ns/);
  });

  it("finds the equilibrium of an untrained crossbar, by block descent unless asked otherwise", async () => {
    const { code, stdout } = await settle("resistive-100", "--layers", "784,30,10");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^784-30-10 on resistive-100, die 1, conductances of seed 1; τ = 1 ns\n[^]*by block-descent/,
    );
    expect(stdout).toMatch(/^0 +settled /m);
  });

  it("exits with 1 where a sample did not settle, and with 0 where no tolerance was asked for", async () => {
    const cycle = await settle(...small, "--lambda", "100", "--tol", "1e-6", "--steps", "300");
    expect(cycle.code).toBe(1);
    expect(cycle.stdout).toMatch(/limit-cycle of 2 .*\n[^]*longest stable step of Euler/);
    expect(await settle(...small, "--lambda", "100", "--steps", "300")).toMatchObject({ code: 0 });
  });

  it("with --json prints one object and nothing else, a row a solver", async () => {
    const { code, stdout } = await settle(
      ...small,
      "--lambda",
      "1",
      "--compare",
      "euler,newton-cg",
      "--images",
      "3",
      "--json",
    );
    const result = JSON.parse(stdout) as {
      settled: boolean;
      page: null;
      solvers: { solver: string; samples: unknown[] }[];
    };
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(result).toMatchObject({ settled: true, page: null });
    expect(result.solvers.map((s) => [s.solver, s.samples.length])).toEqual([
      ["euler", 3],
      ["newton-cg", 3],
    ]);
  });

  it("takes IDX files in place of the built-in digits, and single precision", async () => {
    const { code, stdout, stderr } = await settle(
      ...small,
      "--data",
      "data",
      "--input",
      "99",
      "--lambda",
      "1",
      "--precision",
      "f32",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/image 99 \(class 9\) of .*\n.*tolerance 10⁻⁵, f32/);
    expect(await settle(...small, "--data", "data", "--input", "100")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("has images 0 … 99") as string,
    });
  });

  it("of a run settles its trained chip from the copy's guess, and writes the page into it", async () => {
    expect(
      await run(
        "train",
        "tiny.yaml",
        "--data",
        "data",
        "--set",
        "train.epochs=0.5",
        "--out",
        "tiny",
      ),
    ).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await settle("tiny", "--plot");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/weights of tiny after 0\.5 epochs/);
    expect(stdout).toContain("λ = 0.1, from the copy's guess");
    expect(stdout).toContain(`The page: ${join("tiny", "settle.html")}`);
    expect(readFileSync(at("tiny", "settle.html"), "utf8")).toContain("scope-flow");
    expect(await settle("tiny", "--layers", "784,5,10")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("whose weights are trained") as string,
    });
  });
});

describe("settle refuses, with one clear message and nothing written,", () => {
  beforeAll(async () => {
    const circuit = (await run("circuits", "show", "ideal")).stdout;
    writeFileSync(at("noisy.yaml"), circuit.replace(/thermal: 0/, "thermal: 1"));
    writeFileSync(
      at("skewed.yaml"),
      circuit
        .replace(/synapse: 0 %/, "synapse: 5 %")
        .replace(/reciprocal: true/, "reciprocal: false"),
    );
  });
  test.each<[string, readonly string[], RegExp]>([
    ["an unknown circuit", ["idael"], /no circuit or run folder "idael"; did you mean "ideal"\?/],
    ["a file that is not there", ["circuits/nowhere.yaml"], /no such file/],
    ["a folder that is no run", ["data"], /data is no run folder/],
    [
      "an unknown solver",
      ["ideal", "--solver", "eulr"],
      /unknown solver "eulr"; did you mean "euler"\?/,
    ],
    ["a tolerance of 0", ["ideal", "--tol", "0"], /--tol 0: expected a residual above 0/],
    [
      "a tolerance below rounding",
      ["ideal", "--tol", "1e-15"],
      /cannot tell smaller residuals from rounding/,
    ],
    ["an image that is not there", ["ideal", "--input", "99999"], /images 0 … 1999/],
    [
      "steps that adapt on a noisy circuit",
      ["noisy.yaml", "--solver", "heun"],
      /heun: the circuit is noisy/,
    ],
    [
      "a minimiser on an asymmetric chip",
      ["skewed.yaml", "--solver", "block-descent"],
      /no energy to minimise/,
    ],
    ["layers that do not fit the images", ["ideal", "--layers", "100,10"], /28 × 28 = 784 pixels/],
    [
      "a page that is no HTML file",
      ["ideal", "--plot", "x.png"],
      /expected the name of an \.html file/,
    ],
    [
      "a page where no folder is",
      ["ideal", "--plot", "gone/x.html"],
      /the folder gone does not exist/,
    ],
  ])("%s", async (_, args, message) => {
    const before = readdirSync(at());
    const { code, stdout, stderr } = await settle(
      ...args,
      ...(args.includes("--plot") ? [] : ["--plot", "page.html"]),
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |internal error/);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(readdirSync(at())).toEqual(before);
  });
});
