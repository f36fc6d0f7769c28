import { describe, expect, it } from "vitest";
import { cellsOf } from "../../src/study/cells.ts";
import { checkDrawings } from "../../src/study/check.ts";
import { checkClaims } from "../../src/study/claims.ts";
import { readStudy, type Study } from "../../src/study/read.ts";
import { InputError } from "../../src/numerics/errors.ts";

const base =
  "name: base\nnetwork: { layers: [784, 6, 10] }\nlearning: { rates: [0.1, 0.05] }\nseed: 77\n";
const study = `study: s
measure: training
base: base.yaml
with: { train.epochs: 2, data: { train: 40 } }
grid:
  learning.lambda: [0, 0.1, 10]
  method:
    long: { settle.free.steps: 20 }
    short: { settle: { free: { steps: 4 } }, learning.beta: 1 }
seeds: [1, 2]
quick: { seeds: [5], with: { train: { epochs: 1 } }, \
grid: { learning.lambda: [1], method: [short] } }
`;

async function read(
  text: string,
  more: { quick?: boolean; set?: readonly string[] } = {},
): Promise<Study> {
  const s = await readStudy({
    text,
    file: "s.yaml",
    open: (path) => ({ text: base, file: path }),
    ...more,
  });
  checkDrawings(s);
  await checkClaims(s);
  return s;
}

async function complaint(
  text: string,
  more: { quick?: boolean; set?: readonly string[] } = {},
): Promise<string> {
  try {
    await read(text, more);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).not.toMatch(/undefined|\[object|\n\s+at /);
    return error.message;
  }
  return "accepted";
}

const cells = (s: Study) => cellsOf(s, () => "circuit");

describe("the grid of a study", () => {
  it("is the product of its axes, put over the base and what is with it", async () => {
    const { points, seeds, axes } = await read(study);
    expect(axes.map((a) => a.name)).toEqual(["learning.lambda", "method"]);
    expect(points).toHaveLength(6);
    expect(points.map((p) => p.labels)[3]).toEqual({ "learning.lambda": "0.1", method: "short" });
    const { experiment } = points[5];
    expect(experiment.learning).toMatchObject({ lambda: 10, beta: 1, rates: [0.1, 0.05] });
    expect([
      experiment.settle.free.steps,
      experiment.train.epochs,
      experiment.data.train,
      experiment.seed,
    ]).toEqual([4, 2, 40, 1]);
    expect(points[4].experiment.learning.beta).toBe(0.5);
    expect(seeds).toEqual([1, 2]);
  });

  it("leaves out what is skipped", async () => {
    const { points } = await read(
      `${study}skip: [{ learning.lambda: 10, method: short }, { learning.lambda: 0 }]\n`,
    );
    expect(points.map((p) => Object.values(p.labels).join())).toEqual([
      "0.1,long",
      "0.1,short",
      "10,long",
    ]);
  });

  it("may set one key on two axes where no point that is run has both", async () => {
    const both = study.replace("learning.beta: 1", "learning.lambda: 1");
    const { points } = await read(
      `${both}skip: [{ method: short, learning.lambda: [0.1, 10] }, { method: short, ` +
        "learning.lambda: 0 }]\n",
    );
    expect(points.map((p) => p.experiment.learning.lambda)).toEqual([0, 0.1, 10]);
    expect(await complaint(`${both}skip: [{ method: short, learning.lambda: 0.1 }]\n`)).toContain(
      "grid: the axes learning.lambda and method both set learning.lambda; make one axis of them",
    );
  });

  it(
    "has its labels in the order of the file, also where JavaScript would begin with whole " +
      "numbers",
    async () => {
      const { axes, points } = await read(
        study
          .replace("long: {", '"0.5": {')
          .replace("short: {", '"10": {')
          .replace("[short]", '["10"]'),
      );
      expect(axes[1].settings.map((s) => s.label)).toEqual(["0.5", "10"]);
      expect(points[1].experiment.learning.beta).toBe(1);
    },
  );

  it("may leave out some seeds of some points, and a point only with its last seed", async () => {
    const s = await read(
      `${study}skip: [{ learning.lambda: [0, 10], method: short, seed: 2 }, { ` +
        "learning.lambda: 0.1, seed: [1, 2] }]\n",
    );
    expect((await cells(s)).map((c) => `${Object.values(c.axes).join()} ${c.seed}`)).toEqual([
      "0,long 1",
      "0,long 2",
      "0,short 1",
      "10,long 1",
      "10,long 2",
      "10,short 1",
    ]);
    expect(s.points.map((p) => p.experiment.seed)).toEqual([1, 1, 1, 1]);
    const whole = await cells(await read(study));
    for (const c of await cells(s)) expect(whole.find((w) => w.id === c.id)).toEqual(c);
  });

  it("is replaced in parts by quick settings, which may choose among labels", async () => {
    const { points, seeds, quick } = await read(study, { quick: true });
    expect({ seeds, quick, points: points.length }).toEqual({ seeds: [5], quick: true, points: 1 });
    expect(points[0].labels).toEqual({ "learning.lambda": "1", method: "short" });
    expect(points[0].experiment).toMatchObject({
      seed: 5,
      train: { epochs: 1 },
      data: { train: 40 },
    });
  });

  it("takes values, axes and seeds from the command line", async () => {
    const { points, seeds } = await read(study, {
      set: ["train.epochs=3", "grid.learning.lambda=[2]", "grid.method=[long]", "seeds=[9]"],
    });
    expect(points.map((p) => p.labels)).toEqual([{ "learning.lambda": "2", method: "long" }]);
    expect(seeds).toEqual([9]);
    expect(points[0].experiment.train.epochs).toBe(3);
  });

  it("may be one point, with the base written in the study", async () => {
    const { points } = await read(
      "study: s\nmeasure: training\nbase: { name: b, network: { layers: [784, 10] }, " +
        "learning: { rates: [0.1] } }\nseeds: [3]\n",
    );
    expect(points.map((p) => [p.labels, p.experiment.seed])).toEqual([[{}, 3]]);
  });

  it("puts a mapping in the place of a scalar", async () => {
    const { points } = await read(
      study.replace("[0, 0.1, 10]", "[{ from: 1, to: 100, epochs: 2 }]"),
    );
    expect(points[0].experiment.learning.lambda).toEqual({ from: 1, to: 100, epochs: 2 });
  });
});

