import type { Circuit } from "../circuit/circuit.ts";
import type { Split } from "../data/dataset.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { CopyNetwork } from "../learning/copy-network.ts";
import { InputError } from "../numerics/errors.ts";
import type { Evaluation } from "../output/metrics.ts";
import { copyOf } from "./copy-of.ts";
import { createSession } from "./create-session.ts";
import { trainUntil, type TrainingEnd } from "./train-until.ts";

/** What is trained in a worker: plain data, which messages carry. */
export interface AsideRequest {
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly data: Split;
}

/** What a worker's training told on its way, and how it ended. */
export interface AsideHooks {
  evaluated?(evaluation: Evaluation): void;
  /** Minibatches learned, of how many; now and then. */
  progressed?(step: number, totalSteps: number): void;
  /** Stops the training after the minibatches that are under way. */
  readonly signal?: AbortSignal;
}

/** How a training in a worker ended. */
export interface AsideResult {
  readonly outcome: TrainingEnd["outcome"];
  readonly evaluations: readonly Evaluation[];
  /** The trained copy, for `writeNetwork`; null where the rule has none. */
  readonly copy: CopyNetwork | null;
}

/** What a worker says of one training, on a port of its own. */
type Word =
  | { readonly said: "evaluated"; readonly evaluation: Evaluation }
  | { readonly said: "progressed"; readonly step: number; readonly totalSteps: number }
  | { readonly said: "ended"; readonly result: AsideResult }
  | { readonly said: "failed"; readonly message: string; readonly byInput: boolean };

interface Asked {
  readonly request: AsideRequest;
  readonly port: MessagePort;
}

/** A `Worker` in a page; within it, its global `self`. */
export interface AsideWorker {
  postMessage(message: unknown, transfer: MessagePort[]): void;
  addEventListener(kind: "message" | "error", listener: (event: Event) => void): void;
  removeEventListener(kind: "message" | "error", listener: (event: Event) => void): void;
}

/** Minibatches between two looks at what the page says. */
const quiet = 10;

/** The script of a worker: trains what `trainAside` sends, one request after another. */
export function serveTraining(worker: Pick<AsideWorker, "addEventListener">): void {
  worker.addEventListener("message", (event) => {
    const { request, port } = (event as MessageEvent<Asked>).data;
    const say = (word: Word) => {
      port.postMessage(word);
    };
    let stopped = false;
    port.onmessage = () => {
      stopped = true;
    };
    learn(request, say, () => stopped)
      .then(
        (result) => {
          say({ said: "ended", result });
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          say({ said: "failed", message, byInput: error instanceof InputError });
        },
      )
      .finally(() => {
        port.close();
      });
  });
}

async function learn(
  { experiment, circuit, data }: AsideRequest,
  say: (word: Word) => void,
  isStopped: () => boolean,
): Promise<AsideResult> {
  const session = createSession(experiment, circuit, data);
  try {
    const { totalSteps } = session;
    const evaluations: Evaluation[] = [];
    const { outcome } = await trainUntil(
      session,
      { every: experiment.train.every },
      {
        evaluate() {
          const evaluation = session.evaluate();
          evaluations.push(evaluation);
          say({ said: "evaluated", evaluation });
          return evaluation;
        },
        async stops() {
          if (session.step % quiet !== 0) return isStopped();
          say({ said: "progressed", step: session.step, totalSteps });
          await heard();
          return isStopped();
        },
      },
    );
    const copy = copyOf(experiment, session.snapshot().tensors, circuit) ?? null;
    return { outcome, evaluations, copy };
  } finally {
    session.close();
  }
}

/** Lets messages that are there be heard. */
const heard = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/**
 * Trains in a worker that called `serveTraining`, so that the page stays free: the bits are those
 * of a session in the page.
 * @throws InputError for what cannot be trained, as `createSession` does; Error when the worker
 *   fails.
 */
export function trainAside(
  worker: AsideWorker,
  request: AsideRequest,
  { evaluated, progressed, signal }: AsideHooks = {},
): Promise<AsideResult> {
  const { port1: ours, port2: theirs } = new MessageChannel();
  return new Promise<AsideResult>((resolve, reject) => {
    const stop = () => {
      ours.postMessage("stop");
    };
    const broken = (event: Event) => {
      const { message } = event as ErrorEvent;
      end(() => {
        reject(new Error(`the worker failed: ${message || "its script could not be loaded"}`));
      });
    };
    const end = (tell: () => void) => {
      ours.close();
      worker.removeEventListener("error", broken);
      signal?.removeEventListener("abort", stop);
      tell();
    };
    ours.onmessage = ({ data: word }: MessageEvent<Word>) => {
      switch (word.said) {
        case "evaluated":
          evaluated?.(word.evaluation);
          return;
        case "progressed":
          progressed?.(word.step, word.totalSteps);
          return;
        case "ended": {
          end(() => {
            resolve(word.result);
          });
          return;
        }
        case "failed": {
          end(() => {
            reject(word.byInput ? new InputError(word.message) : new Error(word.message));
          });
          return;
        }
      }
    };
    worker.addEventListener("error", broken);
    signal?.addEventListener("abort", stop);
    worker.postMessage({ request, port: theirs } satisfies Asked, [theirs]);
    if (signal?.aborted) stop();
  });
}
