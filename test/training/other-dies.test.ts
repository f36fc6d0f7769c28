import { describe, expect, it } from "vitest";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { circuitTexts } from "../../src/circuit/library.generated.ts";
import { atTemperature } from "../../src/circuit/temperature.ts";
import { digits } from "../../src/data/digits.ts";
import { take } from "../../src/data/dataset.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { createSession } from "../../src/training/create-session.ts";
import { otherDies, relearned, type Placing } from "../../src/training/other-dies.ts";

const all = digits(1);
const split = { ...all, train: take(all.train, 200), test: take(all.test, 150) };

/** A chip of a schematic that learned forty minibatches on die 1. */
async function learned(name: keyof typeof circuitTexts, hidden = 13) {
  const circuit = await parseCircuit(circuitTexts[name], `circuits/${name}.yaml`);
  const experiment = experimentSchema.parse({
    name,
    circuit: name,
    network: { layers: [784, hidden, 10] },
    ...(name === "resistive-1024"
      ? { settle: { solver: "block-descent" }, learning: { rates: [0.003, 0.003] } }
      : { learning: { rates: [0.1, 0.05] } }),
    train: { epochs: 2, batch: 10 },
  });
  const session = createSession(experiment, circuit, split);
  while (session.step < session.totalSteps) session.advance();
  return { circuit, experiment, snapshot: session.snapshot(), lambda: session.trained().lambda };
}

describe.each([
  "cmos-subthreshold",
  "mismatched",
  "reram-array",
  "pcm",
  "ecram",
  "resistive-1024",
] as const)("weights of %s", (name) => {
  it("do on other dies what they do on chips made for those, to the bit", async () => {
    const { circuit, experiment, snapshot, lambda } = await learned(name);
    const warm = atTemperature(circuit, 340);
    const placings: readonly Placing[] = [
      { die: 7, programmed: true },
      { die: 8, programmed: true, later: { seconds: 1e6, kelvin: 340 } },
      { die: 7, programmed: true },
    ];
    const score = otherDies(experiment, warm, { ...snapshot, lambda, alike: true }, split.test);
    const found = placings.map(score);
    for (const [i, { die, later }] of placings.entries()) {
      const session = createSession({ ...experiment, die }, warm, split);
      session.restore(snapshot);
      const { chip } = session.trained();
      chip.program(chip.parameters.tensors());
      if (later) chip.age(later.seconds, later.kelvin);
      const { testErrorChip, agreement, residual } = session.evaluate();
      expect(found[i]).toMatchObject({ error: testErrorChip, agreement, residual });
    }
    expect(found[2]).toEqual(found[0]);
  });
});

describe("weights on another die", () => {
  it("that are beyond its devices are counted", async () => {
    const { circuit, experiment, snapshot, lambda } = await learned("reram-array");
    const on = (scale: number) => {
      const tensors = snapshot.tensors.map((t) =>
        t.name.endsWith("weight") ? { ...t, data: t.data.map((w) => scale * w) } : t,
      );
      const carried = { ...snapshot, tensors, lambda, alike: true };
      return otherDies(experiment, circuit, carried, split.test)({ die: 3, programmed: true });
    };
    const whole = on(1).beyond;
    expect(on(1e4).beyond).toBeGreaterThan(whole);
    expect(on(1e4).beyond).toBeGreaterThan(0.9 * 13 * 794);
  });

  it("are held exactly by a schematic without devices", async () => {
    const { circuit, experiment, snapshot, lambda } = await learned("mismatched");
    const carried = { ...snapshot, lambda, alike: true };
    const score = otherDies(experiment, circuit, carried, split.test);
    expect(score({ die: 3, programmed: false })).toEqual(score({ die: 3, programmed: true }));
    expect(score({ die: 3, programmed: false }).beyond).toBe(0);
  });

  it("are relearned as a session of that die goes on with them", async () => {
    const { circuit, experiment, snapshot } = await learned("reram-array");
    const asked = { snapshot, die: 5, epochs: 0.5 };
    const found = relearned(experiment, circuit, split, asked);
    const session = createSession({ ...experiment, die: 5 }, circuit, split);
    session.restore(snapshot);
    session.trained().chip.program(session.trained().chip.parameters.tensors());
    for (let k = 0; k < 10; k++) session.advance();
    expect(found.error).toBe(session.evaluate().testErrorChip);
    expect(relearned(experiment, circuit, split, { ...asked, epochs: 0 }).error).not.toBe(
      found.error,
    );
  });
});
