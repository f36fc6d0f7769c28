import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { denseMultiplyAdds, nets, type Setting } from "./cells.ts";
import { machine } from "./machine.ts";
import { announce, pageOf, publish, say, type OutputOptions } from "./output.ts";
import { refused } from "./page.ts";
import { scalingFigure } from "./scaling-figure.ts";
import type { DataChoice } from "./setup.ts";
import { inChild } from "./spawn.ts";
import { median, powerLaw } from "./statistics.ts";
import { digits, whole } from "./table.ts";
import type { ScalingResult } from "./tasks.ts";

export interface ScalingOptions extends OutputOptions {
  readonly data: DataChoice;
  readonly seconds: number;
  readonly only: readonly Against[];
  /** Where the figure goes without a page. */
  readonly out?: string;
}

/** What is varied, alone. */
export const againsts = ["width", "depth", "batch"] as const;
export type Against = (typeof againsts)[number];

/** A measured point. */
export interface ScalingPoint extends ScalingResult {
  readonly against: Against;
  readonly value: number;
  /**
   * Multiply-adds per second that a program computing every product would need, over the machine's
   * peak.
   */
  readonly fractionOfPeak: number;
}

/**
 * The powers that time per sample and the engine's memory grow with; memory against batch is no
 * power, with its room for at least 100 samples.
 */
export interface ScalingFit {
  readonly against: Against;
  readonly timeExponent: number;
  readonly memoryExponent: number | null;
}

const fixed = {
  nudgedSteps: nets.SMALL.nudgedSteps,
  beta: nets.SMALL.beta,
  freeSteps: 20,
  batch: 20,
};

/**
 * The settings along each axis. Width and batch begin at SMALL; depth at its hidden layer, with the
 * rates of LARGE, a quarter for every layer up.
 */
export const sweeps: Readonly<
  Record<
    Against,
    {
      readonly values: readonly number[];
      readonly setting: (value: number) => Setting;
      readonly what: string;
    }
  >
> = {
  width: {
    values: [100, 200, 500, 1000, 2000, 4000],
    what: "784-width-10, T⁻ 20, T⁺ 4, batch 20",
    setting: (width) => ({ ...fixed, layers: [784, width, 10], rates: nets.SMALL.rates }),
  },
  depth: {
    values: [1, 2, 3, 4, 6, 8],
    what: "784-500-…-500-10 with depth hidden layers, T⁻ 20, T⁺ 8, batch 20",
    setting: (depth) => ({
      ...fixed,
      nudgedSteps: nets.LARGE.nudgedSteps,
      beta: nets.LARGE.beta,
      layers: [784, ...Array.from({ length: depth }, () => 500), 10],
      rates: Array.from({ length: depth + 1 }, (_, l) => 0.128 / 4 ** l),
    }),
  },
  batch: {
    values: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    what: "784-500-10, T⁻ 20, T⁺ 4",
    setting: (batch) => ({ ...fixed, batch, layers: nets.SMALL.layers, rates: nets.SMALL.rates }),
  },
};

/** `bench scaling`: one thread, every point in a fresh process. Returns the exit code. */
export async function benchScaling(options: ScalingOptions): Promise<number> {
  const here = machine();
  const measured: (ScalingResult & { against: Against; value: number })[] = [];
  announce(
    "scaling",
    "Time and memory of whole training steps against the size of the problem, one thread",
    here,
    options,
  );
  const figure = figurePath(options);
  for (const against of againsts.filter((a) => options.only.includes(a)))
    for (const value of sweeps[against].values) {
      say(`${against} ${value}`);
      const [result] = await inChild<ScalingResult>({
        op: "scaling",
        data: options.data,
        threads: 1,
        seconds: options.seconds,
        setting: sweeps[against].setting(value),
      });
      measured.push({ ...result, against, value });
    }
  const peak = median(measured.map((m) => m.peak));
  const points = measured.map((m) => pointOf(m, peak));
  const fits = fitsOf(points);
  if (figure !== undefined) {
    writeFileSync(figure, scalingFigure(points));
    say(`drew ${figure}`);
  }
  publish(
    {
      name: "scaling",
      machine: here,
      picture: pictureText(fits),
      objects: [...points, ...fits],
      notes: [
        ...fits.map(fitText),
        "Peak of this machine for WASM SIMD on one thread, measured beside every point: " +
          `${digits((2 * peak) / 1e9)} GFLOP/s. The fraction counts every product of a dense ` +
          "computation; what rests and what is zero is skipped, so it may pass 100 %.",
      ],
      columns: [
        { title: "against" },
        ...["value", "µs/sample", "engine, MB", "process, MB", "of peak"].map((title) => ({
          title,
          numeric: true,
        })),
      ],
      rows: points.map((p) => [
        p.against,
        whole(p.value),
        digits(1e6 * p.secondsPerSample),
        digits(p.arenaBytes / 1e6),
        whole(p.residentBytes / 1e6),
        `${(100 * p.fractionOfPeak).toFixed(0)} %`,
      ]),
    },
    options,
  );
  return 0;
}

function fitText({ against, timeExponent, memoryExponent }: ScalingFit): string {
  const power = (exponent: number) => `${against}^${exponent.toFixed(2)}`;
  const memory = memoryExponent === null ? "" : `, engine memory ∝ ${power(memoryExponent)}`;
  return (
    `Against ${against} (${sweeps[against].what}): time per sample ∝ ${power(timeExponent)}` +
    `${memory}.`
  );
}

function pointOf(
  m: ScalingResult & { against: Against; value: number },
  peak: number,
): ScalingPoint {
  return {
    ...m,
    fractionOfPeak:
      denseMultiplyAdds(sweeps[m.against].setting(m.value)) / m.secondsPerSample / peak,
  };
}

/** Least squares on log-log axes, for each axis that was measured. */
export function fitsOf(points: readonly ScalingPoint[]): readonly ScalingFit[] {
  return againsts
    .map((against) => ({ against, own: points.filter((p) => p.against === against) }))
    .filter(({ own }) => own.length > 1)
    .map(({ against, own }) => ({
      against,
      timeExponent: powerLaw(own.map((p) => ({ x: p.value, y: p.secondsPerSample }))).exponent,
      memoryExponent:
        against === "batch"
          ? null
          : powerLaw(own.map((p) => ({ x: p.value, y: p.arenaBytes }))).exponent,
    }));
}

const figureName = "performance-scaling.svg";

/** Where the figure goes: beside the page, or to `--out`; undefined when nobody asked for it. */
function figurePath({ write, out }: ScalingOptions): string | undefined {
  const path = write === undefined ? out : join(dirname(pageOf(write)), figureName);
  if (path !== undefined)
    refused(
      path,
      () => {
        accessSync(dirname(path), constants.W_OK);
      },
      "name a file in a folder that can be written to",
    );
  return path;
}

/** The Markdown that shows the figure on the page. */
function pictureText(fits: readonly ScalingFit[]): string {
  const grows = fits
    .map((f) => `; time grows with ${f.against} to the power ${f.timeExponent.toFixed(2)}`)
    .join("");
  return `![Time per sample and memory on logarithmic axes${grows}](${figureName})`;
}
