import { nudgedByCurrents } from "../../circuit/circuit.ts";
import { nudgedReadings, type Nudging } from "../../circuit/nudging.ts";
import { familyOf } from "../../circuit/families/families.ts";
import type { Contrast, Operation } from "../../circuit/physics/index.ts";
import { inputsOf, type Dataset } from "../../data/dataset.ts";
import type { Chip } from "../../dynamics/chip.ts";
import type { Phase } from "../../learning/algorithm.ts";
import { consecutive, enter, pulled, showSamples } from "../../learning/enter.ts";
import { euler } from "../../solver/euler.ts";
import { buildNetworks } from "../../training/networks.ts";
import { phasesOf } from "../../training/phases.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { nudged as nudgedBy } from "../../experiment/nudging.ts";
import type { Trained } from "../../training/session.ts";
import { contrastOf } from "./contrast.ts";
import { loadsOf } from "./loads.ts";
import type { Settled } from "./settled.ts";
import { square } from "../../numerics/power.ts";

/** What is measured: the networks and λ. */
export type Networks = Pick<Trained, "chip" | "copy" | "lambda">;

/**
 * Settles test images in both phases, as training does but with the chip's noise switched off, and
 * says what that asked of the circuit. States of the chip are not what they were.
 */
export function measure(
  trained: Networks,
  test: Dataset,
  experiment: Experiment,
): { readonly operation: Operation; readonly contrast: Contrast } {
  const { chip, copy, lambda } = quietly(trained, experiment);
  const { learning, train } = experiment;
  const rows = Math.min(chip.capacity, test.count);
  const { free, nudged } = phasesOf(experiment);
  const { layout: at } = chip;
  const phases = { free: flow(chip, free, experiment), nudged: flow(chip, nudged, experiment) };
  const runs = {
    free: phases.free.solver.prepare(chip),
    nudged: phases.nudged.solver.prepare(chip),
  };
  showSamples(chip, test, consecutive(rows));
  const settle = (which: "free" | "nudged") => {
    runs[which].run(chip.state.array, phases[which].stop);
    return {
      state: Float64Array.from(chip.state.array.subarray(0, rows * chip.size)),
      time: mean(runs[which].tally.time.subarray(0, rows)),
    };
  };
  enter({ chip, copy }, "guess", { lambda: pulled(copy, lambda) });
  const rest = settle("free");
  const nudging = nudgedBy(learning);
  const nudge = (beta: number, from: Float64Array | null) => {
    if (from) {
      chip.state.array.set(from);
      chip.touch();
    }
    chip.tie({ lambda: pulled(copy, lambda), beta });
    return settle("nudged");
  };
  const settled: Settled = {
    rows,
    size: chip.size,
    offset: at.offset,
    ...inputTerminals(chip, inputsOf(test, 0, rows)),
  };
  const beta = nudging.signs[0] * learning.beta;
  const pair = (part: number) => ({
    ...contrasted(nudging, part * beta, rest.state, nudge),
    free: rest.state,
  });
  const full = pair(1);
  return {
    operation: {
      images: rows,
      free: rest.time,
      nudged: full.time,
      nudgedPhases: nudging.phases.length,
      nudgedReadings: nudgedReadings(nudging),
      clock: phases.free.clock,
      squares: volts(chip, rest.state) / rows,
      inputs: squares(settled.inputs) / rows,
      blocks: loadsOf(chip, settled, rest.state),
    },
    contrast: {
      beta: learning.beta,
      nudging,
      batch: Math.min(train.batch, rows),
      blocks: contrastOf(chip, { ...settled, rows: Math.min(train.batch, rows) }, learning.rates, {
        full,
        half: pair(1 / 2),
        quarter: pair(1 / 4),
      }),
    },
  };
}

/** A nudged phase, and how long it took. */
interface Ended {
  readonly state: Float64Array;
  readonly time: number;
}

/** The two states that a lesson compares, and the β between them; `time` is a mean over phases. */
interface Contrasted {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly over: number;
  readonly time: number;
}

