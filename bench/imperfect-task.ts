import type { Circuit } from "../src/circuit/circuit.ts";
import { circuitText } from "../src/circuit/library.ts";
import { parseCircuit } from "../src/circuit/read/parse.ts";
import { nets, type Setting } from "./cells.ts";
import { processorSecondsPerStep } from "./measure.ts";
import { openBench, warmed, withThermalNoise, type DataChoice } from "./setup.ts";

/**
 * What is compared with the ideal chip, which comes first: schematics of the library by name, and
 * the ideal one with Johnson's noise.
 */
export const chips = [
  "ideal",
  "thermal noise",
  "mismatched",
  "cmos-130nm",
  "ecram",
  "pcm",
  "reram-array",
] as const;
export type ChipName = (typeof chips)[number];

/** What is timed: SMALL at T⁻ = 20 with minibatches of 20. */
export const imperfectSetting: Setting = { ...nets.SMALL, freeSteps: 20, batch: 20 };

/** Times whole training steps of chips by turns. */
export interface ImperfectTask {
  readonly op: "imperfect";
  readonly data: DataChoice;
  readonly chips: readonly ChipName[];
  readonly setting: Setting;
  readonly rounds: number;
  readonly seconds: number;
}
export interface ImperfectResult {
  readonly chip: ChipName;
  readonly round: number;
  readonly samplesPerSecond: number;
}

export async function circuitOf(chip: ChipName): Promise<Circuit> {
  const name = chip === "thermal noise" ? "ideal" : chip;
  const circuit = await parseCircuit(circuitText(name), `circuits/${name}.yaml`);
  return chip === "thermal noise" ? withThermalNoise(circuit) : circuit;
}

/**
 * In one process all chips stand warmed side by side; every other round runs backwards, so that
 * nobody is always first.
 */
export async function timeImperfect(
  { data, chips, setting, rounds, seconds }: ImperfectTask,
  report: (result: ImperfectResult) => void,
): Promise<void> {
  const stands = [];
  for (const chip of chips)
    stands.push({
      chip,
      session: warmed(
        await openBench({ data, threads: 1, circuit: await circuitOf(chip) }),
        setting,
      ),
    });
  for (let round = 0; round < rounds; round++)
    for (const { chip, session } of round % 2 === 0 ? stands : stands.toReversed())
      report({
        chip,
        round,
        samplesPerSecond: setting.batch / processorSecondsPerStep(session, seconds),
      });
  for (const { session } of stands) session.close();
}
