import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/**
 * What may import what: a folder sees the folders left of it, and never its neighbours in one row.
 */
const rows: readonly (readonly string[])[] = [
  ["numerics"],
  ["circuit", "energy", "data"],
  ["dynamics"],
  ["solver"],
  ["experiment", "learning"],
  ["output"],
  ["exports"],
  ["training"],
  ["testbench"],
  ["planner"],
  ["runs"],
  ["study"],
  ["robustness"],
  ["index.ts", "node.ts", "schema.ts"],
  ["cli", "lab"],
];

type Files = Readonly<Record<string, string>>;
interface Import {
  readonly from: string;
  readonly to: string;
}

/** Everything that is wrong with source files, given by their path below `src/`. */
function faults(files: Files, packages: readonly string[]): readonly string[] {
  const imports = Object.entries(files)
    .filter(([path]) => !isAssembly(path))
    .flatMap(([path, text]) => importsOf(path, text));
  return [
    ...Object.keys(files)
      .filter((path) => row(path) < 0 && !isGenerated(path))
      .map((path) => `${path} belongs to no layer`),
    ...imports.flatMap((i) => importFaults(i, files, packages)),
    ...cycleFaults(imports.filter((i) => i.to in files)),
  ];
}

const isGenerated = (path: string) => path.endsWith(".generated.ts");
const isAssembly = (path: string) => path.startsWith("numerics/kernels/assembly/");
const layer = (path: string) => path.split("/")[0];
const row = (path: string) => rows.findIndex((names) => names.includes(layer(path)));
const mayUseNode = (path: string) =>
  path.split("/").slice(0, -1).includes("node") || ["cli", "node.ts"].includes(layer(path));

function importFaults(
  { from, to }: Import,
  files: Files,
  packages: readonly string[],
): readonly string[] {
  const builtin = to.startsWith("node:") || builtinModules.includes(to);
  if (builtin)
    return mayUseNode(from)
      ? []
      : [`${from} imports ${to}: Node built-ins live in */node/, cli/ and node.ts`];
  if (!(to in files))
    return packages.some((p) => to === p || to.startsWith(`${p}/`))
      ? []
      : [`${from} imports ${to}, which is neither a file nor a runtime dependency`];
  if (!isGenerated(to) && layer(to) !== layer(from) && row(to) >= row(from))
    return [`${from} imports ${to}: imports point left only`];
  return mayUseNode(to) && !mayUseNode(from)
    ? [`${from} imports ${to}: what runs in a browser imports nothing that needs Node`]
    : [];
}

