import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLaw } from "../../../src/circuit/law.ts";
import { lawText } from "../../../src/circuit/spice/law-text.ts";
import type { Element, Netlist } from "../../../src/circuit/spice/netlist.ts";
import { readRaw } from "../../../src/circuit/spice/raw.ts";
import { number, writeNetlist } from "../../../src/circuit/spice/write.ts";
import { anyQuantity } from "../../../src/numerics/units.ts";

const leak: Element = { kind: "R", name: "1", nodes: ["a", "0"], value: 1e4 };
const netlist = (...elements: Element[]): Netlist => ({
  title: "test",
  notes: [],
  elements,
  temperature: 300,
  options: {},
  analysis: { kind: "op" },
  save: [],
});
const cards = (n: Netlist) => writeNetlist(n).split("\n");

describe("a netlist", () => {
  test("has a card for every kind of element, in plain SI numbers", () => {
    const text = writeNetlist({
      title: "all of\nthem",
      notes: ["of one kind each"],
      temperature: 300,
      options: { reltol: 1e-6 },
      save: ["a", "b"],
      diodes: [{ name: "clamp", saturation: 1e-14, ideality: 0.02 }],
      analysis: { kind: "tran", step: 2e-10, end: 3e-7 },
      elements: [
        { kind: "comment", text: "a comment" },
        leak,
        { kind: "C", name: "1", nodes: ["a", "0"], value: 1e-12, initial: 0.5 },
        { kind: "V", name: "x", nodes: ["x", "0"], source: { dc: -0.5 } },
        {
          kind: "V",
          name: "ctl",
          nodes: ["ctl", "0"],
          source: { from: 0, to: 1, at: 1.5e-7, edge: 1e-12 },
        },
        {
          kind: "I",
          name: "n",
          nodes: ["0", "a"],
          source: {
            points: [
              [0, 1e-9],
              [1e-9, -2e-9],
            ],
          },
        },
        { kind: "G", name: "1", nodes: ["0", "a"], control: ["x", "0"], gain: -3.4e-5 },
        { kind: "E", name: "1", nodes: ["i", "0"], control: ["a", "0"], gain: 4 },
        { kind: "V", name: "s", nodes: ["i", "b"], source: { dc: 0 } },
        { kind: "F", name: "1", nodes: ["a", "0"], sense: "s", gain: 0.25 },
        { kind: "B", name: "1", nodes: ["a", "0"], current: "100*uramp(V(a)-1)" },
        { kind: "D", name: "1", nodes: ["a", "x"], model: "clamp" },
      ],
    });
    expect(text.split("\n")).toEqual([
      "all of them",
      "* of one kind each",
      "*",
      "* a comment",
      "R1 a 0 10000",
      "C1 a 0 1e-12 IC=0.5",
      "Vx x 0 DC -0.5",
      "Vctl ctl 0 PULSE(0 1 1.5e-7 1e-12 1e-12)",
      "In 0 a PWL(0 1e-9 1e-9 -2e-9)",
      "G1 0 a x 0 -0.000034",
      "E1 i 0 a 0 4",
      "Vs i b DC 0",
      "F1 a 0 Vs 0.25",
      "B1 a 0 I = 100*uramp(V(a)-1)",
      "D1 a x clamp",
      ".model clamp D(IS=1e-14 N=0.02)",
      ".options reltol=0.000001 temp=26.85 tnom=26.85",
      ".save v(a) v(b)",
      ".tran 2e-10 3e-7 0 2e-10 UIC",
      ".end",
      "",
    ]);
  });

  test("numbers read back as what they were, and never carry a suffix, whose M is milli", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Number(number(x))).toBe(x === 0 ? 0 : x);
        expect(number(x)).toMatch(/^-?\d+(\.\d+)?(e[-+]\d+)?$/);
      }),
    );
    expect(() => number(NaN)).toThrow("no number NaN");
  });

  test("goes on in a new line where a card is long, and loses no word", () => {
    const points = Array.from({ length: 2000 }, (_, k): [number, number] => [
      k * 1e-9,
      Math.sin(k),
    ]);
    const lines = cards(
      netlist(leak, { kind: "I", name: "n", nodes: ["0", "a"], source: { points } }),
    );
    const first = lines.findIndex((l) => l.startsWith("In"));
    const more = lines.slice(first + 1).filter((l) => l.startsWith("+ "));
    expect(more.length).toBeGreaterThan(5);
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThan(2100);
    expect([lines[first], ...more.map((l) => l.slice(2))].join(" ")).toBe(
      `In 0 a PWL(${points.map(([t, v]) => `${t} ${v}`).join(" ")})`,
    );
  });

  test.each<[string, Element[], string]>([
    [
      "a node without a path to ground",
      [leak, { kind: "C", name: "2", nodes: ["a", "b"], value: 1e-12 }],
      "the node b floats",
    ],
    [
      "a node fed by currents alone",
      [
        leak,
        { kind: "I", name: "2", nodes: ["0", "b"], source: { dc: 1 } },
        { kind: "G", name: "2", nodes: ["b", "0"], control: ["a", "0"], gain: 1 },
      ],
      "the node b floats",
    ],
    ["an island", [leak, { kind: "R", name: "2", nodes: ["b", "c"], value: 1 }], "floats"],
    [
      "a loop of voltage sources",
      [
        { kind: "V", name: "1", nodes: ["a", "0"], source: { dc: 1 } },
        { kind: "E", name: "1", nodes: ["a", "0"], control: ["a", "0"], gain: 2 },
      ],
      "E1 closes a loop of voltage sources at a",
    ],
    ["an element that is there twice", [leak, { ...leak, nodes: ["b", "0"] }], "R1 is there twice"],
    ["a resistor of zero ohm", [{ ...leak, value: 0 }], "R1 has a resistance of 0 ohm"],
    [
      "a sense that is not there",
      [leak, { kind: "F", name: "1", nodes: ["a", "0"], sense: "s", gain: 1 }],
      "F1 senses the current of Vs, which is not there",
    ],
  ])("with %s is refused in our words", (_, elements, message) => {
    expect(() => writeNetlist(netlist(...elements))).toThrow(message);
    expect(() => writeNetlist(netlist(...elements))).toThrow(/^netlist test: /);
  });

  test("writes a law of the schematic's own with the voltage in its place, whole powers as products", async () => {
    const law = await readLaw("Is*(exp(V/Vt)-1) + G*V^3/Vt^2", {
      variables: { V: "voltage" },
      parameters: {
        Is: await anyQuantity("1 nA"),
        Vt: await anyQuantity("0.5 V"),
        G: await anyQuantity("-2 S"),
      },
      result: "current",
    });
    expect(lawText(law, "V(a)-1")).toBe(
      "((1e-9*(exp(((V(a)-1)/0.5))-1))+(((-2)*((V(a)-1)*(V(a)-1)*(V(a)-1)))/0.25))",
    );
  });
});

