import { cellsOf, sameCell, type Cell, type NetName } from "./cells.ts";
import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import { peerThroughput, ratesOf, type Peer, type PeerCell } from "./peer.ts";
import { interleave, type Turn } from "./plan.ts";
import type { DataChoice } from "./setup.ts";
import { inChild } from "./spawn.ts";
import { median } from "./statistics.ts";
import { times, whole } from "./table.ts";
import type { TrainResult } from "./tasks.ts";

export interface TrainOptions extends OutputOptions {
  readonly peer?: Peer;
  readonly data: DataChoice;
  readonly rounds: number;
  readonly seconds: number;
  readonly cells: readonly NetName[];
  readonly threads: readonly number[];
  readonly noise?: boolean;
}

/** One row of the table and one line of `--json`; rates are medians over the rounds. */
export interface TrainRow extends Cell {
  readonly threads: number;
  readonly samplesPerSecond: number;
  readonly peerSamplesPerSecond: number | null;
  readonly ratioEqualThreads: number | null;
  readonly ratioBest: number | null;
  /** Time with thermal noise over time without; only with `--noise`. */
  readonly timeRatioNoise?: number;
}

interface Measured extends TrainResult {
  readonly threads: number;
  readonly noise: boolean;
}

/** `bench train`: whole training steps, us and the peer by turns. Returns the exit code. */
export async function benchTrain(options: TrainOptions): Promise<number> {
  const { rounds, seconds, noise = false } = options;
  const cells = cellsOf(options.cells);
  const here = machine();
  const ours: Measured[] = [];
  const theirs: PeerCell[] = [];
  announce(
    "train",
    `Whole training steps (free phase, nudged phase, both updates), ${rounds} round(s), ` +
      `${seconds} s a cell`,
    here,
    options,
  );
  let peer = options.peer;
  const take = async ({ who, threads, noise }: Turn): Promise<void> => {
    if (who === "ours") {
      const results = await inChild<TrainResult>({
        op: "train",
        data: options.data,
        threads,
        noise,
        seconds,
        cells,
      });
      ours.push(...results.map((r) => ({ ...r, threads, noise })));
    } else if (peer !== undefined) {
      const run = await peerThroughput(peer, threads, seconds);
      if ("results" in run) {
        theirs.push(...run.results);
        return;
      }
      say(`--peer "${peer}" was left out from here on, because ${run.failure}`);
      peer = undefined;
    }
  };
  for (const [r, round] of interleave(rounds, options.threads, {
    peer: peer !== undefined,
    noise,
  }).entries())
    for (const turn of round.filter(({ who }) => who === "ours" || peer !== undefined)) {
      say(
        `round ${r + 1} of ${rounds}: ${turn.who}, ${turn.threads} ` +
          `thread(s)${turn.noise ? ", with thermal noise" : ""}`,
      );
      await take(turn);
    }
  const rows = trainRows(cells, options.threads, ours, theirs);
  publish(
    {
      name: "train",
      machine: here,
      objects: rows,
      notes: [notes(options, theirs)],
      columns: [
        { title: "net" },
        ...[
          "T⁻",
          "batch",
          "threads",
          "samples/s",
          "peer",
          "ratio",
          "ratio to its best",
          ...(noise ? ["time with noise"] : []),
        ].map((title) => ({ title, numeric: true })),
      ],
      rows: rows.map((row) => [
        row.net,
        ...[row.freeSteps, row.batch, row.threads].map(String),
        whole(row.samplesPerSecond),
        row.peerSamplesPerSecond === null ? "–" : whole(row.peerSamplesPerSecond),
        times(row.ratioEqualThreads),
        times(row.ratioBest),
        ...(noise ? [times(row.timeRatioNoise ?? null)] : []),
      ]),
    },
    options,
  );
  return options.peer !== undefined && peer === undefined ? 1 : 0;
}

/** Medians over rounds and ratios of medians, a row for every cell and number of threads. */
export function trainRows(
  cells: readonly Cell[],
  threads: readonly number[],
  ours: readonly Measured[],
  theirs: readonly PeerCell[],
): readonly TrainRow[] {
  const peer = peerMedians(theirs);
  return cells.flatMap((cell) =>
    threads.map((n): TrainRow => {
      const rate = (noise: boolean) =>
        median(
          ours
            .filter((m) => sameCell(m, cell) && m.threads === n && m.noise === noise)
            .map((m) => m.samplesPerSecond),
        );
      const samplesPerSecond = rate(false);
      const noisy = rate(true);
      const { equal, best } = ratesOf(peer, cell, n);
      const over = (theirRate: number | null) =>
        theirRate === null ? null : round(samplesPerSecond / theirRate);
      return {
        ...cell,
        threads: n,
        samplesPerSecond: Math.round(samplesPerSecond),
        peerSamplesPerSecond: equal,
        ratioEqualThreads: over(equal),
        ratioBest: over(best),
        ...(Number.isNaN(noisy) ? {} : { timeRatioNoise: round(samplesPerSecond / noisy) }),
      };
    }),
  );
}

function peerMedians(lines: readonly PeerCell[]): readonly PeerCell[] {
  const key = ({ net, freeSteps, batch, threads }: PeerCell) =>
    [net, freeSteps, batch, threads].join(" ");
  return [...new Set(lines.map(key))].map((k) => {
    const group = lines.filter((line) => key(line) === k);
    return { ...group[0], samplesPerSecond: median(group.map((g) => g.samplesPerSecond)) };
  });
}

const round = (ratio: number) => Number(ratio.toFixed(3));

function notes({ rounds, seconds, data }: TrainOptions, theirs: readonly PeerCell[]): string {
  const peers = [...new Set(theirs.map((t) => t.peer))].join(", ");
  return (
    `Samples per second on ${data === "digits" ? "the built-in digits" : "MNIST"}, medians of ` +
    `${rounds} round(s) of ${seconds} s${peers ? `; peer: ${peers}` : "; no peer was run"}.`
  );
}