function cycleFaults(imports: readonly Import[]): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(`import cycle ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
      return;
    }
    if (done.has(path)) return;
    for (const { to } of imports.filter((i) => i.from === path)) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const { from } of imports) visit(from, []);
  return found;
}

/** Static, dynamic, type and re-exporting imports; local ones as paths below `src/`. */
function importsOf(from: string, text: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const name = specifier.text;
    found.push({
      from,
      to: name.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), name)) : name,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(from, text, ts.ScriptTarget.Latest));
  return found;
}

describe("the layers of src", () => {
  const src = join(import.meta.dirname, "../src");
  const paths = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((p) =>
    p.endsWith(".ts"),
  );
  const files = Object.fromEntries(
    paths.map((p) => [p.split(sep).join("/"), readFileSync(join(src, p), "utf8")]),
  );
  const { dependencies } = JSON.parse(readFileSync(join(src, "../package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };

  test("imports point left, Node stays behind its doors, nothing is circular, types included", () => {
    expect(paths.length).toBeGreaterThan(20);
    expect(faults(files, Object.keys(dependencies))).toEqual([]);
  });
});

describe("the layering test sees a planted fault", () => {
  const sound: Files = {
    "numerics/vec.ts": "export const zero = 0;",
    "energy/graph.ts": `import { zero } from "../numerics/vec.ts"; export const one = zero + 1;`,
    "energy/hopfield.ts": `import type { A } from "./types.ts"; export const e: A = 1;`,
    "energy/types.ts": "export type A = number;",
    "data/node/files.ts":
      `import { readFileSync } from "node:fs"; ` + "export const read = readFileSync;",
    "cli/main.ts":
      `import { one } from "../energy/graph.ts"; import { read } from "../data/node/files.ts"; ` +
      "console.log(one, read);",
    "index.ts": `export { one } from "./energy/graph.ts";`,
    "numerics/names.generated.ts": "0;\n".repeat(1000),
  };
  test("and is content with a sound tree", () => {
    expect(faults(sound, [])).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    [
      "an import to the right",
      "numerics/vec.ts",
      `import { one } from "../energy/graph.ts";`,
      "numerics/vec.ts imports energy/graph.ts: imports point left only",
    ],
    [
      "a type import to the right",
      "numerics/vec.ts",
      `export type G = import("../energy/graph.ts").G;`,
      "imports point left only",
    ],
    [
      "a re-export to the right",
      "numerics/vec.ts",
      `export * from "../energy/graph.ts";`,
      "imports point left only",
    ],
    [
      "a neighbour",
      "data/set.ts",
      `import { one } from "../energy/graph.ts";`,
      "data/set.ts imports energy/graph.ts: imports point left only",
    ],
    [
      "the public entry",
      "energy/graph.ts",
      `import { one } from "../index.ts";`,
      "energy/graph.ts imports index.ts: imports point left only",
    ],
    [
      "a Node built-in",
      "energy/graph.ts",
      `const fs = await import("node:fs");`,
      "energy/graph.ts imports node:fs: Node built-ins live in",
    ],
    [
      "a Node built-in without its prefix",
      "index.ts",
      `import fs from "fs";`,
      "index.ts imports fs: Node built-ins live in",
    ],
    [
      "a folder that needs Node",
      "data/set.ts",
      `export { read } from "./node/files.ts";`,
      "data/set.ts imports data/node/files.ts: what runs in a browser",
    ],
    [
      "a cycle",
      "numerics/vec.ts",
      `import "./a.ts";`,
      "import cycle numerics/vec.ts → numerics/a.ts → numerics/vec.ts",
    ],
    [
      "a cycle of types",
      "energy/types.ts",
      `import type { e } from "./hopfield.ts"; export type A = typeof e;`,
      "import cycle energy/hopfield.ts → energy/types.ts → energy/hopfield.ts",
    ],
    [
      "a package that is no dependency",
      "numerics/vec.ts",
      `import _ from "lodash";`,
      "numerics/vec.ts imports lodash, which is neither",
    ],
    [
      "a missing file",
      "numerics/vec.ts",
      `import "./gone.ts";`,
      "numerics/vec.ts imports numerics/gone.ts, which is neither",
    ],
    ["a folder outside the layers", "utils/helper.ts", "", "utils/helper.ts belongs to no layer"],
  ])("%s", (_, path, text, fault) => {
    expect(
      faults({ ...sound, "numerics/a.ts": `import "./vec.ts";`, [path]: text }, ["zod"]).join("\n"),
    ).toContain(fault);
  });
});

/** What `docs/architecture.md` says of the rooms. */
interface CodeMap {
  /** What its tables link to first in a row, or name there as a folder that is not packed. */
  readonly folders: readonly string[];
  /** The rows of its line of rooms. */
  readonly rows: readonly (readonly string[])[];
}

function mapOf(page: string): CodeMap {
  const line = /^```\n(numerics ←.*)\n```$/m.exec(page)?.[1] ?? "";
  return {
    folders: [...page.matchAll(/^\| (?:\[`[^`]+`\]\(\.\.\/([^)]+)\)|`(\w+)\/`) \|/gm)].map(
      (m) => m[1] || m[2],
    ),
    rows: line.split(" ← ").map((names) => names.split(" | ")),
  };
}

/** What is wrong with a map of what lies in `src/` and beside it. */
function mapFaults(
  { folders, rows: said }: CodeMap,
  inSrc: readonly string[],
  exists: (path: string) => boolean,
): readonly string[] {
  const here = rows.map((names) => names.filter((name) => inSrc.includes(name)));
  const order = here.filter((names) => names.length > 0);
  const mapped = folders.filter((f) => f.startsWith("src/")).map((f) => f.slice("src/".length));
  return [
    ...folders.filter((f) => !exists(f)).map((f) => `${f} is on the map, and does not exist`),
    ...inSrc
      .filter((name) => !mapped.includes(name))
      .map((name) => `src/${name} is not on the map`),
    ...["bench", "scripts", "test"]
      .filter((name) => !folders.includes(name))
      .map((name) => `${name} is not on the map`),
    ...(JSON.stringify(said) === JSON.stringify(order) ? [] : ["the line has another order"]),
    ...(mapped.join() === order.flat().join() ? [] : ["the table has another order"]),
  ];
}

describe("the map of the rooms in docs/architecture.md", () => {
  const root = join(import.meta.dirname, "..");
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const map = mapOf(page);
  const inSrc = readdirSync(join(root, "src")).filter((name) => !isGenerated(name));
  const exists = (path: string) => existsSync(join(root, path));

  test("has every room once, in the order of the layers, and nothing else", () => {
    expect(mapFaults(map, inSrc, exists)).toEqual([]);
  });

  test("sees a planted fault", () => {
    const { folders, rows: said } = map;
    const found = (change: Partial<CodeMap>, more: readonly string[] = []) =>
      mapFaults({ ...map, ...change }, [...inSrc, ...more], exists);
    const swapped = [...folders];
    swapped.splice(0, 2, folders[1], folders[0]);
    expect(found({}, ["utils"])).toContain("src/utils is not on the map");
    expect(found({ folders: folders.slice(1) })).toContain("src/numerics is not on the map");
    expect(found({ folders: folders.filter((f) => f !== "bench") })).toEqual([
      "bench is not on the map",
    ]);
    expect(found({ folders: [...folders, "src/gone"] })).toContain(
      "src/gone is on the map, and does not exist",
    );
    expect(found({ folders: swapped })).toEqual(["the table has another order"]);
    expect(found({ rows: [...said].reverse() })).toEqual(["the line has another order"]);
  });
});
