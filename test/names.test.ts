import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** What the package shows; all that these export is used. */
const doors: readonly string[] = ["src/index.ts", "src/node.ts", "src/schema.ts"];

/** What only tests ask for: parts that they look at one by one, and types of what they make. */
const forTests: readonly string[] = [
  "src/output/report/settling.ts race",
  "src/circuit/elements.ts WeightDevices",
  "src/circuit/elements.ts WeightRegisters",
  "src/dynamics/chip.ts ChipState",
  "src/dynamics/noise/flicker.ts processes",
  "src/learning/copy-network.ts requireSoundCopy",
  "src/learning/limits.ts ShapeName",
  "src/runs/node/spice/engine.ts SpiceEngine",
  "src/study/node/pool.ts Verdict",
  "src/testbench/settle/look.ts stopOf",
  "src/testbench/spice/parity.ts Simulator",
];

type Files = Readonly<Record<string, string>>;

/** A name as it leaves a file; `from` where it is handed on from another, all of them as `*`. */
interface Export {
  readonly path: string;
  readonly name: string;
  readonly from?: { readonly path: string; readonly name: string };
}

/** `path name`: what is asked of another file; a namespace, or a dynamic import, asks for `*`. */
const asked = (path: string, name: string) => `${path} ${name}`;

const resolved = (from: string, specifier: string) =>
  posix.normalize(posix.join(posix.dirname(from), specifier));

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) &&
  ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true;

/** The names that a pattern binds. */
function bound(name: ts.BindingName): readonly string[] {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((e) => (ts.isOmittedExpression(e) ? [] : bound(e.name)));
}

function declared(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap((d) => bound(d.name));
  const { name } = node as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

function exportsOf(path: string, source: ts.SourceFile): readonly Export[] {
  return source.statements.flatMap((node): Export[] => {
    if (isExported(node)) return declared(node).map((name) => ({ path, name }));
    if (!ts.isExportDeclaration(node) || !node.moduleSpecifier) return [];
    const other = resolved(path, (node.moduleSpecifier as ts.StringLiteral).text);
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause))
      return [{ path, name: "*", from: { path: other, name: "*" } }];
    return node.exportClause.elements.map(({ name, propertyName = name }) => ({
      path,
      name: name.text,
      from: { path: other, name: propertyName.text },
    }));
  });
}

function importsOf(path: string, source: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const add = (specifier: ts.Node, names: readonly string[]) => {
    if (!ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    for (const name of names) found.push(asked(resolved(path, specifier.text), name));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings))
        add(
          node.moduleSpecifier,
          bindings.elements.map(({ name, propertyName = name }) => propertyName.text),
        );
      else if (bindings) add(node.moduleSpecifier, ["*"]);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, ["*"]);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], ["*"]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Declarations of one name in several files: `name: path, path`. */
function twice(exported: readonly Export[]): readonly string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, name, from } of exported)
    if (from === undefined) places.set(name, (places.get(name) ?? new Set()).add(path));
  return [...places]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].sort().join(", ")}`)
    .sort();
}

/** Declarations and re-exports that neither another file nor a door asks for: `path name`. */
function unused(exported: readonly Export[], imported: readonly string[]): readonly string[] {
  const wanted = new Set(imported);
  const isWanted = ({ path, name }: Pick<Export, "path" | "name">) =>
    doors.includes(path) || wanted.has(asked(path, name)) || wanted.has(asked(path, "*"));
  // What is handed on is asked for where it comes from: as often as there are hands.
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size;
    for (const { path, name, from } of exported) {
      if (from === undefined) continue;
      if (isWanted({ path, name })) wanted.add(asked(from.path, from.name));
      if (name !== "*") continue;
      for (const one of exported)
        if (one.path === from.path && isWanted({ path, name: one.name }))
          wanted.add(asked(from.path, one.name));
    }
  }
  const names = exported.filter((e) => e.name !== "*" && !isWanted(e));
  return [...new Set(names.map(({ path, name }) => asked(path, name)))].sort();
}

function faults(files: Files): { twice: readonly string[]; unused: readonly string[] } {
  const sources = Object.entries(files).map(
    ([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest)] as const,
  );
  const exported = sources
    .filter(([path]) => path.startsWith("src/"))
    .flatMap(([path, source]) => exportsOf(path, source));
  const imported = sources.flatMap(([path, source]) => importsOf(path, source));
  return { twice: twice(exported), unused: unused(exported, imported) };
}

describe("what files export", () => {
  const root = join(import.meta.dirname, "..");
  const files = Object.fromEntries(
    ["src", "bench"]
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
          join(folder, path).split(sep).join("/"),
        ),
      )
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
      .filter((path) => !path.startsWith("src/numerics/kernels/assembly/"))
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
  const found = faults(files);

  test("no two files export different things of one name", () => {
    expect(Object.keys(files).length).toBeGreaterThan(300);
    expect(found.twice).toEqual([]);
  });

  test("somebody imports it, or the package shows it", () => {
    expect(found.unused.filter((fault) => !forTests.includes(fault))).toEqual([]);
  });
});

describe("the test of names sees", () => {
  const sound: Files = {
    "src/index.ts": `export * from "./a/index.ts"; export { c } from "./c.ts";`,
    "src/a/index.ts": `export { a as first } from "./a.ts"; export type { A } from "./a.ts";`,
    "src/a/a.ts": "export const a = 1; export interface A { readonly b: number }",
    "src/c.ts": `import { d } from "./d.ts"; export const c = d;`,
    "src/d.ts": "export const d = 1, [e, { f }] = [2, { f: 3 }];",
    "bench/main.ts": `import * as all from "../src/d.ts"; console.log(all);`,
  };
  test("nothing in a sound tree", () => {
    expect(faults(sound)).toEqual({ twice: [], unused: [] });
  });

  test.each<[string, Files, Partial<ReturnType<typeof faults>>]>([
    [
      "a name that two files declare",
      {
        "src/c.ts": "export function c() {} export const a = 2;",
        "bench/b.ts": `import { a } from "../src/c.ts";`,
      },
      { twice: ["a: src/a/a.ts, src/c.ts"] },
    ],
    [
      "an export that nobody imports",
      { "src/c.ts": "export const c = 1; export type Lost = 1;" },
      { unused: ["src/c.ts Lost"] },
    ],
    [
      "an index that nobody reads",
      { "src/index.ts": `export { c } from "./c.ts";` },
      {
        unused: ["src/a/a.ts A", "src/a/a.ts a", "src/a/index.ts A", "src/a/index.ts first"],
      },
    ],
    [
      "names of a pattern",
      { "bench/main.ts": `import { e } from "../src/d.ts"; console.log(e);` },
      { unused: ["src/d.ts f"] },
    ],
    [
      "nothing wrong with a dynamic import",
      {
        "src/c.ts": `export const c = async () => (await import("./x.ts")).x;`,
        "src/x.ts": "export const x = 1;",
      },
      {},
    ],
  ])("%s", (_, change, fault) => {
    expect(faults({ ...sound, ...change })).toEqual({ twice: [], unused: [], ...fault });
  });
});
