import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readProgrammingCsv } from "../../../src/exports/chip/csv.ts";
import { readNpz } from "../../../src/exports/npz.ts";
import { parseOverride } from "../../../src/experiment/overrides.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { readCheckpoint } from "../../../src/runs/node/checkpoint.ts";
import { exportChip } from "../../../src/runs/node/export-chip.ts";
import { program } from "../../../src/runs/node/program.ts";
import { evaluateRun } from "../../../src/runs/node/reopen.ts";
import { train } from "../../../src/runs/node/run.ts";
import { workshop } from "./workshop.ts";

const shop = workshop();

async function trained(name: string, ...set: readonly string[]): Promise<string> {
  const out = shop.at(name);
  await train({
    file: shop.file,
    data: shop.data,
    out,
    overrides: ["train.epochs=0.5", "die=3", ...set].map((o) => parseOverride(o, experimentSchema)),
  });
  return out;
}

/** What the chip of a run holds. */
function held(dir: string) {
  const { tensors, programmings } = readCheckpoint(dir)!.snapshot;
  return { tensors: tensors.filter((t) => t.name.startsWith("chip.")), programmings };
}

const resistive = ["settle.solver=block-descent", "learning.sign=positive"];
const circuits = [
  // Exact weights; registers that program a device; pairs and single devices pulsed in place.
  ["ideal", ["network.layers=[784,6,10]"], ["target [S]"]],
  ["cmos-130nm", ["learning.sign=positive"], ["target [S]", "state [1]"]],
  ["pcm", [], ["plus [1]", "minus [1]", "second target [S]", "pulses [1]", "second pulses [1]"]],
  ["ecram", [], ["state [1]", "pulses [1]"]],
  ["reram-array", [], ["held [1]", "state [1]", "pulses [1]"]],
  ["resistive-100", ["learning.rule=plain", ...resistive], ["target [S]"]],
  [
    "resistive-1024",
    ["network.blocks=[{from: 0, to: 1, density: 0.5}, {from: 1, to: 2}]", ...resistive],
    ["target [S]"],
  ],
] as const;

