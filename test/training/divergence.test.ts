import { describe, expect, it } from "vitest";
import { divergence, divergenceAdvice } from "../../src/training/divergence.ts";
import { parseExperiment } from "../../src/experiment/yaml.ts";

const at = (epoch: number, trainErrorChip: number, finite = true) =>
  divergence({ epoch, trainErrorCopy: null, trainErrorChip, finite });

describe("a run diverges", () => {
  it("when the chip is worse than 50 % on its training images after epoch 2", () => {
    expect([at(1.99, 90), at(2, 50), at(3, 10)]).toEqual([undefined, undefined, undefined]);
    expect(at(2, 50.01)).toBe("the chip's training error is 50.01 % after 2 epochs, above 50 %");
    expect(at(2, NaN)).toBeDefined();
  });

  it("at any time when something is not finite", () => {
    expect(at(0.1, 10, false)).toBe("a weight or a state is not finite after 0.1 epochs");
  });

  it("where no chip settles, when the copy is that bad", async () => {
    expect(divergence({ epoch: 2, trainErrorCopy: 60, trainErrorChip: null, finite: true })).toBe(
      "the copy's training error is 60 % after 2 epochs, above 50 %",
    );
    expect(
      divergence({ epoch: 2, trainErrorCopy: 50, trainErrorChip: null, finite: true }),
    ).toBeUndefined();
    expect(
      divergenceAdvice(
        await parseExperiment(
          "name: a\nnetwork: { layers: [4, 2] }\nlearning: { rule: backpropagation, rates: " +
            "[0.1] }\n",
          "a.yaml",
        ),
      ),
    ).toBe("Try smaller learning.rates ([0.1] now).");
  });

  it("and no smaller λ is advised where none is used", async () => {
    const file = (rule: string) =>
      parseExperiment(
        `name: a\nnetwork: { layers: [4, 2] }\nlearning: { rule: ${rule}, rates: [0.1] }\n`,
        "a.yaml",
      );
    expect(divergenceAdvice(await file("initialized"))).toContain(
      "a smaller learning.lambda (0.1 now)",
    );
    expect(divergenceAdvice(await file("plain"))).toBe(
      "Try a smaller settle.step (0.5 now), smaller learning.rates ([0.1] now), more " +
        "settle.free.steps (20 now).",
    );
  });
});
