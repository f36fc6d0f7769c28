import { describe, expect, it } from "vitest";
import { checkClaims, evaluateClaims } from "../../src/study/claims.ts";
import { csvOf } from "../../src/study/csv.ts";
import { drawnOf } from "../../src/study/drawn.ts";
import type { CellResult } from "../../src/study/measurement.ts";
import { readStudy } from "../../src/study/read.ts";
import { boundPattern, type ClaimAsked, type FigureAsked } from "../../src/study/schema.ts";
import { chartOf, tableOf } from "../../src/study/summary.ts";
import { claimsMarkdown } from "../../src/output/study-report.ts";

const study = await readStudy({
  file: "s.yaml",
  open: () => {
    throw new Error("no base");
  },
  text: `study: s
measure: training
base: { name: b, network: { layers: [784, 10] }, learning: { rates: [0.1] } }
grid:
  learning.lambda: [0, 1, 10]
  method: { euler: { settle.step: 0.5 }, fine: { settle.step: 0.1 } }
seeds: [1, 2]
`,
});

/** error = λ + 10 for fine, ± 1 between the seeds; at λ = 10 the second seed of fine fails. */
const results: readonly CellResult[] = study.points.flatMap(({ labels }) =>
  study.seeds.map((seed): CellResult => {
    const lambda = Number(labels["learning.lambda"]);
    const error = lambda + (labels["method"] === "fine" ? 10 : 0) + (seed === 1 ? 1 : -1);
    const common = {
      id: `${Object.values(labels).join("-")}-${seed}`,
      axes: labels,
      seed,
      seconds: 2,
    };
    if (lambda === 10 && labels["method"] === "fine" && seed === 2)
      return {
        ...common,
        outcome: "failed",
        values: {},
        curves: {},
        advice: 'it broke, "badly"\nthen stopped',
      };
    return {
      ...common,
      outcome: "completed",
      values: { testErrorCopy: error, residual: 0.1 * lambda },
      curves: { testErrorCopy: { x: [1, 2], y: [error + 5, error] } },
    };
  }),
);

const figure = (more: Partial<FigureAsked>): FigureAsked => ({
  title: "t",
  kind: "lines",
  y: "testErrorCopy",
  yscale: "linear",
  dots: false,
  spread: "sd",
  ...more,
});

