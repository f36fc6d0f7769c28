import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();

const { run, started } = commandIn(at());
interface Value {
  readonly key: string;
  readonly value: number | null;
  readonly unit: string;
}

describe("the chip as hardware", () => {
  it("is counted and weighed before training by circuits show --layers", async () => {
    const { code, stdout } = started(
      "circuits",
      "show",
      "ideal",
      "--layers",
      "784,500,10",
      "--given",
      "supply=1.2 V",
      "capacitance-density=2 fF/um^2",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}Weights +397\u202f000 /m);
    // 510 capacitors of 1 pF at 2 fF/µm².
    expect(stdout).toMatch(/^ {2}Area of the capacitors +0\.255 mm² /m);
    expect(stdout).toContain("V_dd = 1.2 V, as given");
    const answers = JSON.parse(
      (await run("circuits", "show", "ideal", "--layers", "784,500,10", "--json")).stdout,
    ) as Value[];
    expect(answers.find((a) => a.key === "time.tau")).toMatchObject({
      value: expect.closeTo(1e-8, 20),
      unit: "s",
    });
    expect(answers.find((a) => a.key === "energy.inference")).toMatchObject({
      value: null,
      unknown: expect.stringContaining("not measured"),
    });
  });

  it.each([
    ["layers that are none", ["--layers", "784"], /--layers 784: expected at least two sizes/],
    ["an unknown quantity", ["--layers", "4,3,2", "--given", "suply=1 V"], /did you mean "supply"/],
    [
      "a wrong dimension",
      ["--layers", "4,3,2", "--given", "supply=1 pF"],
      /expected a value such as 1.2 V/,
    ],
    ["what is given without layers", ["--given", "supply=1 V"], /add --layers/],
    ["--json without layers", ["--json"], /add --layers/],
  ])("%s is refused", async (_, args, message) => {
    const { code, stdout, stderr } = await run("circuits", "show", "ideal", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |internal error/);
  });

  it("ends a training run, on the terminal, with --json and in the result", async () => {
    const quick = ["train", "tiny.yaml", "--data", "data", "--set", "train.epochs=0.5"];
    expect((await run(...quick, "--out", "said")).stdout).toMatch(
      /^ {2}settling {5}\S+ .?s free, \S+ .?s nudged\n {2}energy {7}\S+ .?J an inference, \S+ .?J a training sample\n {2}learning {5}-?\S+ dB signal over noise/m,
    );
    const { physics } = JSON.parse((await run(...quick, "--out", "json", "--json")).stdout) as {
      physics: Record<string, Omit<Value, "key">>;
    };
    expect(physics["energy.sample"].unit).toBe("J");
    expect(physics["energy.sample"].value!).toBeGreaterThan(physics["energy.inference"].value!);
    expect(physics["area.total"].value).toBeNull();
    expect(
      (JSON.parse(readFileSync(at("json/result.json"), "utf8")) as { physics: unknown }).physics,
    ).toEqual(physics);
  });
});
