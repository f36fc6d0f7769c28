import { estimate, type Estimate } from "../../circuit/spice/estimate.ts";
import { isResistive } from "../../circuit/circuit.ts";
import type { Netlist } from "../../circuit/spice/netlist.ts";
import { wallText } from "../../circuit/spice/resistive.ts";
import type { RawResult } from "../../circuit/spice/raw.ts";
import { clampText } from "../../circuit/spice/clamp.ts";
import { writeNetlist } from "../../circuit/spice/write.ts";
import type { ParityData } from "../../output/spice/data.ts";
import { blockDescent } from "../../solver/minimise/block-descent.ts";
import { enter, type Bench } from "../look/bench.ts";
import { compare } from "./compare.ts";
import { netlistFor } from "./netlists.ts";
import { minimise, ode, settlingTimes, type Legs } from "./ours.ts";

/** What is asked of the three. */
export interface ParityAsked {
  readonly input: number;
  readonly lambda?: number;
  readonly beta: number;
  /** Of each phase, τ; as long as it takes to settle unless given. */
  readonly time?: number;
  readonly fold: boolean;
  /** Points of ngspice in one τ of the fastest unit, at least: 50 unless given. */
  readonly resolution?: number;
}

/** An ngspice that runs netlists, or why there is none. */
export type Simulator = { readonly version: string; run(netlist: string): Promise<{ readonly result: RawResult } | { readonly failure: string }> } | { readonly missing: string };

export interface ParityOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Is told what ngspice will have to do before it starts; throws to refuse. */
  readonly before?: (estimate: Estimate) => void;
}

/** The same die by ngspice, by our ODE and by our minimiser, from the same start, free and then nudged. */
export async function parity(bench: Bench, asked: ParityAsked, simulator: Simulator, { now, before }: ParityOptions): Promise<ParityData> {
  const { chip, usual, target } = bench, lambda = asked.lambda ?? usual.lambda, legs: Legs = { lambda, beta: asked.beta };
  const { labels, start } = enter(bench, { input: asked.input, images: 1, from: usual.from, lambda, beta: 0 }, blockDescent(), { steps: 1 });
  start();
  const at = { ...chip.terminals(0), beta: asked.beta };
  const settling = settlingTimes(chip, start, legs), time = asked.time === undefined ? settling : { ...settling, free: asked.time, nudged: asked.time };
  // Resistors have an operating point for each phase; everything else one transient through both.
  const phases = isResistive(chip.circuit) ? ["free", "nudged"] as const : ["nudged"] as const;
  const netlists = phases.map((phase) => netlistFor(bench, at, { phase, time, fold: asked.fold, resolution: asked.resolution }));
  const expected = estimate(netlists[0], chip.graph.sizes.slice(1));
  const run = "missing" in simulator ? null : await simulate(netlists, simulator, expected, { now, before });
  const results = run && "results" in run && run.results ? run.results : null, result = results?.length === 1 ? results[0] : null;
  const flow = ode(chip, start, legs, time, result && timesOf(result, chip.tauSeconds), now), exact = minimise(chip, start, legs, flow, now);
  const { rows, traces } = compare(chip, { flow, exact, results, time });
  return {
    target, circuit: chip.circuit.name, die: chip.die, seed: bench.seed, layers: chip.graph.sizes, weights: bench.weights,
    input: `${asked.input} of ${bench.images.name}`, label: labels[0], lambda, beta: asked.beta, tauSeconds: chip.tauSeconds,
    swing: chip.circuit.rails.high - chip.circuit.rails.low, clamp: isResistive(chip.circuit) ? wallText(chip.circuit) : clampText({ circuit: chip.circuit }), folded: asked.fold, time,
    spice: run === null ? { engine: null, failure: (simulator as { missing: string }).missing } : "failure" in run
      ? { engine: (simulator as { version: string }).version, failure: run.failure }
      : { engine: versionOf(run.results[0], simulator as { version: string }), failure: null },
    elements: expected.elements, points: result?.points ?? 0, rows, traces,
    seconds: { spice: results ? run!.seconds : null, ode: flow.seconds, minimiser: exact?.seconds ?? null },
    ode: { name: flow.name, evaluations: flow.evaluations }, minimiser: exact && { name: exact.name, evaluations: exact.evaluations },
    notes: [...settling.notes, ...exact?.notes ?? ["the synapses are not reciprocal, so no energy exists and nothing is minimised: the equilibria are those of the ODE"]],
  };
}

/** Runs all of them, or up to the first that fails. */
async function simulate(netlists: readonly Netlist[], simulator: Exclude<Simulator, { missing: string }>, expected: Estimate, { now, before }: ParityOptions) {
  before?.(expected);
  const texts = netlists.map(writeNetlist), begin = now(), results: RawResult[] = [];
  for (const text of texts) {
    const ended = await simulator.run(text);
    if ("failure" in ended) return { ...ended, seconds: (now() - begin) / 1000 };
    results.push(ended.result);
  }
  return { results, seconds: (now() - begin) / 1000 };
}

/** In τ. */
function timesOf(result: RawResult, tauSeconds: number): Float64Array { return result.values.get("time")!.map((t) => t / tauSeconds); }

function versionOf({ command }: RawResult, { version }: { readonly version: string }): string { return /ngspice-[\w.]+/.exec(command ?? "")?.[0] ?? version; }