/** @param nudge settles at a β from states, or from where the last phase ended. */
function contrasted(
  { free, phases, span, goesOn }: Nudging,
  beta: number,
  rest: Float64Array,
  nudge: (beta: number, from: Float64Array | null) => Ended,
): Contrasted {
  const high = rest.map((s) => free.high * s);
  const low = rest.map((s) => free.low * s);
  let time = 0;
  phases.forEach((phase, k) => {
    const ended = nudge(phase.beta * beta, goesOn && k > 0 ? null : rest);
    time += ended.time / phases.length;
    ended.state.forEach((s, i) => {
      high[i] += phase.high * s;
      low[i] += phase.low * s;
    });
  });
  return { high, low, over: span * beta, time };
}

/**
 * A twin without noise, where the chip has some: its draws would hide what the contrast owes to β.
 */
function quietly(trained: Networks, experiment: Experiment): Networks {
  const { chip, copy, lambda } = trained;
  if (!chip.noise && !chip.circuit.noise.read) return trained;
  const twin = buildNetworks(experiment, { ...chip.circuit, noise: { thermal: 0 } });
  twin.chip.restore(chip.held());
  if (copy) twin.copy!.parameters.load(copy.parameters.tensors());
  return { chip: twin.chip, copy: twin.copy, lambda };
}

/**
 * Where a node of resistors counts as settled when no tolerance is asked for, in units of the state
 * times weight 1.
 */
const quiet = 1e-3;

/**
 * Minimisers know equilibria but no time: Euler follows the circuit to the same tolerance in their
 * place; between resistors by steps that its nodes can take.
 */
function flow(
  chip: Chip,
  phase: Phase,
  { settle, learning }: Experiment,
): Phase & { readonly clock: string } {
  const { solver, stop } = phase;
  const step = eulerStep(chip, settle.step, nudgedByCurrents(chip.circuit) ? 0 : 2 * learning.beta);
  const { passive } = familyOf(chip.circuit);
  if (solver.kind === "flow") return { ...phase, clock: `${solver.name}, as in training` };
  return {
    solver: euler(step),
    stop: passive ? { steps: 10_000, tolerance: stop.tolerance ?? quiet } : stop,
    clock:
      `${solver.name} keeps no time, so Euler steps of ${Number(step.toPrecision(2))} τ are ` +
      "followed instead",
  };
}

/**
 * The longest Euler step up to `asked` by which resistors cannot make a node overshoot, 1 / (Σ g +
 * `more`); of transconductors what is asked.
 */
export function eulerStep(chip: Chip, asked: number, more = 0): number {
  if (!familyOf(chip.circuit).passive) return asked;
  const { rate } = chip;
  const stiffest = Array.from(chip.curvature).reduce(
    (top, c, i) => Math.max(top, rate[i] * (c + more)),
    0,
  );
  return Math.min(asked, 1 / stiffest);
}

/** What stands at the terminals of the inputs, as states [rows × width]. */
export function inputTerminals(
  { scale, parameters, layout: { sizes } }: Chip,
  images: Float64Array,
): { readonly inputs: Float64Array; readonly width: number } {
  const n = sizes[0];
  const width = parameters.weights.find((w) => w.block.from === 0)!.rows;
  return {
    width,
    inputs: Float64Array.from(
      { length: (images.length / n) * width },
      (_, k) =>
        (k % width < n ? 1 : -1) *
        scale.input *
        images[Math.floor(k / width) * n + ((k % width) % n)],
    ),
  };
}

/** Σ of the squared voltages of the nodes, over the rails. */
function volts({ scale, size, layout: { offset, sizes } }: Chip, state: Float64Array): number {
  let sum = 0;
  for (let r = 0; r < state.length; r += size)
    for (let l = 1; l < sizes.length; l++)
      sum +=
        squares(state.subarray(r + offset[l], r + offset[l] + sizes[l])) / square(scale.layer[l]);
  return sum;
}

const mean = (values: ArrayLike<number>) => total(values, (v) => v) / values.length;
const squares = (values: ArrayLike<number>) => total(values, (v) => v * v);

function total(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]);
  return sum;
}
