import fc from "fast-check";
import { all, create, type BigNumber } from "mathjs";
import { describe, expect, test } from "vitest";
import { compileLaw, readLaw, type CompiledLaw, type LawOptions } from "../../src/circuit/law.ts";
import { closure } from "../../src/circuit/law/closure.ts";
import { expressionOf, type Expression } from "../../src/circuit/law/expression.ts";
import { slopeOf } from "../../src/circuit/law/slope.ts";
import { InputError } from "../../src/numerics/errors.ts";
import { anyQuantity } from "../../src/numerics/units.ts";
import { power } from "../../src/numerics/power.ts";

/** Without dimensions: what mathjs can be asked about too. */
const bare: LawOptions = { variables: { V: "none" }, result: "none" };
const amperes = async (parameters: Readonly<Record<string, string>>): Promise<LawOptions> => ({
  variables: { V: "voltage" },
  result: "current",
  parameters: Object.fromEntries(
    await Promise.all(
      Object.entries(parameters).map(
        async ([name, text]) => [name, await anyQuantity(text)] as const,
      ),
    ),
  ),
});
const diode = await amperes({ Is: "4.352 nA", n: "1.906", Vt: "25.85 mV" });
const law = async (text: string, options = bare): Promise<CompiledLaw> =>
  compileLaw(await readLaw(text, options));

