// A process that mutates settings files and tries each: `FOLDER FIRST LAST`. It prints a line
// before each input and one after it, so that whoever started it knows where it hangs.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { circuitText } from "../../src/circuit/library.ts";
import { deviceNamed } from "../../src/circuit/devices/registry.ts";
import { deviceYaml } from "../../src/circuit/devices/yaml.ts";
import { InputError } from "../../src/numerics/errors.ts";
import { random, type Random } from "../../src/numerics/random.ts";
import { readData } from "../../src/runs/node/data.ts";
import { buildSession, readPlan, sessionOn } from "../../src/runs/node/inputs.ts";
import { RunError } from "../../src/runs/node/learn.ts";
import { train } from "../../src/runs/node/run.ts";
import { planStudy } from "../../src/study/node/plan.ts";

const [folder, first, last] = process.argv.slice(2);
const at = (...path: readonly string[]) => join(folder, ...path);

const experiment = `name: tiny
description: Mutated.
data: { set: mnist, train: 40, test: 10 }
network: { layers: [784, 4, 10] }
circuit: mine.yaml
learning: { rates: [0.1, 0.05], beta: 0.5, lambda: 0.1 }
settle:
  free: { steps: 4 }
  nudged: { steps: 2 }
  solver: euler
train: { epochs: 1, batch: 20 }
seed: 1
`;
const schematic = `name: mine
description: >-
  Mutated
  as well.
temperature: 27 degC
rails: { low: 0 V, high: 1 V }
neuron:
  capacitance: 1 pF
  leak: 10 kOhm
  clamp: { law: diode, saturation: 1 nA, ideality: 1.2 }
synapse: { device: own.yaml, span: 1, memory: devices }
converters:
  readout: { bits: 9, low: -100 mV, high: 1.1 V, noise: 0.4 mV }
hold: { capacitance: 1 pF, leakage: 1 fA, time: 10 us }
mismatch: { capacitance: 2 %, offset: 1 mV, rail: 1 mV }
noise: { thermal: 1, flicker: { corner: 10 kHz }, telegraph: { depth: 1 %, rate: 100 Hz } }
`;
const study = `study: tiny
measure: training
base: base.yaml
grid:
  settle.free.steps: [2, 4]
  circuit: [ideal, mine.yaml]
seeds: [1, 2]
figures:
  - { title: Errors, y: curves.testErrorChip, line: settle.free.steps, panel: circuit }
table: { rows: circuit, columns: settle.free.steps, value: testErrorChip, best: low }
claims:
  - { sentence: Nothing diverges., computed: 'share("diverged")', expected: 0 }
`;
const device = await deviceYaml(deviceNamed("ecram"));
const sound: Readonly<Record<string, string>> = {
  "base.yaml": experiment,
  "mine.yaml": schematic,
  "crossbar.yaml": circuitText("kendall-2020"),
  "own.yaml": device,
  "study.yaml": study,
};

const numbers = (
  "0 -0 -1 1 2 0.5 1e30 -1e30 1e-30 1e400 5e-324 .nan .inf -.inf 0x1F 0o17 1_000 1,5 '1' \"2\" " +
  "00012 +5 1. .5 1e --1 ~ null true no [] {} [[]] 9007199254740993 1e308 3:25 2026-11-30 1/3 " +
  "١٢ １ ½ Infinity"
).split(" ");
const quantities = (
  "1,5 V|1PF|4k7|10 MEGohm|27 C|85 °C|-300 degC|1e400 V|-1 pF|0x10 V|∞ V|1 V V|1 mV/us|1 kk|" +
  "1 µF|１ V|1\u00a0V|none|V|1/0 V|1e-400 F|nan V|1_000 V|(1) V|1 furlong|1^1e9 V|1e-30 F|1 YV|" +
  "1 uS uS|10 %|1000 %|0 V|0 F|0 S|2 K|1 Hz|1e3|1 V^2|sqrt(2) V|1 V;1|import('fs')|1 V # x|1 :V"
).split("|");
const features: readonly string[] = [
  "&a ",
  "*a",
  "&a *a",
  "<<: *a\n",
  "<<: { beta: 1 }\n",
  "x-base: &a { beta: 0.1 }\n",
  "!!str ",
  "!!int ",
  "!!binary ",
  "!!set ",
  "!foo ",
  "! ",
  "|\n  text\n",
  ">+\n  text\n",
  "|2-\n",
  "? a\n: b\n",
  "---\n",
  "...\n",
  "%YAML 1.1\n---\n",
  "%TAG ! tag:x,2026:\n",
  "\u2028",
  "\u0085",
  "\u00a0",
  "\ufeff",
  "\u202e",
  "😀",
  "e\u0301",
  "\0",
  "\u001b[2J",
  "\t",
  "\r",
  "# ",
  "'",
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ": ",
  "- ",
  "__proto__: 1\n",
  "constructor: 1\n",
  "\\",
  "`",
  "@",
  "%",
  "9".repeat(5000),
  "a".repeat(5000),
  "[".repeat(200),
  "{a: ".repeat(100),
];

