import { imperfectionsIn } from "../../circuit/read/imperfections.ts";
import type { Circuit } from "../../circuit/circuit.ts";
import { InputError } from "../../numerics/errors.ts";
import { numbersIn } from "../../numerics/ranges.ts";
import { quantity } from "../../numerics/units.ts";
import { readConditions } from "../../runs/node/conditions.ts";
import { readMove, type Move } from "../moves.ts";
import type { YieldGoal } from "../yield.ts";

/** Options as they are typed. */
export interface WrittenYield {
  /** How many, or which: `1000`, `1-32`, `3,7,9`. */
  readonly dies?: string;
  readonly below?: string;
  readonly until?: string;
  readonly move?: string;
  readonly temperature?: string;
  readonly age?: string;
  readonly without?: string;
}

/** What is asked of every die, in SI units, and of their number. */
export interface AskedYield {
  readonly goal: YieldGoal;
  readonly move: Move;
  readonly kelvin: number | undefined;
  readonly seconds: number | undefined;
  readonly without: readonly string[];
}

/** @throws InputError that names the option, what is wrong with it and what was expected. */
export async function readYieldAsked(written: WrittenYield): Promise<AskedYield> {
  const { below, until, move = "program", temperature, age, without } = written;
  const conditions = await readConditions({ temperature, age });
  const goal = {
    below: below === undefined ? null : 100 * (await partOf("below", below)),
    until: until === undefined ? null : await partOf("until", until),
  };
  if (goal.until !== null && goal.below === null)
    throw new InputError(
      "--until: there is no yield to be sure of; say which dies are good by --below, such as " +
        '--below "4 %"',
    );
  return {
    goal,
    move: readMove(move),
    kelvin: conditions.temperature,
    seconds: conditions.age,
    without: without === undefined ? [] : imperfectionsIn(without),
  };
}

async function partOf(option: string, text: string): Promise<number> {
  const value = await quantity(text, "ratio", "refused").catch((error: unknown) => {
    throw error instanceof InputError ? new InputError(`--${option}: ${error.message}`) : error;
  });
  if (value > 0 && value < 1) return value;
  throw new InputError(
    `--${option}: found ${JSON.stringify(text)}, expected more than 0 % and less than 100 %`,
  );
}

/** @throws InputError for what has no meaning on this circuit. */
export function refuseUnmovable({ move, seconds, kelvin }: AskedYield, circuit: Circuit): void {
  if (move.how === "as-is" && circuit.synapse.memory === "devices")
    throw new InputError(
      `--move as-is: the weights of circuit ${circuit.name} are what the devices of one die ` +
        "hold, and another die has other devices; write them into it by --move program",
    );
  if (move.how === "relearn" && (seconds !== undefined || kelvin !== undefined))
    throw new InputError(
      "--move relearn: learning writes the weights anew, so that their age and temperature " +
        "before it say nothing; leave --age and --temperature out",
    );
}

/**
 * A count: so many dies from number 1 on that the run did not learn on. Or numbers, as they are.
 * @throws InputError for what is neither.
 */
export function diesAsked(text: string, met: readonly number[]): readonly number[] {
  const count = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : 0;
  if (count > most || (count === 0 && !listed(text)))
    throw new InputError(
      `--dies: found ${JSON.stringify(text)}, expected how many (at most ${most}), such as ` +
        "1000, or which, such as 1-32 or 1,4,7-9",
    );
  if (count > 0)
    return Array.from({ length: count + met.length }, (_, i) => i + 1)
      .filter((die) => !met.includes(die))
      .slice(0, count);
  const dies = [...new Set(numbersIn(text, "--dies"))];
  if (dies.length > 0) return dies;
  throw new InputError(
    `--dies: found ${JSON.stringify(text)}, an empty range; write its low end first`,
  );
}

const most = 100_000;

/** Whether a text is a range, or several numbers or ranges. */
function listed(text: string): boolean {
  const parts = text.split(",").map((part) => part.trim());
  return (
    parts.every((part) => /^\d{1,9}(\s*-\s*\d{1,9})?$/.test(part)) &&
    (parts.length > 1 || parts[0].includes("-"))
  );
}
