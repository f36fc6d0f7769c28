// The numbers of this simulator, kept as hashes in bits.json: of every schematic, device, noise,
// mismatch and learning rule after a short training, in both precisions, on one thread and on two;
// of every solver; of netlists, reports and studies.
//
// The rule: only a commit that means to change a number changes a hash, and says why. A new
// schematic, device, solver, noise, mismatch or setting fails here until it has a row. Rows are
// written by intention, never by a passing test:
//
//   npm run build && UPDATE_GOLDEN=1 npx vitest run test/golden/bits.test.ts
//
// This keeps the rows of tests that a filter (-t) leaves out, and drops those of no case. Then
// read the diff. The rows are the same for every version of Node: no power is the engine's
// (src/numerics/power.ts), but in the package odex, whose rows are looked at where powers are
// rounded as where they were written (V8 up to Node 22).
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/schema.ts";
import { nodeScript } from "../support/bundle.ts";
import { cases } from "./cases.ts";
import type { Printed } from "./child.ts";
import { lookHash, looks, netlistHash, netlists, runFiles, runs } from "./files.ts";
import { said, sayings } from "./schema-walk.ts";
import { settled, settlings, solvers } from "./settled.ts";
import { measurements } from "./studies.ts";
import { aged, ageing, onTwoThreads, precisions, trained, trainings } from "./trained.ts";

type Table = Record<string, Record<string, unknown>>;

const at = (file: string) => join(import.meta.dirname, file);
const path = at("bits.json");
const updating = process.env["UPDATE_GOLDEN"] === "1";

/** The rows that each table has to have. */
const rows: Readonly<Record<string, readonly string[]>> = {
  trainings: trainings.map(({ row }) => row),
  ageing,
  settlings: settlings.map(({ row }) => row),
  looks: Object.keys(looks),
  netlists: Object.keys(netlists),
  runs: Object.keys(runs),
  studies: measurements,
};
const empty = (): Table => Object.fromEntries(Object.keys(rows).map((table) => [table, {}]));
const golden: Table = { ...empty(), ...(JSON.parse(readFileSync(path, "utf8")) as Table) };
const found = empty();

/** Compares a row with the one that is kept, or keeps it. */
function check(table: string, row: string, value: unknown): void {
  found[table][row] = value;
  if (!updating) expect(value).toEqual(golden[table][row] ?? `no row in ${table} of bits.json`);
}

/** Sorted, a row a line. */
function textOf(tables: Table): string {
  const quoted = (value: unknown) => JSON.stringify(value);
  const full = Object.keys(tables).filter((name) => Object.keys(tables[name]).length > 0);
  const whole = full.sort().map((name) => {
    const table = tables[name];
    const lines = Object.keys(table)
      .sort()
      .map((row) => `    ${quoted(row)}: ${quoted(table[row])}`);
    return `  ${quoted(name)}: {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${whole.join(",\n")}\n}\n`;
}

afterAll(() => {
  if (!updating) return;
  const written = empty();
  for (const [table, names] of Object.entries(rows)) {
    const all = { ...golden[table], ...found[table] };
    for (const name of names) if (name in all) written[table][name] = all[name];
  }
  writeFileSync(path, textOf(written));
});

describe("a training ends with the same bits", () => {
  test.each(trainings)("$row", async ({ row, name, precision }) => {
    check("trainings", row, await trained(name, precision));
  });
});

describe("a chip after a day in the heat is worth the same", () => {
  test.each(ageing)("%s", async (name) => {
    check("ageing", name, await aged(name));
  });
});

describe("a solver settles in the same place, at the same cost", () => {
  const [odex, own] = [true, false].map((borrowed) =>
    settlings.filter(({ row }) => row.startsWith("odex") === borrowed),
  );

  test.each(own)("$row", async (settling) => {
    check("settlings", settling.row, await settled(settling));
  });

  test.skipIf(2 ** -0.5 === Math.SQRT1_2).each(odex)("$row", async (settling) => {
    check("settlings", settling.row, await settled(settling));
  });
});

describe("the commands give the same", () => {
  test.each(Object.keys(looks))("look at how %s settles", async (target) => {
    check("looks", target, await lookHash(target));
  });

  test.each(Object.keys(netlists))("netlist of %s", async (name) => {
    check("netlists", name, await netlistHash(name));
  });

  test.each(Object.keys(runs) as (keyof typeof runs)[])("run and report on %s", async (name) => {
    check("runs", name, await runFiles(name));
  });
});

// Threads run files of JavaScript: run `npm run build` first.
describe("on threads, by the built package", () => {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-golden-"));
  const script = (name: string) => join(folder, `${name}.mjs`);
  let printed: Printed;

  beforeAll(async () => {
    for (const name of ["child", "member"]) await nodeScript(at(`${name}.ts`), script(name));
    const args = [script("child"), script("member")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
    printed = JSON.parse(stdout) as Printed;
  }, 300_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(onTwoThreads)("$row ends on two threads as on one", ({ row }) => {
    const onOne = (updating ? found : golden)["trainings"][row];
    expect(printed.trainings[row]).toEqual(onOne);
  });

  test.each(measurements)("a study of %s comes to the same", (measure) => {
    check("studies", measure, printed.studies[measure]);
  });
});

describe("the table", () => {
  test("has no row without a case, is sorted, and nobody touched it by hand", () => {
    if (updating) return;
    for (const [table, names] of Object.entries(rows))
      expect(Object.keys(golden[table])).toEqual([...names].sort());
    expect(readFileSync(path, "utf8")).toBe(textOf(golden));
  });

  test("tries everything that a schematic can say", () => {
    const tried = new Set(Object.values(cases).flatMap(({ circuit }) => said(parse(circuit))));
    expect(sayings("circuit").filter((s) => !tried.has(s))).toEqual([]);
  });

  test("tries everything that an experiment can say, but for its data", () => {
    const tried = new Set([
      ...Object.values(cases).flatMap(({ experiment }) =>
        precisions.flatMap((precision) =>
          said(experimentSchema.parse({ ...experiment, precision })),
        ),
      ),
      ...Object.values(solvers).flatMap((solver) => said({ settle: { solver } })),
    ]);
    // What stands below a circuit is tried as a schematic; data of one's own have tests of theirs.
    // Solvers are tried by their names alone in phases and as parts of another.
    const apart = /solver\.(name|flow|minimiser)( =|\.)|settle\.\w+\.solver[ .]|^data\.|^circuit\./;
    const known = ["description", "train.patience", "train.patience = none"];
    const all = sayings("experiment").filter((s) => !apart.test(s) && !known.includes(s));
    expect(all.filter((s) => !tried.has(s))).toEqual([]);
  });
});
