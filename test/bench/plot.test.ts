import { expect, test } from "vitest";
import { svgGrid } from "../../bench/plot.ts";

const panel = (exponent: number) => ({
  title: 'Time < all & "more"',
  xLabel: "width, units",
  yText: (y: number) => `${y} s`,
  series: [
    {
      label: "time",
      color: "#000",
      points: [1, 10, 100].map((x) => ({ x, y: x ** exponent })),
      fit: { exponent, factor: 1 },
    },
  ],
});
const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) => [
    Number(m[1]),
    Number(m[2]),
  ]);

test("a power law is a straight line, and equal factors are equal distances", () => {
  const [[x0, y0], [x1, y1], [x2, y2]] = circles(svgGrid("T", [[panel(2)]]));
  // Places are written with one decimal.
  expect(Math.abs(x0 + x2 - 2 * x1)).toBeLessThanOrEqual(0.2);
  expect(Math.abs(y0 + y2 - 2 * y1)).toBeLessThanOrEqual(0.2);
  expect([x0 < x1, y0 > y1]).toEqual([true, true]);
});

test("text is escaped and the exponent stands with the series", () => {
  const svg = svgGrid("a < b", [[panel(-0.5)]]);
  expect(svg).toContain("Time &lt; all &amp; &quot;more&quot;");
  expect(svg).toContain("−0.50");
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
