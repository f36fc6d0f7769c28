import type { FunctionNode, MathNode, MathJsInstance } from "mathjs";
import { foldConstants } from "./closure.ts";
import { call, expressionOf, type Expression } from "./expression.ts";

type Math = Pick<MathJsInstance, "parse" | "derivative">;

/**
 * d/dx, from the right. mathjs differentiates what is smooth. It knows no slope of abs, min and max
 * at a kink, so each of them, u(x), is differentiated as one more variable of what stands around
 * it: dF(x, u)/dx = ∂F/∂x + ∂F/∂u du/dx, where du/dx picks the side that x moves to.
 */
export function slopeOf(math: Math, tree: MathNode, variable: string): Expression {
  const kinks: FunctionNode[] = [];
  const names = new Map<string, Expression>();
  // No name in a law has a $.
  const smooth = tree.transform((node) => {
    if (!isKink(node)) return node;
    const name = `$${kinks.push(node) - 1}`;
    names.set(name, expressionOf(node));
    return math.parse(name);
  });
  const partial = (name: string) =>
    neat(expressionOf(math.derivative(smooth, math.parse(name), { simplify: false }), names));
  return kinks.reduce<Expression>((sum, kink, i) => {
    const outer = partial(`$${i}`);
    return outer === 0
      ? sum
      : neat(call("add", sum, call("multiply", outer, kinkSlope(math, kink, variable))));
  }, partial(variable));
}

function isKink(node: MathNode): node is FunctionNode {
  return (
    node.type === "FunctionNode" && ["abs", "min", "max"].includes((node as FunctionNode).fn.name)
  );
}

function kinkSlope(math: Math, { fn, args }: FunctionNode, variable: string): Expression {
  const values = args.map((a) => expressionOf(a));
  const slopes = args.map((a) => slopeOf(math, a, variable));
  if (slopes.every((s) => s === 0)) return 0;
  if (fn.name === "abs") return call("absSlope", values[0], slopes[0]);
  const [op, slope] =
    fn.name === "min" ? (["min", "minSlope"] as const) : (["max", "maxSlope"] as const);
  let value = values[0];
  let result = slopes[0];
  for (let i = 1; i < args.length; i++) {
    result = call(slope, value, values[i], result, slopes[i]);
    value = call(op, value, values[i]);
  }
  return result;
}

/**
 * Without the zeros and ones that differentiation leaves: 0·u is 0 here also where u is not finite,
 * since a term that does not depend on x has no slope.
 */
function neat(e: Expression): Expression {
  if (typeof e !== "object") return e;
  const args = e.args.map(neat);
  const simpler = Object.hasOwn(rules, e.op) ? rules[e.op](args[0], args[1]) : null;
  if (simpler !== null) return simpler;
  const same = call(e.op, ...args);
  // The exponent of x^(2 − 1): nothing else here asks what a number is.
  return e.op === "subtract" && args.every((x) => typeof x === "number")
    ? foldConstants(same)
    : same;
}

/** What an operation of these arguments is without itself; null: what it was. */
type Rule = (a: Expression, b: Expression) => Expression | null;
const rules: Readonly<Record<string, Rule>> = {
  add: (a, b) => (a === 0 ? b : b === 0 ? a : null),
  subtract: (a, b) => (b === 0 ? a : a === 0 ? neat(call("unaryMinus", b)) : null),
  multiply: (a, b) => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : null),
  divide: (a, b) => (a === 0 ? 0 : b === 1 ? a : null),
  pow: (a, b) => (b === 1 ? a : null),
  unaryMinus: (a) => (a === 0 ? 0 : null),
};
