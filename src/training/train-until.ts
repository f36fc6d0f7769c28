import type { Evaluation } from "../output/metrics.ts";
import { breakdown, divergence, type Judgement, type Trouble } from "./divergence.ts";
import { isDue } from "./schedule.ts";
import type { Session } from "./session.ts";

/** What is trained: a session, or anything that advances and is evaluated like one. */
type Trainable = Pick<
  Session,
  "stepsPerEpoch" | "totalSteps" | "step" | "recentError" | "chance" | "advance" | "evaluate"
>;

/** When a training is evaluated, and when it is given up. */
interface TrainingPolicy extends Omit<Judgement, "chance"> {
  /** Epochs between evaluations. */
  readonly every: number;
}

/** What is done on the way; without hooks a training only advances. */
interface TrainingHooks {
  /** The evaluations that were made before, where a training goes on. */
  readonly seen?: readonly Evaluation[];
  /** Instead of the session's own `advance` and `evaluate`. */
  advance?(): void;
  evaluate?(): Evaluation;
  /** After every minibatch. */
  advanced?(): void;
  /** Before every minibatch; true stops the training there. */
  stops?(): boolean | Promise<boolean>;
}

/** How a training ended; `trouble` says why it came apart. */
export type TrainingEnd =
  | { readonly outcome: "completed" | "interrupted" }
  | { readonly outcome: "diverged"; readonly trouble: Trouble };

/**
 * Advances minibatch by minibatch until the end, a divergence or a stop, with the evaluations that
 * are due on the way; the last step, and one after which nothing is a number, are evaluated always.
 */
export async function trainUntil(
  session: Trainable,
  { every, ...judged }: TrainingPolicy,
  hooks: TrainingHooks = {},
): Promise<TrainingEnd> {
  const { stepsPerEpoch, totalSteps } = session;
  const schedule = { stepsPerEpoch, totalSteps, every };
  const judgement = { ...judged, chance: session.chance };
  const advance = hooks.advance ?? (() => session.advance());
  const evaluate = hooks.evaluate ?? (() => session.evaluate());
  const seen = [...(hooks.seen ?? [])];
  for (;;) {
    if (isDue(session.step, schedule) && seen.at(-1)?.step !== session.step) seen.push(evaluate());
    const trouble = seen.at(-1)?.step === session.step ? divergence(seen, judgement) : undefined;
    if (trouble !== undefined) return { outcome: "diverged", trouble };
    if (session.step >= totalSteps) return { outcome: "completed" };
    const stops = hooks.stops?.() ?? false;
    if (typeof stops === "boolean" ? stops : await stops) return { outcome: "interrupted" };
    advance();
    hooks.advanced?.();
    const broken = breakdown(session.recentError);
    if (broken === undefined) continue;
    evaluate();
    return { outcome: "diverged", trouble: broken };
  }
}