describe("a figure", () => {
  it("shows means over seeds with their spread, a line for each label", () => {
    const { series, panels, x, notes } = chartOf(
      study,
      figure({ x: "learning.lambda", line: "method" }),
      results,
    );
    expect(series.map((s) => s.label)).toEqual(["euler", "fine"]);
    expect(x).toEqual({ label: "learning.lambda", scale: "linear" });
    const sd = Math.SQRT2;
    expect(panels[0].lines[0].points).toEqual(
      [0, 1, 10].map((l) => ({ x: l, y: l, low: l - sd, high: l + sd })),
    );
    expect(panels[0].lines[1].points[2]).toEqual({ x: 10, y: 21 });
    expect(notes).toEqual([
      "Means over 2 seeds, with one standard deviation on each side",
      "1 of 12 cells are missing (1 failed)",
    ]);
  });

  it("of curves follows them, in a panel for each label", () => {
    const { panels, series } = chartOf(
      study,
      figure({
        y: "curves.testErrorCopy",
        line: "learning.lambda",
        panel: "method",
        spread: "range",
      }),
      results,
    );
    expect(panels.map((p) => p.title)).toEqual(["euler", "fine"]);
    expect(series.map((s) => s.label)).toEqual(["lambda = 0", "lambda = 1", "lambda = 10"]);
    expect(panels[1].lines[0].points).toEqual([
      { x: 1, y: 15, low: 14, high: 16 },
      { x: 2, y: 10, low: 9, high: 11 },
    ]);
  });

  it("of two values follows the axis that is left, as work against precision", () => {
    const { panels } = chartOf(study, figure({ x: "residual", line: "method" }), results);
    expect(panels[0].lines[0].points.map((p) => [p.x, p.y])).toEqual([
      [0, 0],
      [0.1, 1],
      [1, 10],
    ]);
  });

  it("leaves out what a logarithmic axis cannot hold, and says so", () => {
    const { panels, notes } = chartOf(
      study,
      figure({ x: "residual", line: "method", xscale: "log" }),
      results,
    );
    expect(panels[0].lines[0].points.map((p) => p.x)).toEqual([0.1, 1]);
    expect(notes).toContain(
      "Points at zero or below have no place on a logarithmic axis and are left out",
    );
  });

  it(
    "has a place for zero on a logarithmic axis of settings, a decade below where these are a " +
      "decade apart",
    () => {
      const { panels, x } = chartOf(
        study,
        figure({ x: "learning.lambda", line: "method", xscale: "log" }),
        results,
      );
      expect(x.zero).toBeCloseTo(0.1, 12);
      expect(panels[0].lines[0].points.map((p) => p.x)).toEqual([x.zero, 1, 10]);
      expect(
        chartOf(
          study,
          figure({
            x: "learning.lambda",
            line: "method",
            xscale: "log",
            where: { "learning.lambda": [1, 10] },
          }),
          results,
        ).x.zero,
      ).toBeUndefined();
    },
  );

  describe("where a run diverged", () => {
    const broken = results.map(
      (r): CellResult =>
        r.id === "1-fine-2"
          ? {
              ...r,
              outcome: "diverged",
              values: { testErrorCopy: 90 },
              curves: { testErrorCopy: { x: [1], y: [90] } },
            }
          : r,
    );

    it("has the mean of the others, and a line of its own that ends in a cross", () => {
      const { panels, notes } = chartOf(
        study,
        figure({ x: "learning.lambda", line: "method" }),
        broken,
      );
      expect(panels[0].lines[1].points[1]).toEqual({ x: 1, y: 12 });
      expect(panels[0].lines[2]).toEqual({ series: 1, failed: true, points: [{ x: 1, y: 90 }] });
      expect(notes).toContain(
        "1 of 12 runs diverged: a cross is where one ended, and means are of the others",
      );
    });

    it(
      "prints where curves end and how many failed, in words that the study chooses, without " +
        "series that nothing has",
      () => {
        const { panels, series } = chartOf(
          study,
          figure({
            y: ["curves.testErrorCopy", "curves.testErrorChip"],
            line: "method",
            panel: "learning.lambda",
            ends: "0.0",
            labels: { testErrorCopy: "copy sᶠ", "lambda = 1": "λ = 1" },
          }),
          broken,
        );
        expect(series.map((s) => s.label)).toEqual(["euler · copy sᶠ", "fine · copy sᶠ"]);
        expect(panels.map((p) => p.title)).toEqual(["lambda = 0", "λ = 1", "lambda = 10"]);
        expect(panels[1].ends).toEqual([
          { series: 0, text: "1.0 ± 1.4" },
          { series: 1, text: "12.0, 1 of 2 failed" },
        ]);
        const all = broken.filter((r) => r.seed === 2 && r.axes["learning.lambda"] === "1");
        expect(
          chartOf(
            study,
            figure({
              y: "curves.testErrorCopy",
              line: "method",
              panel: "learning.lambda",
              ends: "0.0",
            }),
            all,
          ).panels[0].ends?.[1],
        ).toEqual({ series: 1, text: "1 of 1 failed" });
      },
    );

    it("is in no claim, which counts it and stays open where nothing else is asked for", async () => {
      const verdict = async (computed: string) => {
        const [{ verdict: said, value, evidence }] = await evaluateClaims(
          { ...study, claims: [{ sentence: "s", computed, expected: "< 95", tolerance: 0 }] },
          broken,
        );
        return { said, value, evidence };
      };
      expect(
        await verdict(
          `mean(results("testErrorCopy", {method: "fine", "learning.lambda": 1, seed: 2}))`,
        ),
      ).toMatchObject({
        said: "open",
        value:
          "no cell with method = fine, learning.lambda = 1, seed = 2 gave a testErrorCopy: " +
          "1 of 1 cells diverged",
      });
      for (const name of [`results("testErrorCopy"`, `ends("testErrorCopy"`])
        expect(
          await verdict(`mean(${name}, {method: "fine", "learning.lambda": 1}))`),
        ).toMatchObject({
          said: "held",
          value: expect.stringMatching(/^\d+; 1 of 2 cells diverged$/) as unknown,
        });
    });

    it("is in no mean of a heat map, which counts it", () => {
      const { panels, notes } = chartOf(
        study,
        figure({ kind: "heat", x: "learning.lambda", y: "method", value: "testErrorCopy" }),
        broken,
      );
      expect(panels[0].heat?.[1][1]).toBe(12);
      expect(notes).toContain("1 of 12 runs diverged: they are left out of the means");
    });

    it("is in no mean of a table, which counts it", () => {
      const { rows } = tableOf(
        study,
        { rows: "method", columns: "learning.lambda", value: "testErrorCopy", format: "0.0" },
        broken,
      );
      expect(rows[1].cells[1]).toEqual({ text: "12.0", note: "1 diverged", best: false });
    });
  });

  it("and table may look at one seed", () => {
    expect(
      chartOf(study, figure({ x: "learning.lambda", line: "method", where: { seed: 1 } }), results)
        .panels[0].lines[0].points[0],
    ).toEqual({ x: 0, y: 1 });
  });

  it("can be a heat map of means, and a scatter of all cells", () => {
    expect(
      chartOf(
        study,
        figure({ kind: "heat", x: "learning.lambda", y: "method", value: "testErrorCopy" }),
        results,
      ).panels[0].heat,
    ).toEqual([
      [0, 1, 10],
      [10, 11, 21],
    ]);
    expect(
      chartOf(
        study,
        figure({ kind: "scatter", x: "residual", line: "method" }),
        results,
      ).panels[0].lines.map((l) => l.points.length),
    ).toEqual([6, 5]);
  });
});

