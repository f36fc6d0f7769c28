import { describe, expect, test } from "vitest";
import { readMeasurements } from "../../../src/circuit/devices/csv.ts";
import { InputError } from "../../../src/numerics/errors.ts";

const read = (text: string) => readMeasurements(text, "m.csv");

describe("a table of measurements", () => {
  test("is read in SI, whatever its units, separators and line ends", async () => {
    const a = await read("pulse,conductance (uS),direction\n1,2.5,up\n2,3,down\n");
    expect([a.kind, a.rows, Array.from(a.x.values), Array.from(a.directions!)]).toEqual([
      "pulses",
      2,
      [1, 2],
      [1, -1],
    ]);
    expect(Array.from(a.y.values)).toEqual([expect.closeTo(2.5e-6, 20), expect.closeTo(3e-6, 20)]);
    const b = await read(
      "\uFEFF# measured on Monday\r\nDirection;G [nS];Pulses\r\n\r\n+1;40;1\r\nreset;5e1;2\r\n",
    );
    expect([Array.from(b.x.values), Array.from(b.directions!), b.lines]).toEqual([
      [1, 2],
      [1, -1],
      [4, 5],
    ]);
    expect(b.y.values[1]).toBeCloseTo(50e-9, 20);
    const c = await read("Pulse\tResistance (kOhm)\n1\t10\n");
    expect(c.y.values[0]).toBeCloseTo(1e-4, 15);
    const d = await read('"V (mV)","I (nA)",note\n100,-3,7\n');
    expect([d.kind, d.x.values[0], d.ignored]).toEqual(["current-voltage", 0.1, ["note"]]);
    expect(d.y.values[0]).toBeCloseTo(-3e-9, 20);
  });

  test("takes a column without a unit in SI", async () => {
    expect((await read("pulse,conductance\n1,0.001\n")).y.values[0]).toBe(0.001);
  });

  test.each([
    ["nothing", "", /^m\.csv:1:1: the file is empty, expected a line of column names/],
    [
      "a missing column",
      "pulse,directoin\n1,2",
      /^m\.csv:1:1: there is no column conductance, expected pulse and conductance/,
    ],
    ["half a curve", "voltage (V)\n1", /^m\.csv:1:1: there is no column current/],
    [
      "no known column",
      "a,b\n1,2",
      /there is no column pulse and no column conductance.*found columns: a, b/,
    ],
    ["a column twice", "pulse,conductance,pulse\n1,2,3", /two columns are named pulse; keep one/],
    [
      "a unit of the wrong dimension",
      "pulse,conductance (mV)\n1,2",
      /^m\.csv:1:7: column conductance: the unit "1 mV" is a voltage, expected a conductance/,
    ],
    [
      "an unknown unit",
      "pulse,conductance (uSi)\n1,2",
      /column conductance: the unit "1 uSi".*is not a known unit/,
    ],
    [
      "ohms for siemens",
      "pulse,conductance (kOhm)\n1,2",
      /the unit "kOhm" is one of resistance; name the column resistance/,
    ],
    ["siemens for ohms", "pulse,resistance (uS)\n1,2", /the unit "uS" is one of conductance/],
    [
      "a word for a number",
      "pulse,conductance (uS)\n1,2\n# x\n2,open",
      /^m\.csv:4:3: conductance: found "open", expected a number$/,
    ],
    [
      "nothing for a number",
      "pulse,conductance (uS)\n1,",
      /^m\.csv:2:3: conductance: found nothing/,
    ],
    [
      "a decimal comma",
      "pulse;conductance (uS)\n1;2,5",
      /^m\.csv:2:3: conductance: found "2,5", expected a number; write decimals with a point/,
    ],
    ["an infinity", "pulse,conductance\n1,1e999", /found "1e999", expected a number/],
    [
      "a short row",
      "pulse,conductance (uS)\n1,2\n3",
      /^m\.csv:3:1: 1 values, expected 2 as in the first line/,
    ],
    [
      "a direction sideways",
      "pulse,conductance,direction\n1,2,left",
      /^m\.csv:2:5: direction: found "left", expected up or down/,
    ],
    [
      "no resistance at all",
      "pulse,resistance (Ohm)\n1,0",
      /^m\.csv:2:3: resistance: zero has no reciprocal/,
    ],
  ])("is refused with its place: %s", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(InputError);
    await expect(read(text)).rejects.toThrow(message);
  });
});

test.each([
  ["a heading of blanks in brackets", `pulse,conductance(${" ".repeat(4000)}b\n1,2\n`],
  ["a heading of blanks", `pulse,conductance${" ".repeat(9000)}x\n1,2\n`],
  ["a long heading", `pulse,${"(".repeat(200_000)}\n1,2\n`],
  ["a long number", `pulse,conductance\n1,${"1".repeat(200_000)}x\n`],
])("%s is refused at once", async (_, text) => {
  const start = performance.now();
  await expect(readMeasurements(text, "m.csv")).rejects.toThrow(/^m\.csv:/);
  expect(performance.now() - start).toBeLessThan(2000);
});
