import {
  describePowers,
  meanings,
  samePowers,
  timesPower,
  type Powers,
} from "../../numerics/dimensions.ts";
import { InputError } from "../../numerics/errors.ts";
import { textOf, type Call, type Expression } from "./expression.ts";

const plain: Powers = meanings.none.powers;

/** What the names of a law measure, and the value of an expression without variables. */
interface Names {
  powers(name: string): Powers;
  /** Undefined for what depends on a variable. */
  constant(e: Expression): number | undefined;
}

/**
 * What an expression measures; null is the number 0, which fits wherever it stands.
 * @throws InputError where a sum mixes dimensions, a function is given a dimension it cannot take,
 *   or an exponent varies.
 */
export function dimensionOf(e: Expression, names: Names): Powers | null {
  if (typeof e === "number") return e === 0 ? null : plain;
  if (typeof e === "string") return names.powers(e);
  const parts = e.args.map((a) => dimensionOf(a, names));
  const [first, second] = parts;
  switch (e.op) {
    case "add":
    case "subtract":
    case "min":
    case "max":
      return alike(e, parts);
    case "abs":
    case "unaryMinus":
      return first;
    case "multiply":
      return first && second && timesPower(first, second, 1);
    case "divide":
      return first && timesPower(first, second ?? plain, -1);
    case "sqrt":
      return first && timesPower(plain, first, 0.5);
    case "pow":
      return power(e, first, second, names);
    default:
      if (!isPlain(first))
        throw new InputError(
          `${textOf(e)}: ${e.op} of ${describePowers(first)}, expected a number without unit; ` +
            `divide ${textOf(e.args[0])} by ${describePowers(first)}`,
        );
      return plain;
  }
}

const isPlain = (p: Powers | null): p is null => p === null || samePowers(p, plain);

function alike(e: Call, parts: readonly (Powers | null)[]): Powers | null {
  const known = parts.findIndex((p) => p !== null);
  const other = parts.findIndex((p) => p && !samePowers(p, parts[known]!));
  if (other === -1) return parts[known] ?? null;
  throw new InputError(
    `${textOf(e)}: ${textOf(e.args[known])} is ${describePowers(parts[known]!)} and ` +
      `${textOf(e.args[other])} is ${describePowers(parts[other]!)}; expected both to measure ` +
      "the same",
  );
}

function power(e: Call, base: Powers | null, exponent: Powers | null, names: Names): Powers {
  if (!isPlain(exponent))
    throw new InputError(
      `${textOf(e)}: the exponent is ${describePowers(exponent)}, expected a number without unit`,
    );
  if (isPlain(base)) return plain;
  const k = names.constant(e.args[1]);
  if (k === undefined)
    throw new InputError(
      `${textOf(e)}: ${describePowers(base)} to a power that varies, expected a number without ` +
        "unit or a fixed exponent",
    );
  return timesPower(plain, base, k);
}
