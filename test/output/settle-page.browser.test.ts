import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { plotlySource } from "../../src/output/node/plotly.ts";
import { renderSettlePage } from "../../src/output/settle-page.ts";
import type { SettleData, SolverTrace } from "../../src/output/settle/data.ts";
import { browserTest, withPage } from "../support/chromium.ts";
import type { Conduct } from "../support/chromium.ts";
import { settleData } from "../support/settle-data.ts";

describe("the page of a settling, opened in a browser,", () => {
  browserTest(
    "draws states, energy, residual and steps of a flow, prints no error and asks for nothing " +
      "but itself",
    () =>
      open(settleData(["euler"]), async (page, conduct, url) => {
        expect(await drawnIn(page)).toEqual({ "scope-flow": 5 });
        // τ below and seconds above: 10 ns each.
        const ticks = await page.$$eval(
          "#scope-flow .xaxislayer-above .x2tick, #scope-flow .x2tick",
          (all) => all.map((t) => t.textContent),
        );
        expect(ticks).toEqual(expect.arrayContaining(["0 s", "20 ns"]));
        expect(conduct).toEqual({ errors: [], requests: [url] });
      }),
  );

  browserTest(
    "draws several solvers over one another, minimisers against iterations, and all of them " +
      "against their cost",
    () =>
      open(settleData(["euler", "heun", "newton-cg"]), async (page, conduct) => {
        expect(await drawnIn(page)).toEqual({ "scope-flow": 5, "scope-minimiser": 4, work: 1 });
        const names = await page.$$eval("#scope-flow .legendtext", (all) =>
          all.map((t) => t.textContent),
        );
        expect(names).toEqual(["euler", "heun"]);
        expect(conduct.errors).toEqual([]);
      }),
  );

  browserTest("ends with what is to be cited", () =>
    open(settleData(["euler"]), async (page) => {
      const last = await page.$eval("section:last-of-type", (section) => section.textContent);
      expect(last).toMatch(/^Cite.*@book\{a\}\s+@book\{b\}/s);
    }),
  );

  browserTest("shows names with markup in them as text", () => {
    const name = "</script><script>window.pwned=1</script>";
    const data = settleData(["euler", "heun"]);
    const named = {
      ...data,
      target: name,
      images: name,
      weights: name,
      circuit: name,
      traces: data.traces.map((t): SolverTrace => ({ ...t, solver: name })),
      solvers: data.solvers.map((s) => ({ ...s, solver: name })),
    };
    return open(named, async (page, conduct) => {
      expect(await page.title()).toBe(`Settling of ${name}`);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      expect(conduct.errors).toEqual([]);
    });
  });

  browserTest("of states that are not numbers leaves gaps", () => {
    const data = settleData(["euler"]);
    const nan = (x: readonly number[]) => x.map(() => NaN);
    const traces = data.traces.map(
      (t): SolverTrace => ({
        ...t,
        outcome: "non-finite",
        residual: nan(t.residual),
        energy: nan(t.energy),
        states: t.states.map((l) => l.map(nan)),
      }),
    );
    return open({ ...data, traces }, async (page, conduct) => {
      expect(await page.textContent("h1")).toContain("euler");
      expect(conduct.errors).toEqual([]);
    });
  });
});

/** For each figure, in how many of its panels something is drawn. */
async function drawnIn(page: Page): Promise<Record<string, number>> {
  return Object.fromEntries(
    await page.$$eval(".plot", (all) =>
      all.map((p) => [
        p.id,
        [...p.querySelectorAll(".subplot")].filter((s) => s.querySelector("path.js-line")).length,
      ]),
    ),
  );
}

async function open(
  data: SettleData,
  action: (page: Page, conduct: Conduct, url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "eqprop-page-"));
  const file = join(folder, "settle.html");
  try {
    writeFileSync(
      file,
      renderSettlePage(
        data,
        { command: "analog-eqprop settle ideal --plot", bibtex: ["@book{a}", "@book{b}"] },
        plotlySource(),
      ),
    );
    await withPage(async (page, conduct) => {
      const url = pathToFileURL(file).href;
      await page.goto(url);
      await page.waitForSelector("body[data-drawn]");
      await action(page, conduct, url);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
