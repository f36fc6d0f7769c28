import { describe, expect, it } from "vitest";
import { chanceOf, divergence } from "../../src/training/divergence.ts";
import { imageSet } from "../support/images.ts";

const chance = { of: "classes" as const, error: 90, spread: 1 };
/** Evaluations every thousand minibatches, an epoch each, of these errors and residuals. */
const run = (errors: readonly (number | null)[], residuals: readonly number[] = []) =>
  errors.map((error, i) => ({
    epoch: i + 1,
    step: 1000 * (i + 1),
    trainErrorCopy: null,
    trainErrorChip: error,
    residual: residuals[i] ?? 1e-4,
    finite: true,
  }));
const judged = (seen: ReturnType<typeof run>, more = {}) => divergence(seen, { chance, ...more });

describe("a run diverges", () => {
  it("where its training error was no better than chance for as long as its patience", () => {
    const dead = [90, 89.5, 90, 88.1, 91];
    expect(judged(run(dead.slice(0, 4)))).toBeUndefined();
    expect(judged(run(dead))).toEqual({
      kind: "stuck",
      text:
        "the chip's training error is 91 % after 5 epochs, no better than chance (90 %), and has " +
        "not fallen for 5000 minibatches",
    });
    expect(judged(run(dead.slice(0, 3)), { patience: 3000 })).toMatchObject({ kind: "stuck" });
    expect(judged(run(dead), { patience: 5001 })).toBeUndefined();
    expect(judged(run(dead), { patience: "none" })).toBeUndefined();
    // Whoever goes on with it has patience for as long again.
    expect(judged(run([...dead, 90]), { since: 5000 })).toBeUndefined();
    expect(judged(run([...dead, 90, 90, 90, 90, 90]), { since: 5000 })).toMatchObject({
      kind: "stuck",
    });
  });

  it("and not where it learns slowly, or badly", () => {
    expect(judged(run([90, 90, 90, 90, 87.9]))).toBeUndefined();
    expect(judged(run([90, 88, 90, 86, 90, 84, 89, 82]))).toBeUndefined();
    expect(judged(run([60, 55, 52, 51.76, 51.8, 51.7, 51.9]))).toBeUndefined();
  });

  it("where what it learned is lost in two evaluations, to chance or with a tenfold residual", () => {
    expect(judged(run([30, 20, 89]))).toBeUndefined();
    expect(judged(run([30, 20, 89, 90]))).toEqual({
      kind: "lost",
      text:
        "the chip's training error rose from 20 % after 2 epochs to 90 % after 4, no better than " +
        "chance",
    });
    expect(judged(run([30, 20, 45, 50], [0.001, 0.002, 0.5, 0.6]))).toEqual({
      kind: "lost",
      text:
        "the chip's training error rose from 20 % after 2 epochs to 50 % after 4, and the " +
        "residual of its free phase from 2.0e-3 to 6.0e-1: it no longer settles",
    });
    expect(judged(run([30, 20, 45, 50], [0.001, 0.002, 0.5, 0.015]))).toBeUndefined();
    expect(judged(run([30, 20, 30, 36], [0.001, 0.002, 0.5, 0.6]))).toBeUndefined();
    expect(judged(run([30, 20, 89, 90]), { patience: "none" })).toBeUndefined();
    // Better than chance by chance is nothing that could be lost.
    expect(judged(run([86, 90, 90]))).toBeUndefined();
  });

  it("at any time when something is not finite, whatever its patience", () => {
    const seen = run([10]).map((e) => ({ ...e, epoch: 0.1, finite: false }));
    for (const patience of [5000, "none"] as const)
      expect(judged(seen, { patience })).toEqual({
        kind: "not-finite",
        text: "a weight or a state is not finite after 0.1 epochs",
      });
  });

  it("where no chip settles, by the error of the copy", () => {
    const seen = run([90, 90, 90, 90, 90]).map((e) => ({
      ...e,
      trainErrorChip: null,
      trainErrorCopy: e.trainErrorChip,
      residual: null,
    }));
    expect(divergence(seen, { chance })?.text).toMatch(/^the copy's training error is 90 %/);
  });
});

it("chance is to name the commonest class, and its spread that of a coin", () => {
  expect(
    chanceOf(
      imageSet({
        shape: [1],
        classes: 3,
        pixels: new Uint8Array(4),
        labels: Uint8Array.of(0, 1, 1, 2),
      }),
    ),
  ).toEqual({ of: "classes", error: 50, spread: 25 });
  const even = Uint8Array.from({ length: 200 }, (_, i) => i % 10);
  expect(chanceOf(imageSet({ shape: [1], classes: 10, pixels: even, labels: even }))).toEqual({
    of: "classes",
    error: 90,
    spread: expect.closeTo(2.1213, 4) as number,
  });
});

it("of real targets R² is told, which falls and rises the other way round", () => {
  const reals = { of: "reals", error: 100, spread: 5 } as const;
  const seen = run([30, 20, 110, 120]);
  expect(judged(seen, { chance: reals })?.text).toBe(
    "the chip's training R² fell from 0.8 after 2 epochs to -0.2 after 4, no better than chance",
  );
  expect(judged(run([101, 102]), { chance: reals, patience: 1 })?.text).toContain(
    "training R² is -0.02 after 2 epochs, no better than chance (0), and has not risen for",
  );
});
