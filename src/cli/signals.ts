import { Worker, parentPort, type MessagePort } from "node:worker_threads";
import { complain, exits } from "./terminal.ts";

/** What the first Ctrl-C or SIGTERM asks of a command that is at work. */
interface Stop {
  readonly signal: AbortSignal;
  /** The exit code that tells which signal it was. */
  code(): number;
  forget(): void;
}

const heard = ["SIGINT", "SIGTERM"] as const;
type Name = (typeof heard)[number];

/** What a command in its thread asks of the main one: to pass on the first signal, or no longer. */
type Wish = { readonly saying: string } | { readonly saying: null };

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
    if (!toMain) process.stderr.write(`\n${saying}\n`);
    controller.abort();
  };
  const forget = () => {
    for (const name of heard) process.off(name, stop);
    toMain?.postMessage({ saying: null } satisfies Wish);
    toMain?.off("message", passOn);
  };
  for (const name of heard) process.on(name, stop);
  toMain?.on("message", passOn).unref();
  toMain?.postMessage({ saying } satisfies Wish);
  return { signal: controller.signal, code: () => code, forget };
}

/** To the main thread, where the command works in another one. */
let toMain: MessagePort | null = null;

/** A thread hears no signals; the main one tells it. */
const passOn = (name: Name) => {
  process.emit(name, name);
};

/** What a thread is told of the streams of the process, which it cannot ask. */
interface Terminal {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/**
 * Works in a thread of its own, so that the main thread, with nothing to do, hears a signal at
 * once, whatever the work is busy with: an evaluation, a claim, a picture, a file that gives
 * nothing.
 * @param module what is started; it calls `asThread` first.
 * @returns the exit code of the thread.
 */
export async function workAside(module: URL, args: readonly string[]): Promise<number> {
  const { isTTY, columns } = process.stderr as Partial<NodeJS.WriteStream>;
  const worker = new Worker(module, {
    argv: [...args],
    workerData: { isTTY: isTTY ?? false, columns } satisfies Terminal,
  });
  let saying: string | null = null;
  const first = (name: NodeJS.Signals) => {
    process.stderr.write(`\n${saying ?? ""}\n`);
    listen(null);
    worker.postMessage(name);
  };
  const listen = (wish: string | null) => {
    for (const name of heard)
      if (wish === null) process.off(name, first);
      else process.on(name, first);
    saying = wish;
  };
  worker.on("message", (wish: Wish) => {
    listen(wish.saying);
  });
  return new Promise((resolve) => {
    worker.on("error", (error) => {
      resolve(complain(error));
    });
    worker.on("exit", resolve);
  });
}

/** Has this thread hear of signals by the main one, and of the terminal of the process. */
export function asThread({ isTTY, columns }: Terminal): void {
  toMain = parentPort;
  Object.assign(process.stderr, { isTTY, columns });
}
