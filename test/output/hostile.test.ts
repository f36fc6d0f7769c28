import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { Netlist } from "../../src/circuit/spice/netlist.ts";
import { writeNetlist } from "../../src/circuit/spice/write.ts";
import type { Chart } from "../../src/output/plot/chart.ts";
import { chartSvg, chartsSvg } from "../../src/output/plot/svg.ts";
import { renderReport } from "../../src/output/report.ts";
import { renderSettlePage } from "../../src/output/settle-page.ts";
import type { ParityData } from "../../src/output/spice/data.ts";
import { renderParityPage } from "../../src/output/spice/page.ts";
import type { StudyData } from "../../src/output/study-data.ts";
import { renderStudyFigures, renderStudyReport } from "../../src/output/study-report.ts";
import { sampleReport } from "../support/report-data.ts";
import { settleData } from "../support/settle-data.ts";

const hostile =
  `</title></script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">]]>` +
  `'"&amp;<!--\n.shell touch PWNED\n.include evil\u0000\ud800\uffff`;
const wild = [NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, 0, -1, 1, 1e300];

describe("a picture", () => {
  const names = fc.oneof(fc.constant(hostile), fc.string({ unit: "binary", maxLength: 20 }));
  const value = fc.oneof(fc.constantFrom(...wild), fc.double());
  const points = fc.array(fc.record({ x: value, y: value, low: value, high: value }), {
    maxLength: 40,
  });
  const axis = fc.record({
    label: names,
    scale: fc.constantFrom<"linear" | "log" | "category">("linear", "log", "category"),
    categories: fc.array(names, { maxLength: 4 }),
  });
  const charts = fc.record({
    title: names,
    kind: fc.constantFrom<Chart["kind"]>("lines", "scatter", "heat"),
    x: axis,
    y: axis,
    series: fc
      .tuple(names, names)
      .map((all) => all.map((label, dash) => ({ label, color: "#0072b2", dash }))),
    panels: fc.array(
      fc.record({
        title: names,
        lines: fc.array(fc.record({ series: fc.nat(1), points, failed: fc.boolean() }), {
          maxLength: 3,
        }),
        ends: fc.array(fc.record({ series: fc.nat(1), text: names }), { maxLength: 2 }),
        heat: fc.array(fc.array(fc.option(value), { minLength: 1, maxLength: 3 }), {
          maxLength: 3,
        }),
      }),
      { maxLength: 3 },
    ),
    value: names,
    notes: fc.array(names, { maxLength: 2 }),
  });

  it("holds text as text and numbers that are some, whatever it is asked to draw", () => {
    fc.assert(
      fc.property(charts, charts, (one, other) => {
        for (const svg of [chartSvg(one), chartsSvg([one, other], 2)]) {
          const bare = svg.replace(/>[^<]*</g, "><");
          expect(bare).not.toMatch(/NaN|Infinity|undefined/);
          // Of tags there are ours alone, of attributes nothing that acts or loads.
          expect(
            bare.replace(/<\/?(svg|g|title|text|rect|line|path|polyline|circle|clipPath)\b/g, ""),
          ).not.toContain("<");
          expect(bare).not.toMatch(/\son\w+=|href|url\((?!#)/);
          expect(svg).not.toMatch(
            /&(?!amp;|lt;|gt;|quot;)|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/,
          );
          expect(svg).not.toMatch(/[\p{Cs}\ufffe\uffff]/u);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("a netlist", () => {
  const asked = (text: string): Netlist => ({
    title: text,
    notes: [text, "a note"],
    elements: [
      { kind: "comment", text },
      { kind: "R", name: "1", nodes: ["a", "0"], value: 1e3 },
    ],
    temperature: 300,
    options: {},
    analysis: { kind: "op" },
    save: ["a"],
  });
  const commands = (text: string) => text.split(/[\r\n]/).filter((line) => !line.startsWith("*"));

  it("has the same cards, whatever its title, its notes and its comments say", () => {
    const plain = commands(writeNetlist(asked("plain"))).slice(1);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(
            hostile,
            "",
            " ",
            ".include evil",
            "\n.shell x",
            "*ng_script",
            "*# shell x",
            "@x",
            "a\u0085.include b",
            "a\u2028.include b",
            "a\r.include b",
          ),
          fc.string({ unit: "binary" }),
        ),
        (text) => {
          const [title, ...rest] = writeNetlist(asked(text)).split("\n");
          expect(title).toMatch(/^(\* |[a-z0-9])/i);
          expect(commands(rest.join("\n"))).toEqual(plain);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  const engine = ["/usr/bin/ngspice", "/usr/local/bin/ngspice"].find(existsSync);
  it.skipIf(engine === undefined)("that is titled .include includes nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "eqprop-title-"));
    writeFileSync(join(folder, "evil"), ".control\nshell touch PWNED\n.endc\n");
    writeFileSync(join(folder, "a.cir"), writeNetlist(asked(".include evil")));
    execFileSync(engine!, ["-n", "-b", "a.cir"], { cwd: folder, stdio: "ignore", timeout: 20_000 });
    expect(existsSync(join(folder, "PWNED"))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

const study: StudyData = {
  name: "name",
  description: "description",
  measure: "measure",
  quick: false,
  seeds: [1],
  cells: 2,
  outcomes: [["completed", 2]],
  missing: 0,
  seconds: 1,
  charts: [
    {
      title: "chart",
      kind: "lines",
      x: { label: "x", scale: "linear" },
      y: { label: "y", scale: "linear" },
      series: [{ label: "series", color: "#0072b2", dash: 0 }],
      panels: [{ title: "panel", lines: [{ series: 0, points: [{ x: 0, y: NaN }] }] }],
      notes: ["note"],
    },
  ],
  table: {
    corner: "corner",
    value: "value",
    columns: ["column"],
    rows: [{ label: "row", cells: [{ text: "1", note: "n", best: true }] }],
  },
  claims: [
    {
      sentence: "sentence",
      computed: "1",
      expected: "1",
      verdict: "held",
      value: "1",
      evidence: ["evidence"],
    },
  ],
  failed: [{ id: "0", where: "where", message: "message" }],
  settings: [["key", "value"]],
  environment: [["key", "value"]],
  command: "command",
};
const parity: ParityData = {
  target: "target",
  circuit: "circuit",
  die: 1,
  seed: 1,
  layers: [2, 1],
  classes: 1,
  weights: "weights",
  input: "input",
  label: 0,
  lambda: 0,
  beta: 0.5,
  tauSeconds: 1e-8,
  swing: 1,
  clamp: "ideal",
  folded: false,
  time: { free: 10, nudged: 4 },
  spice: { engine: "ngspice", failure: null },
  elements: 3,
  points: 2,
  rows: [{ what: "waveform", between: ["ours", "ngspice"], max: NaN, p90: 0, limit: 1e-3 }],
  seconds: { spice: 1, points: null, ode: 0.1, minimiser: 0.1 },
  ode: { name: "ode", evaluations: 3 },
  minimiser: { name: "minimiser", evaluations: 3 },
  notes: ["note"],
  traces: {
    tau: [0, 1],
    units: [{ layer: 1, unit: 0, ours: [0, NaN], spice: [0, null] }],
    apart: [0, null],
  },
};

/** The data with each of its texts in turn made hostile, and how that text is found. */
function* attacks(
  value: unknown,
  at = "",
): Generator<readonly [string, (text: string) => unknown]> {
  // One of a few words, which readers of files check.
  if (/\.(outcome|verdict)$/.test(at)) return;
  if (typeof value === "string") yield [at, (text) => text];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  const entries = Object.entries(value as Record<string, unknown>);
  for (const [key, inner] of entries)
    for (const [below, put] of attacks(inner, `${at}.${key}`))
      yield [
        below,
        (text) =>
          Array.isArray(value)
            ? (value as readonly unknown[]).with(Number(key), put(text))
            : { ...value, [key]: put(text) },
      ];
}

describe("a page holds every text of its data as text:", () => {
  const pages: Readonly<Record<string, readonly [unknown, (data: never) => string]>> = {
    "of a run": [sampleReport(), (d) => renderReport(d, "")],
    "of a settling": [
      settleData(["euler"]),
      (d) => renderSettlePage(d, { command: "c", bibtex: [] }, ""),
    ],
    "of a comparison with SPICE": [parity, (d) => renderParityPage(d, "c", "")],
    "of a study": [study, (d) => renderStudyReport(d, "")],
    "of a study's figures": [study, (d) => renderStudyFigures(d, "")],
  };
  test.each(Object.entries(pages))("%s", (_, [data, render]) => {
    const tags = (html: string) => html.match(/<\/?[a-z][\w-]*/gi)!.length;
    const sound = tags(render(data as never));
    let shown = 0;
    for (const [at, put] of attacks(data)) {
      let html: string;
      try {
        html = render(put(hostile) as never);
      } catch {
        // A text that chooses among things: the data cannot hold another.
        continue;
      }
      shown += Number(html.includes("window.pwned"));
      expect(html, at).not.toMatch(/<script>window\.pwned|<img src=x|<\/title><\/script>/);
      expect(Math.abs(tags(html) - sound), at).toBeLessThan(sound / 2);
    }
    expect(shown).toBeGreaterThan(3);
  });
});
