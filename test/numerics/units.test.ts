import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/numerics/errors.ts";
import {
  format,
  anyQuantity,
  quantity,
  type Dimension,
  type UnitSymbol,
} from "../../src/numerics/units.ts";

const dimensions: readonly (readonly [Dimension, UnitSymbol])[] = [
  ["resistance", "Ohm"],
  ["conductance", "S"],
  ["capacitance", "F"],
  ["voltage", "V"],
  ["current", "A"],
  ["temperature", "K"],
  ["time", "s"],
  ["frequency", "Hz"],
  ["ratio", ""],
  ["none", ""],
];

async function complaint(text: string | number, dimension: Dimension): Promise<string> {
  try {
    await quantity(text, dimension);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
  throw new Error(`${String(text)} was accepted as ${dimension}`);
}

describe("a value with a unit is read in SI units", () => {
  test.each<[string | number, Dimension, number]>([
    ["10 kOhm", "resistance", 1e4],
    ["10 kohm", "resistance", 1e4],
    ["10kΩ", "resistance", 1e4],
    ["1 MOhm", "resistance", 1e6],
    ["3 megohm", "resistance", 3e6],
    ["100 uS", "conductance", 1e-4],
    ["100 µS", "conductance", 1e-4],
    ["100 μS", "conductance", 1e-4],
    ["1 pF", "capacitance", 1e-12],
    ["1 F", "capacitance", 1],
    ["3 mV", "voltage", 3e-3],
    ["-3e-1 V", "voltage", -0.3],
    [".5V", "voltage", 0.5],
    ["2 nA", "current", 2e-9],
    ["10 ns", "time", 1e-8],
    ["2 minutes", "time", 120],
    ["1 MHz", "frequency", 1e6],
    ["300 K", "temperature", 300],
    ["27 degC", "temperature", 300.15],
    ["27 °C", "temperature", 300.15],
    ["27 C", "temperature", 300.15],
    ["85C", "temperature", 358.15],
    ["27 ℃", "temperature", 300.15],
    ["10MEGohm", "resistance", 1e7],
    ["10MEGOhm", "conductance", 1e-7],
    ["3 MegHz", "frequency", 3e6],
    ["300 K", "temperature", 300],
    ["0", "conductance", 0],
    ["5 %", "ratio", 0.05],
    ["0 %", "ratio", 0],
    ["0.05", "ratio", 0.05],
    [0.05, "ratio", 0.05],
    ["2", "none", 2],
  ])("%j as %s is %d", async (text, dimension, value) => {
    expect(await quantity(text, dimension)).toBe(value);
  });

  test.each<[string, Dimension, number]>([
    ["4.7k", "resistance", 4700],
    ["1meg", "resistance", 1e6],
    ["1MEG", "resistance", 1e6],
    ["100u", "voltage", 1e-4],
    ["1p", "capacitance", 1e-12],
    ["5f", "capacitance", 5e-15],
    ["3 m", "voltage", 3e-3],
    ["2g", "frequency", 2e9],
    ["1t", "resistance", 1e12],
    ["10n", "time", 1e-8],
  ])("the SPICE suffix of %s is read in the SI unit of a %s", async (text, dimension, value) => {
    expect(await quantity(text, dimension)).toBe(value);
  });

  test("a resistance where a conductance is expected counts as its reciprocal, and the other way round", async () => {
    expect(await quantity("10 kOhm", "conductance")).toBe(1 / 1e4);
    expect(await quantity("100 uS", "resistance")).toBe(1 / 1e-4);
    expect(await complaint("0 Ohm", "conductance")).toContain("zero has no reciprocal");
  });
});

describe("a number without a unit is not guessed at", () => {
  test.each<[string | number, Dimension, string]>([
    [
      27,
      "temperature",
      'has no unit, expected a temperature such as 300 K; write "27 K" or "27 degC"',
    ],
    ["85", "temperature", 'write "85 K" or "85 degC"'],
    ["300k", "temperature", 'write "300 K" or "300 degC"'],
    [0, "temperature", 'write "0 K" or "0 degC"'],
    [1, "capacitance", 'has no unit, expected a capacitance such as 1 pF; write "1 F"'],
    ["2.5", "voltage", 'write "2.5 V"'],
    [1e-9, "time", 'write "1e-9 s"'],
    [100, "conductance", 'write "100 S" or "100 Ohm"'],
    ["4.7k", "conductance", 'write "4.7 kS" or "4.7 kOhm"'],
    ["1meg", "conductance", 'write "1 MS" or "1 MOhm"'],
  ])("%j as %s: %s", async (text, dimension, message) => {
    expect(await complaint(text, dimension)).toContain(message);
  });

  test("nor by options of the command, whatever it measures", async () => {
    await expect(quantity("30", "time", "refused")).rejects.toThrow('write "30 s"');
  });

  test("but a file that we wrote holds SI", async () => {
    expect(await quantity(1e-4, "conductance", "SI")).toBe(1e-4);
  });
});

describe("what is written in the manner of others is refused with what to write", () => {
  test.each<[string, Dimension, string]>([
    ["1,5 V", "voltage", 'write "1.5 V"'],
    ["1,500 V", "voltage", 'write "1.500 V" or "1500 V"'],
    ["4k7", "conductance", 'write "4.7 kOhm" or "4.7 kS"'],
    ["4k7", "resistance", 'write "4.7 kOhm"'],
    ["4R7", "resistance", 'write "4.7 Ohm"'],
    ["2M2 Ohm", "conductance", 'write "2.2 MOhm"'],
    ["3n3", "capacitance", 'write "3.3 nF"'],
    ["1u5 F", "capacitance", 'write "1.5 uF"'],
    ["1PF", "capacitance", "ten orders of magnitude away from anything that is built"],
    ["1PF", "capacitance", "(did you mean pF?)"],
    ["1 MF", "capacitance", "(did you mean mF?)"],
    ["1e9 K", "temperature", "ten orders of magnitude"],
    ["10K", "resistance", "(did you mean kohm?)"],
  ])("%j as %s: %s", async (text, dimension, message) => {
    expect(await complaint(text, dimension)).toContain(message);
  });
});

describe("what cannot be read is said, with what was expected", () => {
  test.each<[string | number, Dimension, string]>([
    ["10 pF", "conductance", `"10 pF" is a capacitance, expected a conductance such as 100 uS`],
    ["3 mV", "current", `"3 mV" is a voltage, expected a current such as 2 nA`],
    [
      "10 kohn",
      "resistance",
      `"10 kohn": "kohn" is not a known unit, expected a resistance such as 10 kOhm (did you ` +
        "mean kohm?)",
    ],
    ["1 pf", "capacitance", `did you mean pF?`],
    ["3 meter", "voltage", `"3 meter" is something else, expected a voltage`],
    ["5 %", "voltage", `"5 %": a percentage, expected a voltage`],
    ["5 V", "ratio", `"5 V" is a voltage, expected a ratio such as 5 %`],
    ["5 V", "none", `expected a number without unit such as 0.5`],
    ["1 M", "resistance", `write 1meg or 1m`],
    ["1 __proto__", "voltage", `"__proto__" is not a known unit`],
    ["1 toString", "voltage", `"toString" is not a known unit`],
    ["V", "voltage", `"V" is not a number with a unit`],
    ["", "voltage", `"" is not a number with a unit`],
    ["1.2.3 V", "voltage", `"1.2.3 V" is not a number with a unit`],
    ["nan V", "voltage", `is not a number with a unit`],
    ["1e999 V", "voltage", `"1e999 V" is not a finite number`],
    [NaN, "ratio", `NaN is not a finite number`],
    [Infinity, "time", `Infinity is not a finite number`],
  ])("%j as %s", async (text, dimension, message) => {
    expect(await complaint(text, dimension)).toContain(message);
  });

  test("deep nesting is refused before it is parsed", async () => {
    const message = await complaint(`1 ${"(".repeat(100_000)}V${")".repeat(100_000)}`, "voltage");
    expect(message).toContain("is not a number with a unit");
    expect(message.length).toBeLessThan(200);
  });

  test("any text is a finite number or an InputError", async () => {
    const words = fc
      .array(
        fc.constantFrom(
          "1",
          "-",
          ".",
          "e",
          "k",
          "M",
          "m",
          "V",
          "ohm",
          "%",
          "(",
          "^",
          "/",
          " ",
          "µ",
          "°",
          "F",
          "\n",
        ),
      )
      .map((w) => w.join(""));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), words),
        fc.constantFrom(...dimensions),
        async (text, [dimension]) => {
          try {
            expect(await quantity(text, dimension)).toSatisfy(Number.isFinite);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a value is printed in engineering notation", () => {
  test.each<[number, UnitSymbol, string]>([
    [1e-12 / 1e-4, "s", "10 ns"],
    [1e-4, "S", "100 uS"],
    [1e4, "Ohm", "10 kOhm"],
    [4700, "Ohm", "4.7 kOhm"],
    [0, "V", "0 V"],
    [-3e-3, "V", "-3 mV"],
    [999.96, "V", "1 kV"],
    [1 / 3, "V", "333.3 mV"],
    [300, "K", "300 K"],
    [0.05, "%", "5 %"],
    [0.25, "", "0.25"],
    [1e-30, "S", "1e-30 S"],
    [1e21, "Hz", "1e+21 Hz"],
    [NaN, "V", "NaN V"],
  ])("%d %s is %s", (value, unit, text) => {
    expect(format(value, unit)).toBe(text);
  });

  test("reading what was printed with 17 digits gives the same double back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ noDefaultInfinity: true, noNaN: true }),
        fc.constantFrom(...dimensions),
        async (value, [dimension, unit]) => {
          expect(await quantity(format(value, unit, 17), dimension, "SI")).toBe(
            value === 0 ? 0 : value,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("reading what was printed with 4 digits is off by at most half a unit of the last one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-18, max: 1e14, noNaN: true }), async (value) => {
        const read = await quantity(format(value, "V"), "voltage", "SI");
        expect(Math.abs(read / value - 1)).toBeLessThanOrEqual(0.5e-3 * (1 + 1e-12));
      }),
    );
  });
});

describe("a value of any dimension says what it measures", () => {
  test.each<[string | number, number, readonly number[]]>([
    ["3 mV", 3e-3, [1, 0, 0, 0, 0]],
    ["10 kOhm", 1e4, [1, -1, 0, 0, 0]],
    ["1 pF", 1e-12, [-1, 1, 1, 0, 0]],
    ["50 uA/V^2", 5e-5, [-2, 1, 0, 0, 0]],
    ["2 mV/K", 2e-3, [1, 0, 0, 0, -1]],
    ["3.5 mV um", 3.5e-9, [1, 0, 0, 1, 0]],
    ["1 pJ", 1e-12, [1, 1, 1, 0, 0]],
    ["1 MHz", 1e6, [0, 0, -1, 0, 0]],
    ["27 degC", 300.15, [0, 0, 0, 0, 1]],
    ["5 %", 0.05, [0, 0, 0, 0, 0]],
    ["4.7k", 4700, [0, 0, 0, 0, 0]],
    [1.5, 1.5, [0, 0, 0, 0, 0]],
  ])("%j is %d in powers %j of V, A, s, m and K", async (text, value, powers) => {
    const found = await anyQuantity(text);
    // At most two roundings beside that of the value: products of units are not exact decimals.
    expect(Math.abs(found.value / value - 1)).toBeLessThanOrEqual(1.5 * Number.EPSILON);
    expect(found.powers.map((p) => p + 0)).toEqual(powers);
  });

  test.each<[string | number, RegExp]>([
    ["3 kohn", /"kohn" is not a known unit, expected a number with a unit such as 26 mV/],
    ["2 mol", /"mol" is not made of V, A, s, m and K/],
    ["90 deg", /is not made of/],
    ["V", /is not a number with a unit/],
    ["1e999 V", /is not a finite number/],
    [Infinity, /is not a finite number/],
    ["1 M", /mega to SI and milli to SPICE/],
  ])("%j is refused", async (text, message) => {
    await expect(anyQuantity(text)).rejects.toThrow(InputError);
    await expect(anyQuantity(text)).rejects.toThrow(message);
  });
});
