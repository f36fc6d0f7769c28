// Makes what the source says of itself: JSON Schema of every file (schemas/) and the pages of docs/reference/.
// `node scripts/reference.js` writes them from dist/; with --check it writes nothing and names what is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { printed } from "./printed.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);
const { version } = JSON.parse(readFileSync(at("package.json"), "utf8"));
const door = await import(new URL("../dist/schema.js", import.meta.url));

/** The kinds of files, what a page calls one, and where the key is that names the file's kind. */
const kinds = {
  experiment: { schema: door.experimentSchema, what: "An experiment: one training run." },
  study: { schema: door.studySchema, what: "A study: a grid of experiments." },
  schematic: { schema: door.circuitSchema, what: "A schematic: what a chip is fabricated from." },
  device: { schema: door.deviceSchema, what: "A device: a programmable conductance." },
};
const measurements = await Promise.all(door.measurementNames.map((n) => door.measurementOf(n)));

/** JSON Schema of a kind of file, as a person writes it. */
function titled(kind, schema) {
  const json = jsonSchema(schema);
  // Of the document: notes and anchors.
  json.patternProperties = { "^x-": {} };
  json.title = `${kind} of analog-eqprop`;
  if (kind !== "study") return json;
  json.properties.measure.enum = door.measurementNames;
  json.properties.base.anyOf = [
    { type: "string" },
    { ...partial(jsonSchema(door.experimentSchema)), patternProperties: { "\\.": {} } },
  ];
  // What options may be depends on what is measured.
  json.allOf = measurements.map(({ name, options }) => ({
    if: { properties: { measure: { const: name } }, required: ["measure"] },
    then: { properties: { options: partial(jsonSchema(options)) } },
  }));
  return json;
}

function jsonSchema(schema) {
  return tidy(z.toJSONSchema(schema, { target: "draft-7", io: "input", unrepresentable: "any" }));
}

/** Without the bounds of JavaScript's integers, and with the marks of this package's meta left in. */
function tidy(node) {
  if (Array.isArray(node)) return node.map(tidy);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(
        ([key, value]) =>
          !(/^(min|max)imum$/.test(key) && Math.abs(value) === Number.MAX_SAFE_INTEGER),
      )
      .map(([key, value]) => [key, tidy(value)]),
  );
}

/** The same with nothing required: a base may be completed by what a study changes. */
function partial(node) {
  if (Array.isArray(node)) return node.map(partial);
  if (typeof node !== "object" || node === null) return node;
  const { required: _, $schema: __, ...rest } = node;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, partial(value)]));
}

/** Every key gets the version that first had it: that of the schema before, or this one. */
function dated(file, schema) {
  const before = existsSync(at(file)) ? JSON.parse(readFileSync(at(file), "utf8")) : {};
  const date = (now, then, since) => {
    if (Array.isArray(now)) return now.map((n, i) => date(n, then?.[i], since));
    if (typeof now !== "object" || now === null) return now;
    return Object.fromEntries(
      Object.entries(now).map(([key, value]) => [
        key,
        key === "properties" && typeof value === "object"
          ? Object.fromEntries(
              Object.entries(value).map(([name, inner]) => {
                const was = then?.properties?.[name];
                const first = was === undefined ? version : (was.since ?? version);
                return [name, { ...date(inner, was), since: first }];
              }),
            )
          : date(value, then?.[key]),
      ]),
    );
  };
  return date(schema, before);
}

/** What a page begins with. */
function head(title, text) {
  return `# ${title}\n\n<!-- Made by \`npm run reference\` from the source. Do not edit. -->\n\n${text}\n`;
}

/** A table with one key a row. */
function table(heads, rows) {
  const line = (cells) =>
    `| ${cells.map((c) => String(c).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Every key of a file: a table for what stands at the top, and one for each mapping below it. */
function keysPage(kind, what, schema) {
  const top = Object.entries(schema.properties);
  const seen = new Map();
  const sections = top
    .map(([key, inner]) => ({ key, inner, rows: key === "base" ? [] : rowsOf(key, inner, seen) }))
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ key, inner, rows }) =>
        `## \`${key}\`\n\n${inner.description}\n\n${table(columns, rows)}\n`,
    );
  return [
    head(
      `Every key of ${kind === "experiment" ? "an" : "a"} ${kind}`,
      `${what} The schema is [\`schemas/${kind}.json\`](../../schemas/${kind}.json), or ` +
        `\`analog-eqprop schema ${kind}\`: [how editors use it](README.md#in-an-editor).\n` +
        "Keys of the document that begin with `x-` are free for notes and anchors.",
    ),
    `${table(
      columns,
      top.map(([key, inner]) => row(key, inner, schema.required ?? [])),
    )}\n`,
    ...sections,
  ].join("\n");
}

