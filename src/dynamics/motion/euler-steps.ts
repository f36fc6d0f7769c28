import type { StepNoise } from "../noise/noise.ts";
import type { Drives } from "./drives.ts";
import { cacheful, type Moves, type MovingParts } from "./moves.ts";
import type { Rest } from "./rest.ts";
import type { SoftSteps } from "./soft-steps.ts";
import type { StepConstants } from "./step-constants.ts";

/** Steps after which rounding in the carried drive is wiped out by a refresh. */
const refreshEvery = 32;
/** Steps between looks at the residuals, when settled samples may rest. */
const lookEvery = 4;

/** What the fused steps work with. */
export interface Stepping {
  readonly moves: Moves;
  readonly drives: Drives;
  readonly constants: StepConstants;
  readonly rest: Rest;
  /** Null where the rails are walls. */
  readonly soft: SoftSteps | null;
}

/**
 * `steps` projected Euler steps of the samples in focus, all layers at once from the old states;
 * leaves the drive fresh. A sample rests as soon as its natural residual is within `until`.
 */
type EulerSteps = (
  steps: number,
  noise: StepNoise | null,
  until: number | null,
  after?: AfterStep,
) => void;

/** Is told of each step that samples first … last−1 have taken. */
type AfterStep = (first: number, last: number) => void;

export function eulerSteps(parts: MovingParts, stepping: Stepping): EulerSteps {
  const { memory, at, inputs: x } = parts;
  const { drives, rest } = stepping;
  const noises = memory.reals(x.capacity * at.size);
  const step = layerSteps(parts, stepping);
  const run = (first: number, last: number, steps: number, run: Run) => {
    const { noise, until, after } = run;
    // The changes of a step are summed by themselves, near zero where rounding is small, and the
    // next step adds them at once: added one by one to the drive, thousands between two refreshes,
    // they cost two digits.
    drives.forget(first, last);
    for (let t = 1; t <= steps; t++) {
      noise?.before(t);
      if (noise?.writes === false) noises.array.fill(0, first * at.size, last * at.size);
      noise?.add(noises.ptr, first, last, t);
      step(first, last, noise?.kicks ? noises.ptr : 0, until !== null);
      after?.(first, last);
      drives.bend(first, last);
      drives.send(first, last, t % refreshEvery === 0);
      if (until === null || t % lookEvery !== 0) continue;
      drives.carry(first, last);
      if (rest.look(first, last, t, until)) continue;
      if (noise) for (let k = t + 1; k <= steps; k++) noise.pass(noises.ptr, first, last, k);
      break;
    }
    drives.carry(first, last);
  };
  return (steps, noise, until, after) => {
    const { first: from, last: to } = x;
    rest.wake(from, to, steps);
    const some = noise?.switches ? to - from : cacheful;
    for (let first = from; first < to; first += some)
      run(first, Math.min(first + some, to), steps, { noise, until, after });
  };
}

interface Run {
  readonly noise: StepNoise | null;
  readonly until: number | null;
  readonly after: AfterStep | undefined;
}

/** One step of every layer; `kick` is the address of its noise, or 0. */
function layerSteps(
  { memory, at, own }: MovingParts,
  { moves: { index, value, count, change, active }, constants: { constants }, soft }: Stepping,
): (first: number, last: number, kick: number, resting: boolean) => void {
  const { kernels, bytes } = memory;
  const { state, drive } = own;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const byte = at.offset.map((o) => o * bytes);
  const int = at.offset.map((o) => o * 4);
  if (soft)
    return (first, last, kick, resting) => {
      for (let l = 1; l <= layers; l++) soft.step(l, first, last, kick, resting);
    };
  return (first, last, kick, resting) => {
    const row = first * size * bytes;
    for (let l = 1; l <= layers; l++)
      kernels.stepLayer(
        state.ptr + row + byte[l],
        drive.ptr + row + byte[l],
        change.ptr + row + byte[l],
        size,
        last - first,
        at.padded[l],
        constants.ptr + 4 * byte[l],
        kick === 0 ? 0 : kick + row + byte[l],
        resting ? active.ptr + 4 * first : 0,
        index.ptr + 4 * first * size + int[l],
        value.ptr + row + byte[l],
        size,
        count.ptr + 4 * (first * layers + l - 1),
        layers,
      );
  };
}
