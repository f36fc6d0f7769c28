import { describe, expect, test } from "vitest";
import { plotlySource } from "../../src/output/node/plotly.ts";
import { citeKey, valueText } from "../../src/circuit/physics/index.ts";
import { escapeHtml } from "../../src/output/report/html.ts";
import { random } from "../../src/numerics/random.ts";
import { renderReport } from "../../src/output/report.ts";
import { sampleReport } from "../support/report-data.ts";

describe("the report as text", () => {
  const page = renderReport(sampleReport(), "plotly()");

  test("names no file and no server to load from", () => {
    // Places in the page itself are no files.
    const markup = page.replace(/<pre>[^]*?<\/pre>/g, "").replace(/ href="#[\w-]+"/g, "");
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
    const settling = sampleReport().settling!;
    const claim = "shortens the settling";
    expect(page).toContain(claim);
    expect(
      renderReport(sampleReport({ settling: { ...settling, fromGuess: settling.fromZero } }), ""),
    ).not.toContain(claim);
    expect(
      renderReport(sampleReport({ settling: { ...settling, fromGuess: null } }), ""),
    ).not.toContain(claim);
  });

  test("draws no panel of an energy that does not exist", () => {
    const settling = sampleReport().settling!;
    const none = { ...settling.fromZero, energy: settling.fromZero.energy.map(() => NaN) };
    const page = renderReport(
      sampleReport({ settling: { ...settling, fromZero: none, fromGuess: none } }),
      "",
    );
    expect(renderReport(sampleReport(), "")).toContain("mean energy");
    expect(page).not.toContain("mean energy");
    expect(page).toContain("The residual is a mean over");
  });

  test("lists its sections, and each entry leads to one", () => {
    const links = [...page.matchAll(/<a href="#([\w-]+)">(.*?)<\/a>/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, id, title] of links)
      expect(page).toContain(`<section id="${id}"><h2>${title}</h2>`);
  });

  test("folds what is not known, and says beside a number what its size rests on", () => {
    const unknown = sampleReport().physics.filter((a) => a.value === null);
    expect(unknown.length).toBeGreaterThan(0);
    for (const a of unknown)
      expect(page).toMatch(
        new RegExp(`<details>(?:(?!</details>).)*${escapeHtml(a.quantity)}`, "s"),
      );
    const [first] = sampleReport().physics.filter((a) => a.key === "energy.inference");
    const large = renderReport(
      sampleReport({ physics: [{ ...first, value: 1.4, restsOn: "g_m/I = 1/V" }] }),
      "",
    );
    expect(large).toContain("an inference, at g_m/I = 1/V");
  });

  test("shows no weights that have learned no shape", () => {
    const { filters } = sampleReport();
    const rng = random(1, "as drawn");
    const drawn = filters.images[0].map(() => 0.1 * rng.normal());
    const some = renderReport(
      sampleReport({ filters: { ...filters, images: [...filters.images.slice(0, 2), drawn] } }),
      "",
    );
    expect(some).toContain("to 2 units of the first layer");
    expect(some).toContain("1 more have learned no shape yet");
    const none = renderReport(sampleReport({ filters: { ...filters, images: [drawn] } }), "");
    expect(none).not.toContain("What the first layer looks for");
  });

  test("shows the chip as hardware, what each number assumes, and where it is from", () => {
    const { physics } = sampleReport();
    const section = page.slice(
      page.indexOf("The chip, physically</h2>"),
      page.indexOf("Make it again</h2>"),
    );
    for (const a of physics) {
      expect(section, a.key).toContain(escapeHtml(a.quantity));
      expect(section, a.key).toContain(escapeHtml(valueText(a)));
      for (const text of [
        ...a.assumes,
        ...a.cites.map(citeKey),
        ...(a.unknown === undefined ? [] : [a.unknown]),
      ])
        expect(section, a.key).toContain(escapeHtml(text));
    }
    const notes = section.match(/<li>/g)!.length;
    const marks = [...section.matchAll(/\[([\d, ]+)\]<\/span>/g)].flatMap((m) =>
      m[1].split(", ").map(Number),
    );
    expect(new Set(marks)).toEqual(new Set(Array.from({ length: notes }, (_, i) => i + 1)));
    expect(section).toContain(
      `What works against learning</h3><p>${escapeHtml(sampleReport().hindrances[0])}</p>`,
    );
    expect(renderReport(sampleReport({ hindrances: [] }), "")).not.toContain(
      "What works against learning",
    );
    expect(renderReport(sampleReport({ physics: [] }), "")).not.toContain("The chip, physically");
  });

  test("says how the run ended and what to try", () => {
    const failed = renderReport(
      sampleReport({ outcome: "diverged", advice: "Use a smaller step." }),
      "",
    );
    expect(failed).toContain('<span class="badge diverged">diverged</span>');
    expect(failed).toContain("Use a smaller step.");
    expect(failed).not.toContain("learn together");
  });
});
