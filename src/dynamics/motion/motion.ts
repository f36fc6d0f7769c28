import { readingWindow } from "../../circuit/integrators.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Dynamics } from "../dynamics.ts";
import { takeRows } from "../layout.ts";
import type { ChipNoise } from "../noise/noise.ts";
import type { Synapses } from "../synapses/contract.ts";
import { integrators } from "./integrators.ts";
import { drives } from "./drives.ts";
import { eulerSteps, type Stepping } from "./euler-steps.ts";
import { field, isOwn, type Tied } from "./field.ts";
import { moves, type MovingParts } from "./moves.ts";
import { rest } from "./rest.ts";
import { softSteps } from "./soft-steps.ts";
import { stepConstants } from "./step-constants.ts";
import { blockSweeps } from "./sweeps.ts";

/** What the steps, sweeps and forces of a chip work with. */
export function steppingOf(
  parts: MovingParts,
  { load }: Pick<Synapses, "load">,
  { arrays }: Tied,
): Stepping {
  const moved = moves(parts);
  const { rails } = parts;
  const soft = rails && softSteps({ ...parts, rails }, moved);
  const constants = stepConstants(parts, arrays, load, soft);
  return {
    moves: moved,
    soft,
    constants,
    drives: drives(parts, moved),
    rest: rest(parts, moved, constants, soft),
  };
}

type Motion = Pick<Dynamics, "force" | "jacobian" | "residual" | "project" | "energy" | "sweep"> &
  Pick<Dynamics, "average"> &
  Required<Pick<Dynamics, "relax">> & { readonly stepsTaken: Slot<Int32Array> };

/**
 * How a chip moves, whole steps of it fused in the kernels. An energy, and so exact minima, exist
 * where synapses are `reciprocal` and linear.
 */
export function motion(
  parts: MovingParts,
  stepping: Stepping,
  tied: Tied,
  { noise, reciprocal }: { readonly noise: ChipNoise; readonly reciprocal: boolean },
): Motion {
  const { at, units, own, inputs: x, rails, saturation } = parts;
  const { constants, drives, rest } = stepping;
  const { size } = at;
  const { energy, ...fields } = field(parts, stepping, tied);
  const relaxed = eulerSteps(parts, stepping);
  const minimised = blockSweeps(parts, stepping);
  const bounds = rails ?? units;
  const integrating = readingWindow(parts.circuit) > 0 ? integrators(parts) : null;
  /** Moves any state by moving the chip's own in its place. */
  const moving = (s: Vec, work: () => void) => {
    const mine = isOwn(parts, s);
    if (!mine) {
      takeRows(at, s, own.state.array, x.first, x.last);
      own.fresh = false;
    }
    drives.freshen();
    constants.tie(tied.now);
    work();
    if (!mine) s.set(own.state.array.subarray(x.first * size, x.last * size), x.first * size);
  };
  return {
    ...fields,
    stepsTaken: rest.taken,
    ...(reciprocal &&
      saturation === null && {
        energy,
        sweep(s: Vec, sweeps: number, until?: number) {
          moving(s, () => {
            minimised(sweeps, until ?? null);
          });
        },
      }),
    project(s) {
      const low = bounds.low.array;
      const high = bounds.high.array;
      for (let i = x.first * size; i < x.last * size; i++)
        s[i] = Math.min(Math.max(s[i], low[i % size]), high[i % size]);
      if (isOwn(parts, s)) own.fresh = false;
    },
    relax(s, dt, steps, until) {
      moving(s, () => {
        const kicks = noise.fused(dt, steps);
        constants.step(dt);
        relaxed(steps, kicks, until ?? null);
      });
    },
    ...(integrating && {
      average(s, dt, steps, keep, mean) {
        moving(s, () => {
          const kicks = noise.fused(dt, steps, true);
          const { begin, step, end } = integrating(keep, steps);
          constants.step(dt);
          begin();
          relaxed(steps, kicks, null, step);
          end(mean);
        });
      },
    }),
  };
}
