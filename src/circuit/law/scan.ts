import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { functionNames } from "./expression.ts";

export const maxNodes = 1000;
export const maxDepth = 100;

type Kind = "number" | "name" | "(" | ")" | "operator" | ",";
interface Token {
  readonly kind: Kind;
  readonly word: string;
  readonly at: string;
}

const kinds: readonly Kind[] = ["number", "name", "(", ")", "operator", ","];
const isFunction = (word: string) => (functionNames as readonly string[]).includes(word);

/**
 * Checks the words of a law before it is parsed: the parser calls itself once a level and would
 * overflow its stack, and it reads far more than a law may say.
 * @param known variables and parameters.
 * @returns the names that the law uses, functions among them.
 * @throws InputError that names the place in the law, counted in characters from 1.
 */
export function scan(text: string, known: readonly string[]): ReadonlySet<string> {
  const all = tokens(text);
  if (all.length === 0)
    throw new InputError("the law is empty; expected an expression such as Is*(exp(V/(n*Vt)) - 1)");
  for (const [i, here] of all.entries()) {
    const before = all.at(i - 1)!;
    const opens = all[i + 1]?.kind === "(";
    const operand = here.kind === "number" || here.kind === "name" || here.kind === "(";
    const called = here.kind === "(" && before.kind === "name";
    if (
      i > 0 &&
      operand &&
      !called &&
      (before.kind === "number" || before.kind === "name" || before.kind === ")")
    )
      throw new InputError(
        `${here.at}: an operator is missing before ${JSON.stringify(here.word)}; write * to ` +
          "multiply",
      );
    if (here.kind === "name") checkName(here, opens, known);
    if (here.kind === "number" && !Number.isFinite(Number(here.word)))
      throw new InputError(`${here.at}: ${here.word} is not a finite number`);
  }
  return new Set(all.filter((t) => t.kind === "name").map((t) => t.word));
}

export const tooLong = () =>
  new InputError(`the law has more than ${maxNodes} numbers, names and operators; simplify it`);
export const tooDeep = (at: string) =>
  new InputError(`${at}more than ${maxDepth} levels deep; simplify the law`);

function tokens(text: string): readonly Token[] {
  const token =
    /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\()|(\))|([-+*/^])|(,))/y;
  const law = text.trimEnd();
  const all: Token[] = [];
  let depth = 0;
  let parentheses = 0;
  while (token.lastIndex < law.length) {
    const start = token.lastIndex;
    const found = token.exec(law);
    if (!found) {
      const rest = law.slice(start).trimStart();
      throw new InputError(
        `character ${law.length - rest.length + 1}: ` +
          `${JSON.stringify(String.fromCodePoint(rest.codePointAt(0)!))} has no meaning in a ` +
          "law; expected numbers, names, + - * / ^, parentheses and commas",
      );
    }
    const group = found.slice(1).findIndex((g) => (g as string | undefined) !== undefined);
    const kind = kinds[group];
    const word = found[group + 1];
    const at = `character ${token.lastIndex - word.length + 1}`;
    if (kind === "(" && ++depth > maxDepth) throw tooDeep(`${at}: parentheses `);
    if (kind === ")" && --depth < 0)
      throw new InputError(`${at}: ")" closes nothing; remove it or open it with "("`);
    if (kind === "(" || kind === ")") parentheses++;
    all.push({ kind, word, at });
    if (all.length - parentheses > maxNodes) throw tooLong();
  }
  if (depth > 0)
    throw new InputError(
      `${depth === 1 ? "a parenthesis is" : `${depth} parentheses are`} not closed; expected ")"`,
    );
  return all;
}

function checkName({ word, at }: Token, opens: boolean, known: readonly string[]): void {
  const complain = (message: string) => new InputError(`${at}: ${message}`);
  if (isFunction(word)) {
    if (!opens) throw complain(`${word} is a function; write ${word}(…)`);
  } else if (known.includes(word)) {
    if (opens)
      throw complain(
        `an operator is missing after ${JSON.stringify(word)}, which is not a function; write ` +
          "* to multiply",
      );
  } else
    throw complain(
      opens
        ? `${JSON.stringify(word)} is not a function that a law may call; ` +
            didYouMean(word, functionNames, "functions")
        : `${JSON.stringify(word)} is neither a variable nor a parameter; ` +
            didYouMean(word, known, "known names"),
    );
}
