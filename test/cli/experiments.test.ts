import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPlan } from "../../src/runs/node/inputs.ts";
import { shippedExperiments, type Shipped } from "../../src/runs/node/shipped.ts";
import { planStudy } from "../../src/study/node/plan.ts";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());
const root = join(import.meta.dirname, "../..");

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  return stderr;
}

describe("experiments are found by name, from any folder:", () => {
  it("`experiments list` names those that train and those that run take", async () => {
    const { stdout } = await run("experiments", "list");
    expect(stdout).toMatch(/^train {2}quickstart +Built-in digits/m);
    expect(stdout).toMatch(/^run {4}oconnor-2019\/figure-2 +\S/m);
    expect(stdout).not.toMatch(/asymmetry|by-chance/);
    const { stdout: json } = await run("experiments", "list", "--json");
    const listed = JSON.parse(json) as readonly Shipped[];
    expect(listed.map(({ name }) => name)).toEqual(shippedExperiments().map(({ name }) => name));
    expect(listed.filter(({ description }) => description === "")).toEqual([]);
  });

  it("`experiments show` prints the file", async () => {
    const { stdout } = await run("experiments", "show", "oconnor-2019/figure-2");
    expect(stdout).toBe(readFileSync(join(root, "experiments/oconnor-2019/figure-2.yaml"), "utf8"));
    expect(await refused("experiments", "show", "quickstrat")).toContain(
      'there is no experiment "quickstrat" in this package; did you mean "quickstart"?',
    );
  });

  it("by name, and by the path that it has in the package", async () => {
    for (const name of ["quickstart", "experiments/quickstart.yaml", "quickstart.yaml"])
      expect((await readPlan(name)).experiment.name).toBe("quickstart");
    // A study's base too, beside it or in the package.
    writeFileSync(
      at("mine.yaml"),
      "study: mine\nmeasure: training\nbase: paper-small\nseeds: [1]\n",
    );
    const { cells } = await planStudy({ file: at("mine.yaml") });
    expect(cells[0].experiment.name).toBe("paper-small");
  });

  it("a file of one's own goes before one of the package, a folder does not", async () => {
    mkdirSync(at("own"));
    const { run: inOwn } = commandIn(at("own"));
    mkdirSync(at("own/quickstart"));
    const early = await inOwn("train", "quickstart", "--set", "train.epochs=1e-9");
    expect(early.stderr).toContain("train.epochs 1e-9 is less than one minibatch");
    writeFileSync(at("own/quickstart.yaml"), "name: mine\n");
    expect((await inOwn("train", "quickstart.yaml")).stderr).toContain("quickstart.yaml");
  });

  it("a wrong name gets the nearest right one, never the one that failed", async () => {
    expect(await refused("train", "paper-smal")).toContain('did you mean "paper-small"?');
    expect(await refused("run", "oconor-2019/figure-2.yaml")).toContain(
      'did you mean "oconnor-2019/figure-2"?',
    );
    writeFileSync(at("tiny-gird.yaml"), "study: x\n");
    expect(await refused("run", "tiny-grid.yaml")).toContain('did you mean "tiny-gird.yaml"?');
  });

  it("what the other command takes is sent there", async () => {
    expect(await refused("train", "quickstart-study")).toContain(
      "this is a study, expected an experiment; try `analog-eqprop run quickstart-study`",
    );
    expect(await refused("run", "quickstart")).toContain(
      "this is an experiment, expected a study; try `analog-eqprop train quickstart`",
    );
  });
});

describe("init", () => {
  it("writes a starting experiment that trains, and never over another file", async () => {
    const { code, stdout } = await run("init");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "experiment.yaml\nRun it: analog-eqprop train experiment.yaml\n",
    });
    expect((await readPlan(at("experiment.yaml"))).experiment.name).toBe("quickstart");
    const before = readFileSync(at("experiment.yaml"), "utf8");
    expect(await refused("init", "--from", "paper-small")).toContain(
      "init experiment.yaml: there is such a file already; choose another name",
    );
    symlinkSync("nowhere.yaml", at("link.yaml"));
    expect(await refused("init", "link.yaml")).toContain("it is a symbolic link");
    expect(readFileSync(at("experiment.yaml"), "utf8")).toBe(before);
  });

  it("refuses what is no YAML file, and names that are not there", async () => {
    expect(await refused("init", "mine")).toContain(
      "expected the name of a YAML file, such as mine.yaml",
    );
    expect(await refused("init", "a.yaml", "--from", "nothing")).toContain(
      "there is no experiment",
    );
  });

  it("tells editors of the schema where the package is installed beside the file", () => {
    mkdirSync(at("project/node_modules"), { recursive: true });
    symlinkSync(root, at("project/node_modules/analog-eqprop"));
    const own = "node_modules/analog-eqprop/dist/cli/main.js";
    // A link in place of an installed package: Node is not to look through it.
    execFileSync(
      process.execPath,
      ["--preserve-symlinks", "--preserve-symlinks-main", own, "init", "deep/mine.yaml"],
      { cwd: at("project") },
    );
    const [first] = readFileSync(at("project/deep/mine.yaml"), "utf8").split("\n");
    const schema = "../node_modules/analog-eqprop/schemas/experiment.json";
    expect(first).toBe(`# yaml-language-server: $schema=${schema}`);
    expect(existsSync(at("project/deep", schema))).toBe(true);
  });

  it.each(shippedExperiments().map((s) => [s.name, s.kind] as const))(
    "starts from %s, and what it writes is complete by itself",
    async (name, kind) => {
      const path = `${name.replaceAll("/", "-")}-copy.yaml`;
      const { code, stderr } = await run("init", path, "--from", name);
      if (code === 2) {
        expect(stderr).toMatch(/it names schematics that lie beside it \(.+\.yaml\)/);
        return;
      }
      expect(stderr).toBe("");
      const plan = kind === "study" ? planStudy({ file: at(path) }) : readPlan(at(path));
      await expect(plan).resolves.toBeDefined();
    },
  );
});

describe("schema", () => {
  it.each(["experiment", "study", "schematic", "device"])("prints that of: %s", async (kind) => {
    const { code, stdout } = await run("schema", kind);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
    });
  });

  it("refuses other kinds", async () => {
    expect(await refused("schema", "studdy")).toContain('did you mean "study"?');
  });
});
