import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { formatNames, networkFormats } from "../../src/exports/formats.ts";
import { writeNpy } from "../../src/exports/npy.ts";
import { writeSafetensors } from "../../src/exports/safetensors.ts";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const shop = workshop();
const command = () => commandIn(shop.at());
const images = "data/t10k-images-idx3-ubyte";
const run = (line: string) => command().run(...line.split(" "));

/** Classes by name of 40 rows of x, as a table of measurements. */
const table = [
  "kind,x,y,z",
  ...Array.from({ length: 60 }, (_, k) => {
    const [x, y] = [Math.sin(k), Math.cos(1.7 * k)];
    return `${x + y > 0 ? "warm" : "cold"},${100 * x},${1000 + y},${x * y}`;
  }),
  "",
].join("\n");

beforeAll(async () => {
  expect(await run("train tiny.yaml --data data --out run --quiet")).toMatchObject({ code: 0 });
  writeFileSync(shop.at("table.csv"), table);
  writeFileSync(
    shop.at("rows.yaml"),
    `name: rows
data: { file: table.csv, target: kind, test: 30 %, scale: standard }
network: { layers: [3, 8, 2] }
learning: { rates: [0.5, 0.5], sign: positive }
train: { epochs: 100, batch: 5, every: 100 }
`,
  );
  expect(await run("train rows.yaml --out rows --quiet")).toMatchObject({ code: 0 });
}, 60_000);

describe("export", () => {
  test.each(formatNames)(
    "%s of images and of a standardised table names as the copy does",
    async (format) => {
      const { extension, quantised } = networkFormats[format];
      for (const [dir, files, data] of [
        ["run", images, " --data data"],
        ["rows", "bare.csv", ""],
      ]) {
        writeFileSync(shop.at("bare.csv"), table.replaceAll(/^(kind|warm|cold),/gm, ""));
        const file = `${dir}.${extension}`;
        const made = await run(`export ${dir} --format ${format} --out ${file} --json${data}`);
        expect(made, made.stderr).toMatchObject({ code: 0, stderr: "" });
        const { verification } = JSON.parse(made.stdout) as {
          verification: { inputs: number; largestDifference: number; renamed: number };
        };
        expect(verification.inputs).toBeGreaterThan(10);
        if (!quantised) expect(verification).toMatchObject({ renamed: 0 });
        if (!quantised) expect(verification.largestDifference).toBeLessThan(1e-5);
        const by = async (model: string) => {
          const { stdout } = await run(`predict ${model} ${files} --csv`);
          return stdout.split("\n").map((line) => line.split(",")[1]);
        };
        const [expected, found] = [await by(dir), await by(file)];
        expect(new Set(expected.slice(1, -1)).size).toBeGreaterThan(1);
        if (quantised) {
          const same = found.filter((name, i) => name === expected[i]).length;
          expect(same).toBeGreaterThan(0.9 * found.length);
        } else expect(found).toEqual(expected);
      }
    },
    30_000,
  );

  test("replaces no file of the user's, and leaves none where it is not what it should be", async () => {
    writeFileSync(shop.at("mine.onnx"), "mine");
    expect(await run("export run --out mine.onnx")).toMatchObject({ code: 2 });
    // A compiler whose programs compute nothing.
    const fake = shop.at("cc.sh");
    writeFileSync(
      fake,
      '#!/bin/sh\nprintf "#!/bin/sh\\nhead -c 4000 /dev/zero\\n" > program\nchmod +x program\n',
    );
    chmodSync(fake, 0o755);
    const made = await commandIn(shop.at(), { CC: fake }).run(
      "export",
      "run",
      "--format",
      "c",
      "--out",
      "bad.h",
    );
    expect(made.code).toBe(1);
    expect(made.stderr).toMatch(/bad\.h was not written: .*computes other outputs/);
    expect(existsSync(shop.at("bad.h"))).toBe(false);
    expect(await run("export run --chip --format npz")).toMatchObject({ code: 2 });
  });
});

