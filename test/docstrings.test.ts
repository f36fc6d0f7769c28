import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** The doors of the package, below `src/`. */
const doors = ["index.ts", "node.ts", "schema.ts"];

type Read = (path: string) => string;

/** What a file declares or hands on under a name, and whether a docstring stands above it. */
interface Declared {
  readonly path: string;
  readonly name: string;
  readonly documented: boolean;
}

const isExported = (node: ts.Statement) =>
  ts.canHaveModifiers(node) &&
  ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true;

/** A docstring that says something: tags alone do not. */
function isDocumented(node: ts.Statement): boolean {
  const last = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  return last !== undefined && (ts.getTextOfJSDocComment(last.comment) ?? "").trim().length > 0;
}

function namesOf(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name)
        ? [name.text]
        : name.elements.flatMap((e) =>
            ts.isOmittedExpression(e) || !ts.isIdentifier(e.name) ? [] : [e.name.text],
          ),
    );
  const { name } = node as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

/** All that leaves a file, where it is declared. */
function exportsOf(path: string, read: Read): readonly Declared[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const handedOn = (node: ts.ExportDeclaration): readonly Declared[] => {
    const { text } = node.moduleSpecifier as ts.StringLiteral;
    const all = exportsOf(posix.join(posix.dirname(path), text), read);
    const { exportClause } = node;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return all;
    return exportClause.elements.map(({ name, propertyName = name }) => {
      const found = all.filter((e) => e.name === propertyName.text);
      return {
        path: found[0]?.path ?? path,
        name: name.text,
        documented: found.some((e) => e.documented),
      };
    });
  };
  return source.statements.flatMap((node): readonly Declared[] => {
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) return handedOn(node);
    if (!isExported(node)) return [];
    return namesOf(node).map((name) => ({ path, name, documented: isDocumented(node) }));
  });
}

/** The exports that have no docstring: `path name`. */
const silent = (exported: readonly Declared[]) =>
  exported.filter((e) => !e.documented).map(({ path, name }) => `${path} ${name}`);

describe("what the package exports", () => {
  const root = join(import.meta.dirname, "../src");
  const read: Read = (path) => readFileSync(join(root, path), "utf8");

  test.each(doors)("is explained where it is declared: %s", (door) => {
    const exported = exportsOf(door, read);
    expect(exported.length).toBeGreaterThan(1);
    expect(silent(exported)).toEqual([]);
  });
});

describe("the test of docstrings sees", () => {
  const sound: Readonly<Record<string, string>> = {
    "index.ts": `export { a as first } from "./a.ts"; export * from "./b/index.ts";`,
    "a.ts": "/** One. */\nexport const a = 1;\nexport const unseen = 2;",
    "b/index.ts": `export { b, type B } from "./b.ts";`,
    "b/b.ts": "/** Two. */\nexport function b() {}\n/** Three. */\nexport interface B {}",
  };
  const found = (change: Readonly<Record<string, string>>) =>
    silent(exportsOf("index.ts", (path) => ({ ...sound, ...change })[path]));

  test("nothing where all is said", () => {
    expect(found({})).toEqual([]);
  });

  test.each([
    ["a constant without one", { "a.ts": "export const a = 1;" }, ["a.ts first"]],
    [
      "tags without a sentence",
      { "a.ts": "/** @throws Error */\nexport const a = 1;" },
      ["a.ts first"],
    ],
    ["an ordinary comment", { "a.ts": "/* One. */\nexport const a = 1;" }, ["a.ts first"]],
    [
      "a file behind two others",
      { "b/b.ts": "/** Two. */\nexport function b() {}\nexport interface B {}" },
      ["b/b.ts B"],
    ],
    ["a name that is not there", { "a.ts": "" }, ["index.ts first"]],
  ])("%s", (_, change, faults) => {
    expect(found(change as unknown as Record<string, string>)).toEqual(faults);
  });
});
