import { call, type Expression, type Operator } from "./expression.ts";
import { power } from "../../numerics/power.ts";

/** A function of the law's two variables; a law of one variable ignores the second. */
export type Closure = (x: number, y: number) => number;

const { exp, log, sqrt, abs, tanh, sinh, cosh, min, max } = Math;

/** The slope from the right of the smaller of a and b; at a tie, of the one that falls behind. */
const minSlope = (a: number, b: number, da: number, db: number) =>
  a < b ? da : b < a ? db : min(da, db);
const maxSlope = (a: number, b: number, da: number, db: number) =>
  a > b ? da : b > a ? db : max(da, db);
const absSlope = (u: number, du: number) => (u > 0 ? du : u < 0 ? -du : abs(du));

/** The operation on closures: one native function, nothing parsed or evaluated from text. */
const makers: Readonly<Record<Operator, (...of: readonly Closure[]) => Closure>> = {
  add: (a, b) => (x, y) => a(x, y) + b(x, y),
  subtract: (a, b) => (x, y) => a(x, y) - b(x, y),
  multiply: (a, b) => (x, y) => a(x, y) * b(x, y),
  divide: (a, b) => (x, y) => a(x, y) / b(x, y),
  pow: (a, b) => (x, y) => power(a(x, y), b(x, y)),
  unaryMinus: (a) => (x, y) => -a(x, y),
  exp: (a) => (x, y) => exp(a(x, y)),
  log: (a) => (x, y) => log(a(x, y)),
  sqrt: (a) => (x, y) => sqrt(a(x, y)),
  abs: (a) => (x, y) => abs(a(x, y)),
  tanh: (a) => (x, y) => tanh(a(x, y)),
  sinh: (a) => (x, y) => sinh(a(x, y)),
  cosh: (a) => (x, y) => cosh(a(x, y)),
  sech: (a) => (x, y) => 1 / cosh(a(x, y)),
  min: (...of) => of.reduce((a, b) => (x, y) => min(a(x, y), b(x, y))),
  max: (...of) => of.reduce((a, b) => (x, y) => max(a(x, y), b(x, y))),
  absSlope: (u, du) => (x, y) => absSlope(u(x, y), du(x, y)),
  minSlope: (a, b, da, db) => (x, y) => minSlope(a(x, y), b(x, y), da(x, y), db(x, y)),
  maxSlope: (a, b, da, db) => (x, y) => maxSlope(a(x, y), b(x, y), da(x, y), db(x, y)),
};

/** The native function of an expression in `variables`, at most two. */
export function closure(e: Expression, variables: readonly string[]): Closure {
  if (typeof e === "number") return () => e;
  if (typeof e === "string") {
    const place = variables.indexOf(e);
    if (place === -1) throw new Error(`${e} is not one of the variables ${variables.join(", ")}`);
    return place === 0 ? (x) => x : (_, y) => y;
  }
  return makers[e.op](...e.args.map((a) => closure(a, variables)));
}

/**
 * Operations on numbers done once. What is not finite stays as written, as plain data cannot hold
 * it.
 */
export function foldConstants(e: Expression): Expression {
  if (typeof e !== "object") return e;
  const folded = call(e.op, ...e.args.map(foldConstants));
  if (!folded.args.every((a) => typeof a === "number")) return folded;
  const value = closure(folded, [])(NaN, NaN);
  return Number.isFinite(value) ? value : folded;
}
