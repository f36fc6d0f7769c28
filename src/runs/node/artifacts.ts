import { join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Split } from "../../data/dataset.ts";
import { sources } from "../../data/sources.ts";
import {
  analogEqprop,
  bengio2016,
  oconnor2019,
  scellier2017,
  scellier2018,
} from "../../output/cite.ts";
import { copyTensors } from "../../learning/copy-network.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { writeOnnx } from "../../output/onnx.ts";
import type { ReportData } from "../../output/report-data.ts";
import { renderReport } from "../../output/report.ts";
import { writeSafetensors } from "../../output/safetensors.ts";
import { version } from "../../version.generated.ts";
import { copyOf } from "../../training/copy-of.ts";
import { settingsOf } from "../../experiment/settings.ts";
import type { Probe } from "../../testbench/probe.ts";
import { names } from "./folder.ts";
import type { Plan } from "./inputs.ts";
import type { Ending, Run } from "./learn.ts";
import { readJson } from "./text.ts";

/** The digital copy as files for other programs, where the rule has one. */
export async function copyFiles(
  { dir, experiment, session, hashes, metrics }: Run,
  circuit: Circuit,
): Promise<readonly (readonly [path: string, bytes: Uint8Array])[]> {
  const copy = copyOf(experiment, session.snapshot().tensors, circuit);
  if (!copy) return [];
  const last = metrics.at(-1);
  const metadata = {
    name: experiment.name,
    version,
    seed: String(experiment.seed),
    config: hashes.config,
    epochs: String(session.step / session.stepsPerEpoch),
    activation: experiment.learning.copy.activation,
    ...(circuit.outputs === "differential" && {
      outputs: "differential: the last layer is linear and takes the differences of the pairs",
    }),
    ...(last && last.testErrorCopy !== null
      ? {
          testErrorCopy: String(last.testErrorCopy),
          ...(last.testErrorChip !== null && { testErrorChip: String(last.testErrorChip) }),
        }
      : {}),
  };
  return [
    [join(dir, names.onnx), await writeOnnx(copy, metadata)],
    [join(dir, names.copy), writeSafetensors(copyTensors(copy), metadata)],
  ];
}

/** Writes the report of what a probe found and returns its path. */
export function writeReport(
  run: Run,
  plan: Plan,
  split: Split,
  ending: Ending,
  found: Probe,
): string {
  const path = join(run.dir, names.report);
  writeFileAtomic(path, renderReport(reportData(run, plan, split, ending, found), plotlySource()));
  return path;
}

function reportData(
  { dir, metrics }: Run,
  { experiment, circuit }: Plan,
  split: Split,
  { outcome, advice }: Ending,
  found: Probe,
): ReportData {
  const environment = readJson(join(dir, names.environment), "environment");
  const { command, ...rows } = environment;
  return {
    ...found,
    name: experiment.name,
    description: experiment.description,
    outcome,
    advice,
    metrics,
    classNames:
      experiment.data.set === "digits"
        ? Array.from({ length: 10 }, (_, digit) => String(digit))
        : sources[experiment.data.set].classNames,
    settings: settingsOf(experiment),
    environment: settingsOf(rows),
    command:
      typeof command === "string" ? command : `analog-eqprop train ${join(dir, names.config)}`,
    bibtex: [
      ...new Set(
        [
          oconnor2019,
          scellier2017,
          ...(experiment.network.asymmetric ? [scellier2018] : []),
          ...(experiment.learning.rule === "tied" ? [bengio2016] : []),
          ...circuit.cites,
          ...split.cites,
          ...found.physics.flatMap((a) => a.cites),
          analogEqprop,
        ].map((c) => c.trim()),
      ),
    ],
  };
}
