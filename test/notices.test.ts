import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  version: string;
  license: string;
  dependencies: Record<string, string>;
};

describe("the third-party notices", () => {
  const rows = new Map(
    read("THIRD_PARTY_NOTICES.md")
      .split("\n")
      .flatMap((line) => {
        const row = /^\| \[([^\]]+)\]\([^)]+\) \| ([^|]+) \| [^|]+ \|$/.exec(line);
        return row ? [[row[1], row[2]] as const] : [];
      }),
  );

  test("name every runtime dependency and nothing else", () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  test.each(Object.keys(manifest.dependencies))(
    "give %s the licence that its package states",
    (name) => {
      const { license } = JSON.parse(read(`node_modules/${name}/package.json`)) as {
        license: string;
      };
      expect(rows.get(name)).toBe(license);
    },
  );
});

describe("version and licence are told once", () => {
  test("CITATION.cff agrees with package.json", () => {
    expect(parse(read("CITATION.cff"))).toMatchObject({
      "cff-version": "1.2.0",
      version: manifest.version,
      license: manifest.license,
    });
  });

  test("the changelog has an entry for this version, or announces it", () => {
    expect(read("CHANGELOG.md")).toMatch(
      new RegExp(`^## \\[${manifest.version}\\]|^What will be ${manifest.version}\\.$`, "m"),
    );
  });

  test("LICENSE is the one that package.json names", () => {
    expect(read("LICENSE")).toMatch(new RegExp(`^${manifest.license} License\n`));
  });
});
