import { z } from "zod";
import { InputError } from "../src/numerics/errors.ts";
import type { Cell } from "./cells.ts";
import { listen, type Ending } from "./spawn.ts";
import type { AccuracyResult } from "./tasks.ts";

const throughput = z.object({
  peer: z.string(),
  net: z.string(),
  freeSteps: z.number(),
  batch: z.number(),
  threads: z.number(),
  samplesPerSecond: z.number().positive(),
});
const evaluation = z.object({
  epoch: z.number(),
  testErrorCopy: z.number(),
  trainSeconds: z.number(),
});

/** A line of the peer's `--throughput`. */
export type PeerCell = z.output<typeof throughput>;

/** The command of another program of the same algorithm, as the user gave it. */
export type Peer = string;

/**
 * Reads a line of a peer: undefined where it is not JSON (warnings, progress).
 * @throws InputError when it is JSON of another form.
 */
export function parseThroughput(line: string): PeerCell | undefined {
  if (!line.startsWith("{")) return undefined;
  const { success, data } = throughput.safeParse(json(line));
  if (!success)
    throw new InputError(
      `it printed ${line.slice(0, 200)}, expected one object a line with peer, net, ` +
        "freeSteps, batch, threads and samplesPerSecond",
    );
  return data;
}

/** The same of a training run; lines without a training time (the last one) are passed over. */
export function parseEvaluation(line: string): AccuracyResult | undefined {
  return line.startsWith("{") ? evaluation.safeParse(json(line)).data : undefined;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What a peer measured, or why it did not. */
export type PeerRun<Result> =
  | { readonly results: readonly Result[] }
  | { readonly failure: string };

/** The peer's samples/s of all its cells. */
export async function peerThroughput(
  peer: Peer,
  threads: number,
  seconds: number,
): Promise<PeerRun<PeerCell>> {
  const results: PeerCell[] = [];
  try {
    return outcome(
      results,
      await listen(
        `${peer} --throughput --threads ${threads} --seconds ${seconds}`,
        undefined,
        (line) => {
          const cell = parseThroughput(line);
          if (cell) results.push(cell);
          return false;
        },
      ),
    );
  } catch (error) {
    if (error instanceof InputError) return { failure: error.message };
    throw error;
  }
}

/**
 * The peer's training run of SMALL with T⁻ = 4, until its copy's test error is at most `error`
 * percent.
 */
export async function peerAccuracy(
  peer: Peer,
  {
    threads,
    epochs,
    error,
    seed,
  }: { threads: number; epochs: number; error: number; seed: number },
  heard: (result: AccuracyResult) => void,
): Promise<PeerRun<AccuracyResult>> {
  const results: AccuracyResult[] = [];
  // One epoch more than asked for: its training time is printed when the next one begins.
  const settings =
    "--hidden 500 --tneg 4 --tpos 4 --lam 0.1 --beta 0.5 --eps 0.5 --batch 20 --epochs " +
    `${epochs + 1} --every 1 --seed ${seed} --threads ${threads}`;
  return outcome(
    results,
    await listen(`${peer} ${settings}`, undefined, (line) => {
      const result = parseEvaluation(line);
      if (!result) return false;
      results.push(result);
      heard(result);
      return result.testErrorCopy <= error || result.epoch >= epochs;
    }),
  );
}

function outcome<Result>(
  results: readonly Result[],
  { code, stderr, stopped }: Ending,
): PeerRun<Result> {
  if (code !== 0 && !stopped)
    return {
      failure: `it ended with code ${String(code)}:\n${stderr.trim() || "(nothing on stderr)"}`,
    };
  if (results.length === 0)
    return { failure: `it printed no result${stderr.trim() ? `:\n${stderr.trim()}` : ""}` };
  return { results };
}

/**
 * The peer's rate in a cell: at equal threads, and the best of all its thread counts; null where it
 * gave none.
 */
export function ratesOf(
  medians: readonly PeerCell[],
  cell: Cell,
  threads: number,
): { readonly equal: number | null; readonly best: number | null } {
  const same = medians.filter(
    (m) => m.net === cell.net && m.freeSteps === cell.freeSteps && m.batch === cell.batch,
  );
  return {
    equal: same.find((m) => m.threads === threads)?.samplesPerSecond ?? null,
    best: same.length > 0 ? Math.max(...same.map((m) => m.samplesPerSecond)) : null,
  };
}
