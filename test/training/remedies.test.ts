import { expect, it } from "vitest";
import { circuitText } from "../../src/circuit/library.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { take, type Split } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { createSession } from "../../src/training/create-session.ts";
import { divergenceAdvice, type Rehearsing } from "../../src/training/remedies.ts";

const whole = digits(1);
const split: Split = { ...whole, train: take(whole.train, 2000), test: take(whole.test, 10) };

/** What is said of an experiment on the built-in digits that came apart so. */
async function advice(
  asked: object,
  kind: Rehearsing["trouble"]["kind"],
  { step = 1, circuit = "ideal" } = {},
): Promise<string> {
  const experiment = experimentSchema.parse({
    name: "x",
    network: { layers: [784, 8, 10] },
    learning: { rates: [0.1, 0.05] },
    ...asked,
  });
  const schematic = await parseCircuit(circuitText(circuit), circuit);
  return divergenceAdvice({
    experiment,
    step,
    trouble: { kind, text: "" },
    create: (changed) => createSession(changed, schematic, split),
  });
}

it("a nudge that the outputs' conductances do not hold: its sign or β, and no rates", async () => {
  expect(
    await advice(
      {
        settle: { solver: "block-descent", free: { steps: 4 }, nudged: { steps: 4 } },
        learning: { beta: 0.5, scheme: "centred", lambda: 0, rates: [0.003, 0.003] },
        train: { batch: 4 },
      },
      "not-finite",
      { circuit: "resistive-100", step: 2 },
    ),
  ).toMatch(
    /^Tried on 2 minibatches from the beginning: learning\.scheme=one-sided learning\.sign=positive or learning\.beta=0\.25 each help; settle\.free\.steps=64, far smaller learning\.rates than \[0\.003,0\.003\]: no help\.$/,
  );
});

it("weights that blow up: the rates alone", async () => {
  expect(await advice({ learning: { rates: [1e30, 1e30] } }, "not-finite", { step: 2 })).toMatch(
    /^Tried on 2 minibatches from the beginning: far smaller learning\.rates than \[1e\+30,1e\+30\] helps; .*settle\.step=0\.125/,
  );
});

it("a step that is too long: the step", async () => {
  const said = await advice({ settle: { step: 2.5 } }, "stuck");
  expect(said).toMatch(
    /^Tried on 200 minibatches from the beginning: settle\.step=1\.25 helps; .*settle\.free\.steps=320.*: no help\.$/,
  );
});

it("nothing, where it did not come apart again or that is too far away", async () => {
  expect(await advice({}, "not-finite")).toBe(
    "It did not come apart on 1 minibatch from the beginning once more, so nothing was tried.",
  );
  expect(await advice({}, "not-finite", { step: 5000 })).toMatch(
    /^Nothing was tried: too many minibatches lie between the last that are known to be sound/,
  );
});
