import { describe, expect, it } from "vitest";
import { sources } from "../../src/data/sources.ts";

describe.each(Object.entries(sources))("the source %s", (name, source) => {
  it("has the four files, each with its own hashes", () => {
    expect(source.set).toBe(name);
    expect(source.files.map((f) => f.file)).toEqual([
      "train-images-idx3-ubyte.gz",
      "train-labels-idx1-ubyte.gz",
      "t10k-images-idx3-ubyte.gz",
      "t10k-labels-idx1-ubyte.gz",
    ]);
    const hashes = source.files
      .flatMap((f) => [f.archive, ...(f.contents ? [f.contents] : [])])
      .map((h) => h.hex);
    expect(hashes.filter((h) => !/^[0-9a-f]{64}$/.test(h))).toEqual([]);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("names ten classes, mirrors that a file name can be appended to, and a BibTeX entry", () => {
    expect(new Set(source.classNames).size).toBe(10);
    expect(source.mirrors.filter((m) => !/^https?:\/\/.+\/$/.test(m))).toEqual([]);
    for (const cite of source.cites) expect(cite).toMatch(/^@\w+\{\w+,\n[^]*\n\}$/);
    expect(source.cites.length).toBeGreaterThan(0);
  });
});
