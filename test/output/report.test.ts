import { describe, expect, test } from "vitest";
import { plotlySource } from "../../src/output/node/plotly.ts";
import { renderReport } from "../../src/output/report.ts";
import { sampleReport } from "../support/report-data.ts";

describe("the report as text", () => {
  const page = renderReport(sampleReport(), "plotly()");

  test("names no file and no server to load from", () => {
    const markup = page.replace(/<pre>[^]*?<\/pre>/g, "");
    expect(markup).not.toMatch(/\b(src|href|srcset|action)=|url\(|@import|https?:/);
    expect(markup).toContain("Content-Security-Policy\" content=\"default-src 'none';");
  });

  test("is the same for the same data", () => {
    expect(renderReport(sampleReport(), "plotly()")).toBe(page);
  });

  test("holds the installed Plotly in one script that nothing inside it ends", () => {
    const whole = renderReport(sampleReport(), plotlySource());
    expect(whole.match(/<\/script>/g)).toHaveLength(4);
    expect(whole).toContain("Licensed under the MIT license");
    expect(whole.length - page.length).toBeGreaterThan(4e6);
  });

  test("claims a shorter settling only where the curves show one", () => {
    const { settling } = sampleReport(), claim = "shortens the settling";
    expect(page).toContain(claim);
    expect(renderReport(sampleReport({ settling: { ...settling, fromGuess: settling.fromZero } }), "")).not.toContain(claim);
    expect(renderReport(sampleReport({ settling: { ...settling, fromGuess: null } }), "")).not.toContain(claim);
  });

  test("says how the run ended and what to try", () => {
    const failed = renderReport(sampleReport({ outcome: "diverged", advice: "Use a smaller step." }), "");
    expect(failed).toContain('<span class="badge diverged">diverged</span>');
    expect(failed).toContain("Use a smaller step.");
    expect(failed).not.toContain("learn together");
  });
});
