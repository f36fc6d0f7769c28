import type {
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from "mathjs";

/** What a law may call, with how many arguments. */
export const functions = {
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  abs: [1, 1],
  tanh: [1, 1],
  sinh: [1, 1],
  cosh: [1, 1],
  min: [2, 100],
  max: [2, 100],
} as const satisfies Readonly<Record<string, readonly [least: number, most: number]>>;

export const functionNames = Object.keys(functions) as readonly (keyof typeof functions)[];

/**
 * `sech` and the slopes of abs, min and max stand in derivatives only: |u|' of (u, u'), min' of (a,
 * b, a', b').
 */
export type Operator =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "pow"
  | "unaryMinus"
  | keyof typeof functions
  | "sech"
  | "absSlope"
  | "minSlope"
  | "maxSlope";

/**
 * An expression as plain data, which can be sent to a worker: a number, the name of a variable, or
 * an operation.
 */
export type Expression = number | string | Call;
export interface Call {
  readonly op: Operator;
  readonly args: readonly Expression[];
}

export const call = (op: Operator, ...args: readonly Expression[]): Call => ({ op, args });

const operators: Readonly<Record<string, readonly [symbol: string, strength: number]>> = {
  add: ["+", 1],
  subtract: ["-", 1],
  multiply: ["*", 2],
  divide: ["/", 2],
  unaryMinus: ["-", 3],
  pow: ["^", 4],
};
const calls: readonly string[] = [...functionNames, "sech"];

/**
 * The expression of a mathjs tree, `names` put in the place of its symbols. `1 + 2 + 3` is read as
 * (1 + 2) + 3, also where mathjs made one sum of it.
 */
export function expressionOf(
  node: MathNode,
  names: ReadonlyMap<string, Expression> = new Map(),
): Expression {
  const all = (args: readonly MathNode[]) => args.map((a) => expressionOf(a, names));
  switch (node.type) {
    case "ConstantNode": {
      const { value } = node as ConstantNode;
      if (typeof value === "number") return value;
      break;
    }
    case "SymbolNode": {
      const { name } = node as SymbolNode;
      return names.get(name) ?? name;
    }
    case "ParenthesisNode":
      return expressionOf((node as ParenthesisNode).content, names);
    case "FunctionNode": {
      const { fn, args } = node as FunctionNode;
      if (calls.includes(fn.name)) return call(fn.name as Operator, ...all(args));
      break;
    }
    case "OperatorNode": {
      const { fn, args } = node as unknown as {
        readonly fn: string;
        readonly args: readonly MathNode[];
      } & Pick<OperatorNode, "type">;
      if (fn === "unaryPlus") return expressionOf(args[0], names);
      if (fn === "unaryMinus") return call(fn, ...all(args));
      if (Object.hasOwn(operators, fn))
        return all(args).reduce((left, right) => call(fn as Operator, left, right));
    }
  }
  throw new Error(`a law has no ${node.type} ${node.toString()}`);
}

/** How many numbers, names and operations it has, and how deep they nest. */
export function extent(e: Expression): { readonly nodes: number; readonly depth: number } {
  if (typeof e !== "object") return { nodes: 1, depth: 1 };
  const parts = e.args.map(extent);
  return {
    nodes: parts.reduce((n, p) => n + p.nodes, 1),
    depth: Math.max(...parts.map((p) => p.depth)) + 1,
  };
}

/** The expression with numbers in the place of some names. */
export function substitute(e: Expression, values: ReadonlyMap<string, number>): Expression {
  if (typeof e === "string") return values.get(e) ?? e;
  return typeof e === "number" ? e : call(e.op, ...e.args.map((a) => substitute(a, values)));
}

/** Whether it has any of these names. */
export function mentions(e: Expression, name: string): boolean {
  return typeof e === "object" ? e.args.some((a) => mentions(a, name)) : e === name;
}

/** As a person writes it, for messages: shortened after 40 letters. */
export function textOf(e: Expression): string {
  const text = written(e, 0);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function written(e: Expression, within: number): string {
  if (typeof e !== "object") return String(e);
  if (!Object.hasOwn(operators, e.op))
    return `${e.op}(${e.args.map((a) => written(a, 0)).join(", ")})`;
  const [symbol, strength] = operators[e.op];
  const text =
    e.args.length === 1
      ? `-${written(e.args[0], strength)}`
      : writtenPair(e, strength === 1 ? ` ${symbol} ` : symbol, strength);
  return strength < within ? `(${text})` : text;
}

/** A power binds its exponent first, all others what is left of them. */
function writtenPair({ op, args }: Call, symbol: string, strength: number): string {
  const [left, right] = op === "pow" ? [strength + 1, strength] : [strength, strength + 1];
  return `${written(args[0], left)}${symbol}${written(args[1], right)}`;
}
