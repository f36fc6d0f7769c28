import { describe, expect, it } from "vitest";
import { circuitTexts } from "../../src/circuit/library.generated.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { take } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { createSession } from "../../src/training/create-session.ts";
import type * as built from "../../src/training/threads/node/threads.ts";

// Threads start from files that are built.
const { threads } = (await import(
  new URL("../../dist/training/threads/node/threads.js", import.meta.url).href
)) as typeof built;

const all = digits(1);
const split = { ...all, train: take(all.train, 120), test: take(all.test, 100) };
const circuits = await Promise.all(
  (["cmos-subthreshold", "reram-array", "pcm", "ideal"] as const).map(
    async (name) =>
      [name, await parseCircuit(circuitTexts[name], `circuits/${name}.yaml`)] as const,
  ),
);
type Name = (typeof circuits)[number][0];

function session(
  name: Name,
  population: object | undefined,
  { count = 1, ...more }: { count?: number; die?: number; epochs?: number } = {},
) {
  const { epochs = 1, die = 1 } = more;
  const experiment = experimentSchema.parse({
    name,
    circuit: name,
    die,
    ...(population && { population }),
    network: { layers: [784, 9, 10] },
    learning: { rates: [0.1, 0.05] },
    train: { epochs, batch: 10 },
  });
  return createSession(experiment, new Map(circuits).get(name)!, split, { spawn: threads(count) });
}

type Session = ReturnType<typeof session>;
const advance = (s: Session, steps: number) => {
  for (let k = 0; k < steps; k++) s.advance();
  return s;
};

describe("dies that share weights", () => {
  it("learn in turn what sessions of one die each do, that hand the registers on", () => {
    const ours = advance(session("cmos-subthreshold", { dies: 3 }), 7);
    const single = [1, 2, 3].map((die) => session("cmos-subthreshold", undefined, { die }));
    let saved = single[0].snapshot();
    for (let k = 0; k < 7; k++) {
      const one = single[k % 3];
      one.restore(saved);
      one.advance();
      saved = one.snapshot();
    }
    const found = ours.snapshot();
    for (const t of saved.tensors)
      expect(found.tensors.find(({ name }) => name === t.name)!.data, t.name).toEqual(t.data);
    single[0].restore(saved);
    expect(ours.evaluate().testErrorChip).toBe(single[0].evaluate().testErrorChip);
  });

  it("of an ideal schematic are one die", () => {
    const many = advance(session("ideal", { dies: 4 }), 9).snapshot();
    const one = advance(session("ideal", undefined), 9).snapshot();
    for (const { name, data } of one.tensors)
      expect(many.tensors.find((t) => t.name === name)!.data).toEqual(data);
  });

  it("need registers", () => {
    expect(() => session("pcm", { dies: 2 })).toThrow(
      "population.weights is shared, and in circuit pcm the weights are what the devices of each",
    );
  });
});

describe.each([
  ["cmos-subthreshold", "shared"],
  ["cmos-subthreshold", "own"],
  ["reram-array", "own"],
  ["pcm", "own"],
] as const)("a population of %s with %s weights", (name, weights) => {
  const population = { dies: 3, weights };

  it("goes on to the same bits", () => {
    const whole = session(name, population);
    advance(whole, 5).evaluate();
    const saved = whole.snapshot();
    advance(whole, 4);
    const again = session(name, population);
    again.restore(saved);
    advance(again, 4);
    expect(again.snapshot()).toEqual(whole.snapshot());
    expect(again.evaluate()).toEqual(whole.evaluate());
  });

  it("does not depend on the number of threads", () => {
    const one = advance(session(name, population), 5);
    const two = advance(session(name, population, { count: 2 }), 5);
    try {
      expect(two.evaluate()).toEqual(one.evaluate());
      expect(two.snapshot()).toEqual(one.snapshot());
    } finally {
      two.close();
    }
  });
});

describe("dies with weights of their own", () => {
  it("begin alike, and each learns its minibatches alone, but for the copy", () => {
    const two = session("cmos-subthreshold", { dies: "1, 5", weights: "own" });
    const weightsOf = (s: Session, prefix: string) =>
      s.snapshot().tensors.find((t) => t.name === `${prefix}.block.0-1.weight`)!.data;
    expect(weightsOf(two, "die.5")).toEqual(weightsOf(two, "chip"));
    const first = advance(session("cmos-subthreshold", undefined), 1);
    advance(two, 1);
    expect(weightsOf(two, "chip")).toEqual(weightsOf(first, "chip"));
    const before = weightsOf(two, "die.5");
    advance(two, 1);
    expect(weightsOf(two, "chip")).toEqual(weightsOf(first, "chip"));
    expect(weightsOf(two, "die.5")).not.toEqual(before);
  });
});

describe("a population is refused", () => {
  it.each([
    [{ dies: "5-9" }, "the first of them is 5 and die is 1"],
    [{ dies: 0 }, "Too small"],
    [{ dies: "9-5" }, "found an empty range"],
    [{ dies: "1-2000" }, "found 2000 dies, expected at most 1000"],
    [{ dies: "all" }, "expected dies such as 1-32"],
    [{ dies: 2, weights: "both" }, "Invalid option"],
  ])("%o", (population, message) => {
    expect(() => session("ideal", population)).toThrow(message);
  });
});
