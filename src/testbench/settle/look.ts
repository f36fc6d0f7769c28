import { predictedClass } from "../../circuit/outputs.ts";
import { sampleWord } from "../../data/dataset.ts";
import type { Chip } from "../../dynamics/chip.ts";
import {
  addressable,
  perSecond,
  refuseTooLarge,
  type Demand,
  type Room,
} from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import type {
  SampleBasins,
  SettleData,
  SettledBy,
  SettledSample,
  Shown,
  SolverTrace,
} from "../../output/settle/data.ts";
import { advice, type Outcome } from "../../solver/outcome.ts";
import type { FixedStep } from "../../solver/euler.ts";
import { settle } from "../../solver/settle.ts";
import type { Solver, Stop } from "../../solver/solver.ts";
import { distanceBound } from "../../solver/truth/bounds.ts";
import { certificate, type Certificate } from "../../solver/truth/convexity.ts";
import { diagnose } from "../../solver/truth/diagnose.ts";
import { probeBasins } from "../../solver/truth/multistability.ts";
import { settlingTime, spectrum } from "../../solver/truth/spectrum.ts";
import { freeUnits, movable, only } from "../../solver/truth/units.ts";
import { solverOf } from "../../experiment/catalogue.ts";
import { checkEntry, enterBench, type Bench, type Entry } from "./bench.ts";
import { tauOf, type Asked } from "./options.ts";
import type { WrittenSolver } from "./solver-text.ts";
import { watch, watchable } from "./trace.ts";

/** Steps at most where only a tolerance, or only a time, is given. */
const generous = { tolerance: 10_000, time: 100_000 };
/** τ that a noisy circuit is watched for: many times the slowest of its time constants. */
const noisyTime = 50;
/**
 * Units without reciprocal synapses, and free units, beyond which a dense matrix takes too long for
 * one page.
 */
const dense = 600;
/** Units of a hidden layer that one solver's traces show, and several solvers'. */
const shownUnits = { one: 8, several: 4 };
/** Steps in which a limit cycle is seen. */
const cycleSteps = 60;

interface LookOptions {
  /** Also follow the first image. */
  readonly traces?: boolean;
  /** What the look may take. */
  readonly room?: Room;
  /** Is told how many steps are done, of how many: solvers, samples, starts. */
  readonly told?: (done: number, all: number) => void;
}

/** Steps that are counted where only a tolerance ends them. */
const expected = 100;
/** How many times a step of the kernels one takes that is not fused, and one that is followed. */
const slower = { alone: 10, followed: 200 };

/** What a look takes, at most. */
function lookDemand(
  { graph, layout, capacity }: Chip,
  { images, starts = 1, steps, time }: Asked,
  solvers: readonly Prepared[],
  stop: Stop,
  traces: boolean,
): Demand {
  const units = layout.size;
  const inner = graph.blocks
    .filter(({ from }) => from > 0)
    .reduce((sum, { from, to }) => sum + graph.sizes[from] * graph.sizes[to], 0);
  const from = starts > 1 ? ` from ${starts} starts` : "";
  const asked = steps === undefined && time === undefined ? expected : stop.steps;
  const work = (fused: boolean, samples: number) =>
    (2 * inner + 10 * units) * samples * (fused ? 1 : slower.alone);
  const total = solvers.reduce((sum, { solver }) => {
    const length = "step" in solver ? (solver as FixedStep).step : undefined;
    const taken =
      length === undefined ? asked : Math.min(asked, Math.ceil((stop.time ?? Infinity) / length));
    const settling = taken * work(fused.has(solver.name), images * starts);
    return sum + settling + (traces ? taken * work(true, 1) * slower.followed : 0);
  }, 0);
  return {
    of: `settle: up to ${asked} steps of ${images} image(s)${from}`,
    bytes: 8 * 64 * capacity * units,
    seconds: total / perSecond,
    less: "ask for fewer --steps, a shorter --time or fewer --images, or leave --plot out",
  };
}

