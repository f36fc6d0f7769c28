import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { plotlySource } from "../../src/output/node/plotly.ts";
import type { ReportData } from "../../src/output/report-data.ts";
import { renderReport } from "../../src/output/report.ts";
import { browserTest, withPage } from "../support/chromium.ts";
import type { Conduct } from "../support/chromium.ts";
import { sampleMetrics, sampleReport } from "../support/report-data.ts";

const settling = sampleReport().settling!;
const broken = [NaN, Infinity, -Infinity, null as unknown as number];
const nothing = { time: [0, 1, 2, 3], energy: broken, residual: broken };

describe("the report, opened in a browser,", () => {
  browserTest(
    "draws every plot and every picture, prints no error and asks for nothing but itself",
    () =>
      open(sampleReport(), async (page, conduct, url) => {
        const plots = await page.$$eval(".plot", (all) => all.map((p) => p.id));
        expect(plots).toEqual([
          "settling",
          "learning",
          "free-residual",
          "agreement",
          "weights",
          "scatter-1",
          "scatter-2",
          "confusion",
        ]);
        expect(await emptyPlots(page)).toEqual([]);
        expect(await page.$$eval("canvas[data-set]", (all) => all.length)).toBe(48 + 60);
        expect(await flatPictures(page)).toEqual([]);
        const buttons = await page.$$eval(".modebar-btn", (all) =>
          all.map((b) => b.getAttribute("data-title") ?? b.getAttribute("aria-label") ?? ""),
        );
        expect(buttons.length).toBeGreaterThan(0);
        expect(buttons.join()).not.toMatch(/share|cloud/i);
        expect(conduct).toEqual({ errors: [], requests: [url] });
      }),
  );

  browserTest("shows a run name with a script in it as text and runs nothing", () => {
    const name = "</script><script>window.pwned=1</script>";
    const image = `<img src=x onerror="window.pwned=1">`;
    const data = sampleReport({
      name,
      description: image,
      advice: name,
      command: name,
      bibtex: [name, image],
      classNames: Array.from({ length: 10 }, () => name),
      settings: [[name, image]],
      environment: [[image, name]],
      outcome: "interrupted",
      metrics: [{ ...sampleMetrics(1), chipWeights: [{ block: name, mean: 0, std: 1, max: 2 }] }],
    });
    return open(data, async (page, conduct, url) => {
      expect(await page.textContent("h1")).toBe(name);
      expect(await page.title()).toBe(name);
      expect(await page.textContent("pre")).toBe(name);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      expect(await emptyPlots(page)).toEqual([]);
      expect(conduct).toEqual({ errors: [], requests: [url] });
    });
  });

  browserTest("forbids itself to load anything, so that an attempt fails", () =>
    open(sampleReport(), async (page) => {
      const refused = await page.evaluate(
        () =>
          new Promise<boolean>((resolve) => {
            document.addEventListener("securitypolicyviolation", () => resolve(true));
            fetch("https://example.org/").then(
              () => resolve(false),
              () => setTimeout(resolve, 1000, false),
            );
          }),
      );
      expect(refused).toBe(true);
    }),
  );

  browserTest("cuts no title at 400, 800 and 1200 pixels, and is dark where that is wished", () =>
    open(sampleReport(), async (page, conduct) => {
      for (const width of [400, 800, 1200]) {
        await page.setViewportSize({ width, height: 900 });
        await page.reload();
        await page.waitForSelector("body[data-drawn]");
        expect(await cutTexts(page), String(width)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      }
      const colours = async () => [
        await page.evaluate("getComputedStyle(document.body).backgroundColor"),
        await page.$eval("#learning .xtitle", (t) => (t as SVGElement).style.fill),
      ];
      const [page1, title1] = await colours();
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction(
        (before) => document.querySelector<SVGElement>("#learning .xtitle")!.style.fill !== before,
        title1,
      );
      const [page2, title2] = await colours();
      expect([page1, page2]).toEqual(["rgb(252, 251, 248)", "rgb(21, 23, 27)"]);
      expect([title1, title2]).toEqual(["rgb(91, 100, 114)", "rgb(167, 175, 187)"]);
      expect(conduct.errors).toEqual([]);
    }),
  );

  browserTest("copies the command at a click", () =>
    open(sampleReport(), async (page) => {
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.click(".code button");
      await page.getByRole("button", { name: "Copied" }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        sampleReport().command,
      );
    }),
  );

  const cases: [string, Partial<ReportData>, string[]][] = [
    [
      "of plain equilibrium propagation has no copy",
      {
        settling: { ...settling, fromGuess: null },
        scatter: [],
        metrics: [1, 2, 3].map((e) => ({
          ...sampleMetrics(e),
          testErrorCopy: null,
          trainErrorCopy: null,
          agreement: null,
          copyWeights: [],
        })),
      },
      ["settling", "learning", "free-residual", "weights", "confusion"],
    ],
    [
      "of backpropagation has no chip",
      {
        settling: null,
        scatter: [],
        physics: [],
        metrics: [1, 2, 3].map((e) => ({
          ...sampleMetrics(e),
          testErrorChip: null,
          trainErrorChip: null,
          residual: null,
          agreement: null,
          chipWeights: [],
        })),
      },
      ["learning", "weights", "confusion"],
    ],
    [
      "of one evaluation shows single points",
      { metrics: [sampleMetrics(1)] },
      [
        "settling",
        "learning",
        "free-residual",
        "agreement",
        "weights",
        "scatter-1",
        "scatter-2",
        "confusion",
      ],
    ],
    [
      "of a run that diverged before its first evaluation says so",
      {
        outcome: "diverged",
        advice: "Use a smaller step.",
        metrics: [],
        scatter: [],
        confusion: [],
        filters: { shape: [28, 28], images: [] },
        mistakes: { shape: [28, 28], examples: [], total: 0 },
        settling: { images: 0, tauSeconds: NaN, fromZero: nothing, fromGuess: nothing },
      },
      [],
    ],
    [
      "of numbers that are NaN or infinite leaves gaps",
      {
        metrics: [
          sampleMetrics(1),
          {
            ...sampleMetrics(2),
            testErrorChip: NaN,
            testErrorCopy: Infinity,
            residual: NaN,
            samplesPerSecond: NaN,
            chipWeights: [{ block: "0-1", mean: NaN, std: NaN, max: Infinity }],
          },
        ],
        settling: { ...settling, fromGuess: nothing },
        filters: { shape: [1, 2], images: [[NaN, 1]] },
      },
      [
        "settling",
        "learning",
        "free-residual",
        "agreement",
        "weights",
        "scatter-1",
        "scatter-2",
        "confusion",
      ],
    ],
  ];
  for (const [title, change, expected] of cases)
    browserTest(title, () =>
      open(sampleReport(change), async (page, conduct, url) => {
        expect(await page.$$eval(".plot", (all) => all.map((p) => p.id))).toEqual(expected);
        expect(await emptyPlots(page)).toEqual([]);
        expect(
          (await page.$$eval("header, main", (all) => all.map((e) => e.textContent))).join(),
        ).not.toMatch(/NaN|Infinity|undefined|null/);
        expect(conduct).toEqual({ errors: [], requests: [url] });
      }),
    );
});

/** Opens the report from disk, waits until it says that it is drawn, and cleans up. */
async function open(
  data: ReportData,
  look: (page: Page, conduct: Conduct, url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const file = join(folder, "report.html");
  const url = pathToFileURL(file).href;
  try {
    writeFileSync(file, renderReport(data, plotlySource()));
    await withPage(async (page, conduct) => {
      await page.goto(url);
      await page.waitForSelector("body[data-drawn]", { timeout: 30_000 });
      await look(page, conduct, url);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The plots without a trace in their drawing. */
function emptyPlots(page: Page): Promise<string[]> {
  const traces =
    "svg.main-svg .scatterlayer .trace .points path, svg.main-svg .scatterlayer .trace " +
    "path.js-line, svg.main-svg .heatmaplayer image";
  return page.$$eval(
    ".plot",
    (all, selector) =>
      all
        .filter((p) => !p.matches(".js-plotly-plot") || !p.querySelector(selector))
        .map((p) => p.id),
    traces,
  );
}

/** Texts of plots that reach beyond their plot. */
function cutTexts(page: Page): Promise<string[]> {
  return page.$$eval(".plot", (all) =>
    all.flatMap((plot) => {
      const room = plot.getBoundingClientRect();
      return [...plot.querySelectorAll("text")].flatMap((text) => {
        const at = text.getBoundingClientRect();
        const cut =
          at.left < room.left - 1 ||
          at.right > room.right + 1 ||
          at.top < room.top - 1 ||
          at.bottom > room.bottom + 1;
        return at.width > 0 && cut ? [`${plot.id}: ${text.textContent}`] : [];
      });
    }),
  );
}

/** The pictures that show one colour only. */
function flatPictures(page: Page): Promise<string[]> {
  return page.$$eval("canvas[data-set]", (all) =>
    all
      .filter((c) => {
        const { width, height } = c as HTMLCanvasElement;
        const { data } = (c as HTMLCanvasElement)
          .getContext("2d")!
          .getImageData(0, 0, width, height);
        return new Set(data).size < 5;
      })
      .map((c) => c.outerHTML),
  );
}
