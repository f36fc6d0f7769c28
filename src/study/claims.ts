import type { FunctionNode, MathNode, ObjectNode } from "mathjs";
import { blame } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { ClaimResult } from "../output/study-data.ts";
import { matches } from "./grid.ts";
import { diverged, failed, type CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";
import { boundPattern, type ClaimAsked, type Where } from "./schema.ts";

/** What an expression may call besides our own four; anything else of mathjs stays out of reach. */
const allowed = [
  "abs",
  "count",
  "exp",
  "log",
  "log10",
  "max",
  "mean",
  "median",
  "min",
  "round",
  "size",
  "sqrt",
  "std",
  "subtract",
  "sum",
  "variance",
];
const own = ["results", "at", "ends", "share"];
const allowedNodes = [
  "ConstantNode",
  "SymbolNode",
  "OperatorNode",
  "ParenthesisNode",
  "FunctionNode",
  "ObjectNode",
  "ArrayNode",
  "ConditionalNode",
  "RelationalNode",
];
/** Not the transpose: it makes matrices as large as a study, whose powers take for ever. */
const operators = [
  ..."add subtract multiply divide pow mod unaryMinus unaryPlus".split(" "),
  ..."dotMultiply dotDivide dotPow and or xor not".split(" "),
  ..."smaller larger smallerEq largerEq equal unequal".split(" "),
];
/** Of `^`. */
const mostPower = 100;
const constants = ["pi", "e", "true", "false", "Infinity"];

/**
 * Checks every claim's expression before anything runs.
 * @throws InputError on syntax, on functions that are not allowed, and on values, curves, axes or
 *   labels that there are not.
 */
export async function checkClaims(study: Study): Promise<void> {
  for (const [i, { computed }] of study.claims.entries()) {
    const author = study.author(["claims", i, "computed"], "value");
    const wrong = (message: string) => blame(author, `claims.${i}.computed: ${message}`);
    const node = await parsed(computed, wrong);
    node.traverse((inner) => {
      checkNode(inner, study, wrong);
    });
  }
}

/**
 * Computes the claims from the results that there are; a claim whose cells are missing is left
 * open, and says so.
 */
export async function evaluateClaims(
  study: Study,
  results: readonly CellResult[],
): Promise<readonly ClaimResult[]> {
  return Promise.all(
    study.claims.map(async (claim): Promise<ClaimResult> => {
      const node = await parsed(claim.computed, (message) => new Error(message));
      const evidence: string[] = [];
      const left: string[] = [];
      const { sentence, computed, paper } = claim;
      const stated = {
        sentence,
        computed,
        expected: expectation(claim),
        ...(paper === undefined ? {} : { paper: String(paper) }),
      };
      const open = (why: string): ClaimResult => ({
        ...stated,
        verdict: "open",
        value: why,
        evidence,
      });
      try {
        const value = plain(node.compile().evaluate(scope(results, evidence, left)));
        if (value === undefined)
          return open("the expression gives neither a number nor true or false");
        if (Number.isNaN(value)) return open("the result is not a number");
        return {
          ...stated,
          verdict: holds(value, claim) ? "held" : "did not hold",
          value: [show(value), ...new Set(left)].join("; "),
          evidence,
        };
      } catch (error) {
        return open(error instanceof Error ? error.message : String(error));
      }
    }),
  );
}

function holds(value: number | boolean, { expected, tolerance }: ClaimAsked): boolean {
  if (typeof expected === "boolean" || typeof value === "boolean") return value === expected;
  const bound = typeof expected === "string" ? boundPattern.exec(expected) : null;
  const target = bound ? Number(bound[2]) : Number(expected);
  const slack =
    typeof tolerance === "string"
      ? (Math.abs(target) * Number(tolerance.replace("%", ""))) / 100
      : tolerance;
  switch (bound?.[1]) {
    case "<":
      return value < target + slack;
    case "<=":
      return value <= target + slack;
    case ">":
      return value > target - slack;
    case ">=":
      return value >= target - slack;
    default:
      return Math.abs(value - target) <= slack;
  }
}

/**
 * What an expression may call; `evidence` gets what each call found, `left` how many cells it had
 * to leave out.
 */
function scope(
  results: readonly CellResult[],
  evidence: string[],
  left: string[],
): Map<string, unknown> {
  const select = (asked: Where): readonly CellResult[] => {
    const where = listed(asked);
    const chosen = results.filter((r) => matches(r, where));
    if (chosen.length === 0) throw new Error(`no finished cell has ${describe(where)}`);
    return chosen;
  };
  // As in tables and figures, what came apart counts and is not averaged.
  const finite = (name: string, where: Where, of: (r: CellResult) => unknown) => {
    const cells = select(where);
    const numbers = cells
      .filter((r) => r.outcome !== diverged && r.outcome !== failed)
      .map(of)
      .filter((v): v is number => typeof v === "number" && Number.isFinite(v));
    const without = cells.length - numbers.length;
    const lost = cells.filter((r) => r.outcome === diverged).length;
    const count = lost > 0 ? `${lost} of ${cells.length} cells diverged` : "";
    evidence.push(
      `${name}, ${describe(listed(where))}: ${numbers.map(show).join(", ")}` +
        (without > 0 ? ` (${without} of ${cells.length} cells gave none` : "") +
        (without > 0 ? `${lost > 0 ? `, ${lost} diverged` : ""})` : ""),
    );
    if (numbers.length === 0)
      throw new Error(
        `no cell with ${describe(listed(where))} gave a ${name}${lost > 0 ? `: ${count}` : ""}`,
      );
    if (lost > 0) left.push(count);
    return numbers;
  };
  return new Map<string, unknown>([
    [
      "results",
      (name: string, where: Where = {}) =>
        finite(name, where, (r) => (name === "seconds" ? r.seconds : r.values[name])),
    ],
    [
      "at",
      (name: string, x: number, where: Where = {}) =>
        finite(`${name} at ${x}`, where, (r) => {
          const curve = Object.hasOwn(r.curves, name) ? r.curves[name] : undefined;
          const i = curve?.x.indexOf(x) ?? -1;
          return i < 0 ? null : curve?.y[i];
        }),
    ],
    [
      "ends",
      (name: string, where: Where = {}) =>
        finite(`the end of ${name}`, where, (r) =>
          Object.hasOwn(r.curves, name) ? r.curves[name].y.at(-1) : null,
        ),
    ],
    [
      "share",
      (outcome: string, where: Where = {}) => {
        const chosen = select(where);
        const having = chosen.filter((r) => r.outcome === outcome).length;
        evidence.push(
          `${outcome}, ${describe(listed(where))}: ${having} of ${chosen.length} cells`,
        );
        return having / chosen.length;
      },
    ],
  ]);
}

/** A selection as data: a list in an expression is one of mathjs's matrices. */
function listed(where: Where): Where {
  const plainOf = (v: Where[string]): Where[string] =>
    typeof v === "object" && "toArray" in v
      ? (v as unknown as { toArray(): string[] }).toArray()
      : v;
  return Object.fromEntries(Object.entries(where).map(([axis, label]) => [axis, plainOf(label)]));
}

async function parsed(expression: string, wrong: (message: string) => Error): Promise<MathNode> {
  const { default: math } = await import("mathjs/lib/browser/math.js");
  try {
    return math.parse(expression);
  } catch (error) {
    throw wrong(
      `${error instanceof Error ? error.message : String(error)}; expected an expression such ` +
        `as mean(results("testErrorCopy", {method: "euler"}))`,
    );
  }
}

function checkNode(node: MathNode, study: Study, wrong: (message: string) => Error): void {
  if (!allowedNodes.includes(node.type))
    throw wrong(
      `"${node.toString()}" is not allowed here; expected one expression of numbers, ` +
        "results(…), at(…), ends(…), share(…) and functions such as mean",
    );
  if (node.type === "OperatorNode") {
    const { fn, args } = node as unknown as { fn: string; args: readonly MathNode[] };
    if (!operators.includes(fn))
      throw wrong(
        `the operator of "${node.toString()}" is not allowed here; use + - * / ^ and comparisons`,
      );
    const exponent = fn === "pow" ? Number(args[1].toString()) : 0;
    if (!(Math.abs(exponent) <= mostPower))
      throw wrong(
        `"${node.toString()}" has the exponent ${args[1].toString()}, expected a number up to ` +
          `${mostPower}; write exp(…) of what varies`,
      );
  }
  if (node.type === "FunctionNode") {
    const { name } = (node as FunctionNode).fn;
    if (!own.includes(name) && !allowed.includes(name))
      throw wrong(
        `there is no function "${name}"; ` +
          didYouMean(name, [...own, ...allowed], "known functions"),
      );
    if (own.includes(name)) checkSelection(node as FunctionNode, study, wrong);
  }
  // A function's name is a symbol too; it was checked with its call.
  if (node.type === "SymbolNode") {
    const { name } = node as unknown as { name: string };
    if (![...own, ...allowed, ...constants].includes(name))
      throw wrong(
        `"${name}" means nothing here; write results("${name}") for a value of the cells`,
      );
  }
}

function checkSelection(
  { fn: { name }, args }: FunctionNode,
  study: Study,
  wrong: (message: string) => Error,
): void {
  const what = args.at(0);
  const place = name === "at" ? args.at(1) : undefined;
  const where = args.at(name === "at" ? 2 : 1);
  const { values, curves } = study.measurement.produces;
  const known: Readonly<Record<string, readonly string[]>> = {
    results: [...Object.keys(values), "seconds"],
    at: Object.keys(curves),
    ends: Object.keys(curves),
  };
  const text = what && constantOf(what);
  if (typeof text !== "string")
    throw wrong(
      `${name} was given no name; write ${name}("…", ${name === "at" ? "x, " : ""}{axis: label})`,
    );
  if (name === "at" && typeof (place && constantOf(place)) !== "number")
    throw wrong(
      `at("${text}", …): the second argument is the place on the curve, expected a number ` +
        "such as an epoch",
    );
  // `share` asks for an outcome.
  const names = name === "share" ? undefined : known[name];
  if (names && !names.includes(text))
    throw wrong(
      `${study.measurement.name} gives no "${text}"; ${didYouMean(text, names, "it gives")}`,
    );
  if (!where) return;
  if (where.type !== "ObjectNode")
    throw wrong(
      `${name}: the ${name === "at" ? "third" : "second"} argument selects cells, expected ` +
        "{axis: label}",
    );
  // Labels may be missing from a reduced grid, which leaves the claim open; axes may not.
  const axes = study.known.map((a) => a.name);
  for (const axis of Object.keys((where as ObjectNode).properties))
    if (!axes.includes(axis))
      throw wrong(`there is no axis "${axis}"; ${didYouMean(axis, axes, "axes")}`);
}

function constantOf(node: MathNode): unknown {
  return node.type === "ConstantNode" ? (node as unknown as { value: unknown }).value : undefined;
}

function plain(value: unknown): number | boolean | undefined {
  return typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function describe(where: Where): string {
  const parts = Object.entries(where).map(
    ([axis, label]) => `${axis} = ${[label].flat().join(" or ")}`,
  );
  return parts.length > 0 ? parts.join(", ") : "all cells";
}

function expectation({ expected, tolerance }: ClaimAsked): string {
  return `${String(expected)}${tolerance === 0 ? "" : `, tolerance ${tolerance}`}`;
}

const show = (value: number | boolean) =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
