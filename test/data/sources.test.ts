import { describe, expect, it } from "vitest";
import { fetchedSources, sources } from "../../src/data/sources.ts";

describe.each(Object.entries(fetchedSources))(
  "the source %s, which is fetched,",
  (name, source) => {
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

    it("names ten classes, and mirrors that a file name can be appended to", () => {
      expect(source.classNames).toHaveLength(10);
      expect(source.mirrors.filter((m) => !/^https?:\/\/.+\/$/.test(m))).toEqual([]);
    });
  },
);

describe.each(Object.entries(sources))("the source %s", (name, source) => {
  it("stands under its name, with classes that differ and a BibTeX entry", () => {
    expect(source.set).toBe(name);
    expect(new Set(source.classNames).size).toBe(source.classNames.length);
    for (const cite of source.cites) expect(cite).toMatch(/^@\w+\{\w+,\n[^]*\n\}$/);
    expect(source.cites.length).toBeGreaterThan(0);
  });
});

it("EMNIST has its classes in the order of the published mappings", () => {
  const classes = (set: keyof typeof sources) => sources[set].classNames.join("");
  expect(classes("emnist-letters")).toBe("abcdefghijklmnopqrstuvwxyz");
  expect(classes("emnist-balanced")).toBe("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt");
  expect(classes("emnist-bymerge")).toBe(classes("emnist-balanced"));
  expect(sources["emnist-balanced"].classNames).toHaveLength(47);
  expect(sources["emnist-byclass"].classNames).toHaveLength(62);
  expect(classes("emnist-byclass").slice(35, 38)).toBe("Zab");
  expect(classes("emnist-digits")).toBe("0123456789");
  expect(classes("emnist-mnist")).toBe("0123456789");
});
