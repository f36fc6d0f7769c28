/** What an answer is about. */
export const topics = ["time", "energy", "noise", "learning", "parts"] as const;
/** The group that an answer stands in on a page. */
export type Topic = (typeof topics)[number];

/** SI, and decibels. */
export const answerUnits = ["s", "J", "W", "V", "m²", "dB", ""] as const;
/** The unit of an answer; the empty one belongs to pure numbers. */
export type AnswerUnit = (typeof answerUnits)[number];

/** One number about a physical chip, with all that is needed to compute it again by hand. */
export interface Answer {
  /** Stable name for programs: `energy.inference`. */
  readonly key: string;
  readonly topic: Topic;
  readonly quantity: string;
  /** In `unit`; null: unknown, and `unknown` says why. */
  readonly value: number | null;
  readonly unit: AnswerUnit;
  readonly formula: string;
  /** BibTeX. */
  readonly cites: readonly string[];
  readonly assumes: readonly string[];
  readonly unknown?: string;
  /** Where two measurements of it lie, the lower one first; `value` is their geometric mean. */
  readonly range?: readonly [low: number, high: number];
  /** The one of `assumes` that its size rests on, where another would make it much larger. */
  readonly restsOn?: string;
}

/** What an answer says besides its number. */
interface Question extends Pick<Answer, "key" | "topic" | "quantity" | "unit" | "formula"> {
  readonly cites?: readonly string[];
  readonly assumes?: readonly string[];
  readonly restsOn?: string;
}

/** A number, or why there is none. */
export type Found = number | Missing;
export interface Missing {
  readonly missing: string;
}

export function isMissing(found: Found): found is Missing {
  return typeof found !== "number";
}

export function answer({ cites = [], assumes = [], ...question }: Question, found: Found): Answer {
  const rest = { ...question, cites, assumes };
  if (isMissing(found)) return { ...rest, value: null, unknown: found.missing };
  if (Number.isFinite(found)) return { ...rest, value: found };
  return {
    ...rest,
    value: null,
    unknown: "the states or weights that it follows from are not finite numbers",
  };
}

/** `of` the numbers; the first missing one, where one is. */
export function combine<const A extends readonly Found[]>(
  parts: A,
  of: (...numbers: { -readonly [K in keyof A]: number }) => number,
): Found {
  const lost = parts.find(isMissing);
  return lost ?? of(...(parts as unknown as { -readonly [K in keyof A]: number }));
}

/** A part of a sum. */
export interface Part {
  readonly name: string;
  readonly found: Found;
}

/** The sum of the parts that are known, and what `whole` leaves out, in sentences. */
export function sumOf(whole: string, parts: readonly Part[]): Sum {
  const known = parts.map((p) => p.found).filter((f): f is number => !isMissing(f));
  if (known.length === 0 && parts.length > 0) return { found: parts[0].found, leftOut: [] };
  const leftOut = parts.flatMap(({ name, found }) =>
    isMissing(found) ? [`${whole} leaves out ${name}: ${found.missing}`] : [],
  );
  return { found: known.reduce((a, b) => a + b, 0), leftOut };
}

export interface Sum {
  readonly found: Found;
  readonly leftOut: readonly string[];
}
