import type { Chip } from "../../dynamics/chip.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import type { Shown, SolverTrace } from "../../output/settle/data.ts";
import { constant } from "../../solver/controllers.ts";
import { explicit } from "../../solver/explicit.ts";
import { handOver } from "../../solver/minimise/hand-over.ts";
import type { Solver, Stop } from "../../solver/solver.ts";
import { eulerMaruyama } from "../../solver/stochastic.ts";
import { forwardEuler } from "../../solver/tableaux.ts";
import { solverOf } from "../../experiment/catalogue.ts";
import type { SolverSetting } from "../../experiment/solver-schema.ts";

/** Points beyond which every second one is left out. */
const most = 3000;
/** Where within a step a smooth method is asked what is there. */
const smooth = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
const ends = [1];

/**
 * The solver that a setting names, in a form that can be watched: the fused Euler steps are taken
 * one by one.
 */
export function watchable(setting: SolverSetting, step: number, noisy: boolean): Solver {
  const s = typeof setting === "string" ? { name: setting } : setting;
  if (s.name === "euler") {
    const length = ("step" in s ? s.step : undefined) ?? step;
    return noisy ? eulerMaruyama(length) : explicit(forwardEuler, constant(length));
  }
  if (s.name !== "hand-over") return solverOf(setting, step);
  const {
    flow = "euler",
    minimiser = "block-descent",
    at,
    within,
  } = s as { flow?: SolverSetting; minimiser?: SolverSetting; at?: number; within?: number };
  return handOver(watchable(flow, step, noisy), solverOf(minimiser, step), { at, within });
}

interface Point {
  readonly at: number;
  readonly states: readonly (readonly number[])[];
  readonly energy: number;
  readonly residual: number;
  readonly evaluations: number;
}

/** Follows the first sample from the chip's state, which is left as it is. */
export function watch(
  chip: Chip,
  solver: Solver,
  stop: Stop,
  shown: readonly Shown[],
): Omit<SolverTrace, "solver" | "outcome"> {
  const { size, layout } = chip;
  const { first, last } = chip.inputs;
  chip.inputs.focus(0, 1);
  try {
    const s = Float64Array.from(chip.state.array);
    const there = new Float64Array(s.length);
    const row = new Float64Array(size);
    const runner = solver.prepare(chip);
    const energies = vec("f64", chip.capacity);
    const residuals = vec("f64", chip.capacity);
    // Sweeps are counted when all is over, and so are the legs of a hand-over: each step seen is
    // one evaluation at least.
    let seen = 0;
    let counted = 0;
    const look = (at: number, state: Vec): Point => {
      counted = runner.tally.evaluations[0];
      there.set(state.subarray(0, size));
      chip.residual(there, residuals);
      chip.energy?.(there, energies);
      return {
        at,
        energy: energies[0],
        residual: residuals[0],
        evaluations: Math.max(counted, seen),
        states: shown.map(({ layer, units }) => units.map((u) => there[layout.offset[layer] + u])),
      };
    };
    const points = thinned<Point>();
    const steps = thinned<readonly [number, number]>();
    points.add(look(0, s));
    const parts = solver.kind === "flow" && (solver.order ?? 2) >= 2 ? smooth : ends;
    runner.run(s, stop, (_, t, h, interpolate) => {
      seen++;
      if (solver.kind === "flow") steps.add([t, h]);
      for (const theta of parts) {
        interpolate(theta, row);
        points.add(look(t + theta * h, row));
      }
    });
    const all = points.all();
    const known = counted > 0 || seen === runner.tally.evaluations[0];
    return {
      kind: solver.kind,
      at: all.map((p) => p.at),
      residual: all.map((p) => p.residual),
      evaluations: known ? all.map((p) => p.evaluations) : [],
      energy: chip.energy ? all.map((p) => p.energy) : [],
      states: shown.map(({ units }, l) => units.map((_, u) => all.map((p) => p.states[l][u]))),
      steps: { at: steps.all().map(([t]) => t), length: steps.all().map(([, h]) => h) },
    };
  } finally {
    chip.inputs.focus(first, last);
  }
}

/**
 * Keeps every value, every second, every fourth, … so that there are never too many, and always the
 * last.
 */
function thinned<T>(): { add(value: T): void; all(): readonly T[] } {
  let kept: T[] = [];
  let stride = 1;
  let count = 0;
  let latest: T | undefined;
  return {
    add(value) {
      latest = value;
      if (count++ % stride === 0) kept.push(value);
      if (kept.length <= most) return;
      kept = kept.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    all: () => (latest === undefined || kept.at(-1) === latest ? kept : [...kept, latest]),
  };
}