it("a table has means with deviations, marks the best of each column and says what is missing", () => {
  const table = tableOf(
    study,
    {
      rows: "method",
      columns: "learning.lambda",
      value: "testErrorCopy",
      format: "0.0",
      best: "low",
    },
    results,
  );
  expect(table.columns).toEqual(["0", "1", "10"]);
  expect(table.rows.map((r) => r.cells.map((c) => c.text))).toEqual([
    ["0.0 ± 1.4", "1.0 ± 1.4", "10.0 ± 1.4"],
    ["10.0 ± 1.4", "11.0 ± 1.4", "21.0"],
  ]);
  expect(table.rows.map((r) => r.cells.map((c) => c.best))).toEqual([
    [true, true, true],
    [false, false, false],
  ]);
  expect(table.rows[1].cells[2].note).toBe("1 failed");
});

it(
  "a table may have several values, leaves out a column without any, and points that nobody " +
    "asked for",
  () => {
    const asked = {
      ...study,
      points: study.points.filter(
        (p) => p.labels["learning.lambda"] !== "1" || p.labels["method"] !== "fine",
      ),
    };
    const run = results.filter(
      (r) => r.axes["learning.lambda"] !== "1" || r.axes["method"] !== "fine",
    );
    const { columns, rows, value } = tableOf(
      asked,
      {
        rows: "learning.lambda",
        columns: "method",
        value: ["testErrorCopy", "agreement"],
        format: "0",
        labels: { testErrorCopy: "copy", fine: "ε = 0.1" },
      },
      run,
    );
    expect({ columns, value }).toEqual({
      columns: ["euler · copy", "ε = 0.1 · copy"],
      value: "copy, agreement",
    });
    expect(rows[1].cells.map((c) => [c.text, c.note])).toEqual([
      ["1 ± 1", ""],
      ["", ""],
    ]);
  },
);

it("the CSV quotes what needs it and has a line a cell", () => {
  const lines = csvOf(study, results).split("\r\n");
  expect(lines[0]).toBe(
    "id,learning.lambda,method,seed,outcome,testErrorCopy,residual,seconds,advice," +
      "version,revision,host,data,digest",
  );
  expect(lines[1]).toBe("0-euler-1,0,euler,1,completed,1,0,2,,,,,,");
  expect(lines[12]).toBe('10-fine-2,10,fine,2,failed,,,2,"it broke, ""badly""\nthen stopped",,,,,');
  expect(lines).toHaveLength(14);
});

it("what is kept for drawing has the curves that are looked at, and six digits", () => {
  const result: CellResult = {
    ...results[0],
    values: { residual: 1 / 3, agreement: null },
    curves: {
      testErrorCopy: { x: [1], y: [2 / 3] },
      testErrorChip: { x: [1], y: [1] },
      residual: { x: [1], y: [1] },
    },
  };
  const claims = [
    { sentence: "s", computed: `mean(at("testErrorChip", 1))`, expected: 1, tolerance: 0 },
  ];
  const drawn = drawnOf({ figures: [figure({ y: "curves.testErrorCopy" })], claims }, result);
  expect(drawn).toEqual({
    ...results[0],
    values: { residual: 0.333333, agreement: null },
    curves: { testErrorCopy: { x: [1], y: [0.666667] }, testErrorChip: { x: [1], y: [1] } },
  });
});

