import { afterEach, describe, expect, it, vi } from "vitest";
import { complain } from "../../src/cli/terminal.ts";
import { RunError } from "../../src/runs/node/learn.ts";
import { InputError } from "../../src/numerics/errors.ts";

function told(error: unknown, debug = ""): { code: number; text: string } {
  vi.stubEnv("DEBUG", debug);
  let text = "";
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    text += typeof chunk === "string" ? chunk : "";
    return true;
  });
  return { code: complain(error), text };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("an error is told on stderr", () => {
  it("as it is, with exit code 2, when the input is bad", () => {
    expect(told(new InputError("seed: found x", { file: "a.yaml", line: 1, column: 7 }))).toEqual({
      code: 2,
      text: "error: a.yaml:1:7: seed: found x\n",
    });
  });

  it("as it is, with exit code 1, when a run fails", () => {
    expect(told(new RunError("the disk is full"))).toEqual({
      code: 1,
      text: "error: the disk is full\n",
    });
  });

  it(
    "on one line that asks for a report when it is our fault, and with its stack only with " +
      "DEBUG set",
    () => {
      const error = new TypeError("x is\nnot a function");
      expect(told(error)).toEqual({
        code: 1,
        text:
          "internal error: TypeError: x is not a function. This is a fault of analog-eqprop; " +
          "please report it with your command and the output with DEBUG=1 set.\n",
      });
      vi.restoreAllMocks();
      expect(told(error, "1").text).toContain("terminal.test.ts");
    },
  );

  it("as what it is, with exit code 1, when the system gives no memory", () => {
    const memory = "WebAssembly.Memory(): could not allocate memory";
    for (const message of [memory, "Array buffer allocation failed"]) {
      const { code, text } = told(new RangeError(message));
      expect(text).toMatch(/^error: the system gives no more memory .*raise its limit/);
      expect(code).toBe(1);
    }
    const files = Object.assign(new Error("too many"), { code: "EMFILE" });
    expect(told(files)).toMatchObject({
      code: 1,
      text: expect.stringContaining("gives no more open files") as string,
    });
    expect(told(new RangeError("Invalid array length")).text).toContain("internal error");
  });

  it("with what a terminal would obey written out", () => {
    for (const error of [new InputError("a\u202eb"), new RunError("a\u001b[2J"), "a\u2066"])
      expect(told(error).text).toMatch(/a\\u(202e|001b|2066)/);
  });

  it("also when something that is no error was thrown", () => {
    expect(told("oops").text).toContain("internal error: oops.");
  });
});
