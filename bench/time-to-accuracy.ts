import { nets, seed } from "./cells.ts";
import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import { peerAccuracy, type Peer } from "./peer.ts";
import type { DataChoice } from "./setup.ts";
import { inChild } from "./spawn.ts";
import { digits, times } from "./table.ts";
import type { AccuracyResult } from "./tasks.ts";

export interface AccuracyOptions extends OutputOptions {
  readonly peer?: Peer;
  readonly data: DataChoice;
  /** Percent. */
  readonly error: number;
  /** Epochs after which it is given up. */
  readonly epochs: number;
  readonly threads: readonly number[];
}

/** How one run ended. `seconds`: of training until the error was reached; null when it was not. */
export interface AccuracyRow {
  readonly who: string;
  readonly threads: number;
  readonly epochs: number;
  readonly testErrorCopy: number;
  readonly seconds: number | null;
}

/**
 * `bench time-to-accuracy`: SMALL with T⁻ = 4, one program after the other. Returns the exit code.
 */
export async function benchAccuracy(options: AccuracyOptions): Promise<number> {
  const { data, error, epochs, peer } = options;
  const { layers, nudgedSteps, beta, rates } = nets.SMALL;
  const here = machine();
  announce(
    "time-to-accuracy",
    `Seconds of training until the copy's test error is at most ${error} %: 784-500-10, T⁻ = ` +
      "4, batch 20",
    here,
    options,
  );
  const rows: AccuracyRow[] = [];
  let failed = false;
  for (const threads of options.threads) {
    const setting = { layers, nudgedSteps, beta, rates, freeSteps: 4, batch: 20, epochs };
    rows.push(
      accuracyRow(
        "analog-eqprop",
        threads,
        error,
        await inChild<AccuracyResult>(
          { op: "accuracy", data, threads, setting, error },
          progress("ours", threads),
        ),
      ),
    );
    if (peer === undefined || failed) continue;
    const run = await peerAccuracy(
      peer,
      { threads, epochs, error, seed },
      progress("peer", threads),
    );
    if ("results" in run) rows.push(accuracyRow("peer", threads, error, run.results));
    else {
      say(`--peer "${peer}" was left out from here on, because ${run.failure}`);
      failed = true;
    }
  }
  const share = withRatios(rows);
  publish(
    {
      name: "time-to-accuracy",
      machine: here,
      objects: share.map((row) => ({ error, ...row })),
      notes: [
        "Training time alone; the copy's test error on " +
          `${data === "digits" ? "the built-in digits" : "MNIST"} is looked at after every ` +
          `epoch, at most ${epochs} of them.`,
      ],
      columns: [
        { title: "program" },
        ...[
          "threads",
          "epochs",
          "test error, copy",
          `seconds to ${error} %`,
          "of the peer's time",
          "of its best",
        ].map((title) => ({ title, numeric: true })),
      ],
      rows: share.map((row) => [
        row.who,
        String(row.threads),
        digits(row.epochs),
        `${row.testErrorCopy.toFixed(2)} %`,
        row.seconds === null ? "not reached" : row.seconds.toFixed(1),
        times(row.ratioEqualThreads),
        times(row.ratioBest),
      ]),
    },
    options,
  );
  return failed ? 1 : 0;
}

function progress(who: string, threads: number): (result: AccuracyResult) => void {
  return ({ epoch, testErrorCopy, trainSeconds }) =>
    say(
      `${who}, ${threads} thread(s): epoch ${digits(epoch)}, ${testErrorCopy.toFixed(2)} %, ` +
        `${trainSeconds.toFixed(1)} s`,
    );
}

/** What a run's evaluations come to. */
export function accuracyRow(
  who: string,
  threads: number,
  error: number,
  results: readonly AccuracyResult[],
): AccuracyRow {
  const reached = results.find((r) => r.testErrorCopy <= error);
  const shown = reached ?? results.at(-1);
  if (!shown) throw new Error(`${who} gave no evaluation`);
  return {
    who,
    threads,
    epochs: shown.epoch,
    testErrorCopy: shown.testErrorCopy,
    seconds: reached ? Number(reached.trainSeconds.toFixed(2)) : null,
  };
}

/** Our seconds over the peer's, at equal threads and at the peer's best; null without both. */
export function withRatios(rows: readonly AccuracyRow[]): readonly (AccuracyRow & {
  readonly ratioEqualThreads: number | null;
  readonly ratioBest: number | null;
})[] {
  const peers = rows.filter((r) => r.who === "peer" && r.seconds !== null);
  const over = (own: number | null, peer: number | null | undefined) =>
    own === null || peer === null || peer === undefined ? null : Number((own / peer).toFixed(3));
  const best = peers.length > 0 ? Math.min(...peers.map((p) => p.seconds!)) : null;
  return rows.map((row) =>
    row.who === "peer"
      ? { ...row, ratioEqualThreads: null, ratioBest: null }
      : {
          ...row,
          ratioEqualThreads: over(
            row.seconds,
            peers.find((p) => p.threads === row.threads)?.seconds,
          ),
          ratioBest: over(row.seconds, best),
        },
  );
}