const columns = ["key", "type", "unit", "default", "since", "meaning"];

function row(path, node, required) {
  const name = path.split(".").at(-1);
  return [
    `\`${path}\``,
    typeOf(node),
    node.unit ?? "",
    required.includes(name) && node.default === undefined ? "required" : defaultOf(node),
    node.since ?? "",
    node.description ?? "",
  ];
}

function defaultOf(node) {
  if (node.default === undefined) return "";
  const text = typeof node.default === "string" ? node.default : JSON.stringify(node.default);
  return ["", "{}", "[]"].includes(text) ? "" : `\`${text}\``;
}

/** The rows of all keys below a mapping; what was listed already is referred to. */
function rowsOf(path, node, seen) {
  const variants = mappingsOf(node);
  const identity = JSON.stringify(variants.map(({ properties }) => Object.keys(properties)));
  if (variants.length === 0) return [];
  if (variants.length > 1 && seen.has(identity))
    return [[`\`${path}.…\``, "", "", "", "", `The keys of \`${seen.get(identity)}\`.`]];
  seen.set(identity, path);
  const keys = new Map();
  for (const variant of variants) {
    const name = nameOf(variant);
    for (const [key, inner] of Object.entries(variant.properties)) {
      if (name !== undefined && inner.const === name) continue;
      const found = keys.get(key) ?? { inner, of: [], required: variant.required ?? [] };
      if (name !== undefined) found.of.push(name);
      keys.set(key, found);
    }
  }
  return [
    ...discriminator(path, variants),
    ...[...keys].flatMap(([key, { inner, of, required }]) => {
      const here = `${path}${listed(node) ? "[]" : ""}.${key}`;
      const own = row(here, inner, required);
      if (of.length > 0) own[5] = `${own[5]} Of ${of.map((n) => `\`${n}\``).join(", ")}.`;
      return [own, ...rowsOf(here, inner, seen)];
    }),
  ];
}

/** The row of the key that says which of several mappings one is. */
function discriminator(path, variants) {
  const names = variants.map(nameOf);
  if (variants.length < 2 || names.some((n) => n === undefined)) return [];
  const [[key, inner]] = Object.entries(variants[0].properties).filter(
    ([, v]) => v.const !== undefined,
  );
  return [
    [
      `\`${path}.${key}\``,
      names.map((n) => `\`${n}\``).join(", "),
      "",
      "required",
      inner.since ?? "",
      inner.description,
    ],
  ];
}

const nameOf = ({ properties }) =>
  Object.values(properties).find((p) => p.const !== undefined)?.const;
const options = (node) => [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
const listed = (node) => node.items !== undefined;

/** The mappings that a value may be, or the elements of a list. */
function mappingsOf(node) {
  if (node.properties) return [node];
  if (typeof node.items === "object" && !Array.isArray(node.items)) return mappingsOf(node.items);
  return options(node).flatMap(mappingsOf);
}

function typeOf(node) {
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum) return oneOf(node.enum);
  const parts = options(node);
  if (parts.length > 0) {
    const kinds = [...new Set(parts.map(typeOf))];
    return kinds.join("; or ");
  }
  if (Array.isArray(node.items)) return node.items.map(typeOf).join(" and ");
  if (Array.isArray(node.type))
    return String(node.type) === "string,number"
      ? "quantity"
      : node.type.map((type) => typeOf({ ...node, type })).join("; or ");
  switch (node.type) {
    case "array":
      return `list of: ${typeOf(node.items ?? {})}`;
    case "object":
      return node.properties ? "mapping" : "mapping of names";
    case "integer":
      return `whole number${bounds(node)}`;
    case "number":
      return `number${bounds(node)}`;
    case "boolean":
      return "`true`, `false`";
    case "string":
      return "text";
    case "null":
      return "`null`";
    default:
      return "anything";
  }
}

