import { join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Split } from "../../data/dataset.ts";
import { dataSets } from "../../data/catalogue.ts";
import {
  analogEqprop,
  bengio2016,
  oconnor2019,
  scellier2017,
  scellier2018,
} from "../../output/cite.ts";
import { keysOf } from "../../numerics/keys.ts";
import { distinctEntries } from "../../output/distinct-cites.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { copyFileName, copyFormats } from "../../exports/formats.ts";
import type { ReportData } from "../../output/report-data.ts";
import { renderReport } from "../../output/report.ts";
import { version } from "../../version.generated.ts";
import { unsoundCopy } from "../../learning/copy-network.ts";
import { copyOf } from "../../training/copy-of.ts";
import { phasesOf } from "../../training/phases.ts";
import { settles, type LearningRule } from "../../experiment/rules.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { settingsOf } from "../../experiment/settings.ts";
import type { Probe } from "../../testbench/probe.ts";
import { names } from "./folder.ts";
import type { Plan } from "./inputs.ts";
import type { Ending, Run } from "./learn.ts";
import { readJson } from "./text.ts";

/** What a learning rule rests on besides the paper and equilibrium propagation. */
const ruleCites = {
  initialized: [],
  plain: [],
  persistent: [],
  tied: [bengio2016],
  backpropagation: [],
} as const satisfies Readonly<Record<LearningRule, readonly string[]>>;

/** Of what settles the two phases. */
function solverCites(experiment: Experiment): readonly string[] {
  return Object.values(phasesOf(experiment)).flatMap(({ solver }) => solver.cites);
}

/**
 * The digital copy as files for other programs, where the rule has one and all that was measured of
 * it are numbers.
 */
export async function copyFiles(
  { dir, experiment, session, hashes, metrics }: Run,
  circuit: Circuit,
): Promise<readonly (readonly [path: string, bytes: Uint8Array])[]> {
  // Of a run that came apart, what was measured after its last checkpoint is of other weights.
  const last = metrics.findLast((m) => m.step <= session.step);
  const copy = copyOf(experiment, session.snapshot().tensors, circuit);
  if (!copy || last?.finite === false || unsoundCopy(copy) !== undefined) return [];
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
  return Promise.all(
    keysOf(copyFormats).map(
      async (format) =>
        [join(dir, copyFileName(format)), await copyFormats[format].write(copy, metadata)] as const,
    ),
  );
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
    classNames: dataSets[experiment.data.set].classNames,
    settings: settingsOf(experiment),
    environment: settingsOf(rows),
    command:
      typeof command === "string" ? command : `analog-eqprop train ${join(dir, names.config)}`,
    bibtex: distinctEntries([
      oconnor2019,
      scellier2017,
      ...(experiment.network.asymmetric ? [scellier2018] : []),
      ...ruleCites[experiment.learning.rule],
      ...circuit.cites,
      ...split.cites,
      ...(settles(experiment.learning.rule) ? solverCites(experiment) : []),
      ...found.physics.flatMap((a) => a.cites),
      analogEqprop,
    ]),
  };
}
