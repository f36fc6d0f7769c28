// Netlists, looks at settling, and a run with its report: what the commands write.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { settleTarget } from "../../src/runs/node/settle.ts";
import { circuitNames, readSafetensors, version } from "../../src/index.ts";
import {
  netlistOf,
  plotlySource,
  readJsonLines,
  reportRun,
  train,
  type NetlistRequest,
} from "../../src/node.ts";
import { cases } from "./cases.ts";
import { inFolder, type Folder } from "./disk.ts";
import { hash, numbersOf, tensorHash } from "./trained.ts";

type Options = NetlistRequest["options"];

/** So that a netlist can be read, and needs no settling. */
const small = { sizes: "6-4-4", time: "5 tau" } as const;

/** How each netlist is asked for; targets that are cases are written as files. */
export const netlists: Readonly<Record<string, readonly [target: string, Options]>> = {
  ...Object.fromEntries(
    circuitNames().map((name) => [
      `${name}, nudged`,
      [name, { ...small, phase: "nudged" }] as const,
    ]),
  ),
  "ideal, until it has settled": ["ideal", { sizes: "6-4-4" }],
  "mismatched, free, folded": ["mismatched", { ...small, fold: true, die: "2", seed: "3" }],
  "mismatched, tied": ["mismatched", { ...small, lambda: "0.1", input: "5", beta: "-0.25" }],
  "cmos-130nm, noise": ["cmos-130nm", { ...small, noise: "pwl", noiseStep: "0.5" }],
  "linear clamps": ["transconductors clamps, linear", { ...small }],
  diodes: ["transconductors clamps, diode, every mismatch", { ...small }],
  "custom clamps": ["transconductors clamps, custom", { ...small }],
  currents: ["transconductors nudge, currents", { ...small, phase: "nudged" }],
  "low rail": ["transconductors rails at other volts", { ...small, phase: "nudged" }],
  "xor, free, folded": ["xor", { ...small, fold: true }],
  "xor, operating point": ["xor", { sizes: "2-8-2", op: true, phase: "nudged" }],
  "xor, operating point, folded": ["xor", { sizes: "2-8-2", op: true, fold: true }],
  "kendall-2020, operating point": ["kendall-2020", { sizes: "6-4-4", op: true, phase: "nudged" }],
  "resistors, linear clamps": ["resistors clamps, linear", { ...small, op: false }],
  "resistors, diodes": ["resistors clamps, diode", { sizes: "6-4-4", op: true }],
  "resistors, custom clamps": ["resistors clamps, custom", { ...small }],
  "resistors, mismatched": ["resistors every mismatch", { ...small, phase: "nudged" }],
  "resistors, noise": ["resistors noise, flicker", { ...small, noise: "pwl", noiseStep: "0.5" }],
};

/** Of the text but for its title, which names the path. */
export async function netlistHash(name: string): Promise<string> {
  const [target, options] = netlists[name];
  return inFolder(async (folder) => {
    const text = await netlistOf({ target: asTarget(target, folder), options });
    return hash(text.slice(text.indexOf("\n")));
  });
}

/** Looks at settling, by their targets. */
export const looks: Readonly<Record<string, Parameters<typeof settleTarget>[0]["options"]>> = {
  mismatched: { compare: "euler,energy-descent,newton-cg", starts: "3", images: "2", die: "2" },
  "cmos-130nm": { solver: "euler-maruyama,step=0.1", time: "10 tau", from: "free", beta: "0.5" },
  "resistive-diodes": { compare: "dormand-prince,linearly-implicit-euler,step=0.1", seed: "3" },
  "kendall-2020": { solver: "block-descent", beta: "0.1", layers: "784,12,20", steps: "10" },
};

/** Of the numbers of a look, traces included. */
export async function lookHash(target: string): Promise<string> {
  return inFolder(async ({ data, at }) => {
    const options = { layers: "784,12,10", ...looks[target] };
    const page = at("page.html");
    const { found } = await settleTarget({ target, options, data, page, command: "" });
    return hash(numbersOf(found));
  });
}

/** Runs that end with a report, by their schematic. */
export const runs = {
  mismatched: { learning: { rates: [0.1, 0.1] } },
  "cmos-130nm": { learning: { rates: [0.1, 0.1], rule: "plain" } },
  "resistive-100": {
    settle: { solver: "block-descent", free: { steps: 4 }, nudged: { steps: 4 } },
    learning: { beta: 0.1, scheme: "centred", lambda: 0, rates: [0.003, 0.003] },
  },
} as const;

/** What a run leaves behind. */
export interface RunFiles {
  /** Numbers of `metrics.jsonl` but for times. */
  readonly metrics: string;
  /** Tensors of `checkpoint.safetensors`, and of `copy.safetensors` where there is a copy. */
  readonly checkpoint: string;
  readonly copy: string | null;
  readonly onnx: string | null;
  /** `report.html` in a fixed environment, without the plotting library, its folder and the version. */
  readonly report: string;
}

export async function runFiles(circuit: keyof typeof runs): Promise<RunFiles> {
  return inFolder(async ({ data, at }) => {
    const inRun = (name: string) => at(`run/${name}`);
    const experiment = {
      name: "golden",
      description: "A run whose report is kept.",
      circuit,
      data: { set: "mnist" },
      network: { layers: [784, 12, 10] },
      train: { epochs: 1, batch: 10, every: 0.5 },
      ...runs[circuit],
    };
    writeFileSync(at("golden.yaml"), JSON.stringify(experiment));
    await train({ file: at("golden.yaml"), out: at("run"), data });
    const metrics = readJsonLines(inRun("metrics.jsonl")) as Readonly<Record<string, unknown>>[];
    const timeless = metrics.map((row) => ({ ...row, samplesPerSecond: 1000, trainSeconds: 1 }));
    const environment = {
      version,
      node: "node",
      platform: "platform",
      cpu: "cpu",
      cores: 1,
      memoryGigabytes: 1,
      revision: null,
      started: "then",
      command: "analog-eqprop train golden.yaml",
      seed: 1,
      data: "data",
      dataHash: "hash",
      dataFolder: null,
    };
    const lines = timeless.map((row) => `${JSON.stringify(row)}\n`);
    writeFileSync(inRun("metrics.jsonl"), lines.join(""));
    writeFileSync(inRun("environment.json"), JSON.stringify(environment));
    const report = readFileSync(await reportRun(at("run"), data), "utf8").replaceAll(
      at("run"),
      "RUN",
    );
    const hasCopy = existsSync(inRun("copy.onnx"));
    return {
      metrics: await hash(numbersOf(timeless)),
      checkpoint: await tensorsOf(inRun("checkpoint.safetensors")),
      copy: hasCopy ? await tensorsOf(inRun("copy.safetensors")) : null,
      onnx: hasCopy ? await hash(withoutVersion(readFileSync(inRun("copy.onnx"), "latin1"))) : null,
      report: await hash(withoutVersion(report.replace(plotlySource(), () => ""))),
    };
  });
}

function withoutVersion(text: string): string {
  return text.replaceAll(version, "VERSION");
}

async function tensorsOf(path: string): Promise<string> {
  return tensorHash(readSafetensors(readFileSync(path)).tensors);
}

/** A schematic of the library by its name, and that of a case as a file. */
function asTarget(name: string, { at }: Folder): string {
  if (circuitNames().includes(name)) return name;
  const path = at("circuit.yaml");
  writeFileSync(path, cases[name].circuit);
  return path;
}
