import { join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Split } from "../../data/dataset.ts";
import {
  analogEqprop,
  bengio2016,
  oconnor2019,
  scellier2017,
  scellier2018,
} from "../../output/cite.ts";
import { distinctEntries } from "../../output/distinct-cites.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { plotlySource } from "../../output/node/plotly.ts";
import { copyFileName, runFormats, writeNetwork } from "../../exports/formats.ts";
import type { IdealBeside, ReportData } from "../../output/report-data.ts";
import { renderReport } from "../../output/report.ts";
import { phasesOf } from "../../training/phases.ts";
import { settles, type LearningRule } from "../../experiment/rules.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { settingsOf } from "../../experiment/settings.ts";
import type { Probe } from "../../testbench/probe.ts";
import { names } from "./folder.ts";
import type { Plan } from "./inputs.ts";
import type { Ending, Run } from "./learn.ts";
import { portableOf } from "./portable.ts";
import { readEnvironment } from "./environment.ts";

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
  run: Run,
  circuit: Circuit,
  { test }: Split,
): Promise<readonly (readonly [path: string, bytes: Uint8Array])[]> {
  const net = portableOf(run, circuit, test);
  if (!net) return [];
  return Promise.all(
    runFormats.map(
      async (format) =>
        [join(run.dir, copyFileName(format)), await writeNetwork(net, format)] as const,
    ),
  );
}

/** How a run ended, and what the ideal chip of its settings came to. */
interface ReportEnding extends Ending {
  readonly ideal: IdealBeside | null;
}

/** Writes the report of what a probe found and returns its path. */
export function writeReport(
  run: Run,
  plan: Plan,
  split: Split,
  ending: ReportEnding,
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
  { outcome, advice, ideal }: ReportEnding,
  found: Probe,
): ReportData {
  const { command, ...rows } = readEnvironment(dir);
  return {
    ...found,
    name: experiment.name,
    description: experiment.description,
    outcome,
    advice,
    metrics,
    ideal,
    classNames: split.test.targets.names,
    settings: settingsOf(experiment),
    environment: settingsOf(rows),
    command,
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