describe("the id of a cell", () => {
  it("is its own, and the same wherever the setting was written", async () => {
    const ids = (await cells(await read(study))).map((c) => c.id);
    expect(new Set(ids).size).toBe(12);
    expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
    const elsewhere = await cells(
      await read(
        study
          .replace("train.epochs: 2, ", "")
          .replace("with:", "with:")
          .replace("data: {", "train: { epochs: 2 }, data: {"),
      ),
    );
    expect(elsewhere.map((c) => c.id)).toEqual(ids);
  });

  it("changes with settings, seed and schematic, and not with names", async () => {
    const [first] = await cells(await read(study));
    const other = async (text: string) => (await cells(await read(text)))[0].id;
    expect(await other(study.replace("study: s", "study: other\ndescription: words"))).toBe(
      first.id,
    );
    expect(await other(study.replace("train: 40", "train: 41"))).not.toBe(first.id);
    expect(await other(study.replace("[1, 2]", "[2, 1]"))).not.toBe(first.id);
    expect((await cellsOf(await read(study), () => "another"))[0].id).not.toBe(first.id);
  });
});

describe("a study that cannot be run is refused with its place", () => {
  const figure = (text: string) => `${study}figures: [{ title: t, ${text} }]\n`;
  const claim = (computed: string, expected = "0") =>
    `${study}claims: [{ sentence: s, expected: ${expected}, computed: '${computed}' }]\n`;
  it.each<[string, string, string]>([
    [
      "an unknown axis key",
      study.replace("learning.lambda: [0", "learning.lamda: [0"),
      `s.yaml:6:3: learning.lamda: unknown key "lamda" in learning; did you mean "lambda"?`,
    ],
    [
      "an unknown key in joint settings",
      study.replace("settle.free.steps: 20", "settle.free.stps: 20"),
      `s.yaml:8:13: settle.free.stps: unknown key "stps" in settle.free; did you mean "steps"?`,
    ],
    [
      "an unknown key in with",
      study.replace("train.epochs: 2", "train.epoch: 2"),
      `s.yaml:4:9: train.epoch: unknown key "epoch" in train; did you mean "epochs"?`,
    ],
    [
      "an unknown key of the study",
      study.replace("measure:", "mesure:"),
      `s.yaml:2:1: unknown key "mesure"; did you mean "measure"?`,
    ],
    [
      "an axis without values",
      study.replace("[0, 0.1, 10]", "[]"),
      "s.yaml:6:20: grid.learning.lambda: found a list of 0",
    ],
    [
      "an axis without labels",
      study.replace(/method:\n.*\n.*\n/, "method: {}\n"),
      "grid.method: there is nothing on this axis",
    ],
    [
      "a grid that is skipped altogether",
      `${study}skip: [{}]\n`,
      "grid: all of its 6 points are skipped; skip fewer",
    ],
    [
      "a skip that names no label",
      `${study}skip: [{ method: lon }]\n`,
      `s.yaml:12:18: skip: the axis method has no "lon"; did you mean "long"?`,
    ],
    [
      "a skip of a seed that there is not",
      `${study}skip: [{ method: long, seed: 3 }]\n`,
      `s.yaml:12:30: skip: the axis seed has no "3"`,
    ],
    [
      "an unknown measurement",
      study.replace("training", "trainning"),
      `s.yaml:2:10: measure: there is no measurement "trainning"; did you mean "training"?`,
    ],
    [
      "seeds that are not whole",
      study.replace("seeds: [1, 2]", "seeds: [1, 2.5]"),
      "s.yaml:10:12: seeds.1: found 2.5, expected a whole number",
    ],
    ["no seeds", study.replace("seeds: [1, 2]", "seeds: []"), "s.yaml:10:"],
    [
      "a seed twice",
      study.replace("seeds: [1, 2]", "seeds: [1, 1]"),
      "s.yaml:10:12: seeds: 1 is given twice",
    ],
    [
      "a value twice",
      study.replace("[0, 0.1, 10]", "[0, 0]"),
      "grid.learning.lambda: 0 is given twice; keep one",
    ],
    [
      "two axes for one key",
      study.replace("learning.beta: 1", "learning.lambda: 1"),
      "grid: the axes learning.lambda and method both set learning.lambda",
    ],
    [
      "a seed among the settings",
      study.replace("train.epochs: 2", "seed: 2"),
      "s.yaml:4:9: seed: a study gives its cells the seeds in `seeds:`",
    ],
    [
      "a value of the wrong kind on an axis",
      study.replace("0.1, 10]", "0.1, many]"),
      's.yaml:6:29: learning.lambda: found the text "many"',
    ],
    [
      "options that the measurement has not",
      `${study}options: { depth: 3 }\n`,
      `s.yaml:12:12: options.depth: unknown key "depth" in options`,
    ],
    [
      "a figure of an axis that is not there",
      figure("x: learning.lambda, y: residual, line: metod"),
      `s.yaml:12:62: figures.0.line: there is no axis "metod"; did you mean "method"?`,
    ],
    [
      "a figure of a value that is not there",
      figure("x: learning.lambda, y: residal, line: method"),
      `figures.0.y: training gives no value "residal"; did you mean "residual"?`,
    ],
    [
      "a figure of a curve that is not there",
      figure("y: curves.residal, line: method, panel: learning.lambda"),
      `figures.0.y: training gives no "curves.residal"; did you mean "curves.residual"?`,
    ],
    [
      "a figure that mixes an axis",
      figure("x: learning.lambda, y: residual"),
      "figures.0.where: the axis method would be mixed",
    ],
    [
      "a figure of settings that shows ends",
      figure('x: learning.lambda, y: residual, line: method, ends: "0.00"'),
      "figures.0.ends: only curves end",
    ],
    [
      "a label for what is not in the legend",
      figure("x: learning.lambda, y: residual, line: method, labels: { lang: slow }"),
      `figures.0.labels: "lang" is not in this figure's legend; did you mean "long"?`,
    ],
    [
      "a figure with no x",
      figure("y: residual"),
      "figures.0.x: missing; expected an axis (learning.lambda, method, seed) or a value",
    ],
    [
      "a logarithmic axis of words",
      figure("x: method, y: residual, line: learning.lambda, xscale: log"),
      "figures.0.xscale: the labels of method are no numbers, expected category",
    ],
    [
      "a heat map without a value",
      figure("kind: heat, x: method, y: learning.lambda"),
      "figures.0.value: missing",
    ],
    [
      "a table of a value that is not there",
      `${study}table: { rows: method, columns: learning.lambda, value: testErorCopy }\n`,
      `s.yaml:12:57: table.value: training gives no value "testErorCopy"; did you mean ` +
        `"testErrorCopy"?`,
    ],
    [
      "a table in an unknown format",
      `${study}table: { rows: method, columns: learning.lambda, value: residual, format: "%d" }\n`,
      "table.format: expected decimals such as 0.00",
    ],
    [
      "a claim with a syntax error",
      claim("1 +"),
      "s.yaml:12:48: claims.0.computed: Unexpected end of expression",
    ],
    [
      "a claim that calls something else",
      claim('import("fs")'),
      `claims.0.computed: there is no function "import"`,
    ],
    ["a claim that assigns", claim("a = 1"), `claims.0.computed: "a = 1" is not allowed here`],
    [
      "a claim about a value that is not there",
      claim('mean(results("residal"))'),
      `training gives no "residal"; did you mean "residual"?`,
    ],
    [
      "a claim about an axis that is not there",
      claim('mean(results("residual", {metod: "long"}))'),
      `there is no axis "metod"; did you mean "method"?`,
    ],
    [
      "a claim about a curve at no place",
      claim('mean(at("residual", {method: "long"}))'),
      `at("residual", …): the second argument is the place on the curve`,
    ],
    [
      "a claim about a curve that is not there",
      claim('mean(at("residal", 2))'),
      `training gives no "residal"; did you mean "residual"?`,
    ],
    [
      "a claim that expects nonsense",
      claim("1", "about 3"),
      's.yaml:12:35: claims.0.expected: expected a number, true, false or a bound such as "< 0.4"',
    ],
  ])("%s", async (_, text, message) => {
    expect(await complaint(text)).toContain(message);
  });

  it.each<[string, readonly string[], string]>([
    [
      "an option that an axis would hide",
      ["learning.lambda=3"],
      `--set learning.lambda=3: learning.lambda is set by the axis "learning.lambda" of the ` +
        "grid; use --set grid.learning.lambda=…",
    ],
    [
      "an unknown key",
      ["learning.bta=3"],
      `--set learning.bta=3: unknown key "bta" in learning; did you mean "beta"?`,
    ],
    ["an unknown axis", ["grid.metod=[long]"], `there is no axis "metod"; did you mean "method"?`],
    [
      "seeds that are not whole",
      ["seeds=[x]"],
      `--set seeds=[x]: seeds.0: found the text "x", expected a whole number`,
    ],
    [
      "a value of the wrong kind",
      ["train.epochs=many"],
      `--set train.epochs=many: train.epochs: found the text "many"`,
    ],
  ])("%s on the command line", async (_, set, message) => {
    expect(await complaint(study, { set })).toContain(message);
  });

  it("quick settings of what is not there", async () => {
    expect(
      await complaint(study.replace("method: [short]", "metod: [short]"), { quick: true }),
    ).toContain(`s.yaml:11:84: quick.grid: there is no axis "metod"; did you mean "method"?`);
    expect(
      await complaint(study.replace("method: [short]", "method: [shrt]"), { quick: true }),
    ).toContain(
      `s.yaml:11:93: grid.method: there is no "shrt" on this axis; did you mean "short"?`,
    );
    expect(await complaint(study.replace(/quick:.*\n/, ""), { quick: true })).toContain(
      "--quick: this study has no `quick:` part",
    );
  });

  it("a base that is not complete, blamed on the base", async () => {
    const text = study.replace("[0.1, 0.05]", "");
    expect(
      await complaint(
        text.replace("base: base.yaml", "base: { name: b, network: { layers: [784, 10] } }"),
      ),
    ).toContain("s.yaml:3:");
  });
});