/** What runs in the kernels from the first step to the last. */
const fused: ReadonlySet<string> = new Set(["euler", "block-descent"]);

/**
 * Settles images on a bench by each solver asked for, looks into how they ended and certifies what
 * can be.
 * @throws InputError when something does not fit together, or a solver refuses the circuit.
 */
export async function settleOnBench(
  bench: Bench,
  asked: Asked,
  { traces = false, room = { bytes: addressable.alone }, told }: LookOptions = {},
): Promise<SettleData> {
  const { chip, usual } = bench;
  const { beta } = asked;
  const entry: Entry = {
    input: asked.input,
    images: asked.images,
    beta,
    lambda: asked.lambda ?? usual.lambda,
    from: asked.from ?? usual.from,
  };
  checkEntry(bench, entry);
  const stop = stopOf(chip, asked);
  const solvers = solversOn(bench, asked);
  checkSolvers(chip, solvers, asked);
  refuseTooLarge(lookDemand(chip, asked, solvers, stop, traces), room);
  const { labels, start } = enterBench(bench, entry, solvers[0].solver, stop);
  start();
  const proof = chip.energy || movable(chip).length <= dense ? await certificate(chip) : null;
  const all = solvers.length * (labels.length + 1 + Number(traces)) + (asked.starts ?? 0);
  let done = 0;
  const next = () => told?.(++done, all);
  const context: Context = { chip, stop, proof, labels, start, input: entry.input, next };
  const { rows, shown } = await settledByEach(context, solvers);
  const followed = traces ? traced(context, solvers, rows, shown, usual.step) : [];
  start();
  const basins =
    asked.starts === undefined
      ? null
      : {
          starts: asked.starts,
          samples: basinsOf(context, solvers[0].solver, asked.starts, bench.seed),
        };
  return {
    target: bench.target,
    circuit: chip.circuit.name,
    die: chip.die,
    seed: bench.seed,
    precision: asked.precision,
    layers: chip.graph.sizes,
    classes: chip.outputs.classes,
    weights: bench.weights,
    images: bench.images.name,
    sample: sampleWord(bench.images),
    targets: { kind: bench.images.targets.kind, names: bench.images.targets.names },
    lambda: entry.lambda,
    beta,
    from: entry.from,
    tolerance: stop.tolerance ?? null,
    time: stop.time ?? null,
    tauSeconds: chip.tauSeconds,
    noisy: chip.noise !== undefined,
    solvers: rows,
    certificate: proof,
    curvature: sameCurvature(chip),
    basins,
    shown,
    traces: followed,
  };
}

/** Where each solver ends, and the units that its traces show: those that the first one moves. */
async function settledByEach(
  context: Context,
  solvers: readonly Prepared[],
): Promise<{ readonly rows: readonly SettledBy[]; readonly shown: readonly Shown[] }> {
  const { chip, start } = context;
  const s = chip.state.array;
  const rows: SettledBy[] = [];
  let spectrumDone = false;
  let shown: readonly Shown[] = [];
  for (const w of solvers) {
    start();
    const before = s.slice(0, chip.size);
    const found = await settledBy(context, w, !spectrumDone);
    spectrumDone ||= found.samples.some((x) => x.slowest !== null);
    if (shown.length === 0)
      shown = choose(chip, before, s, solvers.length === 1 ? shownUnits.one : shownUnits.several);
    rows.push(found);
  }
  return { rows, shown };
}