describe("predict", () => {
  test("says classes in lines, CSV and JSON, by the copy and by the chip", async () => {
    const json = await run(`predict run ${images} --json`);
    const first = JSON.parse(json.stdout.split("\n")[0]) as Record<string, unknown>;
    expect(Object.keys(first)).toEqual(["source", "class", "confidence", "top"]);
    expect(json.stderr).toMatch(/^100 samples in .* a second\)\n$/);
    const csv = await run(`predict run ${images} --csv --chip`);
    expect(csv.stdout.split("\n")[0]).toBe("source,class,confidence,residual");
    expect(csv.stdout.trim().split("\n")).toHaveLength(101);
    const lines = await run("predict rows bare.csv");
    expect(lines.stdout).toMatch(/^bare\.csv:2 {2}(warm|cold) {2}confidence /);
  });

  test("refuses what it cannot name, by the file, and with 2", async () => {
    writeFileSync(shop.at("huge.csv"), "x,y,z\n1,2,1e999\n");
    writeFileSync(shop.at("wide.csv"), "a,b,c,d\n1,2,3,4\n");
    writeFileSync(shop.at("x.png"), "GIF89a");
    for (const line of [
      "predict rows huge.csv",
      "predict rows wide.csv",
      "predict rows x.png",
      "predict rows none.csv",
      "predict none bare.csv",
      "predict /dev/zero bare.csv",
      "predict data bare.csv",
      "predict tiny.yaml bare.csv",
      "predict rows /dev/zero",
      `predict run ${images} --normalise x`,
      `predict run ${images} --activation tanh`,
    ]) {
      const { code, stderr } = await run(line);
      expect(code, `${line}: ${stderr}`).toBe(2);
      expect(stderr, line).toMatch(/^error: /);
      expect(stderr, line).not.toMatch(/internal error|\n {4}at /);
    }
  });
});

describe("program", () => {
  test("makes a run folder of a file of any float format, and says what was lost", async () => {
    const text = await run("program run.npz --circuit cmos-130nm --die 3 --data data --out chip");
    expect(text, text.stderr).toMatchObject({ code: 0 });
    expect(text.stdout).toMatch(/layer 1 as programmed .* by range, .* by bits, .* by writing/);
    expect(await run("export chip --chip --out bench")).toMatchObject({ code: 0 });
    expect(readdirSync(shop.at("bench")).sort()).toEqual([
      "chip.json",
      "netlist.cir",
      "parameters.npz",
      "programming.csv",
      "programming.npz",
      "synapses.csv",
      "units.csv",
    ]);
    const again = await run(
      "program bench/programming.csv --circuit cmos-130nm --data data --out again",
    );
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/to the bit as the list has them/);
    expect(await run("evaluate again --quiet")).toMatchObject({ code: 0 });
  }, 60_000);

  test("refuses what fits no chip, with 2, and leaves nothing", async () => {
    const one = (weight: number) =>
      writeSafetensors([
        { name: "0.weight", shape: [10, 784], data: new Float32Array(7840).fill(weight) },
        { name: "0.bias", shape: [10], data: new Float32Array(10) },
      ]);
    writeFileSync(shop.at("nan.safetensors"), one(NaN));
    writeFileSync(shop.at("huge.safetensors"), one(3e38));
    writeFileSync(shop.at("array.npy"), writeNpy({ shape: [2], data: new Float32Array(2) }));
    mkdirSync(shop.at("empty"));
    for (const line of [
      "program nan.safetensors --circuit ideal",
      "program huge.safetensors --circuit cmos-130nm",
      "program array.npy --circuit ideal",
      "program run.onnx --circuit kendall-2020",
      "program run.onnx --circuit none",
      "program run.onnx --circuit ideal --die 1e3",
      "program run.onnx --circuit ideal --die 99999999999",
      "program run.onnx --circuit ideal --learn -1",
      "program empty --circuit ideal",
      "program bench/programming.csv --circuit cmos-130nm --recurrent",
      "program bench/programming.csv --circuit kendall-2020",
    ]) {
      const { code, stderr } = await run(`${line} --data data --out refused`);
      expect(code, `${line}: ${stderr}`).toBe(2);
      expect(stderr, line).not.toMatch(/internal error|\n {4}at /);
      expect(existsSync(shop.at("refused")), line).toBe(false);
    }
  }, 60_000);
});