/** Long lists are given once, where their key is. */
function oneOf(names) {
  if (names.length > 8 && names.includes("euler")) return "name of a solver";
  return names.map((v) => `\`${v}\``).join(", ");
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  const said = [
    minimum === undefined ? "" : `≥ ${minimum}`,
    exclusiveMinimum === undefined ? "" : `> ${exclusiveMinimum}`,
    maximum === undefined ? "" : `≤ ${maximum}`,
    exclusiveMaximum === undefined ? "" : `< ${exclusiveMaximum}`,
  ].filter(Boolean);
  return said.length === 0 ? "" : ` ${said.join(" and ")}`;
}

function measurementsPage() {
  const sections = measurements.map(
    ({ name, describe, options, produces: { values, curves }, usesData }) => {
      const { properties = {}, required = [] } = jsonSchema(options);
      const rows = Object.entries(properties)
        .flatMap(([key, inner]) => [
          row(`options.${key}`, inner, required),
          ...rowsOf(`options.${key}`, inner, new Map()),
        ])
        .map((cells) => cells.toSpliced(4, 1));
      const part = (title, content) =>
        content === "" ? "" : `\n### ${title} of ${name}\n\n${content}\n`;
      const curveRows = Object.entries(curves).map(([key, c]) => [
        `\`curves.${key}\``,
        c.unit ?? "",
        c.against,
        c.meaning,
      ]);
      return (
        `## \`${name}\`\n\n${describe}${usesData ? "" : " It needs no images."}\n` +
        part("Options", rows.length === 0 ? "" : table(columns.toSpliced(4, 1), rows)) +
        part(
          "Values",
          table(
            ["value", "unit", "meaning"],
            Object.entries(values).map(([key, v]) => [`\`${key}\``, v.unit ?? "", v.meaning]),
          ),
        ) +
        part(
          "Curves",
          curveRows.length === 0 ? "" : table(["curve", "unit", "against", "meaning"], curveRows),
        )
      );
    },
  );
  return [
    head(
      "What measurements give",
      "A study names one in `measure`. Figures, tables and claims may use its values and curves; every\n" +
        "cell also has `seconds`, how long it took, and an outcome.",
    ),
    ...sections,
  ].join("\n");
}

/** Every key that `--json` prints, command by command, from the types of what is printed. */
function jsonPage() {
  const found = printed(root);
  return [
    head(
      "What `--json` prints",
      "One JSON value on stdout, and nothing else there. Numbers are in SI units unless a name or the\n" +
        "meaning says otherwise; `null` is a number that there is not.",
    ),
    ...found.map(
      ({ command, list, keys }) =>
        `## \`${command} --json\`\n\n${list ? "A list; each element has\n\n" : ""}` +
        `${table(
          ["key", "type", "meaning"],
          keys.map(({ key, type, meaning }) => [`\`${key}\``, type, meaning]),
        )}\n`,
    ),
  ].join("\n");
}

const made = {};
for (const [kind, { schema }] of Object.entries(kinds))
  made[`schemas/${kind}.json`] =
    `${JSON.stringify(dated(`schemas/${kind}.json`, titled(kind, schema)), null, 2)}\n`;
const written = (kind) => JSON.parse(made[`schemas/${kind}.json`]);
for (const [kind, { what }] of Object.entries(kinds))
  made[`docs/reference/${kind}.md`] = keysPage(kind, what, written(kind));
made["docs/reference/measurements.md"] = measurementsPage();
made["docs/reference/json.md"] = jsonPage();

const stale = Object.entries(made)
  .filter(([file, text]) => !existsSync(at(file)) || readFileSync(at(file), "utf8") !== text)
  .map(([file]) => file);
if (process.argv.includes("--check")) {
  if (stale.length > 0) {
    console.error(`out of date: ${stale.join(", ")}; run \`npm run build && npm run reference\``);
    process.exit(1);
  }
} else
  for (const file of stale) {
    mkdirSync(dirname(at(file)), { recursive: true });
    writeFileSync(at(file), made[file]);
    console.log(file);
  }