/** @param step of solvers with a fixed one, in τ. */
function traced(
  { chip, stop, start, next }: Context,
  solvers: readonly Prepared[],
  rows: readonly SettledBy[],
  shown: readonly Shown[],
  step: number,
): readonly SolverTrace[] {
  return solvers.map(({ setting, text }, i): SolverTrace => {
    start();
    const { outcome } = rows[i].samples[0];
    const steps = outcome === "limit-cycle" ? Math.min(stop.steps, cycleSteps) : stop.steps;
    const solver = watchable(setting, step, chip.noise !== undefined);
    // Fused Euler looks at its residual every few steps only: those that it took are followed.
    const same =
      solvers[i].solver.name === "euler"
        ? { time: stop.time, steps: Math.min(steps, rows[i].samples[0].steps) }
        : { ...stop, steps };
    const trace = watch(chip, solver, same, shown);
    next();
    return { ...trace, solver: text, outcome };
  });
}

/** Without anything said: to a residual of 10⁻⁶; to the end of what is said otherwise. */
export function stopOf(
  { noise, tauSeconds }: Pick<Chip, "noise" | "tauSeconds">,
  { tolerance, steps, time, precision }: Pick<Asked, "tolerance" | "steps" | "time" | "precision">,
): Stop {
  const unsaid = tolerance === undefined && steps === undefined && time === undefined;
  const tau = time ? tauOf(time, tauSeconds) : unsaid && noise ? noisyTime : undefined;
  const within = tolerance ?? (unsaid && !noise ? { f64: 1e-6, f32: 1e-5 }[precision] : undefined);
  return {
    steps: steps ?? (tau === undefined ? generous.tolerance : generous.time),
    ...(within === undefined ? {} : { tolerance: within }),
    ...(tau === undefined ? {} : { time: tau }),
  };
}

/** Those that are asked for, or the usual one. */
export function solversOn(
  { usual }: Pick<Bench, "usual">,
  { solvers }: Pick<Asked, "solvers">,
): readonly Prepared[] {
  return (solvers.length > 0 ? solvers : [usual.solver]).map((w) => ({
    ...w,
    solver: solverOf(w.setting, usual.step),
  }));
}

type Prepared = WrittenSolver & { readonly solver: Solver };

function checkSolvers(chip: Chip, solvers: readonly Prepared[], { time, starts }: Asked): void {
  for (const { solver, text } of solvers) {
    if (time && solver.kind === "minimiser")
      throw new InputError(
        `--time: ${text} is a minimiser and knows no time; limit it with --steps, or use a ` +
          "flow such as euler",
      );
    // Refuses what the circuit lacks before anything is done.
    solver.prepare(chip);
  }
  if (starts !== undefined && chip.noise)
    throw new InputError(
      "--starts: the circuit is noisy, so no start ends in an equilibrium; leave `noise` out " +
        "of a copy of the circuit",
    );
}

interface Context {
  readonly chip: Chip;
  readonly stop: Stop;
  readonly proof: Certificate | null;
  readonly labels: readonly (number | null)[];
  /** Puts the chip where the settling begins. */
  readonly start: () => void;
  readonly input: number;
  /** Another step is done. */
  readonly next: () => void;
}

async function settledBy(
  { chip, stop, proof, labels, input, next }: Context,
  { text, solver }: Prepared,
  spectra: boolean,
): Promise<SettledBy> {
  const s = chip.state.array;
  const tolerance = stop.tolerance ?? 1e-3;
  const ended = settle(chip, s, solver, stop);
  next();
  const { samples, findings, outcome } = await diagnose(chip, s, solver, ended, tolerance, next);
  const energies = vec("f64", chip.capacity);
  const found: SettledSample[] = [];
  chip.energy?.(s, energies);
  for (const [r, x] of samples.entries()) {
    const { period, curvature } = findings[r];
    const isEnd = x.outcome !== "limit-cycle" && x.residual <= tolerance;
    const slow = spectra && r === 0 && isEnd ? await slowest(chip, s, tolerance) : null;
    found.push({
      image: input + r,
      label: labels[r],
      named: namedIn(chip, r, x.outcome, labels[r]),
      outcome: x.outcome,
      advice: advice[x.outcome],
      residual: x.residual,
      steps: x.steps,
      rejected: x.rejected,
      evaluations: x.evaluations,
      tau: solver.kind === "flow" ? x.tau : null,
      ...heights(chip, s, r, x.outcome === "non-finite" ? null : { energies, proof }),
      period: period ?? null,
      smallest: curvature && Number.isFinite(curvature.smallest) ? curvature.smallest : null,
      free: slow?.free ?? curvature?.free ?? null,
      slowest: slow,
    });
  }
  return {
    solver: text,
    kind: solver.kind,
    order: solver.order ?? null,
    step: "step" in solver && typeof solver.step === "number" ? solver.step : null,
    rails: solver.rails,
    outcome,
    samples: found,
  };
}

