import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { pdfOf } from "../../src/output/node/pdf.ts";
import { chartSvg } from "../../src/output/plot/svg.ts";
import type { CellResult } from "../../src/study/measurement.ts";
import { planStudy } from "../../src/study/node/plan.ts";
import { readStudy } from "../../src/study/read.ts";
import { chartOf, tableOf } from "../../src/study/summary.ts";

const file = "experiments/robustness/dies.yaml";
const { study, cells } = await planStudy({ file });

/** An error of 10 σ + die / 10 + seed, σ as a part. */
const made = (all: typeof cells): CellResult[] =>
  all.map(({ id, axes, seed }) => ({
    id,
    axes,
    seed,
    outcome: "completed",
    seconds: 1,
    values: {
      testErrorCopy: 0,
      testErrorChip:
        0.1 * parseFloat(axes["circuit.mismatch.synapse"]) + Number(axes["die"]) / 10 + seed,
    },
    curves: {},
  }));

const base = "{ name: b, network: { layers: [4, 2] }, learning: { rates: [1] } }";
const read = (text: string, set: readonly string[] = []) =>
  readStudy({
    text: `study: s\nmeasure: training\nbase: ${base}\n${text}`,
    file: "s.yaml",
    set,
    open: (path) => {
      throw new Error(path);
    },
  });
const diesOf = async (text: string, set?: readonly string[]) =>
  (await read(text, set)).points.map((p) => p.experiment.die);

describe("dies as replicates", () => {
  it.each([
    ["dies: 3", [1, 2, 3]],
    ["dies: 2-4", [2, 3, 4]],
    ["dies: 1-2, 7", [1, 2, 7]],
    ["dies: [5, 9]", [5, 9]],
  ])("%s are those", async (text, dies) => {
    expect(await diesOf(text)).toEqual(dies);
  });

  it("are replaced by --set dies", async () => {
    expect(await diesOf("dies: 3", ["dies=2"])).toEqual([1, 2]);
  });

  it.each([
    ["dies: two", "s.yaml:4:7: dies: "],
    ["dies: 4-2", "s.yaml:4:7: dies: the range is empty"],
    ["dies: 2\ngrid: { die: [1] }", "s.yaml:4:1: dies: grid has an axis die as well"],
    ["dies: [1, 1]", "grid.die: 1 is given twice"],
  ])("%s is refused", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});

describe("the study of ten dies", () => {
  it("is fifteen lines, and pairs every σ with the same dies", () => {
    expect(readFileSync(file, "utf8").trim().split("\n").length).toBeLessThanOrEqual(15);
    expect(cells).toHaveLength(60);
    for (const axis of study.axes[0].settings) {
      const own = cells.filter((c) => c.axes["circuit.mismatch.synapse"] === axis.label);
      expect(own.map((c) => c.experiment.die)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  it("draws means and spread over dies on an axis of percents, and a dot a die", () => {
    const chart = chartOf(study, study.figures[0], made(cells));
    const { points, dots = [] } = chart.panels[0].lines[1];
    expect(points.map((p) => p.x)).toEqual([0, 10, 20, 30, 40, 50]);
    // σ of 1 … 10 in tenths.
    const sd = Math.sqrt(110 / 12) / 10;
    points.forEach((p, i) => {
      expect(p.y).toBeCloseTo(i + 1.55, 12);
      expect(p.high! - p.y).toBeCloseTo(sd, 12);
    });
    expect(dots).toHaveLength(60);
    expect(chart.x.label).toBe("spread of synapses, σ (%)");
    expect(chart.y.label).toBe("test error (%)");
    expect(chart.series.map((s) => s.label)).toEqual(["test error, copy", "test error, chip"]);
    expect(chart.notes[0]).toBe(
      "Means over 10 dies, with one standard deviation on each side, a dot each",
    );
    expect(chartSvg(chart).match(/r="2"/g)).toHaveLength(120);
  });

  it("averages seeds within a die unless both are asked for", async () => {
    const two = await planStudy({ file, set: ["seeds=[1,3]"] });
    const [figure] = two.study.figures;
    const sdOf = (over: string[]) => {
      const chart = chartOf(two.study, { ...figure, over }, made(two.cells));
      const [p] = chart.panels[0].lines[1].points;
      return p.high! - p.y;
    };
    const dies = 110 / 12 / 100;
    expect(sdOf(["die"])).toBeCloseTo(Math.sqrt(dies), 12);
    expect(sdOf(["seed"])).toBeCloseTo(Math.SQRT2, 12);
    expect(sdOf(["die", "seed"])).toBeCloseTo(Math.sqrt((18 * dies + 20) / 19), 12);
    const table = tableOf(two.study, two.study.table!, made(two.cells));
    expect(table.rows[0].cells[1].text).toBe(`2.55 ± ${Math.sqrt(dies).toFixed(2)}`);
  });

  it("is printed as the same bytes each time, of vectors and letters alone", async () => {
    const svg = chartSvg(chartOf(study, study.figures[0], made(cells)));
    const pdf = await pdfOf(svg, "σ");
    expect(await pdfOf(svg, "σ")).toEqual(pdf);
    const text = Buffer.from(pdf).toString("latin1");
    expect(text.startsWith("%PDF-")).toBe(true);
    expect(text).toContain("/FontFile2");
    expect(text).not.toContain("/Subtype /Image");
    const [, width] = /viewBox="0 0 ([\d.]+)/.exec(svg)!;
    expect(text).toContain(`/MediaBox [0 0 ${width} `);
  });
});
