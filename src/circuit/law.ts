import type { MathNode } from "mathjs";
import { describePowers, meanings, samePowers, type Dimension } from "../numerics/dimensions.ts";
import { InputError } from "../numerics/errors.ts";
import type { Quantity } from "../numerics/units.ts";
import { closure, foldConstants, type Closure } from "./law/closure.ts";
import { dimensionOf } from "./law/dimensions.ts";
import {
  expressionOf,
  extent,
  functionNames,
  functions,
  mentions,
  textOf,
  substitute,
  type Expression,
} from "./law/expression.ts";
import { maxDepth, maxNodes, scan, tooDeep, tooLong } from "./law/scan.ts";
import { slopeOf } from "./law/slope.ts";

/**
 * A law as plain data, its parameters' SI values in place: it can be stored and sent to a worker.
 */
export interface Law {
  /** As its user wrote it. */
  readonly text: string;
  readonly variables: readonly string[];
  readonly value: Expression;
  /** d/dx for the first variable x, from the right where abs, min or max has a kink. */
  readonly slope: Expression;
}

/** A law ready to run: native functions of its variables in SI units. */
export interface CompiledLaw {
  readonly value: Closure;
  readonly slope: Closure;
  readonly text: string;
}

/**
 * The names that a law y = f(x; parameters) may use, and the dimension that y must have. What it
 * does not name here is an error of the law.
 */
export interface LawOptions {
  /** One or two, by name; the slope is taken in the first. */
  readonly variables: Readonly<Record<string, Dimension>>;
  readonly parameters?: Readonly<Record<string, Quantity>>;
  /** What the law gives. */
  readonly result: Dimension;
}

/**
 * Reads a law such as `Is*(exp(V/(n*Vt)) - 1)`: numbers, + − * / ^, parentheses, the given names,
 * and exp, log, sqrt, abs, tanh, sinh, cosh, min and max. mathjs parses and differentiates it,
 * dimensions are checked through every operation, and nothing of it is ever run as code.
 * @throws InputError for anything else, an unknown name, dimensions that do not fit, more than 1000
 *   nodes or 100 levels.
 */
export async function readLaw(
  text: string,
  { variables, parameters = {}, result }: LawOptions,
): Promise<Law> {
  const inputs = Object.keys(variables);
  const given = Object.keys(parameters);
  for (const name of given) checkParameter(name, inputs);
  const used = scan(text, [...inputs, ...given]);
  const idle = given.find((name) => !used.has(name));
  if (idle !== undefined)
    throw new InputError(
      `the parameter ${idle} does not occur in the law; remove it, or correct the law`,
    );

  const { default: math } = await import("mathjs/lib/browser/math.js");
  const tree = parse(math, text);
  const written = expressionOf(tree);
  const { nodes, depth } = extent(written);
  if (nodes > maxNodes) throw tooLong();
  if (depth > maxDepth) throw tooDeep("the law is ");
  checkCalls(written);

  const values = new Map(given.map((name) => [name, parameters[name].value]));
  const powers = dimensionOf(written, {
    powers: (name) =>
      Object.hasOwn(variables, name) ? meanings[variables[name]].powers : parameters[name].powers,
    constant: (e) =>
      inputs.some((v) => mentions(e, v)) ? undefined : closure(substitute(e, values), [])(NaN, NaN),
  });
  if (powers && !samePowers(powers, meanings[result].powers))
    throw new InputError(
      `the law gives ${describePowers(powers)}, expected ${meanings[result].noun} such as ` +
        meanings[result].example,
    );
  const bound = (e: Expression) => foldConstants(substitute(e, values));
  return {
    text: text.trim(),
    variables: inputs,
    value: bound(written),
    slope: bound(slopeOf(math, tree, inputs[0])),
  };
}

/**
 * The native functions of a law, made of one closure an operation: of the order of 100 ns a call.
 */
export function compileLaw({ text, variables, value, slope }: Law): CompiledLaw {
  return { text, value: closure(value, variables), slope: closure(slope, variables) };
}

const parameterName = /^[A-Za-z]\w{0,30}$/;
/** Words of mathjs's own. */
const reserved = [
  "to",
  "in",
  "mod",
  "and",
  "or",
  "xor",
  "not",
  "end",
  "true",
  "false",
  "null",
  "undefined",
  "NaN",
  "Infinity",
];

function checkParameter(name: string, variables: readonly string[]): void {
  const refuse = (why: string) => new InputError(`parameter ${JSON.stringify(name)}: ${why}`);
  if (!parameterName.test(name))
    throw refuse("expected a name of letters, digits and _ that starts with a letter, such as Is");
  if (variables.includes(name))
    throw refuse("this is the name of a variable of the law; use another");
  if ((functionNames as readonly string[]).includes(name) || reserved.includes(name))
    throw refuse("this word has a meaning of its own in laws; use another");
}

function parse(math: { parse(text: string): MathNode }, text: string): MathNode {
  // A line end would start a second statement.
  try {
    return math.parse(text.trim().replace(/\s+/g, " "));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`the law cannot be read: ${error.message}`);
  }
}

function checkCalls(e: Expression): void {
  if (typeof e !== "object") return;
  e.args.forEach(checkCalls);
  if (!Object.hasOwn(functions, e.op)) return;
  const [least, most] = functions[e.op as keyof typeof functions];
  const n = e.args.length;
  if (n < least || n > most)
    throw new InputError(
      `${textOf(e)}: ${e.op} takes ` +
        `${least === most ? `${least} argument` : `${least} or more arguments`}, found ${n}`,
    );
}
