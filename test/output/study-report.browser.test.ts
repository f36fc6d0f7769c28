import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect } from "vitest";
import { plotlySource } from "../../src/output/node/plotly.ts";
import type { Chart } from "../../src/output/plot/chart.ts";
import type { StudyData } from "../../src/output/study-data.ts";
import { renderStudyReport } from "../../src/output/study-report.ts";
import { browserTest, withPage } from "../support/chromium.ts";

const hostile = '</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">';
const lines: Chart = {
  title: hostile,
  kind: "lines",
  x: { label: hostile, scale: "log" },
  y: { label: "y", scale: "linear" },
  notes: [hostile],
  series: [
    { label: hostile, color: "#0072b2", dash: 0 },
    { label: "b", color: "#d55e00", dash: 1 },
  ],
  panels: ["p", hostile].map((title) => ({
    title,
    lines: [0, 1].map((series) => ({
      series,
      points: [1, 10].map((x) => ({ x, y: x + series, low: x, high: x + 2 })),
    })),
  })),
};
const heat: Chart = {
  title: "heat",
  kind: "heat",
  series: [],
  value: hostile,
  notes: [],
  x: { label: "x", scale: "category", categories: [hostile, "b"] },
  y: { label: "y", scale: "category", categories: ["c"] },
  panels: [{ title: "", lines: [], heat: [[1, null]] }],
};
const data: StudyData = {
  name: hostile,
  description: hostile,
  measure: hostile,
  quick: true,
  seeds: [1],
  cells: 3,
  outcomes: [[hostile, 2]],
  missing: 1,
  seconds: 5,
  charts: [lines, heat],
  table: {
    corner: hostile,
    value: hostile,
    columns: [hostile],
    rows: [{ label: hostile, cells: [{ text: hostile, note: hostile, best: true }] }],
  },
  claims: [
    {
      sentence: hostile,
      computed: hostile,
      expected: hostile,
      verdict: "open",
      value: hostile,
      evidence: [hostile],
    },
  ],
  failed: [{ id: "0", where: hostile, message: hostile }],
  settings: [[hostile, hostile]],
  environment: [[hostile, hostile]],
  command: hostile,
};

describe("the report of a study, opened in a browser,", () => {
  browserTest(
    "draws every figure, shows names with scripts in them as text, and asks for nothing but itself",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "eqprop-study-report-"));
      const file = join(folder, "report.html");
      const url = pathToFileURL(file).href;
      try {
        writeFileSync(file, renderStudyReport(data, plotlySource()));
        await withPage(async (page, conduct) => {
          await page.goto(url);
          await page.waitForSelector("body[data-drawn=true]");
          expect(await page.textContent("h1")).toBe(hostile);
          expect(await page.evaluate("window.pwned")).toBeUndefined();
          expect(await page.$$eval("#figure-1 .scatterlayer .trace", (all) => all.length)).toBe(4);
          expect(await page.$$eval("#figure-2 .heatmaplayer .hm", (all) => all.length)).toBe(1);
          expect(conduct).toEqual({ errors: [], requests: [url] });
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});
