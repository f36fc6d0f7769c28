import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpyArray } from "../../src/data/arrays/npy.ts";
import { predict } from "../../src/runs/node/predict.ts";
import { program } from "../../src/runs/node/program.ts";
import { workshop } from "../runs/node/workshop.ts";

const python = "/usr/bin/python3";

function lacking(): boolean {
  try {
    execFileSync(python, ["-c", "import numpy, onnx, torch"], { stdio: "ignore" });
    return false;
  } catch {
    return true;
  }
}

const shop = workshop();

test
  .skipIf(lacking() && process.env["CI"] !== "true")
  .each(["relu", "clip", "hardsigmoid", "sigmoid"] as const)(
  "a perceptron of PyTorch with %s is predicted as PyTorch does, and programmed",
  async (activation) => {
    const out = shop.at(activation);
    mkdirSync(out);
    const script = join(import.meta.dirname, "mlp.py");
    execFileSync(python, [script, shop.data, out, "--activation", activation, "--hidden", "12"]);
    const named = Array.from(readNpyArray(readFileSync(join(out, "named.npy")), "named").values);
    const found: string[] = [];
    await predict(
      {
        model: join(out, "mlp.onnx"),
        files: [join(shop.data, "t10k-images-idx3-ubyte")],
      },
      (p) => found.push(p.class!),
    );
    expect(found.map(Number)).toEqual(named);
    const made = await program({
      model: join(out, "mlp.onnx"),
      circuit: "ideal",
      data: shop.data,
      out: shop.at(`chip-${activation}`),
    });
    if (made.from !== "network") throw new Error("a list");
    const { errorBefore, errorFitted, errorProgrammed } = made;
    // A sigmoid is had as its tangent; anything else exactly, up to a sample at a tie.
    const allowed = activation === "sigmoid" ? 10 : 1;
    expect(Math.abs(errorFitted - errorBefore)).toBeLessThanOrEqual(allowed);
    expect(Math.abs(errorProgrammed! - errorFitted)).toBeLessThanOrEqual(1);
  },
  60_000,
);
