import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";

const { at } = workshop("circuit: cmos-130nm\n");
const main = join(import.meta.dirname, "../../dist/cli/main.js");

function run(...args: readonly string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: at(),
    encoding: "utf8",
    env: { ...process.env, DEBUG: "", XDG_CACHE_HOME: at("cache"), EQPROP_DATA: "" },
  });
  return { code: status, stdout, stderr };
}

describe("evaluate under other conditions", () => {
  beforeAll(() => {
    expect(existsSync(main), "run `npm run build` first").toBe(true);
    expect(run("train", "tiny.yaml", "--data", "data", "--out", "done").code).toBe(0);
  }, 60_000);

  it("prints the errors there below the run's own, and why", () => {
    const { code, stdout } = run(
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
    () => {
      const own = JSON.parse(run("evaluate", "done", "--json").stdout) as Record<string, unknown>;
      const { elsewhere, ...rest } = JSON.parse(
        run("evaluate", "done", "--json", "--temperature", "85 degC").stdout,
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
  ])("refuses %j", (options, message) => {
    const { code, stdout, stderr } = run("evaluate", "done", ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
