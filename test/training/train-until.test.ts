import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../src/output/metrics.ts";
import { trainUntil } from "../../src/training/train-until.ts";
import { unscored } from "../support/images.ts";

type Trainable = Parameters<typeof trainUntil>[0];

/** Ten minibatches an epoch, three epochs; `error` is the training error after so many epochs. */
function trainable(error: (epoch: number) => number, from = 0): Trainable {
  let step = from;
  return {
    stepsPerEpoch: 10,
    totalSteps: 30,
    chance: { of: "classes", error: 90, spread: 1 },
    get step() {
      return step;
    },
    get recentError() {
      return step === 0 ? null : error(step / 10);
    },
    advance() {
      step++;
    },
    evaluate: () => evaluation(step, error(step / 10)),
  };
}

function evaluation(step: number, trainError: number): Evaluation {
  return {
    epoch: step / 10,
    step,
    testErrorCopy: null,
    testErrorChip: trainError,
    trainErrorCopy: null,
    trainErrorChip: trainError,
    residual: 0,
    agreement: null,
    scores: unscored,
    lambda: null,
    freeEvaluations: 0,
    nudgedEvaluations: 0,
    chipWeights: [],
    copyWeights: [],
    finite: Number.isFinite(trainError),
  };
}

/** The steps that are evaluated on the way. */
function seeing(session: Trainable) {
  const seen: number[] = [];
  return {
    seen,
    evaluate: () => {
      seen.push(session.step);
      return session.evaluate();
    },
  };
}

describe("a training", () => {
  it("is evaluated when that is due and ends after its last minibatch", async () => {
    const session = trainable(() => 10);
    const { seen, evaluate } = seeing(session);
    let advanced = 0;
    const end = await trainUntil(
      session,
      { every: 1.2 },
      {
        evaluate,
        advanced() {
          advanced++;
        },
      },
    );
    expect(end).toEqual({ outcome: "completed" });
    expect({ seen, advanced }).toEqual({ seen: [12, 24, 30], advanced: 30 });
  });

  it("needs no hooks", async () => {
    const session = trainable(() => 10);
    expect(await trainUntil(session, { every: 1 })).toEqual({ outcome: "completed" });
    expect(session.step).toBe(30);
  });

  it("does not repeat the evaluation that it goes on from, but judges it", async () => {
    const good = trainable(() => 10, 20);
    const { seen, evaluate } = seeing(good);
    await trainUntil(good, { every: 1 }, { evaluate, seen: [evaluation(20, 10)] });
    expect(seen).toEqual([30]);
    const bad = trainable(() => 10, 20);
    const stuck = { every: 1, patience: 20 };
    expect(await trainUntil(bad, stuck, { seen: [evaluation(20, 90)] })).toMatchObject({
      outcome: "diverged",
    });
    expect(bad.step).toBe(20);
  });

  it("diverges where its patience says, and goes on where it was forgiven", async () => {
    const end = (policy: { patience?: number | "none"; since?: number }, from = 0) =>
      trainUntil(
        trainable(() => 90, from),
        { every: 1, ...policy },
        { seen: from === 0 ? [] : [evaluation(from, 90)] },
      );
    expect(await end({ patience: 20 })).toEqual({
      outcome: "diverged",
      trouble: {
        kind: "stuck",
        text:
          "the chip's training error is 90 % after 2 epochs, no better than chance (90 %), and " +
          "has not fallen for 20 minibatches",
      },
    });
    expect(await end({})).toEqual({ outcome: "completed" });
    expect(await end({ patience: "none" })).toEqual({ outcome: "completed" });
    expect(await end({ patience: 20 }, 20)).toMatchObject({ outcome: "diverged" });
    expect(await end({ patience: 20, since: 20 }, 20)).toEqual({ outcome: "completed" });
  });

  it("is evaluated once more when nothing is a number, and ends", async () => {
    const session = trainable((epoch) => (epoch > 1.3 ? NaN : 10));
    const { seen, evaluate } = seeing(session);
    expect(await trainUntil(session, { every: 1 }, { evaluate })).toEqual({
      outcome: "diverged",
      trouble: { kind: "not-finite", text: "the chip's training error is not a number" },
    });
    expect(seen).toEqual([10, 14]);
  });

  it.each([
    ["at once", (stop: boolean) => stop],
    ["later", (stop: boolean) => Promise.resolve(stop)],
  ])("stops before a minibatch where it is told to, %s", async (_, answer) => {
    const session = trainable(() => 10);
    expect(
      await trainUntil(session, { every: 1 }, { stops: () => answer(session.step === 7) }),
    ).toEqual({ outcome: "interrupted" });
    expect(session.step).toBe(7);
  });
});