/** The class that sample r names; null of states that are not numbers, and where none has one. */
function namedIn(
  { outputs, size, layout, state }: Chip,
  r: number,
  outcome: Outcome,
  label: number | null,
) {
  return label === null || outcome === "non-finite"
    ? null
    : predictedClass(outputs, state.array, r * size + layout.offset.at(-1)!);
}

/** The energy of sample r, and how far its equilibrium is at most; `known`: null of no number. */
function heights(
  chip: Chip,
  s: Vec,
  r: number,
  known: { readonly energies: Vec; readonly proof: Certificate | null } | null,
): Pick<SettledSample, "energy" | "distance"> {
  const distance = known?.proof ? distanceBound(chip, s, r, known.proof) : Infinity;
  return {
    energy: known && chip.energy ? known.energies[r] : null,
    distance: distance < Infinity ? distance : null,
  };
}

/** Of the first sample, unless too many of its units are free. */
async function slowest(
  chip: Chip,
  s: Vec,
  tolerance: number,
): Promise<{ tau: number; settling: number; free: number } | null> {
  const force = vec("f64", chip.capacity * chip.size);
  chip.force(s, force, only(chip, 0));
  if (freeUnits(chip, s, force, 0, tolerance).free.length > dense) return null;
  const found = await spectrum(chip, s, 0, tolerance);
  return { tau: found.slowest.tau, settling: settlingTime(found, tolerance), free: found.free };
}

/** Units of each layer that move, evenly over where they end; all of the last one up to a dozen. */
function choose({ layout }: Chip, before: Vec, after: Vec, most: number): readonly Shown[] {
  return layout.sizes.slice(1).map((of, l): Shown => {
    const layer = l + 1;
    const at = layout.offset[layer];
    const every = Array.from({ length: of }, (_, u) => u);
    if (layer === layout.sizes.length - 1 && of <= 12) return { layer, units: every, of };
    const moving = every.filter((u) => Math.abs(after[at + u] - before[at + u]) > 0.01);
    const ranked = (moving.length >= most ? moving : every).sort(
      (a, b) => after[at + a] - after[at + b],
    );
    const count = Math.min(most, ranked.length);
    return {
      layer,
      of,
      units: Array.from(
        { length: count },
        (_, k) => ranked[Math.round((k * (ranked.length - 1)) / Math.max(1, count - 1))],
      ),
    };
  });
}

/** −∂F/∂s of a unit by itself, where it is the same for all that can move. */
function sameCurvature(chip: Chip): number | null {
  const all = movable(chip);
  const values = new Set(Array.from(all, (i) => chip.curvature[i]));
  return values.size === 1 ? [...values][0] : null;
}

function basinsOf(
  { chip, stop, input, next }: Context,
  solver: Solver,
  starts: number,
  seed: number,
): readonly SampleBasins[] {
  return probeBasins(chip, chip.state.array, solver, {
    starts,
    seed,
    tolerance: stop.tolerance ?? 1e-6,
    steps: stop.steps,
    told: next,
  }).map(({ equilibria, unsettled }, r) => ({
    image: input + r,
    unsettled,
    equilibria: equilibria.map((b) => ({ starts: b.starts.length, energy: b.energy ?? null })),
  }));
}
