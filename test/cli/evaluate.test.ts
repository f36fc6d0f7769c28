import { beforeAll, describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop("circuit: cmos-130nm\n");

const { run, started } = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
describe("evaluate under other conditions", () => {
  beforeAll(async () => {
    expect(await run("train", "tiny.yaml", "--data", "data", "--out", "done")).toMatchObject({
      code: 0,
    });
  }, 60_000);

  it("prints the errors there below the run's own, and why", () => {
    const { code, stdout } = started(
      "evaluate",
      "done",
      "--die",
      "7",
      "--temperature",
      "85 degC",
      "--age",
      "1 year",
    );
    expect(code).toBe(0);
    expect(stdout.match(/test error {4}copy \d+\.\d\d %, chip \d+\.\d\d %/g)).toHaveLength(2);
    expect(stdout).toContain("die 7, at 85 degC, after 1 year\n");
    expect(stdout).toContain("Temperature changes the thermal noise of leaks");
    expect(stdout).toContain("Nothing ages");
  });

  it(
    "with --json prints one object that has what it prints without these options, and " +
      "`elsewhere`",
    async () => {
      const own = JSON.parse((await run("evaluate", "done", "--json")).stdout) as Record<
        string,
        unknown
      >;
      const { elsewhere, ...rest } = JSON.parse(
        (await run("evaluate", "done", "--json", "--temperature", "85 degC")).stdout,
      ) as Record<string, unknown>;
      expect(rest).toEqual(own);
      expect(elsewhere).toMatchObject({ temperature: 358.15 });
      for (const key of ["testErrorCopy", "testErrorChip"]) expect(elsewhere).toHaveProperty(key);
    },
  );

  it.each([
    [["--temperature", "3 V"], `error: --temperature: "3 V" is a voltage, expected a temperature`],
    [["--age=-1 year"], `error: --age: found "-1 year", expected zero or more`],
    [["--die", "seven"], `error: --die: found "seven", expected the number of a die`],
  ])("refuses %j", async (options, message) => {
    const { code, stdout, stderr } = await run("evaluate", "done", ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
