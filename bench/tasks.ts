import type { Session } from "../src/training/session.ts";
import { settingOf, type Cell, type Setting } from "./cells.ts";
import { timeImperfect, type ImperfectResult, type ImperfectTask } from "./imperfect-task.ts";
import { secondsPerStep } from "./measure.ts";
import { multiplyAddPeak } from "./peak.ts";
import { idealCircuit, openBench, warmed, withThermalNoise, type DataChoice } from "./setup.ts";
import {
  settleAll,
  trainByWay,
  type SettleResult,
  type SettleTask,
  type SolverTrainingResult,
  type SolverTrainingTask,
} from "./solver-tasks.ts";

interface Common {
  readonly data: DataChoice;
  readonly threads: number;
}

/** Times whole training steps of each cell. */
export interface TrainTask extends Common {
  readonly op: "train";
  readonly cells: readonly Cell[];
  readonly seconds: number;
  readonly noise: boolean;
}
export interface TrainResult extends Cell {
  readonly samplesPerSecond: number;
}

/** Times one setting, and the machine beside it. */
export interface ScalingTask extends Common {
  readonly op: "scaling";
  readonly setting: Setting;
  readonly seconds: number;
}
export interface ScalingResult {
  readonly secondsPerSample: number;
  /** Of the kernels' memory; of the process right after the window. */
  readonly arenaBytes: number;
  readonly residentBytes: number;
  /** Multiply-adds per second of the peak kernel. */
  readonly peak: number;
}

/** Trains a setting epoch by epoch until the copy's test error is at most `error` percent. */
export interface AccuracyTask extends Common {
  readonly op: "accuracy";
  readonly setting: Setting & { readonly epochs: number };
  readonly error: number;
}
export interface AccuracyResult {
  readonly epoch: number;
  readonly testErrorCopy: number;
  readonly trainSeconds: number;
}

export type Task =
  | TrainTask
  | ScalingTask
  | AccuracyTask
  | SettleTask
  | SolverTrainingTask
  | ImperfectTask;
type Result =
  | TrainResult
  | ScalingResult
  | AccuracyResult
  | SettleResult
  | SolverTrainingResult
  | ImperfectResult;

/** Does a task; `report` is called with each result. */
export async function runTask(task: Task, report: (result: Result) => void): Promise<void> {
  if (task.op === "settle") return settleAll(task, report);
  if (task.op === "solver-training") return trainByWay(task, report);
  if (task.op === "imperfect") return timeImperfect(task, report);
  const ideal = await idealCircuit();
  const bench = await openBench({
    ...task,
    circuit: task.op === "train" && task.noise ? withThermalNoise(ideal) : ideal,
  });
  switch (task.op) {
    case "train":
      for (const cell of task.cells) {
        const session = warmed(bench, settingOf(cell));
        report({ ...cell, samplesPerSecond: cell.batch / secondsPerStep(session, task.seconds) });
        session.close();
      }
      return;
    case "scaling": {
      const session = warmed(bench, task.setting);
      const secondsPerSample = secondsPerStep(session, task.seconds) / task.setting.batch;
      report({
        secondsPerSample,
        arenaBytes: session.trained().chip.memory.used,
        residentBytes: process.memoryUsage.rss(),
        peak: multiplyAddPeak(),
      });
      session.close();
      return;
    }
    case "accuracy": {
      const session = bench.open(task.setting);
      trainTo(session, task.error, report);
      session.close();
      return;
    }
    default:
      task satisfies never;
  }
}

function trainTo(session: Session, error: number, report: (result: AccuracyResult) => void): void {
  for (let trainSeconds = 0; session.step < session.totalSteps; ) {
    const begin = performance.now();
    for (let i = 0; i < session.stepsPerEpoch; i++) session.advance();
    trainSeconds += (performance.now() - begin) / 1000;
    const { epoch, testErrorCopy } = session.evaluate();
    report({ epoch, testErrorCopy: testErrorCopy ?? NaN, trainSeconds });
    if (testErrorCopy !== null && testErrorCopy <= error) return;
  }
}
