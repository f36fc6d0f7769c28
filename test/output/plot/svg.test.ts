import { describe, expect, it, test } from "vitest";
import { seriesColors, type Chart } from "../../../src/output/plot/chart.ts";
import { axisScale } from "../../../src/output/plot/scales.ts";
import { chartSvg, chartsSvg } from "../../../src/output/plot/svg.ts";
import { withPage, browserTest } from "../../support/chromium.ts";

const chart = (more: Partial<Chart> = {}): Chart => ({
  title: 'a < b & "c"',
  kind: "lines",
  x: { label: "steps", scale: "log" },
  y: { label: "error", scale: "log" },
  series: [
    { label: "euler <1>", color: "#0072b2", dash: 0 },
    { label: "fine", color: "#d55e00", dash: 1 },
  ],
  panels: [
    {
      title: "p",
      lines: [
        {
          series: 0,
          points: [1, 10, 100].map((x) => ({
            x,
            y: x ** -2,
            low: 0.5 * x ** -2,
            high: 2 * x ** -2,
          })),
        },
        { series: 1, points: [1, 10, 100].map((x) => ({ x, y: 3 / x })) },
      ],
    },
  ],
  notes: ["Means over 3 seeds"],
  ...more,
});
const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0;
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((m) => m[1]);

describe("a chart as SVG", () => {
  it("has a line and marks for each series, bars for the spread, a legend and both axes", () => {
    const svg = chartSvg(chart());
    expect(count(svg, /<polyline/g)).toBe(2);
    expect(count(svg, /<circle/g)).toBe(3 + 1);
    expect(count(svg, /<rect[^>]*width="7.2"/g)).toBe(3 + 1);
    expect(count(svg, /stroke-dasharray="6 4"/g)).toBe(2);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        "a &lt; b &amp; &quot;c&quot;",
        "euler &lt;1&gt;",
        "fine",
        "p",
        "1",
        "10",
        "100",
        "10⁻⁴",
        "steps",
        "error",
        "Means over 3 seeds.",
      ]),
    );
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("draws equal data to equal bytes, and a power law as a straight line", () => {
    const svg = chartSvg(chart());
    expect(chartSvg(chart())).toBe(svg);
    const [[x0, y0], [x1, y1], [x2, y2]] = /<polyline points="([^"]+)"/
      .exec(svg)![1]
      .split(" ")
      .map((p) => p.split(",").map(Number));
    // Places are written with one decimal.
    expect(Math.abs(x0 + x2 - 2 * x1)).toBeLessThanOrEqual(0.2);
    expect(Math.abs(y0 + y2 - 2 * y1)).toBeLessThanOrEqual(0.2);
  });

  it("of many points has no marks, and a band around it", () => {
    const points = Array.from({ length: 50 }, (_, x) => ({ x, y: x, low: x - 1, high: x + 1 }));
    const svg = chartSvg(
      chart({
        x: { label: "x", scale: "linear" },
        y: { label: "y", scale: "linear" },
        panels: [{ title: "", lines: [{ series: 0, points }] }],
      }),
    );
    expect([count(svg, /<circle/g), count(svg, /opacity=".16"/g)]).toEqual([1, 1]);
  });

  it(
    "marks a run that failed with a cross at its end, and prints where lines end in their " +
      "colours",
    () => {
      const points = [
        { x: 1, y: 1 },
        { x: 10, y: 5 },
      ];
      const svg = chartSvg(
        chart({
          panels: [
            {
              title: "",
              lines: [{ series: 1, points, failed: true }],
              ends: [{ series: 1, text: "2.0, 1 of 3 failed" }],
            },
          ],
        }),
      );
      expect(count(svg, /<polyline[^>]*stroke="#d55e00" stroke-width="1"/g)).toBe(1);
      // Two strokes through the last point and no other.
      const last = /<polyline points="[^"]* ([\d.]+),([\d.]+)"/.exec(svg)!;
      const cross = [...svg.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)M/g)].map((m) =>
        m.slice(1).map(Number),
      );
      expect(cross).toHaveLength(1);
      expect([(cross[0][0] + cross[0][2]) / 2, (cross[0][1] + cross[0][3]) / 2]).toEqual([
        expect.closeTo(Number(last[1]), 0),
        expect.closeTo(Number(last[2]), 0),
      ]);
      expect(svg).toMatch(/fill="#d55e00"[^>]*>fine: 2\.0, 1 of 3 failed</);
    },
  );

  it("may be one of several in one picture, whose parts do not share names", () => {
    const svg = chartsSvg([chart(), chart({ title: "second" })]);
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(2);
    const height = (text: string) => Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(text)![1]);
    expect(height(svg)).toBeGreaterThan(2 * height(chartSvg(chart())));
    expect(chartsSvg([chart()])).toBe(chartSvg(chart()));
  });

  it("stands beside others in rows of so many, all as wide as the widest", () => {
    const svg = chartsSvg([chart(), chart(), chart()], 2);
    const [[width, height], ...each] = [...svg.matchAll(/viewBox="0 0 ([\d.]+) ([\d.]+)"/g)].map(
      (m) => m.slice(1).map(Number),
    );
    const between = 24;
    expect([width, height]).toEqual([2 * each[0][0] + between, 2 * each[0][1] + between]);
    expect([...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)">\n/g)].map((m) => m.slice(1))).toEqual(
      [
        ["0", "0"],
        [`${each[0][0] + between}`, "0"],
        ["0", `${each[0][1] + between}`],
      ],
    );
    // Less room makes smaller panels.
    expect(each[0][0]).toBeLessThan(Number(/viewBox="0 0 ([\d.]+)/.exec(chartSvg(chart()))![1]));
  });

  it("draws a law through a series without marks, and names it in no legend", () => {
    const [{ lines }] = chart().panels;
    const svg = chartSvg(
      chart({
        series: [
          { label: "measured", color: "#0072b2", dash: 0 },
          { label: "law", color: "#0072b2", dash: 1, isLaw: true },
        ],
        panels: [{ title: "", lines }],
      }),
    );
    expect(count(svg, /<polyline/g)).toBe(2);
    expect([count(svg, /<circle/g), count(svg, /<rect[^>]*width="7.2"/g)]).toEqual([4, 0]);
    expect(texts(svg)).toContain("measured");
    expect(texts(svg)).not.toContain("law");
  });

  it.each<[string, Partial<Chart>]>([
    ["nothing measured", { panels: [{ title: "", lines: [] }] }],
    ["one point", { panels: [{ title: "", lines: [{ series: 0, points: [{ x: 3, y: 3 }] }] }] }],
    [
      "zeros",
      {
        x: { label: "x", scale: "linear" },
        y: { label: "y", scale: "linear" },
        panels: [
          {
            title: "",
            lines: [
              {
                series: 0,
                points: [
                  { x: 0, y: 0 },
                  { x: 1, y: 0 },
                ],
              },
            ],
          },
        ],
      },
    ],
    ["no panel at all", { panels: [] }],
    [
      "a heat map with holes",
      {
        kind: "heat",
        series: [],
        value: "v",
        x: { label: "x", scale: "category", categories: ["a", "b"] },
        y: { label: "y", scale: "category", categories: ["c"] },
        panels: [{ title: "", lines: [], heat: [[1, null]] }],
      },
    ],
    [
      "an empty heat map",
      {
        kind: "heat",
        series: [],
        value: "v",
        x: { label: "x", scale: "category", categories: [] },
        y: { label: "y", scale: "category", categories: [] },
        panels: [{ title: "", lines: [], heat: [] }],
      },
    ],
  ])("of %s is a whole picture", (_, more) => {
    const svg = chartSvg(chart(more));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
  });

  browserTest("is well-formed XML to a browser, with seven panels too", () =>
    withPage(async (page) => {
      const svg = chartSvg(
        chart({
          panels: Array.from({ length: 7 }, (_, i) => ({
            ...chart().panels[0],
            title: `panel ${i}`,
          })),
        }),
      );
      const faults = await page.evaluate(
        (text) =>
          new DOMParser().parseFromString(text, "image/svg+xml").getElementsByTagName("parsererror")
            .length,
        svg,
      );
      expect(faults).toBe(0);
    }),
  );
});

