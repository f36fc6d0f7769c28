import { describe, expect, it } from "vitest";
import type { Noise } from "../../../src/dynamics/dynamics.ts";
import { readOptions, type RawOptions } from "../../../src/testbench/settle/options.ts";
import { stopOf } from "../../../src/testbench/settle/look.ts";

describe("the options of the settle bench", () => {
  it("are understood with their units", async () => {
    const asked = await readOptions({
      time: "150 ns",
      beta: "-0.5",
      layers: "784,20,10",
      compare: "euler,heun,rtol=1e-4",
      solver: "euler",
    });
    expect(asked).toMatchObject({
      beta: -0.5,
      layers: [784, 20, 10],
      input: 0,
      images: 1,
      precision: "f64",
    });
    expect(asked.time).toEqual({ seconds: 150e-9 });
    expect(asked.solvers.map((s) => s.text)).toEqual(["euler", "heun,rtol=1e-4"]);
    for (const time of ["15 tau", "15τ", "1.5e1 Taus"])
      expect((await readOptions({ time })).time).toEqual({ tau: 15 });
  });

  it.each<[RawOptions, RegExp]>([
    [{ tol: "0" }, /^--tol 0: expected a residual above 0/],
    [{ tol: "-1" }, /^--tol -1: expected/],
    [{ tol: "nan" }, /^--tol nan: expected/],
    [{ tol: "1e-13" }, /^--tol 1e-13: expected at least 1e-12 in double precision/],
    [{ tol: "1e-7", precision: "f32" }, /single precision.*leave --precision f32 out/],
    [{ input: "1.5" }, /^--input 1.5: expected a whole number ≥ 0/],
    [{ images: "101" }, /from 1 to 100/],
    [{ time: "15" }, /with its unit, such as "15 tau"/],
    [{ time: "-3 tau" }, /above 0/],
    [{ time: "3 mV" }, /"3 mV" is a voltage, expected a time/],
    [{ layers: "784" }, /at least two sizes/],
    [{ layers: "784,x,10" }, /at least two sizes/],
    [{ from: "gues" }, /expected zero, guess, free/],
    [{ lambda: "-1" }, /^--lambda -1: expected a number from 0 to/],
    [{ starts: "1" }, /from 2 to 1000/],
    [{ solver: "eular" }, /unknown solver "eular"; did you mean "euler"\?/],
    [{ solver: "heun,rtl=1e-3" }, /unknown key "rtl"; did you mean "rtol"\?/],
    [{ solver: "heun,rtol=" }, /has no value/],
    [{ solver: "euler,heun" }, /compare several with --compare/],
    [{ compare: "euler,euler" }, /given twice/],
    [{ compare: "step=1" }, /expected the name of a solver before its settings/],
  ])("%j are refused with what was expected", async (raw, message) => {
    await expect(readOptions(raw)).rejects.toThrow(message);
    await expect(readOptions(raw)).rejects.toMatchObject({ name: "InputError" });
  });
});

describe("what ends a settling", () => {
  const chip = { tauSeconds: 1e-8 };
  const noisy = { ...chip, noise: {} as Noise };
  it("is a residual unless steps or a time were asked for", () => {
    expect(stopOf(chip, { precision: "f64" })).toMatchObject({ tolerance: 1e-6 });
    expect(stopOf(chip, { precision: "f64", steps: 20 })).toEqual({ steps: 20 });
    expect(stopOf(chip, { precision: "f64", steps: 20, tolerance: 0.1 })).toEqual({
      steps: 20,
      tolerance: 0.1,
    });
    expect(stopOf(chip, { precision: "f64", time: { seconds: 150e-9 } }).time).toBeCloseTo(15, 12);
  });
  it("is a time on a noisy circuit, which never rests", () => {
    expect(() => stopOf(chip, { precision: "f64", time: { seconds: 1e12 } })).toThrow(
      "--time: 1 Ts is 1.00e+20 τ, ten orders of magnitude away",
    );
    expect(stopOf(noisy, { precision: "f64" })).toMatchObject({ time: 50 });
    expect(stopOf(noisy, { precision: "f64" }).tolerance).toBeUndefined();
    expect(stopOf(noisy, { precision: "f64", steps: 7 })).toEqual({ steps: 7 });
  });
});
