import { InputError, visible } from "../numerics/errors.ts";

/** What the command returns to the shell. */
export const exits = { ok: 0, failed: 1, badInput: 2, interrupted: 130, terminated: 143 } as const;

/**
 * Prints an error for people on stderr and returns the exit code. Stack traces only with DEBUG set.
 */
export function complain(error: unknown): number {
  const debug = (process.env["DEBUG"] ?? "") !== "";
  if (error instanceof InputError || (error instanceof Error && error.name === "RunError")) {
    process.stderr.write(`error: ${visible(error.message)}
`);
    return error.name === "InputError" ? exits.badInput : exits.failed;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(
    `internal error: ${text.replaceAll("\n", " ")}. This is a fault of analog-eqprop; please ` +
      `report it with your command${debug ? "" : " and the output with DEBUG=1 set"}.\n`,
  );
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return exits.failed;
}

/**
 * A reader that has seen enough, as in `| head`, is no error; an answer that found no room is one.
 * What stderr has no room for is lost, and the work goes on.
 */
export function quitOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") process.exit(exits.ok);
      if (stream === process.stderr) return;
      const why = code === "ENOSPC" ? "its disk is full" : message;
      process.stderr.write(`error: the output cannot be written: ${why}; send it elsewhere\n`);
      process.exit(exits.failed);
    });
}

/** Prints text, or one JSON value with `--json`, on stdout. */
export function print(value: unknown): void {
  process.stdout.write(`${visible(typeof value === "string" ? value : JSON.stringify(value))}\n`);
}