const pick = <T>(list: readonly T[], rng: Random): T => list[rng.below(list.length)];

/** Exchanges one of what `pattern` finds. */
function exchange(text: string, pattern: RegExp, by: string, rng: Random): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: old, index } = pick(found, rng);
  return text.slice(0, index) + by + text.slice(index + old.length);
}

const mutations: readonly ((text: string, rng: Random) => string)[] = [
  (t, rng) => exchange(t, /(?<![\w.-])-?\d[\d.e-]*(?![\w.])/g, pick(numbers, rng), rng),
  (t, rng) => exchange(t, /(?<=: )-?[\d.e-]+ (?:%|[a-zA-Z]+)/g, pick(quantities, rng), rng),
  (t, rng) => exchange(t, /(?<=: )[^\n,}]+/g, pick([...numbers, ...features], rng), rng),
  (t, rng) => {
    const i = rng.below(t.length + 1);
    return t.slice(0, i) + pick(features, rng) + t.slice(i);
  },
  (t, rng) => {
    const lines = t.split("\n");
    const i = rng.below(lines.length);
    const j = rng.below(lines.length);
    const changed = [
      lines.toSpliced(i, 1),
      lines.toSpliced(i, 0, lines[i]),
      lines.with(i, lines[j]).with(j, lines[i]),
      lines.with(i, `\t${lines[i]}`),
      lines.with(i, `  ${lines[i]}`),
      lines.with(i, pick(features, rng).trimEnd()),
    ];
    return pick(changed, rng).join("\n");
  },
  (t, rng) =>
    pick([t.replaceAll("\n", "\r\n"), `\ufeff${t}`, t.slice(0, rng.below(t.length)), t + t], rng),
];

/** A stack, a value that is none, and what a terminal would obey. */
const unclear =
  /\n\s+at |undefined|\[object|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** One input: the folder as it is sound, but for one file that is mutated. */
async function tried(n: number): Promise<string> {
  const rng = random("mutations", String(n));
  const changed = pick(Object.keys(sound), rng);
  for (const [name, text] of Object.entries(sound)) writeFileSync(at(name), text);
  const count = 1 + rng.below(3);
  let text = sound[changed];
  for (let k = 0; k < count; k++) text = pick(mutations, rng)(text, rng);
  writeFileSync(at(changed), text);
  const before = readdirSync(folder).join();
  try {
    await work(changed, n);
    return "valid";
  } catch (error) {
    if (!(error instanceof InputError || error instanceof RunError))
      return `crash ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    if (readdirSync(folder).join() !== before || existsSync(at("out"))) return "crash wrote a file";
    return unclear.test(error.message) ? `crash ${error.message}` : "refused";
  } finally {
    rmSync(at("out"), { recursive: true, force: true });
  }
}

/** Trains one minibatch; every twentieth input is a run with its folder, stopped at once. */
async function work(changed: string, n: number): Promise<void> {
  if (changed === "study.yaml") {
    await planStudy({ file: at(changed) });
    return;
  }
  const overrides =
    changed === "crossbar.yaml"
      ? [
          { path: ["circuit"], value: "crossbar.yaml", option: "" },
          { path: ["network", "layers"], value: [784, 4, 20], option: "" },
        ]
      : [];
  const asked = { file: at("base.yaml"), overrides, data: at("data") };
  if (n % 20 === 0) {
    await train({ ...asked, out: at("out"), signal: AbortSignal.abort() });
    return;
  }
  const plan = await readPlan(asked.file, overrides);
  const split = await readData(plan.experiment, { given: asked.data, root: plan.root });
  const session = await buildSession(plan, split, sessionOn());
  session.advance();
  session.close();
}

for (let n = Number(first); n < Number(last); n++) {
  process.stdout.write(`${JSON.stringify({ n })}\n`);
  const begin = performance.now();
  const outcome = await tried(n);
  process.stdout.write(
    `${JSON.stringify({ n, outcome, seconds: (performance.now() - begin) / 1000 })}\n`,
  );
}
