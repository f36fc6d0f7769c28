import { afterEach, expect, it, vi } from "vitest";
import { showSteps } from "../../src/cli/steps.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is told of five steps of ten seconds. */
function told(isTTY: boolean, quiet = false, patience = 0): string {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  let text = "";
  const write = (chunk: string) => ((text += chunk), true);
  const steps = showSteps("conditions", { quiet, patience }, {
    isTTY,
    columns: 80,
    write,
  } as NodeJS.WriteStream);
  for (let done = 0; done <= 5; done++) {
    now = 10_000 * done;
    steps.told(done, 5);
  }
  steps.end();
  return text;
}

it("a log hears how many there are, how long they take by the first, and then little", () => {
  expect(told(false)).toBe(
    "0/5 conditions\n1/5 conditions, 40 s left\n4/5 conditions, 10 s left\n",
  );
  expect(told(false, true)).toBe("");
  expect(told(false, false, 25)).toBe("3/5 conditions, 20 s left\n");
});

it("a terminal has one line, which is gone at the end", () => {
  expect(
    told(true)
      .split("\r")
      .slice(1)
      .map((line) => line.replace("\u001b[K", "")),
  ).toEqual([
    "0/5 conditions",
    "1/5 conditions, 40 s left",
    "2/5 conditions, 30 s left",
    "3/5 conditions, 20 s left",
    "4/5 conditions, 10 s left",
    "5/5 conditions",
    "",
  ]);
  expect(told(true, true)).toBe("");
});
