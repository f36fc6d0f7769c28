import type { Law } from "../law.ts";
import type { Expression } from "../law/expression.ts";
import { number } from "./write.ts";

const signs: Readonly<Record<string, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
};
/** Powers up to here are written as products: SPICE's own take the magnitude of their base. */
const most = 16;

/** A law as SPICE has it, with `voltage` (an expression) for its first variable. */
export function lawText(
  { value, variables: [first, second] }: Law,
  voltage: string,
  other = "0",
): string {
  const text = (e: Expression): string => {
    if (typeof e === "number") return e < 0 ? `(${number(e)})` : number(e);
    if (typeof e === "string")
      return e === first ? `(${voltage})` : e === second ? `(${other})` : e;
    const {
      op,
      args: [a, b],
    } = e;
    if (op in signs) return `(${text(a)}${signs[op]}${text(b)})`;
    if (op === "unaryMinus") return `(0-${text(a)})`;
    if (op === "pow" && typeof b === "number" && Number.isInteger(b) && Math.abs(b) <= most) {
      const product = Array.from({ length: Math.abs(b) }, () => text(a)).join("*");
      return b === 0 ? "1" : b < 0 ? `(1/(${product}))` : `(${product})`;
    }
    // Two at a time.
    if (op === "min" || op === "max")
      return e.args.map(text).reduce((left, right) => `${op}(${left},${right})`);
    return `${op}(${e.args.map(text).join(",")})`;
  };
  return text(value);
}
