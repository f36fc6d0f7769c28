import { estimate, type Estimate } from "../../circuit/spice/estimate.ts";
import type { Netlist } from "../../circuit/spice/netlist.ts";
import { netlistFamily } from "../../circuit/spice/families.ts";
import type { Terminals } from "../../circuit/die.ts";
import type { RawResult } from "../../circuit/spice/raw.ts";
import { refuseSingular } from "../../circuit/spice/singular.ts";
import { writeNetlist } from "../../circuit/spice/write.ts";
import type { ParityData } from "../../output/spice/data.ts";
import { blockDescent } from "../../solver/minimise/block-descent.ts";
import { enterBench, type Bench } from "../settle/bench.ts";
import { compare } from "./compare.ts";
import { netlistFor } from "./netlists.ts";
import { errorsAfter, minimise, ode, settlingTimes, type Legs, type PhaseTimes } from "./ours.ts";

/** What is asked of the three. */
interface ParityAsked {
  readonly input: number;
  readonly lambda?: number;
  readonly beta: number;
  /** Of each phase, τ; as long as it takes to settle unless given. */
  readonly time?: number;
  readonly fold: boolean;
  /** Operating points alone, without waveforms: of networks of resistors. */
  readonly op?: boolean;
  /** Points of ngspice in one τ of the fastest unit, at least: 50 unless given. */
  readonly resolution?: number;
}

/** An ngspice that runs netlists, or why there is none. */
export type Simulator =
  | {
      readonly version: string;
      run(netlist: string): Promise<{ readonly result: RawResult } | { readonly failure: string }>;
    }
  | { readonly missing: string };

interface ParityOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Is told how many steps are done, of how many: netlists, runs of ngspice, our two. */
  readonly told?: (done: number, all: number) => void;
  /** Is told what ngspice will have to do before it starts; throws to refuse. */
  readonly before?: (estimate: Estimate) => void;
}

/**
 * The same die by ngspice, by our ODE and by our minimiser, from the same start, free and then
 * nudged.
 */
export async function parity(
  bench: Bench,
  asked: ParityAsked,
  simulator: Simulator,
  { now, before, told }: ParityOptions,
): Promise<ParityData> {
  const { chip } = bench;
  const shown = show(bench, asked);
  const { start, legs, time, whole } = shown;
  const netlists = netlistsOf(bench, asked, shown);
  const all = Object.keys(netlists).length + 3;
  let done = 0;
  const next = () => told?.(++done, all);
  // Where a node floats our part would be no number either.
  refuseSingular(netlists.free ?? netlists.transient!);
  const expected = together(
    Object.values(netlists).map((n) => estimate(n, chip.graph.sizes.slice(1))),
  );
  before?.(expected);
  next();
  const run =
    "missing" in simulator ? nothing(simulator) : await simulate(netlists, simulator, now, next);
  const { free, nudged, transient = null } = run.results;
  const at = transient && timesOf(transient, chip.tauSeconds);
  const flow = ode(chip, start, legs, time, at, now);
  next();
  const exact = minimise(chip, start, legs, whole ? flow : null, now);
  next();
  const points = free && nudged ? { free, nudged } : null;
  return {
    ...headOf(bench, asked, shown),
    spice: run.spice,
    elements: expected.elements,
    points: transient?.points ?? 0,
    ...compare(chip, { flow, exact, points, transient, time, whole }),
    seconds: {
      spice: transient && run.seconds.transient!,
      points: points && run.seconds.free! + run.seconds.nudged!,
      ode: flow.seconds,
      minimiser: exact?.seconds ?? null,
    },
    ode: { name: flow.name, evaluations: flow.evaluations },
    minimiser: exact && { name: exact.name, evaluations: exact.evaluations },
    notes: [
      ...shown.notes,
      ...(exact?.notes ?? [
        "the synapses are not reciprocal, so no energy exists and nothing is minimised: the " +
          "equilibria are those of the ODE",
      ]),
    ],
  };
}

/** An image at the terminals of the chip, and how long its phases last. */
interface ShownImage {
  readonly label: number | null;
  readonly start: () => void;
  readonly legs: Legs;
  readonly at: Terminals;
  readonly time: PhaseTimes;
  /** Whether the phases last until the chip has settled. */
  readonly whole: boolean;
  readonly notes: readonly string[];
}

