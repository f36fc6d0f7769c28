import type { FunctionNode, MathNode, MathJsInstance } from "mathjs";
import { fold } from "./closure.ts";
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
  const [a, b] = args;
  switch (e.op) {
    case "add":
      if (a === 0) return b;
      if (b === 0) return a;
      break;
    case "subtract":
      if (b === 0) return a;
      if (a === 0) return neat(call("unaryMinus", b));
      break;
    case "multiply":
      if (a === 0 || b === 0) return 0;
      if (a === 1) return b;
      if (b === 1) return a;
      break;
    case "divide":
      if (a === 0) return 0;
      if (b === 1) return a;
      break;
    case "pow":
      if (b === 1) return a;
      break;
    case "unaryMinus":
      if (a === 0) return 0;
      break;
  }
  const same = call(e.op, ...args);
  // The exponent of x^(2 − 1): nothing else here asks what a number is.
  return e.op === "subtract" && args.every((x) => typeof x === "number") ? fold(same) : same;
}
