// Runs a small study of every measurement. Cells run on threads of their own, by the built package.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readJsonLines, runStudy } from "../../src/node.ts";
import { inFolder } from "./disk.ts";
import { hash } from "./trained.ts";

/** Hashes of each cell of a study without its seconds, and of the files made of them. */
export interface Studied {
  readonly cells: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** An experiment file; JSON is YAML. */
const base = {
  name: "golden",
  circuit: "mismatched",
  data: { set: "mnist" },
  network: { layers: [784, 12, 10] },
  settle: { free: { steps: 12 }, nudged: { steps: 4 } },
  learning: { rates: [0.1, 0.1] },
  train: { epochs: 2, batch: 10 },
};

const bySolver = {
  solver: {
    euler: { "settle.solver": "euler" },
    "block descent": { "settle.solver": "block-descent" },
  },
};
const table = (value: string) => ({ rows: "solver", value, format: "0.000" });

/** By measurement. */
const studies = {
  training: {
    options: { alignment: { images: 40, every: 1 } },
    grid: { "learning.lambda": [0, 0.1] },
    seeds: [1, 2],
    figures: [
      {
        title: "Errors",
        y: "curves.testErrorCopy",
        line: "learning.lambda",
        xlabel: "epoch",
        ylabel: "%",
      },
    ],
    table: { rows: "learning.lambda", value: "testErrorCopy", format: "0.00" },
    claims: [
      {
        sentence: "The pull to the guess changes what is learned.",
        computed: [0.1, 0]
          .map((lambda) => `mean(results("testErrorCopy", {"learning.lambda": ${lambda}}))`)
          .join(" - "),
        expected: 0,
        tolerance: 50,
      },
    ],
  },
  "work-precision": {
    options: { images: 2, trained: 3, evaluations: 40 },
    with: { precision: "f64" },
    grid: bySolver,
    seeds: [1],
    table: table("evaluationsTo1e-6"),
  },
  settling: {
    options: { images: 2, trained: 3 },
    with: { precision: "f64" },
    grid: bySolver,
    seeds: [1],
    table: table("evaluationsZero"),
  },
  "gradient-limits": {
    options: { inputs: 4, hidden: 6, outputs: 6, samples: 100 },
    grid: {
      activation: {
        tanh: { "options.activation": "tanh" },
        hard: { "options.activation": "hard" },
      },
    },
    seeds: [1],
  },
  "local-targets": {
    options: { iterations: 20 },
    grid: { loss: { local: { "options.loss": "local" }, global: { "options.loss": "global" } } },
    seeds: [1],
  },
};
export const measurements = Object.keys(studies) as (keyof typeof studies)[];

export async function studied(measure: keyof typeof studies): Promise<Studied> {
  return inFolder(async ({ data, at }) => {
    const file = at("study.yaml");
    const out = at("out");
    const study = { study: measure, measure, base: "base.yaml", ...studies[measure] };
    writeFileSync(at("base.yaml"), JSON.stringify(base));
    writeFileSync(file, JSON.stringify(study));
    const { outcome } = await runStudy({ file, out, data, jobs: 1 });
    const results = readFileSync(`${out}/results.jsonl`, "utf8");
    if (outcome !== "completed") throw new Error(`${measure}: ${outcome}: ${results}`);
    const cells = (readJsonLines(`${out}/results.jsonl`) as Cell[]).sort((one, other) =>
      one.id < other.id ? -1 : 1,
    );
    const files = ["table.md", "claims.md", "figure-1.svg", "study.resolved.yaml"].filter((name) =>
      existsSync(`${out}/${name}`),
    );
    return {
      cells: await hashes(
        cells.map((cell) => [cell.id, JSON.stringify({ ...cell, seconds: 0, made: undefined })]),
      ),
      files: await hashes(files.map((name) => [name, readFileSync(`${out}/${name}`, "utf8")])),
    };
  });
}

async function hashes(
  texts: readonly (readonly [name: string, text: string])[],
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const [name, text] of texts) found[name] = await hash(text);
  return found;
}

interface Cell {
  readonly id: string;
  readonly seconds: number;
}
