import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circuitText } from "../../src/circuit/library.ts";
import { commandIn } from "../support/command.ts";
import { wasm } from "../support/spice.ts";
import { workshop } from "../runs/node/workshop.ts";

const { at } = workshop();

const { run } = commandIn(at());
const netlist = (...args: string[]) => run("netlist", ...args);
const check = (...args: string[]) => run("spice-check", ...args);

describe("netlist", () => {
  it("prints what ngspice runs as it is, on stdout and nowhere else", async () => {
    const { code, stdout, stderr } = await netlist("ideal", "--sizes", "4-3-2", "--time", "10 tau");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^analog-eqprop: ideal, die 1, 4-3-2, free phase\n/);
    const ran = await (await wasm()).run(stdout);
    expect("result" in ran && [...ran.result.values.keys()].sort()).toEqual([
      "time",
      "v(s1_0)",
      "v(s1_1)",
      "v(s1_2)",
      "v(s2_0)",
      "v(s2_1)",
    ]);
    expect("result" in ran && ran.result.values.get("time")!.at(-1)).toBeCloseTo(1e-7, 15);
  }, 60_000);

  it("of another die has other values, and of the same one the same", async () => {
    const of = async (die: string) =>
      (await netlist("mismatched", "--die", die, "--out", "chip.cir", "--overwrite")).code === 0
        ? readFileSync(at("chip.cir"), "utf8")
        : "";
    expect(await of("7")).toBe(await of("7"));
    expect((await of("7")).replace("die 7", "die 8")).not.toBe(await of("8"));
    expect(await of("7")).toMatch(/^Gf0_1_7_5 0 s1_5 x7 0 \S+$/m);
  });

  it("of a run is its trained chip before a test image, at the copy's guess", async () => {
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
    const { code, stdout, stderr } = await netlist(
      "tiny",
      "--input",
      "3",
      "--fold",
      "--phase",
      "nudged",
      "--data",
      "data",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("* s2_3: unit 3 of layer 2, the output of class 3, the right one");
    expect(stdout).toContain("lambda = 0.1");
    const started = [...stdout.matchAll(/^C\S+ .* IC=(\S+)$/gm)].map(([, v]) => Number(v));
    expect(started).toHaveLength(16);
    expect(started.some((v) => v > 0 && v < 1)).toBe(true);
    expect(stdout).not.toMatch(/^Gf0/m);
  });

  it("writes the noise of the schematic as currents of its seed", async () => {
    writeFileSync(at("warm.yaml"), circuitText("ideal").replace("thermal: 0", "thermal: 1"));
    const of = async (seed: string) =>
      (
        await netlist(
          "warm.yaml",
          "--sizes",
          "2-1-2",
          "--noise",
          "pwl",
          "--noise-step",
          "0.5",
          "--time",
          "5 tau",
          "--seed",
          seed,
        )
      ).stdout.match(/^In1_0 0 s1_0 PWL\(.*\)$/m)?.[0] ?? "";
    expect((await of("1")).split(" ")).toHaveLength(3 + 2 * 2 * 10);
    expect(await of("1")).toBe(await of("1"));
    expect(await of("1")).not.toBe(await of("2"));
  });

  it("of resistors is a transient, or the operating point of a phase", async () => {
    const of = async (...more: string[]) =>
      (await netlist("xor", "--sizes", "2-8-2", "--phase", "nudged", ...more)).stdout;
    const op = await of("--op");
    const engine = await wasm();
    expect([
      (await of()).includes("\n.tran "),
      (await of()).includes("\n.op\n"),
      op.includes("\n.tran "),
      op.includes("\n.op\n"),
    ]).toEqual([true, false, false, true]);
    const [ran, stood] = await Promise.all([engine.run(await of()), engine.run(op)]);
    const last = (r: typeof ran, node: string) =>
      "result" in r ? r.result.values.get(node)!.at(-1)! : NaN;
    for (const node of ["v(s1_0)", "v(s1_7)", "v(s2_0)", "v(s2_1)"])
      expect(Math.abs(last(ran, node) - last(stood, node))).toBeLessThan(1e-6 * 0.1);
  }, 60_000);

  it("of noisy resistors has their noise as currents, for both phases", async () => {
    writeFileSync(at("hot.yaml"), `${circuitText("xor")}\nnoise: { thermal: 1 }\n`);
    const { code, stdout, stderr } = await netlist(
      "hot.yaml",
      "--sizes",
      "2-2-2",
      "--phase",
      "nudged",
      "--noise",
      "pwl",
      "--noise-step",
      "0.5",
      "--time",
      "5 tau",
      "--fold",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const currents = [...stdout.matchAll(/^In(\d_\d) 0 s\1 PWL\((.*)\)$/gm)].map(([, , points]) =>
      points.split(" "),
    );
    expect(currents.map((points) => points.length)).toEqual([80, 80, 80, 80]);
    expect(stdout).toContain("* noise: one current source a node");
  });

  it.each<[string[], string]>([
    [
      ["xor", "--sizes", "2-2-2", "--op", "--time", "5 tau"],
      "--time 5 tau: an operating point knows no time; leave out it or --op",
    ],
    [
      ["xor", "--sizes", "2-2-2", "--op", "--noise", "pwl"],
      "--noise pwl: an operating point knows no time",
    ],
    [
      ["ideal", "--op"],
      "--op: ideal has transconductors, of whose equilibria .op may find one that is none",
    ],
    [["xor", "--sizes", "2-2-2", "--noise", "pwl"], "circuit xor is silent"],
    [["resistive-100", "--sizes", "1-3-2", "--seed", "5", "--op"], "the node s2_0 floats"],
    [["ideal", "--time", "1e12 s"], "--time: 1 Ts is 1.00e+20 τ, ten orders of magnitude away"],
    [["ideal", "--time", "1e15 tau"], "--time: 1.00e+15 τ, ten orders of magnitude away"],
    [["ideal", "--time", "1e-30 s"], "τ, ten orders of magnitude away"],
    [["idael"], 'did you mean "ideal"?'],
    [["ideal", "--sizes", "8"], "--sizes 8: expected at least two sizes"],
    [["ideal", "--phase", "fre"], "--phase fre: expected free, nudged"],
    [["ideal", "--noise", "pwl"], "circuit ideal is silent"],
    [["ideal", "--noise", "white"], "--noise white: expected pwl"],
    [["ideal", "--noise-step", "1"], "there is no noise without --noise pwl"],
    [["ideal", "--beta", "0"], "--beta 0: expected a number up to 10000000000 that is not 0"],
    [["ideal", "--input", "1000"], "choose one of them"],
    [["ideal", "--time", "15"], "expected a time above 0 with its unit"],
    [["ideal", "--out", "no/chip.cir"], "the folder no does not exist"],
    [["ideal", "--siezs", "3-2"], "Did you mean --sizes?"],
  ])("%j is bad input", async (args, message) => {
    const { code, stdout, stderr } = await netlist(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  });
});

describe("spice-check", () => {
  it("prints the table, writes the page, and exits with 0 where all three agree", async () => {
    const { code, stdout, stderr } = await check(
      "mismatched",
      "--sizes",
      "4-3-2",
      "--engine",
      "wasm",
      "--quiet",
      "--plot",
      "parity.html",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^4-3-2 on mismatched, die 1/);
    expect(stdout.match(/ ok$/gm)).toHaveLength(7);
    expect(stdout).toMatch(/^ngspice-[\d.]+: .* elements and \d+ points/m);
    expect(stdout).toContain("All three agree.\nThe page: parity.html");
    const page = readFileSync(at("parity.html"), "utf8");
    for (const text of [
      "mismatched in SPICE",
      "largest difference of all units",
      "spice-check mismatched --sizes 4-3-2",
    ])
      expect(page).toContain(text);
  }, 60_000);

  it("with --json prints one object", async () => {
    const { code, stdout } = await check(
      "ideal",
      "--sizes",
      "3-2-2",
      "--engine",
      "wasm",
      "--lambda",
      "1",
      "--json",
    );
    const found = JSON.parse(stdout) as {
      agrees: boolean;
      rows: unknown[];
      speedRatios: { minimiser: number };
    };
    expect([code, found.agrees, found.rows.length]).toEqual([0, true, 7]);
    expect(found.speedRatios.minimiser).toBeGreaterThan(1);
  }, 60_000);

  it("without an installed ngspice says how to get one, reports our part and exits with 1", () => {
    const { code, stdout } = commandIn(at(), { PATH: at("data") }).started(
      "spice-check",
      "ideal",
      "--engine",
      "native",
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^free equilibrium +block-descent and dormand-prince .* ok$/m);
    expect(stdout).toMatch(
      /No ngspice: no program ngspice is on the PATH; install ngspice .*`npm i eecircuit-engine`/,
    );
  });

  it("of an ngspice that fails shows its own message", () => {
    symlinkSync(process.execPath, at("data", "node"));
    writeFileSync(
      at("data", "ngspice"),
      "#!/bin/sh\ncase $1 in --version) echo 'ngspice-1 :';; *) echo 'Error: out of chalk' " +
        ">&2; exit 3;; esac\n",
      { mode: 0o755 },
    );
    const { code, stdout } = commandIn(at(), { PATH: `${at("data")}:/bin:/usr/bin` }).started(
      "spice-check",
      "ideal",
    );
    expect(code).toBe(1);
    expect(stdout).toContain("ngspice failed (ngspice-1): Error: out of chalk. Above is our part.");
  });

  it("refuses what is too large before it starts, with an estimate", async () => {
    const { code, stderr } = await check(
      "ideal",
      "--sizes",
      "784-300-300-10",
      "--fold",
      "--lambda",
      "1",
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /spice-check: ngspice will have \d{6} elements and about \d+ points in time: too large: it takes some \d+ (min|h) of a processor, more than 15 min; take smaller --sizes/,
    );
    const resistors = await check("resistive-100", "--sizes", "64-400-400-10");
    expect([resistors.code, resistors.stdout]).toEqual([2, ""]);
    expect(resistors.stderr).toMatch(
      /take smaller --sizes, --fold the inputs into one source a unit, a shorter --time, operating points alone by --op, or --force it/,
    );
  }, 60_000);
});