function show(bench: Bench, { input, lambda: own, beta, time: asked }: ParityAsked): ShownImage {
  const { chip, usual } = bench;
  const lambda = own ?? usual.lambda;
  const legs: Legs = { lambda, beta };
  const { labels, start } = enterBench(
    bench,
    { input, images: 1, from: usual.from, lambda, beta: 0 },
    blockDescent(),
    { steps: 1 },
  );
  start();
  const at = { ...chip.terminals(0), beta };
  const settling = settlingTimes(chip, start, legs);
  const time: PhaseTimes = { free: asked ?? settling.free, nudged: asked ?? settling.nudged };
  const whole = time.free >= settling.free && time.nudged >= settling.nudged;
  const cut =
    `the phases end before the chip has settled, which takes ${settling.free} and ` +
    `${settling.nudged} τ: their ends are no equilibria, and are compared as waveforms only`;
  return { label: labels[0], start, legs, at, time, whole, notes: whole ? settling.notes : [cut] };
}

/**
 * Where there is one, an operating point for each phase; and everything one transient through both.
 */
function netlistsOf(
  bench: Bench,
  { fold, resolution, op = false }: ParityAsked,
  { at, start, legs, time }: ShownImage,
): Netlists {
  const { chip } = bench;
  const netlist = (phase: "free" | "nudged", along: PhaseTimes | null) =>
    netlistFor(
      bench,
      { ...at, ...errorsAfter(chip, start, legs, along?.free) },
      { phase, time: along, fold, resolution },
    );
  return {
    ...((op || netlistFamily(chip.circuit).point) && {
      free: netlist("free", null),
      nudged: netlist("nudged", null),
    }),
    ...(!op && { transient: netlist("nudged", time) }),
  };
}

/** What is known before anything runs. */
function headOf(
  { chip, target, seed, weights, images }: Bench,
  { input, fold }: ParityAsked,
  { label, legs, time }: ShownImage,
) {
  const { circuit } = chip;
  return {
    target,
    circuit: circuit.name,
    die: chip.die,
    seed,
    layers: chip.graph.sizes,
    classes: chip.outputs.classes,
    weights,
    input: `${input} of ${images.name}`,
    label,
    ...legs,
    tauSeconds: chip.tauSeconds,
    swing: circuit.rails.high - circuit.rails.low,
    clamp: netlistFamily(circuit).clamps(circuit),
    folded: fold,
    time,
  };
}

type Kind = "free" | "nudged" | "transient";
/** In the order in which they are run. */
type Netlists = { readonly [kind in Kind]?: Netlist };
/** What came of each netlist, up to the first that failed. */
interface Ran {
  readonly spice: ParityData["spice"];
  readonly results: { [kind in Kind]?: RawResult };
  readonly seconds: { [kind in Kind]?: number };
}

function nothing({ missing }: { readonly missing: string }): Ran {
  return { spice: { engine: null, failure: missing }, results: {}, seconds: {} };
}

async function simulate(
  netlists: Netlists,
  simulator: Exclude<Simulator, { missing: string }>,
  now: ParityOptions["now"],
  next: () => void,
): Promise<Ran> {
  const results: Ran["results"] = {};
  const seconds: Ran["seconds"] = {};
  let engine = simulator.version;
  for (const [kind, netlist] of Object.entries(netlists) as [Kind, Netlist][]) {
    const text = writeNetlist(netlist);
    const begin = now();
    const ended = await simulator.run(text);
    if ("failure" in ended) return { spice: { engine, failure: ended.failure }, results, seconds };
    results[kind] = ended.result;
    seconds[kind] = (now() - begin) / 1000;
    engine = versionOf(ended.result, simulator);
    next();
  }
  return { spice: { engine, failure: null }, results, seconds };
}

/** Of netlists that are run one after the other: times add up. */
function together(all: readonly Estimate[]): Estimate {
  const most = (of: (e: Estimate) => number) => Math.max(...all.map(of));
  return {
    elements: most((e) => e.elements),
    points: most((e) => e.points),
    bytes: most((e) => e.bytes),
    seconds: all.reduce((sum, e) => sum + e.seconds, 0),
  };
}

/** In τ. */
function timesOf(result: RawResult, tauSeconds: number): Float64Array {
  return result.values.get("time")!.map((t) => t / tauSeconds);
}

function versionOf({ command }: RawResult, { version }: { readonly version: string }): string {
  return /ngspice-[\w.]+/.exec(command ?? "")?.[0] ?? version;
}
