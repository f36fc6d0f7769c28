import { exits } from "./terminal.ts";

/** What the first Ctrl-C or SIGTERM asks of a command that is at work. */
interface Stop {
  readonly signal: AbortSignal;
  /** The exit code that tells which signal it was. */
  code(): number;
  forget(): void;
}

/**
 * The first signal says what happens now and aborts; the second one finds the system's default and
 * ends the process.
 */
export function stopOnSignals(saying: string): Stop {
  const controller = new AbortController();
  let code: number = exits.interrupted;
  const stop = (name: NodeJS.Signals) => {
    if (name === "SIGTERM") code = exits.terminated;
    forget();
    process.stderr.write(`\n${saying}\n`);
    controller.abort();
  };
  const forget = () => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, stop);
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  return { signal: controller.signal, code: () => code, forget };
}
