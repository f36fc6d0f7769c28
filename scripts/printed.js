// What `--json` prints, command by command: the types of the expressions that src/cli hands to `print` where json is asked for.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** How deep a table looks into objects that are inside others. */
const deepest = 3;

/** [{ command, list, keys: [{ key, type, meaning }] }], in the order of the commands' files. */
export function printed(root) {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (d) => {
        throw new Error(ts.flattenDiagnosticMessageText(d.messageText, "\n"));
      },
    },
  );
  const folder = join(root, "src/cli");
  const files = readdirSync(folder)
    .filter((f) => f.endsWith(".ts"))
    .sort()
    .map((f) => join(folder, f));
  const program = ts.createProgram(files, config.options);
  const checker = program.getTypeChecker();
  return files
    .flatMap((file) => ofFile(program.getSourceFile(file)))
    .map(({ command, node }) => {
      const type = checker.getTypeAtLocation(node);
      const element = checker.isArrayType(type) ? checker.getTypeArguments(type)[0] : undefined;
      return {
        command,
        list: element !== undefined,
        keys: keysOf(checker, element ?? type, node, "", 1),
      };
    });
}

/** The commands of a file, and what each prints where json is asked for. */
function ofFile(source) {
  const functions = new Map();
  each(source, (node) => {
    if (ts.isFunctionDeclaration(node) && node.name) functions.set(node.name.text, node);
  });
  const root = first(
    source,
    (n) => ts.isNewExpression(n) && n.expression.getText(source) === "Command",
  )?.arguments?.[0];
  if (!root || !ts.isStringLiteral(root)) return [];
  const found = [];
  each(source, (node) => {
    if (!isCall(node, "action")) return;
    const name = subcommand(node.expression.expression, source);
    const command = name === undefined ? root.text : `${root.text} ${name}`;
    for (const body of reached(node.arguments[0], functions))
      each(body, (inner) => {
        const printed =
          ts.isCallExpression(inner) && inner.expression.getText(source) === "print"
            ? asJson(inner)
            : undefined;
        if (printed) found.push({ command, node: printed });
      });
  });
  return found;
}

/** The name in the nearest `.command("…")` of a chain of calls. */
function subcommand(chain, source) {
  if (!ts.isCallExpression(chain)) return undefined;
  if (isCall(chain, "command") && ts.isStringLiteral(chain.arguments[0]))
    return chain.arguments[0].text;
  return ts.isPropertyAccessExpression(chain.expression)
    ? subcommand(chain.expression.expression, source)
    : undefined;
}

const isCall = (node, name) =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  node.expression.name.text === name;

/** A function and all of its file that it calls. */
function reached(start, functions) {
  const seen = new Set();
  const visit = (node) => {
    if (!node || seen.has(node)) return;
    seen.add(node);
    each(node, (n) => {
      if (ts.isIdentifier(n)) visit(functions.get(n.text));
    });
  };
  visit(start);
  const all = [...seen];
  // A function that another one holds is looked at once.
  return all.filter((n) => !all.some((o) => o !== n && n.pos >= o.pos && n.end <= o.end));
}

/** What `print(json ? this : …)`, or `if (json) print(this)`, prints as JSON. */
function asJson(call) {
  const [what] = call.arguments;
  if (ts.isConditionalExpression(what))
    return what.condition.getText() === "json" ? what.whenTrue : undefined;
  const statement = call.parent.parent;
  const within = ts.isIfStatement(statement) ? statement : undefined;
  return within && within.expression.getText() === "json" && within.thenStatement === call.parent
    ? what
    : undefined;
}

function keysOf(checker, type, node, path, depth) {
  return checker.getPropertiesOfType(checker.getNonNullableType(type)).flatMap((property) => {
    const of = checker.getTypeOfSymbolAtLocation(property, node);
    // JSON drops what is undefined.
    if ((of.flags & ts.TypeFlags.Undefined) !== 0) return [];
    const key = `${path}${property.name}`;
    const meaning = ts
      .displayPartsToString(property.getDocumentationComment(checker))
      .replace(/\s+/g, " ")
      .trim();
    const plain = checker.getNonNullableType(of);
    const inner = depth < deepest ? insideOf(checker, plain) : undefined;
    const own = { key, type: nameOf(checker, of), meaning };
    return inner
      ? [own, ...keysOf(checker, inner.type, node, `${key}${inner.step}.`, depth + 1)]
      : [own];
  });
}

/** The object that a key holds, the elements of its list or the values of its record; nothing for numbers and texts. */
function insideOf(checker, type) {
  const isObject = (t) =>
    (checker.getNonNullableType(t).flags & ts.TypeFlags.Object) !== 0 && !isNumbers(checker, t);
  if (!isObject(type) || type.getCallSignatures().length > 0) return undefined;
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const [element] = checker.getTypeArguments(type);
    return element &&
      isObject(element) &&
      !checker.isArrayType(element) &&
      !checker.isTupleType(element)
      ? { type: element, step: "[]" }
      : undefined;
  }
  const values = checker.getIndexInfosOfType(type)[0]?.type;
  if (values) return isObject(values) ? { type: values, step: ".<name>" } : undefined;
  return { type, step: "" };
}

const isNumbers = (checker, type) =>
  /^(Float|U?int|Big)\d*\w*Array\b/i.test(checker.typeToString(type));

function nameOf(checker, type) {
  if (type.isUnion()) {
    const parts = type.types
      .filter((t) => (t.flags & ts.TypeFlags.Undefined) === 0)
      .map((t) => nameOf(checker, t));
    const names = [...new Set(parts)].map((p) => (p === "true" || p === "false" ? "boolean" : p));
    return [...new Set(names)].join(" or ");
  }
  if (type.isStringLiteral()) return JSON.stringify(type.value);
  if ((type.flags & ts.TypeFlags.StringLike) !== 0) return "text";
  if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return "number";
  if ((type.flags & ts.TypeFlags.BooleanLike) !== 0) return checker.typeToString(type);
  if ((type.flags & ts.TypeFlags.Null) !== 0) return "null";
  if (checker.isArrayType(type))
    return `list of ${nameOf(checker, checker.getTypeArguments(type)[0])}`;
  if (checker.isTupleType(type)) return "list";
  if ((type.flags & ts.TypeFlags.Object) !== 0)
    return isNumbers(checker, type) ? "list of number" : "object";
  return "anything";
}

function each(node, visit) {
  visit(node);
  ts.forEachChild(node, (inner) => each(inner, visit));
}

function first(node, test) {
  if (test(node)) return node;
  return ts.forEachChild(node, (inner) => first(inner, test));
}
