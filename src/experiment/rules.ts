/** What a learning rule has at work. */
export interface RuleFacts {
  /** Whose weights the copy guesses with: its own, or the chip's; null where there is no copy. */
  readonly copy: "own" | "tied" | null;
  /** Whether a chip settles and learns; otherwise the copy learns alone, by the global loss. */
  readonly settles: boolean;
  /** Whether a free phase begins where that of the same image ended last. */
  readonly persistent: boolean;
}

/**
 * The learning rules: Algorithm 1 (`initialized`), and what it is compared with: equilibrium
 * propagation without a copy, from zero (`plain`) or from where each image ended when it was last
 * seen (`persistent`, Scellier & Bengio 2017); a copy that guesses with the chip's own weights
 * (`tied`, Bengio et al. 2016); the copy alone, taught the labels by `backpropagation`.
 */
export const rules = {
  initialized: { copy: "own", settles: true, persistent: false },
  plain: { copy: null, settles: true, persistent: false },
  persistent: { copy: null, settles: true, persistent: true },
  tied: { copy: "tied", settles: true, persistent: false },
  backpropagation: { copy: "own", settles: false, persistent: false },
} as const satisfies Readonly<Record<string, RuleFacts>>;

export type LearningRule = keyof typeof rules;

/** Whether a rule has a digital copy, which guesses. */
export function hasCopy(rule: LearningRule): boolean {
  return rules[rule].copy !== null;
}

/** Whether a chip settles and learns. */
export function settles(rule: LearningRule): boolean {
  return rules[rule].settles;
}

/** Whether a copy with weights of its own learns to guess where a chip settles. */
export function guessIsLearned(rule: LearningRule): boolean {
  return settles(rule) && rules[rule].copy === "own";
}
