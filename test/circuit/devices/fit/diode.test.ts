import { describe, expect, test } from "vitest";
import { readMeasurements } from "../../../../src/circuit/devices/csv.ts";
import { diodeCurrent, fitDiode, wrightOmega } from "../../../../src/circuit/devices/fit/diode.ts";
import { InputError } from "../../../../src/numerics/errors.ts";
import { random } from "../../../../src/numerics/random.ts";

const vt = (1.380649e-23 * 300) / 1.602176634e-19;
/** A 1N4148: 4.352 nA, n = 1.906, 0.65 Ω. */
const diode = { is: 4.352e-9, n: 1.906, r: 0.65 };
const sweep = Array.from({ length: 60 }, (_, k) => -0.1 + 0.018 * k);

function table(current: (v: number) => number, noise = 0, seed = 1): string {
  const rng = random(seed);
  return [
    "voltage (mV),current (uA)",
    ...sweep.map((v) => {
      const measured = current(v) * (1 + noise * rng.normal());
      return `${(v * 1e3).toFixed(6)},${(measured * 1e6).toPrecision(15)}`;
    }),
  ].join("\n");
}
const fit = async (text: string) => fitDiode(await readMeasurements(text, "iv.csv"), 300);

describe("Wright's function", () => {
  test.each([-50, -3, 0, 1, 10, 700, 1e6])("solves ω + ln ω = %s", (y) => {
    const omega = wrightOmega(y);
    expect(Math.abs(omega + Math.log(omega) - y)).toBeLessThan(1e-13 * Math.max(1, Math.abs(y)));
  });
});

describe("a diode with a series resistance", () => {
  test("carries the current that solves its equation, and without the resistance Shockley's", () => {
    for (const v of [-1, 0, 0.3, 0.8, 5, 100]) {
      const i = diodeCurrent(v, diode.is, diode.n * vt, diode.r);
      const shockley = diode.is * Math.expm1((v - i * diode.r) / (diode.n * vt));
      expect(Math.abs(i - shockley)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(i), diode.is));
    }
    expect(diodeCurrent(0.5, 1e-9, vt, 0)).toBe(1e-9 * Math.expm1(0.5 / vt));
    expect(diodeCurrent(0.5, 1e-9, vt, 1e-9)).toBeCloseTo(diodeCurrent(0.5, 1e-9, vt, 0), 6);
  });
});

describe("a fit to a curve", () => {
  test.each([1, 2, 3])(
    "finds saturation current, ideality and series resistance within 4 standard errors (data %s)",
    async (seed) => {
      const f = await fit(
        table((v) => diodeCurrent(v, diode.is, diode.n * vt, diode.r), 0.01, seed),
      );
      expect(f.law).toBe("diode with series resistance");
      const chosen = f.candidates.find((c) => c.law === f.law)!;
      for (const [k, truth] of [diode.is, diode.n, diode.r].entries()) {
        const { value, error } = chosen.parameters[k];
        expect(Math.abs(value - truth)).toBeLessThan(4 * error);
        expect(error / value).toBeLessThan(0.1);
      }
      expect(Math.abs(chosen.rmsRelative / 0.01 - 1)).toBeLessThan(4 / Math.sqrt(120));
    },
  );

  test("finds a diode without resistance, and gives it one no more often than chance", async () => {
    const fits = await Promise.all(
      Array.from({ length: 12 }, (_, seed) =>
        fit(table((v) => 1e-12 * Math.expm1(v / (1.3 * vt)), 0.01, seed)),
      ),
    );
    for (const f of fits) {
      const [is, n] = f.candidates.find((c) => c.law === "diode")!.parameters;
      expect(Math.abs(is.value - 1e-12)).toBeLessThan(4 * is.error);
      expect(Math.abs(n.value - 1.3)).toBeLessThan(4 * n.error);
    }
    // Akaike's criterion falls by more than 2 where χ² of one degree is above 4: in 4.6 % of the
    // data, 12 of them within 4 sigma.
    const wrong = fits.filter((f) => f.law !== "diode").length;
    expect(wrong).toBeLessThanOrEqual(12 * 0.046 + 4 * Math.sqrt(12 * 0.046 * 0.954));
  });

  test("finds a resistor", async () => {
    const f = await fit(table((v) => v / 4700, 0.01));
    expect([f.law, f.saturation]).toEqual(["resistor", null]);
    expect(f.resistance / 4700).toBeCloseTo(1, 2);
  });

  test.each([
    ["few rows", "voltage,current\n0,0\n1,1", /^iv\.csv: 2 rows, expected at least 6/],
    [
      "one voltage",
      `voltage,current\n${"1,1\n".repeat(7)}`,
      /every voltage is 1 V, expected a sweep/,
    ],
    [
      "one current",
      `voltage,current\n${sweep.map((v) => `${v},2`).join("\n")}`,
      /every current is 2 A/,
    ],
    [
      "reversed leads",
      `voltage,current\n${sweep.map((v) => `${v},${-v}`).join("\n")}`,
      /exchange the leads/,
    ],
  ])("refuses %s", async (_, text, message) => {
    await expect(fit(text)).rejects.toThrow(InputError);
    await expect(fit(text)).rejects.toThrow(message);
  });
});
