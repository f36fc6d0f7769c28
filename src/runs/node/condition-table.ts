import { atTemperature } from "../../circuit/temperature.ts";
import { imperfectionsIn } from "../../circuit/read/imperfections.ts";
import type { Dataset } from "../../data/dataset.ts";
import { settles } from "../../experiment/rules.ts";
import type { Fit } from "../../learning/score.ts";
import { refuseTooLarge } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { numbersIn } from "../../numerics/ranges.ts";
import type { Evaluation } from "../../output/metrics.ts";
import { csvField } from "../../output/csv.ts";
import type { MeasuredCondition } from "../../output/condition-text.ts";
import { wilson, type Interval } from "../../numerics/wilson.ts";
import {
  refuseBackpropagation,
  readConditions,
  type Conditions,
  type WrittenConditions,
} from "./conditions.ts";
import { buildSession, circuitOfPlan, keepsAlike, sessionOn, type Create } from "./inputs.ts";
import { evaluationOf, reopen } from "./reopen.ts";
import { longest, roomFor } from "./room.ts";

/** A run measured under one of many conditions, and how sure that is. */
export interface ConditionRow extends MeasuredCondition {
  /** Largest natural residual of the settled chip; null without one. */
  readonly residual: number | null;
  /** Samples that chip and copy name alike, percent; null without one of them. */
  readonly agreement: number | null;
  /** Whether all weights and states are numbers. */
  readonly finite: boolean;
}

export interface ConditionTable {
  /** The run folder. */
  readonly runDir: string;
  /** The test samples, by the name of their set. */
  readonly data: string;
  /** Whether they are those that the run was tested on. */
  readonly sameData: boolean;
  /** How many of them. */
  readonly testSamples: number;
  /** Each combination of the conditions. */
  readonly rows: readonly ConditionRow[];
}

/** Every condition that is asked for, in lists. */
interface AskedConditions {
  readonly dies: readonly (number | undefined)[];
  readonly temperatures: readonly (number | undefined)[];
  readonly ages: readonly (number | undefined)[];
  readonly without: readonly string[];
}

/** Whether conditions are lists, which make a table. */
export function areMany({ die, temperature, age }: WrittenConditions): boolean {
  return /[,-]/.test(die ?? "") || [temperature, age].some((t) => t?.includes(","));
}

/**
 * `1-10`, `0, 27, 85 degC`, `0, 1 h, 1 year`: a unit holds for the numbers before it.
 * @throws InputError that names the option, what is wrong with it and what was expected.
 */
export async function readConditionLists(written: WrittenConditions): Promise<AskedConditions> {
  const { die, temperature, age, without } = written;
  if (
    die !== undefined &&
    !/^\s*\d{1,9}\s*(-\s*\d{1,9}\s*)?(,\s*\d{1,9}\s*(-\s*\d{1,9}\s*)?)*$/.test(die)
  )
    throw new InputError(
      `--die: found ${JSON.stringify(die)}, expected dies such as 7, 1-10 or 1,4,7-9`,
    );
  const one = async (given: WrittenConditions) => readConditions(given);
  const temperatures = listed("temperature", temperature).map(
    async (t) => (await one({ temperature: t })).temperature,
  );
  const ages = listed("age", age).map(async (t) => (await one({ age: t === "0" ? "0 s" : t })).age);
  const dies = die === undefined ? [undefined] : numbersIn(die, "--die");
  if (dies.length === 0)
    throw new InputError(
      `--die: found ${JSON.stringify(die)}, an empty range; write its low end first`,
    );
  return {
    dies,
    temperatures: temperatures.length > 0 ? await Promise.all(temperatures) : [undefined],
    ages: ages.length > 0 ? await Promise.all(ages) : [undefined],
    without: without === undefined ? [] : imperfectionsIn(without),
  };
}

/**
 * The entries of a list; one that is a bare number has the unit of the next that has one.
 * @throws InputError where a comma stands between digits.
 */
function listed(option: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  // Between digits it may be a decimal point.
  if (/\d,\d/.test(text)) {
    const list = text.replace(/(?<=\d),(?=\d)/g, ", ");
    const decimal = /^[^,]*,[^,]*$/.test(text) ? `"${text.replace(",", ".")}" or ` : "";
    throw new InputError(
      `--${option}: found ${JSON.stringify(text)}, where a comma between digits may be a decimal ` +
        `point; write ${decimal}"${list}"`,
    );
  }
  const parts = text.split(",").map((part) => part.trim());
  const units = parts.map((part) => /^[-+]?[\d.]+(?:e[-+]?\d+)?\s*(\D.*)$/i.exec(part)?.[1]);
  return parts.map((part, i) => {
    const unit = units[i] === undefined && part !== "0" ? units.slice(i).find(Boolean) : undefined;
    const zero = part === "0" && /deg/.test(units.slice(i).find(Boolean) ?? "");
    return unit !== undefined
      ? `${part} ${unit}`
      : zero
        ? `0 ${units.slice(i).find(Boolean)!}`
        : part;
  });
}

interface TableOptions {
  readonly data?: string;
  readonly force?: boolean;
  readonly told?: (done: number, all: number) => void;
}

/**
 * Measures a run under every combination of dies, temperatures and ages. Another die gets the run's
 * weights by write-verify; the copy is digital and stays what it is.
 * @param told how many of how many are measured, from none on.
 * @param force measures them all whatever time it takes.
 * @throws InputError where they would take too long, by a model and then by the first of them.
 */