async function complaint(text: string, options = bare): Promise<string> {
  try {
    await readLaw(text, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
  throw new Error(`${text.slice(0, 50)} was accepted`);
}

describe("a law is a function and its slope", () => {
  test("of a diode: Is (exp(V/(n Vt)) − 1) and Is/(n Vt) exp(V/(n Vt))", async () => {
    const { value, slope, text } = await law(" Is*(exp(V/(n*Vt)) - 1)", diode);
    const Is = 4.352e-9;
    const u = 1.906 * 25.85e-3;
    expect(text).toBe("Is*(exp(V/(n*Vt)) - 1)");
    for (const v of [-1, -0.01, 0, 0.3, 0.7]) {
      expect(value(v, NaN)).toBe(Is * (Math.exp(v / u) - 1));
      // Four roundings, of which that of the exponent's argument, at most |v|/u = 15 half-ulps, is
      // amplified by exp.
      expect(Math.abs(slope(v, NaN) / ((Is / u) * Math.exp(v / u)) - 1)).toBeLessThan(
        20 * Number.EPSILON,
      );
    }
  });

  test("as plain data it survives being sent to a worker", async () => {
    const read = await readLaw("Is*(exp(V/(n*Vt)) - 1)", diode);
    const sent = structuredClone(read);
    expect(sent).toEqual(read);
    expect(compileLaw(sent).value(0.5, NaN)).toBe(compileLaw(read).value(0.5, NaN));
  });

  test("of two variables has its slope in the first", async () => {
    const { value, slope } = await law("G*V^3/a^2", {
      variables: { V: "voltage", G: "conductance" },
      parameters: { a: await anyQuantity("1 V") },
      result: "current",
    });
    expect([value(2, 0.5), slope(2, 0.5)]).toEqual([4, 6]);
  });

  test.each<[string, number, number]>([
    ["abs(V)", 0, 1],
    ["abs(V)", -1, -1],
    ["abs(-3*V)", 0, 3],
    ["abs(2)", 0, 0],
    ["max(0, V)", 0, 1],
    ["max(0, V)", -1, 0],
    ["max(0, V)", 1, 1],
    ["min(0, V)", 0, 0],
    ["min(V, 2*V, 3)", 0, 1],
    ["min(V, 2*V, 3)", -1, 2],
    ["max(0, V)^2", 0, 0],
    ["max(0, V)^2", 3, 6],
    ["exp(max(V, 0)) * min(V, 1)", 0.5, 1.5 * Math.exp(0.5)],
    ["abs(abs(V) - 1)", 0, -1],
    ["abs(abs(V) - 1)", 1, 1],
    ["0*log(V) + V", 0, 1],
    ["V^1 + V^0", 0, 1],
    ["5", 2, 0],
  ])("the slope from the right of %s at %d is %d", async (text, v, slope) => {
    expect(Math.abs((await law(text)).slope(v, NaN) - slope)).toBeLessThanOrEqual(
      4 * Number.EPSILON * Math.abs(slope),
    );
  });

  test(
    "a hundred levels, a thousand nodes and the slope of that are read within five seconds, on " +
      "a busy machine too",
    async () => {
      const nested = `${"tanh(".repeat(98)}V${")".repeat(98)}`;
      const long = Array.from(
        { length: 62 },
        (_, i) => `exp(V*${i + 1}/100)*max(V, ${i})*tanh(V)`,
      ).join("+");
      const start = performance.now();
      expect((await law(nested)).slope(0, NaN)).toBe(1);
      expect(await law(long)).toHaveProperty("text", long);
      expect(performance.now() - start).toBeLessThan(5000);
    },
  );
});

describe("a law that is not one is refused, with the place and what is allowed", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      "sin(V)",
      /^character 1: "sin" is not a function that a law may call; did you mean "sinh"\? functions: exp, log, sqrt, abs, tanh, sinh, cosh, min, max$/,
    ],
    ["1 + import(V)", /^character 5: "import" is not a function .*functions: exp/],
    ['eval("1")', /"\\"" has no meaning/],
    ["eval(V)", /^character 1: "eval" is not a function/],
    ["constructor(V)", /"constructor" is not a function/],
    ["toString", /"toString" is neither a variable nor a parameter/],
    ["__proto__", /"__proto__" is neither/],
    ["V.constructor", /^character 2: "\." has no meaning in a law; expected numbers/],
    ["[V]", /^character 1: "\[" has no meaning/],
    ["V; V", /";" has no meaning/],
    ["f(V) = V", /"=" has no meaning/],
    ["V = 1", /"=" has no meaning/],
    ["V ? 1 : 2", /"\?" has no meaning/],
    ["😀", /"😀" has no meaning/],
    [
      "v + 1",
      /^character 1: "v" is neither a variable nor a parameter; did you mean "V"\? known names: V$/,
    ],
    ["true", /"true" is neither/],
    ["Infinity*V", /"Infinity" is neither/],
    ["V*in", /"in" is neither/],
    ["V in V", /an operator is missing before "in"/],
    ["exp + 1", /^character 1: exp is a function; write exp\(…\)/],
    ["V(2)", /^character 1: an operator is missing after "V"/],
    ["2V", /^character 2: an operator is missing before "V"; write \* to multiply/],
    ["(V)(V)", /^character 4: an operator is missing before "\("/],
    ["0x10", /^character 2: an operator/],
    ["1e999*V", /^character 1: 1e999 is not a finite number/],
    ["", /the law is empty/],
    ["  \n ", /the law is empty/],
    ["V +", /cannot be read: Unexpected end of expression/],
    ["V ** 2", /cannot be read/],
    ["V, V", /cannot be read/],
    ["(V", /a parenthesis is not closed/],
    ["V)", /^character 2: "\)" closes nothing/],
    ["exp()", /exp takes 1 argument, found 0|cannot be read/],
    ["log(V, 2)", /log\(V, 2\): log takes 1 argument, found 2/],
    ["min(V)", /min takes 2 or more arguments, found 1/],
    [
      "(".repeat(1e4) + "V" + ")".repeat(1e4),
      /^character 101: parentheses more than 100 levels deep/,
    ],
    ["exp(".repeat(1e4) + "V" + ")".repeat(1e4), /more than 100 levels deep/],
    ["-".repeat(1e4) + "V", /more than 1000 numbers, names and operators/],
    ["V" + "^V".repeat(1e4), /more than 1000/],
    ["V" + "+V".repeat(1e6), /more than 1000/],
    ["-".repeat(150) + "V", /the law is more than 100 levels deep/],
    ["V" + "+V".repeat(150), /the law is more than 100 levels deep/],
  ];
  test.each(
    refused.map(([law, message]) => [JSON.stringify(law).slice(0, 40), law, message] as const),
  )("%s", async (_, text, message) => {
    expect(await complaint(text)).toMatch(message);
  });

  test.each<[string, RegExp]>([
    [
      "exp(V)",
      /^exp\(V\): exp of a voltage, expected a number without unit; divide V by a voltage$/,
    ],
    [
      "Is*(V - 1)",
      /^V - 1: V is a voltage and 1 is a number without unit; expected both to measure the same$/,
    ],
    ["Is + V", /^Is \+ V: Is is a current and V is a voltage/],
    ["V/n", /^the law gives a voltage, expected a current such as 2 nA$/],
    ["Is*V", /^the law gives a quantity in V\*A, expected a current/],
    ["Is*n^V", /^n\^V: the exponent is a voltage/],
    ["Is*V^(V/Vt)", /a voltage to a power that varies/],
    ["max(V, Is)", /V is a voltage and Is is a current/],
    ["tanh(Is)", /tanh of a current/],
    ["Is*sqrt(V)", /a quantity in V\^0.5\*A/],
  ])("dimensions: %s", async (text, message) => {
    expect(await complaint(`${text} + 0*(Is*n*Vt)`, diode)).toMatch(message);
  });

  test.each([
    "max(0, V)*(Is/Vt)^n*(Vt/Is)^(n-1)",
    "Is*n*(V/Vt)^1.5 + 0",
    "sqrt(V*V)*Is/Vt*n",
    "-abs(V)*Is/(n*Vt)",
    "0*Vt*Is*n",
  ])("dimensions fit in %s", async (text) => {
    expect(
      (
        await law(text, {
          ...diode,
          parameters: { ...diode.parameters, n: await anyQuantity("2") },
        })
      ).text,
    ).toBe(text);
  });

  test("a square law reads its unit: 50 uA/V^2 · V² is a current", async () => {
    const { value } = await law(
      "b*max(0, V - Vth)^2",
      await amperes({ b: "50 uA/V^2", Vth: "0.5 V" }),
    );
    expect([value(0.2, NaN), value(1.5, NaN)]).toEqual([0, 5e-5]);
  });

  test("a parameter must have a name of its own and be used", async () => {
    const one = await anyQuantity("1");
    const parameters = (name: string): LawOptions => ({ ...bare, parameters: { [name]: one } });
    expect(await complaint("V", parameters("k"))).toBe(
      "the parameter k does not occur in the law; remove it, or correct the law",
    );
    for (const [name, why] of [
      ["V", /name of a variable/],
      ["exp", /meaning of its own/],
      ["mod", /meaning of its own/],
      ["a b", /letters, digits and _/],
      ["$0", /letters, digits and _/],
    ] as const)
      expect(await complaint(`${name} + V`, parameters(name))).toMatch(why);
  });

  test("any text gives a law or an InputError", async () => {
    const word = fc.constantFrom(
      "V",
      "1",
      "0",
      "2.5",
      "exp",
      "log",
      "min",
      "(",
      ")",
      "(",
      ")",
      "+",
      "-",
      "*",
      "/",
      "^",
      ",",
      " ",
      "sin",
      "[",
      "\n",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 12 }).map((w) => w.join("")),
        ),
        async (text) => {
          try {
            await readLaw(text, bare);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

const exact = { predictable: true, relTol: 1e-300, absTol: 1e-300 } as const;
const doubles = create(all, exact);
// Powers are the package's own: those of an engine differ in their last digits.
doubles.import({ pow: power }, { override: true });
const digits = create(all, { ...exact, number: "BigNumber", precision: 80 });

const text: fc.Memo<string> = fc.memo((n) => (n <= 1 ? leaf : fc.oneof(leaf, compound(n - 1))));
const leaf = fc.oneof(fc.constant("V"), fc.constantFrom("0", "1", "2", "0.5", "1.25", "3e-1"));
const compound = (n: number) =>
  fc.oneof(
    fc
      .tuple(text(n), fc.constantFrom("+", "-", "*", "/"), text(n))
      .map(([a, o, b]) => `(${a} ${o} ${b})`),
    fc.tuple(text(n), fc.constantFrom("2", "3", "0.5", "-1")).map(([a, p]) => `(${a})^(${p})`),
    // mathjs finds real roots of negative numbers where the exponent is an odd fraction.
    fc.tuple(text(n), text(n)).map(([a, p]) => `(abs(${a}) + 0.5)^(${p})`),
    fc
      .tuple(fc.constantFrom("exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "-"), text(n))
      .map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(fc.constantFrom("min", "max"), text(n), text(n))
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
  );
const cases = fc.tuple(
  text(4),
  fc.oneof(
    fc.constantFrom(0, 1, -1, 0.5),
    fc.integer({ min: -3000, max: 3000 }).map((k) => k / 1000),
  ),
);

const big = (x: number | string): BigNumber => digits.bignumber(x);

/** The expression in eighty digits. */
function precise(e: Expression, v: BigNumber): BigNumber {
  if (typeof e === "number") return big(e);
  if (typeof e === "string") return v;
  const [a, b, da, db] = e.args.map((x) => precise(x, v));
  switch (e.op) {
    case "absSlope":
      return a.gt(0) ? b : a.lt(0) ? b.neg() : b.abs();
    case "minSlope":
      return a.lt(b) ? da : b.lt(a) ? db : da.lt(db) ? da : db;
    case "maxSlope":
      return a.gt(b) ? da : b.gt(a) ? db : da.gt(db) ? da : db;
    default:
      return (digits[e.op] as (...of: BigNumber[]) => BigNumber)(...[a, b].slice(0, e.args.length));
  }
}

describe("the closures agree with what they were made from", () => {
  test("the value with mathjs, bit for bit where that is a finite number", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([source, v]) => {
        const expected: unknown = doubles.evaluate(source, { V: v });
        const found = (await law(source)).value(v, NaN);
        if (typeof expected !== "number" || !Number.isFinite(expected)) return;
        compared++;
        expect(found === expected, `${found} is ${expected}`).toBe(true);
      }),
      { numRuns: 500, seed: 2019 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("the slope with a forward difference in eighty digits, within its curvature's error", async () => {
    const h = big("1e-25");
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([source, v]) => {
        // Before its constants are rounded to doubles.
        const tree = doubles.parse(source);
        const value = expressionOf(tree);
        const derivative = slopeOf(doubles, tree, "V");
        const at = big(v);
        const f = [0, 1, 2].map((k) => precise(value, at.add(h.mul(k))));
        const slope = precise(derivative, at);
        if (![...f, slope].every((x) => typeof x === "object" && x.isFinite() && x.abs().lt(1e20)))
          return;
        compared++;
        // h f''/2, with twice its estimate; rounding is 1e-80 · 1e20 / h.
        const bend = f[2].sub(f[1].mul(2)).add(f[0]).abs().div(h);
        const error = f[1].sub(f[0]).div(h).sub(slope).abs();
        expect(
          error.lte(bend.add("1e-30")),
          `${source} at ${v}: ${error.toString()} is beyond ${bend.toString()}`,
        ).toBe(true);
        expect((await law(source)).slope(v, NaN)).toBe(closure(derivative, ["V"])(v, NaN));
      }),
      { numRuns: 300, seed: 2019 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("a million calls take less than a second", async () => {
    const { value, slope } = await law("Is*(exp(V/(n*Vt)) - 1)", diode);
    let sum = 0;
    const start = performance.now();
    for (let i = 0; i < 5e5; i++) sum += value(i / 1e6, NaN) + slope(i / 1e6, NaN);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(sum).toBeGreaterThan(0);
  });
});
