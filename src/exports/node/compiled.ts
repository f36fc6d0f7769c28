import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Reads rows of floats and writes the outputs of each. */
const program = `#include <stdio.h>
#include "copy.h"

int main(void)
{
  static float raw[COPY_INPUTS];
  float output[COPY_OUTPUTS];
  while (fread(raw, sizeof(float), COPY_INPUTS, stdin) == COPY_INPUTS) {
    copy_run(raw, output);
    if (fwrite(output, sizeof(float), COPY_OUTPUTS, stdout) != COPY_OUTPUTS) return 1;
  }
  return 0;
}
`;

/** How a header has to compile: without a warning. */
const flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2"];

/** Minutes that a compiler or the program may take, in milliseconds. */
const patience = 120_000;

/**
 * The outputs that a header computes once it is compiled, by $CC or cc; null where no compiler is.
 * @param values how many outputs there are for all inputs.
 * @throws Error where the compiler refuses the header, or the program fails.
 */
export async function compiledOutputs(
  header: Uint8Array,
  raw: Float32Array,
  values: number,
): Promise<{ readonly reader: string; readonly outputs: Float32Array } | null> {
  const compiler = process.env["CC"] || "cc";
  const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-c-"));
  try {
    writeFileSync(join(dir, "copy.h"), header);
    writeFileSync(join(dir, "main.c"), program);
    const built = await ran(compiler, [...flags, "-o", "program", "main.c", "-lm"], dir);
    if (built === null) return null;
    if (built.code !== 0) throw new Error(`${compiler} refuses the header: ${built.complaint}`);
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const told = await ran(join(dir, "program"), [], dir, bytes);
    if (told?.code !== 0 || told.output.length !== 4 * values)
      throw new Error(`the compiled program fails: ${told?.complaint ?? "it does not start"}`);
    const copied = Uint8Array.from(told.output);
    return {
      reader: `a program compiled by ${compiler} ${flags.join(" ")}`,
      outputs: new Float32Array(copied.buffer),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What a program wrote; null where there is no such program. */
async function ran(
  command: string,
  args: readonly string[],
  cwd: string,
  input?: Uint8Array,
): Promise<{ readonly code: number | null; readonly output: Buffer; complaint: string } | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, timeout: patience });
    const output: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (part: Buffer) => output.push(part));
    child.stderr.on("data", (part: Buffer) => {
      complaint = (complaint + part.toString()).slice(0, 2000);
    });
    child.on("error", () => {
      resolve(null);
    });
    child.on("close", (code) => {
      resolve({ code, output: Buffer.concat(output), complaint });
    });
    // A program that ends early does not read all.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