test("ticks are round numbers that enclose the values", () => {
  const ticks = (scale: "linear" | "log", values: number[]) =>
    axisScale({ scale }, values, 0, 100, 6).ticks.map((t) => t.text);
  expect(ticks("linear", [0.2, 9.7])).toEqual(["0", "2", "4", "6", "8", "10"]);
  expect(ticks("linear", [-0.03, 0.02])).toEqual(["−0.03", "−0.02", "−0.01", "0", "0.01", "0.02"]);
  expect(ticks("linear", [98, 102])).toEqual(["98", "99", "100", "101", "102"]);
  expect(ticks("log", [0.3, 40])).toEqual(["0.2", "0.5", "1", "2", "5", "10", "20", "50"]);
  expect(ticks("log", [1e-9, 1])).toEqual(["10⁻⁹", "10⁻⁷", "10⁻⁵", "10⁻³", "0.1"]);
});

test("zero has a tick of its own at the low end of a logarithmic axis", () => {
  const { ticks, to } = axisScale({ scale: "log", zero: 0.01 }, [0.01, 0.02, 2], 0, 100, 8);
  expect(ticks.map((t) => t.text)).toEqual(["0", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"]);
  expect(to(0.01)).toBe(0);
  expect(to(2)).toBeCloseTo(100, 9);
});

test("ticks may be asked for, and say what they are in", () => {
  const ticks = [1, 3, 8];
  const scale = axisScale({ scale: "log", ticks }, [1, 8], 0, 100, 6);
  expect(scale.ticks).toEqual(ticks.map((value) => ({ value, text: String(value) })));
  const seconds = axisScale({ scale: "log", unit: "s" }, [2e-5, 5e-3], 0, 100, 9);
  expect(seconds.ticks.map((t) => t.text)).toEqual([
    "20 µs",
    "50 µs",
    "100 µs",
    "200 µs",
    "500 µs",
    "1 ms",
    "2 ms",
    "5 ms",
  ]);
  const volts = axisScale({ scale: "linear", unit: "V" }, [-0.2, 0.2], 0, 100, 4);
  expect(volts.ticks.map((t) => t.text)).toEqual(["−200 mV", "−100 mV", "0 V", "100 mV", "200 mV"]);
});

test("the colours of series differ, whether in an order or not", () => {
  for (const ordered of [true, false]) expect(new Set(seriesColors(7, ordered)).size).toBe(7);
});
