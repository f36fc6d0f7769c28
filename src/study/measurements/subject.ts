import type { Circuit } from "../../circuit/circuit.ts";
import { moving } from "../../circuit/noise.ts";
import { inputsOf, type Split } from "../../data/dataset.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { fabricate } from "../../dynamics/fabricate.ts";
import { chain } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import { exponentialEuler } from "../../solver/exponential.ts";
import { blockDescent } from "../../solver/minimise/block-descent.ts";
import { handOver } from "../../solver/minimise/hand-over.ts";
import { newtonCG } from "../../solver/minimise/newton-cg.ts";
import { settle } from "../../solver/settle.ts";
import type { Equilibrium } from "../../solver/outcome.ts";
import { lambdaAt } from "../../experiment/anneal.ts";
import { begin, consecutive, showSamples } from "../../learning/enter.ts";
import { createSession } from "../../training/create-session.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { MeasuredCell } from "../measurement.ts";

/** A chip that solvers are tried on: some images on its inputs, and a copy's guess for them. */
export interface Subject {
  readonly chip: Chip;
  readonly images: number;
  /** [images × inputs] */
  readonly inputs: Float64Array;
  readonly lambda: number;
  readonly beta: number;
  /** [images × size]; undefined without a copy. */
  readonly guess: Float64Array | undefined;
  close(): void;
}

/**
 * The experiment's chip with the first test images on its inputs, untied. It is trained before by
 * whatever settles it surely, the same for every solver that is tried.
 *
 * @param trained minibatches.
 * @throws InputError when there are too few images or the numbers are in single precision.
 */
export function subject(
  {
    experiment,
    circuit,
    split,
    progress,
  }: Pick<MeasuredCell<unknown>, "experiment" | "circuit" | "progress"> & { readonly split: Split },
  images: number,
  trained: number,
): Subject {
  if (experiment.precision !== "f64")
    throw new InputError(
      `${experiment.name}: precision is ${experiment.precision}, in which errors below 1e-6 ` +
        "are rounding; set precision: f64",
    );
  if (split.test.count < images || images > 100)
    throw new InputError(
      `${experiment.name}: options.images is ${images}, expected at most ` +
        `${Math.min(100, split.test.count)}`,
    );
  const solver = fabricate(circuit, chain([2, 2, 2]), { batch: 1 }).energy
    ? ("block-descent" as const)
    : ("exponential-euler" as const);
  const surely: Experiment = {
    ...experiment,
    settle: {
      ...experiment.settle,
      solver,
      free: { tolerance: "auto", steps: 100 },
      nudged: { tolerance: "auto", steps: 100 },
    },
  };
  const session = createSession(surely, circuit, split);
  const { chip, copy } = session.trained();
  for (let i = 0; i < trained; i++) {
    session.advance();
    progress((0.5 * i) / trained);
  }
  showSamples(chip, split.test, consecutive(images));
  begin({ chip, copy }, "zero");
  return {
    chip,
    images,
    inputs: inputsOf(split.test, 0, images),
    lambda: copy ? lambdaAt(experiment.learning.lambda, session.step / session.stepsPerEpoch) : 0,
    beta: experiment.learning.beta,
    guess: copy ? Float64Array.from(copy.guess.array.subarray(0, images * chip.size)) : undefined,
    close() {
      session.close();
    },
  };
}

/** Why solvers cannot be compared on a circuit: there is no equilibrium to compare with. */
export function refuseMoving({ name, noise }: Circuit): string | undefined {
  const kinds = moving(noise);
  return kinds.length === 0
    ? undefined
    : `solvers are held against an equilibrium, and noise (${kinds.join(", ")}) leaves circuit ` +
        `${name} none; run it --without noise, or write circuit: { without: noise }`;
}

/**
 * That the equilibrium which solvers are compared with was not found; the solver is not to blame.
 */
export class NoReference extends Error {
  override readonly name = "NoReference";
}

/** What the reference does; where it refuses, no solver that is compared with it is to blame. */
export function ofReference<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new NoReference(
      `There is no equilibrium to compare with, as what looks for it says: ${error.message}`,
    );
  }
}

/** Residual of what counts as exact, and steps that may be spent on it. */
const exact = { tolerance: 1e-12, steps: 50_000 };

/**
 * Settles the chip from where it is as exactly as double precision allows: the flow in fine steps
 * down to 10⁻², so that a circuit with several equilibria ends where it would by itself, then
 * Newton's method, or sweeps where rails give.
 */
export function settleExactly(chip: Chip): Equilibrium {
  const flow = exponentialEuler(0.1);
  const bottom = chip.clamps ? blockDescent() : newtonCG();
  return settle(
    chip,
    chip.state.array,
    chip.energy ? handOver(flow, bottom, { at: 1e-2, within: 500 }) : flow,
    exact,
  );
}

/** Puts the presented samples where their free phase begins: at `from`, or at zero. */
export function beginFree(
  { chip, lambda }: Pick<Subject, "chip" | "lambda">,
  from: Float64Array | undefined,
): void {
  chip.start();
  if (from) {
    chip.state.array.set(from);
    chip.touch();
    chip.project(chip.state.array);
  }
  chip.tie({ lambda, beta: 0 });
}

/** A copy of the states of the presented samples. */
export function statesOf({ chip, images }: Pick<Subject, "chip" | "images">): Float64Array {
  return Float64Array.from(chip.state.array.subarray(0, images * chip.size));
}

/** max |a − b|. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i] - b[i]);
    // Written so that NaN, once met, stays.
    if (!(gap <= top)) top = Number.isNaN(top) ? top : gap;
  }
  return top;
}
