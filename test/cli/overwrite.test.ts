import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());
const settle = "settle ideal --layers 784,8,10 --steps 1";

beforeAll(async () => {
  const pulses = Array.from({ length: 60 }, (_, i) => {
    const up = 1 + 9 * (1 - Math.exp(-(i % 30) / 10));
    return `${i},${(i < 30 ? up : 11 - up).toFixed(6)}`;
  });
  writeFileSync(at("pulses.csv"), `pulse,conductance (uS)\n${pulses.join("\n")}\n`);
  writeFileSync(at("table.csv"), "a,b,kind\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n2,2,x\n4,3,y\n");
  const trained = "train tiny.yaml --data data --out run --set train.epochs=0.1";
  expect(await run(...trained.split(" "))).toMatchObject({ code: 0 });
});

/** Every command that writes a file which a user names, and the option that names it. */
const writers: readonly (readonly [command: string, option: string, file: string])[] = [
  ["evaluate run --die 1,2", "--out", "kept.csv"],
  ["netlist ideal", "--out", "kept.cir"],
  ["device fit pulses.csv", "--out", "kept.yaml"],
  ["device fit pulses.csv", "--plot", "kept.svg"],
  ["device show pcm", "--plot", "kept.svg"],
  [settle, "--plot", "kept.html"],
  ["spice-check ideal --sizes 2-2-2", "--plot", "kept.html"],
  ["export run --format npz", "--out", "kept.npz"],
  ["data init table.csv", "--out", "kept.yaml"],
  ["init", "", "kept.yaml"],
];

describe("a file that is there already", () => {
  it.each(writers)(
    "%s %s %s: stays, and is refused before any work",
    async (line, option, file) => {
      writeFileSync(at(file), "keep\n");
      const before = readdirSync(at()).join();
      const args = [...line.split(" "), ...(option ? [option] : []), file];
      const { code, stdout, stderr } = await run(...args);
      expect(stderr).toContain(
        `error: ${option || "init"} ${file}: there is such a file already; choose another name, ` +
          "or replace it with --overwrite\n",
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(readFileSync(at(file), "utf8")).toBe("keep\n");
      expect(readdirSync(at()).join()).toBe(before);

      if (line.startsWith("spice-check")) return;
      expect(await run(...args, "--overwrite")).toMatchObject({ code: 0 });
      expect(readFileSync(at(file), "utf8")).not.toBe("keep\n");
      rmSync(at(file));
    },
  );

  it("is replaced without a word where it is a page of ours, and so are files of a run", async () => {
    const page = [...settle.split(" "), "--plot"];
    expect(await run(...page)).toMatchObject({ code: 0 });
    expect(await run(...page)).toMatchObject({ code: 0 });
    writeFileSync(at("settle-ideal.html"), "<!doctype html>\n<p>My own notes on analog-eqprop.\n");
    expect(await run(...page)).toMatchObject({ code: 2 });
    for (const _ of [1, 2])
      expect(await run("export", "run", "--format", "npz")).toMatchObject({ code: 0 });
  });

  it("stays when it comes while the work is done", async () => {
    const { destinationFor } = await import("../../src/output/node/destination.ts");
    const place = destinationFor("--out", at("late"));
    writeFileSync(at("late"), "keep\n");
    expect(() => {
      place.put("ours");
    }).toThrow("there is such a file already");
    expect(readFileSync(at("late"), "utf8")).toBe("keep\n");
  });
});

describe("a file that cannot be written is refused before any work", () => {
  it.each([
    ["nowhere/a.cir", "the folder nowhere does not exist"],
    ["folder", "a folder has that name"],
    ["tiny.yaml/a.cir", "the folder tiny.yaml does not exist"],
    ["", "the name is empty"],
    [`${"a".repeat(300)}.cir`, "the name is too long"],
  ])("%.20s: %s", async (file, reason) => {
    mkdirSync(at("folder"), { recursive: true });
    // Its target is looked at later: there is none.
    const { code, stderr } = await run("netlist", "nothing-of-the-kind", "--out", file);
    expect(stderr).toContain(`--out ${file}: ${reason}`);
    expect(code).toBe(2);
  });
});
