import { InputError, visible } from "../numerics/errors.ts";

/** What the command returns to the shell. */
export const exits = {
  ok: 0,
  failed: 1,
  badInput: 2,
  /** It kept how far it is and asks to be begun again: EX_TEMPFAIL. */
  again: 75,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * Prints an error for people on stderr and returns the exit code. Stack traces only with DEBUG set.
 */
export function complain(error: unknown): number {
  const debug = (process.env["DEBUG"] ?? "") !== "";
  if (error instanceof InputError || (error instanceof Error && error.name === "RunError")) {
    tell(`error: ${error.message}`);
    return error.name === "InputError" ? exits.badInput : exits.failed;
  }
  const lacking = lackOf(error);
  if (lacking !== null) {
    tell(`error: the system gives no more ${lacking}, stop other programs, or ask for less`);
    return exits.failed;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  tell(
    `internal error: ${text.replaceAll("\n", " ")}. This is a fault of analog-eqprop; please ` +
      `report it with your command${debug ? "" : " and the output with DEBUG=1 set"}.`,
  );
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  return exits.failed;
}

/** What the system has too little of, and how to raise its limit; null: that is not it. */
function lackOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EMFILE" || code === "ENFILE")
    return `open files (${message}); raise its limit (ulimit -n)`;
  const isMemory =
    error instanceof RangeError && /could not allocate|allocation failed/.test(message);
  return isMemory || code === "ENOMEM" ? `memory (${message}); raise its limit (ulimit -v)` : null;
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
      tell(`error: the output cannot be written: ${why}; send it elsewhere`);
      process.exit(exits.failed);
    });
}

/** Writes a line for people, on stderr unless another stream is given. */
export function tell(text: string, stream: Pick<NodeJS.WriteStream, "write"> = process.stderr) {
  stream.write(`${visible(text)}\n`);
}

/** Prints text, or one JSON value with `--json`, on stdout. */
export function print(value: unknown): void {
  process.stdout.write(`${visible(typeof value === "string" ? value : JSON.stringify(value))}\n`);
}