describe("what ngspice leaves", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const joined = (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]);
  const header = (kind: string) =>
    "Title: rc test\nDate: Wed\nPlotname: Transient Analysis\nFlags: real\nNo. Variables: " +
    `2\nNo. Points: 3       \nVariables:\n\t0\ttime\ttime\n\t1\tV(A)\tvoltage\n${kind}:\n`;
  const values = [0, 0.5, 1e-9, 0.75, 2e-9, -1.25];
  const seen = (raw: Uint8Array) => {
    const { title, plot, points, values: all } = readRaw(raw);
    return { title, plot, points, time: [...all.get("time")!], a: [...all.get("v(a)")!] };
  };
  const expected = {
    title: "rc test",
    plot: "Transient Analysis",
    points: 3,
    time: [0, 1e-9, 2e-9],
    a: [0.5, 0.75, -1.25],
  };

  test("is read from its binary form and from ASCII alike", () => {
    expect(
      seen(joined(bytes(header("Binary")), new Uint8Array(Float64Array.from(values).buffer))),
    ).toEqual(expected);
    expect(
      seen(
        bytes(
          `${header("Values")} 0\t0.000e+00\n\t5.0e-01\n\n 1\t1e-09\n\t7.5e-01\n\n ` +
            "2\t2e-09\n\t-1.25\n",
        ),
      ),
    ).toEqual(expected);
  });

  test.each([
    ["something else", "hello"],
    ["a file cut short", header("Binary") + "abc"],
    ["a list cut short", `${header("Values")} 0 1 2`],
    ["complex numbers", header("Binary").replace("real", "complex")],
  ])("is refused when it is %s", (_, text) => {
    expect(() => readRaw(bytes(text))).toThrow(/no raw file|ends early|complex/);
  });
});