describe("the chip of a run", () => {
  test.each(circuits)(
    "of %s is exported, and its programming list makes it again to the bit",
    async (circuit, set, columns) => {
      const dir = await trained(`run-${circuit}`, `circuit=${circuit}`, ...set);
      const made = await exportChip({ dir, data: shop.data });
      expect(made.verification).toMatchObject({ inputs: 100, largestDifference: 0 });
      expect(Object.keys(made.files)).toEqual([
        "programming.csv",
        "programming.npz",
        "units.csv",
        "synapses.csv",
        "parameters.npz",
        "netlist.cir",
      ]);
      const folder = join(dir, "chip");
      const csv = readFileSync(join(folder, "programming.csv"), "utf8");
      const header = csv.split("\n")[2].split(",");
      for (const column of ["weight [1]", "current [A]", ...columns])
        expect(header, column).toContain(column);
      for (const end of ["csv", "npz"]) {
        const out = shop.at(`again-${circuit}-${end}`);
        const again = await program({
          model: join(folder, `programming.${end}`),
          circuit,
          data: shop.data,
          out,
        });
        expect(again).toMatchObject({ from: "list", same: true, die: 3 });
        expect(held(out)).toEqual(held(dir));
        // A run folder like any other.
        const { testErrorChip } = await evaluateRun(out);
        expect(testErrorChip).toBe(again.errorProgrammed);
      }
    },
    60_000,
  );

  test("has its elements in SI units, as they conduct", () => {
    const dir = shop.at("run-cmos-130nm");
    const npz = readNpz(readFileSync(join(dir, "chip", "parameters.npz")));
    const of = (name: string) => npz.tensors.find((t) => t.name === name)!;
    // G_L = 24.75 µS and C = 1 pF, with spreads of 4 % and 0.09 %: means of 6 within 4 σ.
    const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0) / v.length;
    expect(mean(of("layer.1.leak [S]").data) / 24.75e-6).toBeCloseTo(1, 0);
    expect(Math.abs(mean(of("layer.1.capacitance [F]").data) / 1e-12 - 1)).toBeLessThan(0.002);
    expect(of("block.0-1.forward [S]").shape).toEqual([784, 6]);
    const list = readProgrammingCsv(readFileSync(join(dir, "chip", "programming.csv")));
    const weight = list.tensors.find((t) => t.name === "chip.block.0-1.weight")!.data;
    const forward = of("block.0-1.forward [S]").data;
    // What conducts is what was asked, times G_L, within the mismatch of the gates.
    weight.forEach((w, k) => {
      expect(Math.abs(forward[k] / 24.75e-6 - w)).toBeLessThan(0.3 * Math.abs(w) + 0.05);
    });
    const lines = readFileSync(join(dir, "chip", "synapses.csv"), "utf8").split("\n");
    expect(lines[1]).toBe("from layer,to layer,row,column,forward [S],backward [S]");
    expect(Number(lines[2].split(",")[4]) / forward[0]).toBeCloseTo(1, 5);
  });

  test("is written into another die as targets, and says so", async () => {
    const out = shop.at("other-die");
    const model = join(shop.at("run-cmos-130nm"), "chip", "programming.csv");
    const made = await program({ model, circuit: "cmos-130nm", die: 4, data: shop.data, out });
    expect(made).toMatchObject({ from: "list", same: false, die: 4 });
    expect(made.notes.join()).toMatch(/with the errors of this die/);
    expect(held(out).tensors[0].data).toEqual(held(shop.at("run-cmos-130nm")).tensors[0].data);
  });

  test("is refused where it learned nothing, and never replaces files of the user's", async () => {
    const dir = await trained(
      "backprop",
      "learning.rule=backpropagation",
      "learning.sign=positive",
    );
    await expect(exportChip({ dir })).rejects.toThrow(/only the copy learns/);
    expect(existsSync(join(dir, "chip"))).toBe(false);
    const taken = shop.at("taken");
    mkdirSync(taken);
    writeFileSync(join(taken, "mine.txt"), "mine");
    const run = shop.at("run-ideal");
    await expect(exportChip({ dir: run, out: taken })).rejects.toThrow(/not empty/);
    await expect(exportChip({ dir: run, out: join(taken, "mine.txt") })).rejects.toThrow(/a file/);
    await expect(exportChip({ dir: run, out: shop.at("no", "such") })).rejects.toThrow(/no folder/);
  });
});

describe("a damaged programming list", () => {
  const good = () => readFileSync(join(shop.at("run-pcm"), "chip", "programming.csv"), "utf8");
  const edited = (change: (lines: string[]) => void) => {
    const lines = good().split("\n");
    change(lines);
    return new TextEncoder().encode(lines.join("\n"));
  };
  const head = (lines: string[]) => JSON.parse(lines[1].slice(8)) as Record<string, unknown>;
  const damages: readonly (readonly [string, (l: string[]) => void, RegExp | null])[] = [
    ["a missing line", (l: string[]) => void l.splice(7, 1), /has \d+ lines, expected/],
    ["a line twice", (l: string[]) => void (l[8] = l[7]), /line 9 is the second one/],
    ["a weight that is none", (l: string[]) => void (l[5] = l[5].replace(/[^,]+$/, "x")), null],
    [
      "an infinite weight",
      (l: string[]) => {
        const cells = l[5].split(",");
        cells[5] = "1e999";
        l[5] = cells.join(",");
      },
      /line 6, weight: "1e999" is no number/,
    ],
    [
      "terabytes announced",
      (l: string[]) => {
        const h = head(l);
        const tensors = [{ name: "chip.block.0-1.weight", shape: [1e6, 1e6] }];
        l[1] = `# head: ${JSON.stringify({ ...h, tensors })}`;
      },
      /announces 1000000000000 numbers/,
    ],
    ["no head", (l: string[]) => void (l[1] = "# head: {"), /no JSON/],
    ["another header", (l: string[]) => void (l[2] = "a,b"), /third line is not its header/],
    [
      "a place outside",
      (l: string[]) => void (l[6] = l[6].replace(/^synapse,0,1,\d+/, "synapse,0,1,784")),
      /line 7: row 784/,
    ],
  ];

  test.each(damages)("with %s is refused by its line", (_, change, why) => {
    const read = () => readProgrammingCsv(edited(change));
    if (why) expect(read).toThrow(why);
    // What a bench sets follows from what is held, and is not read.
    else expect(read).not.toThrow();
  });
});