export async function evaluateTable(
  dir: string,
  { dies, temperatures, ages, without }: AskedConditions,
  { data, force, told = () => undefined }: TableOptions = {},
  create: Create = sessionOn(),
): Promise<ConditionTable> {
  const { run, plan, split, sameData } = await reopen(dir, data, create);
  const { experiment } = plan;
  const snapshot = run.session.snapshot();
  run.session.close();
  if (!settles(experiment.learning.rule)) refuseBackpropagation(dir);
  const circuit = await circuitOfPlan(plan, without);
  const testSamples = split.test.count;
  const counted = countedSamples(split.test);
  const rows: ConditionRow[] = [];
  const all = dies.length * temperatures.length * ages.length;
  const one = evaluationOf(plan, split);
  const refuseTime = (secondsOfOne: number) => {
    refuseTooLarge(
      {
        ...one,
        of: `${dir}: ${all} conditions`,
        seconds: all * secondsOfOne,
        shorter: "ask for fewer dies, temperatures or ages",
      },
      roomFor(longest.wait, { force }),
    );
  };
  refuseTime(one.seconds ?? 0);
  told(0, all);
  const begin = performance.now();
  for (const die of dies.map((d) => d ?? experiment.die))
    for (const kelvin of temperatures.map((t) => t ?? circuit.temperature)) {
      const there = { ...experiment, die };
      const session = await buildSession(
        { ...plan, experiment: there, circuit: atTemperature(circuit, kelvin) },
        split,
        create,
      );
      try {
        const { chip, copy } = session.trained();
        if (keepsAlike(circuit, plan.circuit)) session.restore(snapshot);
        else copy?.parameters.load(snapshot.tensors);
        if (die !== experiment.die || !keepsAlike(circuit, plan.circuit))
          chip.program(snapshot.tensors);
        for (const age of ages) {
          if (age !== undefined || kelvin !== circuit.temperature) chip.age(age ?? 0, kelvin);
          rows.push(rowOf({ die, temperature: kelvin, age }, session.evaluate(), counted));
          if (rows.length === 1) refuseTime((performance.now() - begin) / 1000);
          told(rows.length, all);
        }
      } finally {
        session.close();
      }
    }
  return { runDir: dir, data: split.source, sameData, testSamples, rows };
}

type Evaluated = Pick<
  Evaluation,
  "testErrorChip" | "testErrorCopy" | "scores" | "residual" | "agreement" | "finite"
>;

function rowOf(
  { die, temperature, age }: Conditions & { readonly die: number; readonly temperature: number },
  { testErrorChip, testErrorCopy, scores, residual, agreement, finite }: Evaluated,
  counted: number | null,
): ConditionRow {
  return {
    die,
    temperature,
    age: age ?? null,
    testErrorChip,
    interval:
      testErrorChip === null || counted === null ? null : errorInterval(testErrorChip, counted),
    testErrorCopy,
    scores: scores.test,
    residual,
    agreement,
    finite,
  };
}

/** How many samples an error rate is a share of; null where targets are reals, which have none. */
export function countedSamples({ count, targets }: Dataset): number | null {
  return targets.kind === "reals" ? null : count;
}

/** Wilson's interval of an error rate in percent, over so many samples. */
export function errorInterval(percent: number, samples: number): Interval {
  const { low, high } = wilson((percent / 100) * samples, samples);
  return { low: 100 * low, high: 100 * high };
}

/**
 * The table as CSV (RFC 4180), units in its heads; what is not known is an empty field. Real
 * targets have R² and RMSE instead of error rates.
 */
export function conditionCsv({ rows }: ConditionTable): string {
  const columns = [
    { head: "die", of: (r: ConditionRow) => r.die },
    { head: "temperature (K)", of: (r: ConditionRow) => r.temperature },
    { head: "age (s)", of: (r: ConditionRow) => r.age },
    ...(fitColumns(rows) ?? errorColumns),
    { head: "residual", of: (r: ConditionRow) => r.residual },
    { head: "agreement (%)", of: (r: ConditionRow) => r.agreement },
  ];
  return [columns.map(({ head }) => head), ...rows.map((r) => columns.map(({ of }) => of(r)))]
    .map((line) => `${line.map((v) => csvField(v ?? "")).join(",")}\r\n`)
    .join("");
}

interface CsvColumn {
  readonly head: string;
  of(row: ConditionRow): number | null;
}

const errorColumns: readonly CsvColumn[] = [
  { head: "test error chip (%)", of: (r) => r.testErrorChip },
  { head: "low (%)", of: (r) => r.interval?.low ?? null },
  { head: "high (%)", of: (r) => r.interval?.high ?? null },
  { head: "test error copy (%)", of: (r) => r.testErrorCopy },
];

/** R² and RMSE of each target; null where targets are classes. */
function fitColumns(rows: readonly ConditionRow[]): readonly CsvColumn[] | null {
  const whose = ["chip", "copy"] as const;
  const told = rows.flatMap((r) => whose.flatMap((who) => r.scores[who] ?? [])).at(0);
  if (told?.kind !== "reals") return null;
  return told.fits.flatMap(({ name }, k) =>
    whose.flatMap((who) => {
      const fit = ({ scores }: ConditionRow): Fit | null => {
        const score = scores[who];
        return score?.kind === "reals" ? score.fits[k] : null;
      };
      return [
        { head: `test R2 ${who} (${name})`, of: (r: ConditionRow) => fit(r)?.r2 ?? null },
        { head: `test RMSE ${who} (${name})`, of: (r: ConditionRow) => fit(r)?.rmse ?? null },
      ];
    }),
  );
}
