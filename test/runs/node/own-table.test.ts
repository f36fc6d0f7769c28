import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random } from "../../../src/numerics/random.ts";
import { train } from "../../../src/runs/node/run.ts";
import { commandIn } from "../../support/command.ts";
import { hashOf } from "./workshop.ts";

const dir = mkdtempSync(join(tmpdir(), "eqprop-own-table-"));
const at = (...path: string[]) => join(dir, ...path);
const { run } = commandIn(dir);
const rng = random("own table");

/** Two clouds, columns of very different sizes, a column of names, and a target of each kind. */
const rows = Array.from({ length: 150 }, (_, i) => {
  const k = i % 3 === 0 ? 1 : 0;
  const [a, b] = [rng.normal() + 3 * k, 1000 * (rng.normal() - 2 * k)];
  const price = 200 + 30 * a - 0.02 * b + 5 * rng.normal();
  return [a.toFixed(4), b.toFixed(2), i % 2 ? "red" : "blue", price.toFixed(1), k ? "bad" : "good"];
});
const csv = ["length,weight,colour,price,state", ...rows.map((r) => r.join(","))].join("\n");

const experiment = (data: string, network: string) => `name: own
circuit: cmos-130nm
data: { file: rows.csv, ${data} }
network: { layers: ${network} }
learning: { rates: [0.5, 0.3] }
train: { epochs: 30, batch: 10, every: 10 }
`;

beforeAll(() => {
  writeFileSync(at("rows.csv"), csv);
  writeFileSync(at("state.yaml"), experiment("target: state, drop: [price]", "[4, 8, 2]"));
  writeFileSync(at("price.yaml"), experiment("target: price, drop: [state]", "[4, 8, 1]"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Stops at the first evaluation. */
async function halfTrained(name: string): Promise<void> {
  const stop = new AbortController();
  const watcher = { evaluated: () => stop.abort() };
  const file = at("state.yaml");
  const { outcome } = await train({ file, out: at(name), signal: stop.signal, watcher });
  expect(outcome).toBe("interrupted");
}

describe("a table is trained from the command", () => {
  it("and once interrupted and resumed ends with the same bits", async () => {
    const { code, stdout, stderr } = await run("train", "state.yaml", "--out", "whole");
    expect([code, stderr.match(/test error: copy/g)?.length]).toEqual([0, 3]);
    expect(stdout).toContain("test error");
    await halfTrained("half");
    const resumed = await run("train", "state.yaml", "--out", "half", "--resume", "--quiet");
    expect(resumed.code).toBe(0);
    for (const name of ["checkpoint.safetensors", "copy.onnx"])
      expect(hashOf(at("half", name)), name).toBe(hashOf(at("whole", name)));
  });

  it("then evaluated, settled, written as a netlist and as a report that speaks of rows", async () => {
    const evaluated = await run("evaluate", "whole");
    expect(evaluated.stdout).toMatch(/test error +copy \d+\.\d\d %, chip/);
    const settled = await run("settle", "whole");
    expect(settled.stdout).toMatch(/^row 0 \(class (good|bad)\) of rows\.csv-test, free phase/m);
    expect(settled.stdout).not.toMatch(/image/i);
    const netlist = await run("netlist", "whole");
    expect([netlist.code, netlist.stdout.includes(".end")]).toEqual([0, true]);
    expect((await run("report", "whole")).code).toBe(0);
    const page = readFileSync(at("whole", "report.html"), "utf8");
    const [body] = page.slice(page.indexOf("<body")).split("<script");
    expect(body).toContain("What the first layer looks at");
    expect(page).toContain("colour=red");
    expect(body.replaceAll("image-rendering", "")).not.toMatch(/\bimages?\b/i);
  });

  it("and its ONNX of raw rows computes to 1e-5 what the copy does, for others as for us", async () => {
    const { code, stdout } = await run(
      "export",
      "whole",
      "--format",
      "onnx",
      "--out",
      "t.onnx",
      "--json",
    );
    const { verification } = JSON.parse(stdout) as {
      verification: { reader: string; independent: boolean; largestDifference: number };
    };
    expect([code, verification.independent]).toEqual([0, true]);
    expect(verification.largestDifference).toBeLessThan(1e-5);
    const outputs = async (model: string) => {
      const said = await run("predict", model, "rows.csv", "--json");
      return said.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { class: string; top: { output: number }[] })
        .map(({ class: name, top }) => ({ name, output: top[0].output }));
    };
    const [ours, theirs] = [await outputs("whole"), await outputs("t.onnx")];
    expect(ours).toHaveLength(150);
    ours.forEach(({ name, output }, i) => {
      expect(theirs[i].name).toBe(name);
      expect(Math.abs(theirs[i].output - output)).toBeLessThan(1e-5);
    });
    const right = ours.filter(({ name }, i) => name === rows[i][4]).length;
    expect(right / 150).toBeGreaterThan(0.85);
  });

  it("and notices when the file has changed since", async () => {
    await halfTrained("other");
    writeFileSync(at("rows.csv"), csv.replace(rows[3][0], "0.5"));
    try {
      const resumed = await run("train", "state.yaml", "--out", "other", "--resume", "--quiet");
      expect(resumed.code).toBe(2);
      expect(resumed.stderr).toContain("the data are not those that other was trained on");
      const evaluated = await run("evaluate", "whole");
      expect(evaluated.stderr).toContain("these are other samples than those of the run");
    } finally {
      writeFileSync(at("rows.csv"), csv);
    }
  });

  it("and tells numbers in the user's unit, by copy and chip, as R² and RMSE", async () => {
    const trained = await run("train", "price.yaml", "--out", "price");
    expect(trained.stderr).toMatch(/test: copy R² -?\d+\.\d{3} \(RMSE [\d.]+\), chip R²/);
    expect(trained.stdout + trained.stderr).not.toContain("error");
    const { stdout } = await run("evaluate", "price", "--die", "1-2");
    expect(stdout).toMatch(/test, chip +copy/);
    for (const how of [[], ["--chip"]]) {
      const said = await run("predict", "price", "rows.csv", "--json", ...how);
      const told = said.stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { values: { price: number } }).values.price);
      const off = told.map((x, i) => Math.abs(x - Number(rows[i][3])));
      expect(off.reduce((a, b) => a + b) / off.length).toBeLessThan(40);
    }
    const card = existsSync(at("price", "report.html"));
    expect(card).toBe(true);
  });
});

describe("what a table cannot be trained for is said before training", () => {
  it.each([
    ["a target that is not there", "target: stat", "[4, 8, 2]", 'did you mean "state"?'],
    ["more classes than outputs", "target: state, drop: [price]", "[4, 8, 1]", "2 classes"],
    ["inputs that are not as many", "target: state, drop: [price]", "[3, 8, 2]", "4 inputs"],
  ])("%s", async (_, data, network, message) => {
    writeFileSync(at("bad.yaml"), experiment(data, network));
    const { code, stderr } = await run("train", "bad.yaml", "--out", "bad");
    expect(stderr).toContain(message);
    expect([code, existsSync(at("bad"))]).toEqual([2, false]);
  });
});