describe("a claim", () => {
  const verdict = async (
    computed: string,
    expected: ClaimAsked["expected"],
    tolerance: ClaimAsked["tolerance"] = 0,
  ) => {
    const [claim] = await evaluateClaims(
      { ...study, claims: [{ sentence: "s", computed, expected, tolerance }] },
      results,
    );
    return `${claim.verdict}: ${claim.value}`;
  };

  it.each<[string, ClaimAsked["expected"], ClaimAsked["tolerance"], string]>([
    [`mean(results("testErrorCopy", {method: "euler", "learning.lambda": 1}))`, 1, 0, "held: 1"],
    [
      `mean(results("testErrorCopy", {method: "euler", "learning.lambda": 1}))`,
      1.5,
      0.4,
      "did not hold: 1",
    ],
    [
      `mean(results("testErrorCopy", {method: "euler", "learning.lambda": 1}))`,
      1.04,
      "5 %",
      "held: 1",
    ],
    [`max(results("testErrorCopy"))`, "< 21", 0, "did not hold: 21"],
    [`max(results("testErrorCopy"))`, "<= 21", 0, "held: 21"],
    [`min(results("testErrorCopy", {method: "fine"}))`, "> 9", 1, "held: 9"],
    [
      `mean(results("testErrorCopy", {method: "euler"})) < mean(results("testErrorCopy", ` +
        `{method: "fine"}))`,
      true,
      0,
      "held: true",
    ],
    [`share("failed", {method: "fine", "learning.lambda": 10})`, 0.5, 0, "held: 0.5"],
    [
      `mean(ends("testErrorCopy", {"learning.lambda": 0, method: "fine"}))`,
      ">= 10.5",
      0,
      "did not hold: 10",
    ],
    [`mean(at("testErrorCopy", 1, {"learning.lambda": 0, method: "fine"}))`, 15, 0, "held: 15"],
    [
      `max(results("testErrorCopy", {method: "euler", "learning.lambda": [0, 1]}))`,
      2,
      0,
      "held: 2",
    ],
    [`share("failed", {"learning.lambda": ["1", "10"]})`, 0.125, 0, "held: 0.125"],
    [`max(at("testErrorCopy", 2, {seed: 1}))`, 21, 0, "held: 21"],
    [
      `mean(at("testErrorCopy", 3))`,
      1,
      0,
      "open: no cell with all cells gave a testErrorCopy at 3",
    ],
    [
      `mean(results("testErrorCopy", {method: "gone"}))`,
      1,
      0,
      "open: no finished cell has method = gone",
    ],
    [`mean(results("agreement"))`, 1, 0, "open: no cell with all cells gave a agreement"],
    [
      `results("testErrorCopy")`,
      1,
      0,
      "open: the expression gives neither a number nor true or false",
    ],
    [`0 / 0`, 1, 0, "open: the result is not a number"],
  ])("%s, expected %s ± %s", async (computed, expected, tolerance, outcome) => {
    expect(await verdict(computed, expected, tolerance)).toBe(outcome);
  });

  it("is written down with its evidence", async () => {
    const claims = await evaluateClaims(
      {
        ...study,
        claims: [
          {
            sentence: "Fine is worse.",
            computed: `mean(results("testErrorCopy", {method: "fine", "learning.lambda": 10}))`,
            expected: 5,
            paper: "as good | better",
            tolerance: 0,
          },
        ],
      },
      results,
    );
    const text = claimsMarkdown({ name: "s", quick: true, claims });
    expect(text).toContain(
      "# Claims of s (quick settings)\n\n0 of 1 held, 1 did not, 0 left open.\n\n| claim | " +
        "the paper | expected | found |  |\n| --- | --- | --: | --: | --- |\n| Fine is worse. | " +
        "as good \\| better | 5 | 21 | ✗ did not hold |\n\n## ✗ Fine is worse.\n\n**did not " +
        "hold**: 21, expected 5; the paper: as good | better\n",
    );
    const [forged] = await evaluateClaims(
      {
        ...study,
        claims: [
          {
            sentence: "a\n\n## ✓ forged\n\n![x](http://x/y.png) <img src=x>",
            expected: 1,
            computed: "1\n+ 1",
            tolerance: 0,
          },
        ],
      },
      results,
    );
    const lines = claimsMarkdown({ name: "s\n# b", quick: false, claims: [forged] }).split("\n");
    expect(lines.filter((line) => line.startsWith("#"))).toEqual([
      "# Claims of s # b",
      "## ? a ## ✓ forged !\\[x\\](http://x/y.png) \\<img src=x>",
    ]);
    expect(lines).toContain("    1 + 1");
    expect(text).toContain(
      "- testErrorCopy, method = fine, learning.lambda = 10: 21 (1 of 2 cells gave none)\n",
    );
  });
});

it("guards the cells of a CSV against what a spreadsheet would run, and keeps numbers finite", () => {
  const [result] = results;
  const axes = { "learning.lambda": "-1e3", method: "=1+cmd|' /C calc'!A0" };
  const text = csvOf(study, [
    { ...result, axes, advice: "@SUM(1)", values: { testErrorCopy: Infinity } },
  ]);
  expect(text).toContain(",-1e3,'=1+cmd|' /C calc'!A0,");
  expect(text).toContain(",'@SUM(1),,,,,\r\n");
  expect(text).not.toContain("Infinity");
});

it("refuses claims that would take for ever", async () => {
  const claimed = (computed: string) =>
    checkClaims({ ...study, claims: [{ sentence: "s", expected: 1, computed, tolerance: 0 }] });
  const v = 'results("testErrorCopy")';
  await expect(claimed(`sum(sum((${v}'*${v})^3))`)).rejects.toThrow("operator");
  await expect(claimed(`sum(sum([${v}, ${v}]^1000000))`)).rejects.toThrow("the exponent 1e+6");
  expect(boundPattern.test(`<${"1".repeat(200_000)}`)).toBe(false);
});
