import { describe, expect, it } from "vitest";
import { contentText } from "../../src/data/describe-text.ts";
import { describeContents } from "../../src/data/describe.ts";
import type { Labelled, ReadOptions } from "../../src/data/table.ts";
import { readTable } from "../../src/data/text/read.ts";

const table = (text: string, options: ReadOptions = {}) =>
  readTable([new TextEncoder().encode(text)], "t.csv", options);

describe("what a table holds", () => {
  it("is told column by column: type, range, mean and deviation, names with counts", async () => {
    const facts = describeContents(await table("a,b,k\n1,0.1,x\n3,,y\n5,0.3,x\n7,0.5,x\n"));
    expect(facts).toMatchObject({ kind: "table", rows: 4, shape: [3], picture: null });
    const [a, b, k] = facts.columns;
    // Mean 4, squares 9 + 1 + 1 + 9.
    expect(a).toMatchObject({ type: "uint8", least: 1, most: 7, mean: 4, missing: 0 });
    expect(a.kind === "numbers" && a.deviation).toBeCloseTo(Math.sqrt(5), 12);
    expect(a.kind === "numbers" && a.histogram).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
    expect(b).toMatchObject({ type: "float64", least: 0.1, most: 0.5, missing: 1 });
    expect(k).toMatchObject({ names: ["x", "y"], counts: [3, 1], missing: 0 });
    expect(facts.doubts).toEqual(['column "b" lacks 1 of 4 values, the first in line 3']);
  });

  it("is doubted where a column is constant or empty, or a value is far away", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i === 60 ? 999 : i % 7},5,`);
    const { doubts } = describeContents(await table(`a,b,c\n${rows.join("\n")}\n`));
    expect(doubts).toEqual([
      'column "b" is the same in every row, and tells nothing',
      'column "c" is empty; leave it out with drop',
      expect.stringMatching(
        /^1 column has values further than 4 deviations .*"a" is 999 in line 62 \(9\.9\)$/,
      ),
    ]);
  });

  it("is printed in aligned lines, without what a terminal would obey", async () => {
    const text = contentText(describeContents(await table('n,"b\u001b[2Jad"\n1,u\n2,v\n')));
    expect(text.split("\n")).toEqual([
      "t.csv: a table of 2 rows and 2 columns",
      "  n        uint8    1 … 2, mean 1.5 ± 0.5  █      █",
      "  b\ufffd[2Jad  2 names  u 1, v 1",
    ]);
    const many = Array.from({ length: 100 }, (_, i) => i).join();
    const lines = contentText(describeContents(await table(`${many}\n`))).split("\n");
    expect(lines.slice(-2)[0]).toBe("  … and 75 more");
  });
});

describe("what arrays hold", () => {
  const samples: Labelled = {
    kind: "labelled",
    source: "a.npz",
    inputs: {
      kind: "block",
      source: "a.npz: x",
      rows: 2,
      shape: [3, 3],
      values: Uint8Array.of(0, 0, 255, 0, 255, 0, 255, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9),
    },
    targets: { kind: "block", source: "a.npz: y", rows: 2, shape: [], values: Uint8Array.of(4, 1) },
  };

  it("is told with classes, and images with a picture of the first", () => {
    const facts = describeContents(samples);
    expect(facts).toMatchObject({ kind: "images", rows: 2, shape: [3, 3], doubts: [] });
    expect(facts.columns[1]).toMatchObject({ names: ["1", "4"], counts: [1, 1] });
    expect(facts.picture).toHaveLength(3);
    const [top, , bottom] = facts.picture!;
    expect(top.endsWith("@")).toBe(true);
    expect(bottom.startsWith("@")).toBe(true);
    expect(contentText(facts)).toContain("a.npz: 2 images of 3 × 3 numbers\n");
  });

  it("is doubted where inputs are not finite", () => {
    const values = Float32Array.of(NaN, 1, 2);
    const inputs = { ...samples.inputs, rows: 1, shape: [3], values };
    const facts = describeContents({ ...samples, inputs, targets: null });
    expect(facts).toMatchObject({ kind: "arrays", picture: null });
    expect(facts.doubts).toEqual(["a.npz: 1 inputs are not finite numbers"]);
  });
});
