import { basename } from "node:path";
import { nudgedByCurrents } from "../../../circuit/circuit.ts";
import { netlistFamily } from "../../../circuit/spice/families.ts";
import { writeNetlist } from "../../../circuit/spice/write.ts";
import { refuseUnreasonable } from "../../../testbench/spice/reasonable.ts";
import { blockDescent } from "../../../solver/minimise/block-descent.ts";
import { InputError } from "../../../numerics/errors.ts";
import { destinationFor } from "../../../output/node/destination.ts";
import { plotlySource } from "../../../output/node/plotly.ts";
import type { ParityData } from "../../../output/spice/data.ts";
import { renderParityPage } from "../../../output/spice/page.ts";
import { enterBench } from "../../../testbench/settle/bench.ts";
import { tauOf } from "../../../testbench/settle/options.ts";
import { noiseCurrents } from "../../../testbench/spice/noise.ts";
import { readSpiceOptions, type RawSpiceOptions } from "../../../testbench/spice/options.ts";
import { errorsAfter, settlingTimes } from "../../../testbench/spice/ours.ts";
import { netlistFor } from "../../../testbench/spice/netlists.ts";
import { parity } from "../../../testbench/spice/parity.ts";
import { spiceBench } from "./bench.ts";
import { findEngine, type EngineName } from "./engine.ts";

/** Of which circuit a netlist is asked, and how; options are texts as of the command line. */
export interface NetlistRequest {
  /** A circuit by its name, the path of a schematic, or a run folder. */
  readonly target: string;
  readonly options: RawSpiceOptions;
  /** Folder of the data set. */
  readonly data?: string;
  /** Is told how many steps are done, of how many. */
  readonly told?: (done: number, all: number) => void;
}

/** A circuit, or the trained chip of a run, as a netlist of its die's own elements. */
export async function netlistOf({ target, options, data, told }: NetlistRequest): Promise<string> {
  const asked = await readSpiceOptions(options);
  const { bench, circuit } = await spiceBench("netlist", target, asked, data);
  told?.(1, 4);
  const { chip, usual } = bench;
  const lambda = asked.lambda ?? usual.lambda;
  const { start } = enterBench(
    bench,
    { input: asked.input, images: 1, from: usual.from, lambda, beta: 0 },
    blockDescent(),
    { steps: 1 },
  );
  start();
  const at = { ...chip.terminals(0), beta: asked.beta };
  const { phase, fold } = asked;
  const legs = { lambda, beta: asked.beta };
  const time = asked.op
    ? null
    : asked.time === undefined
      ? settlingTimes(chip, start, legs)
      : both(tauOf(asked.time, chip.tauSeconds, leastPhase));
  told?.(2, 4);
  const noise =
    asked.noise === undefined || !time
      ? undefined
      : noiseCurrents(
          circuit,
          chip,
          bench.seed,
          asked.noise,
          time.free + (phase === "nudged" ? time.nudged : 0),
          (tau) => ({ lambda, beta: tau < time.free ? 0 : asked.beta }),
        );
  if (noise && phase === "nudged" && nudgedByCurrents(circuit))
    throw new InputError(
      `--noise pwl: currents nudge the outputs of ${circuit.name}, set by where the free ` +
        "phase ends, and noise makes that another place each time; write --phase free",
    );
  const errors = phase === "nudged" && errorsAfter(chip, start, legs, time?.free);
  told?.(3, 4);
  return writeNetlist(netlistFor(bench, { ...at, ...errors }, { phase, time, fold, noise }));
}

/** On which circuit ngspice and our solvers are compared, by which engine, and the page of it. */
export interface ParityRequest extends NetlistRequest {
  readonly engine?: EngineName;
  /** Starts ngspice whatever it will take. */
  readonly force?: boolean;
  /** The page to write: a path, or true for the usual one. */
  readonly page?: string | true;
  /** Replaces a file of that name. */
  readonly overwrite?: boolean;
  /** The command line, for the page. */
  readonly command: string;
  /** Is told what is going on. */
  readonly say?: (text: string) => void;
}

/**
 * The same die by ngspice, by our ODE and by our minimiser; `page` is the path of what was written.
 */
export async function checkParity({
  target,
  options,
  data,
  engine,
  force = false,
  page,
  overwrite,
  command,
  say = () => undefined,
  told,
}: ParityRequest): Promise<{ readonly found: ParityData; readonly page: string | null }> {
  const path = page === true ? `spice-${basename(target).replace(/\.ya?ml$/, "")}.html` : page;
  if (path !== undefined && !/\.html?$/i.test(path))
    throw new InputError(
      `--plot ${path}: expected the name of an .html file; put --plot last, or write --plot ` +
        "parity.html",
    );
  const place = path === undefined ? null : destinationFor("--plot", path, overwrite);
  const asked = await readSpiceOptions(options);
  const { bench, circuit } = await spiceBench("spice-check", target, asked, data);
  const simulator = await findEngine(engine);
  const noisy = Object.values(circuit.noise).some((n) => typeof n === "object" || n > 0);
  const found = await parity(
    bench,
    { ...asked, time: asked.time && tauOf(asked.time, bench.chip.tauSeconds, leastPhase) },
    simulator,
    {
      now: () => performance.now(),
      told,
      before: (estimate) => {
        refuseUnreasonable(estimate, {
          force,
          folded: asked.fold,
          points: asked.op ? "taken" : netlistFamily(circuit).point ? "there" : "none",
          say,
        });
      },
    },
  );
  const noted = noisy
    ? {
        ...found,
        notes: [
          ...found.notes,
          "the noise of the schematic is left out: with it no two paths are the same; " +
            "`netlist --noise pwl` exports it",
        ],
      }
    : found;
  place?.put(renderParityPage(noted, command, plotlySource()));
  return { found: noted, page: place?.path ?? null };
}

/** In τ: what a phase of a circuit lasts at least. */
const leastPhase = 1e-10;

const both = (tau: number) => ({ free: tau, nudged: tau });
