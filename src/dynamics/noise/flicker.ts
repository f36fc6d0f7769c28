import { timeConstant } from "../../circuit/families/families.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import { stateVector, type DieParts } from "../parts.ts";
import type { NodesAlone, NoiseSource, WhiteNoise } from "./source.ts";
import { colouredFactor } from "./steps.ts";
import { power, square } from "../../numerics/power.ts";

/**
 * One Ornstein–Uhlenbeck process in units of a unit's white amplitude: rate in 1/τ, stationary
 * variance in 1/τ.
 */
interface Process {
  readonly rate: number;
  readonly variance: number;
}

/** Processes a factor of 10^⅔ apart leave a ripple of 0.7 %. */
const apart = 2 / 3;
const below = 7;
const count = 10;

/**
 * Processes whose Lorentzians add up to the one-sided density 2 f_c / f of 1/f noise, against 2 of
 * unit white noise, so that both are equally strong at the corner f_c (in 1/τ): rates evenly spaced
 * in their logarithm, with equal variances 2 f_c Δ(ln rate) (van der Ziel 1950). Within 2 % from
 * f_c / 2000 to f_c; flat below f_c / 10⁵, falling as 1/f² above 40 f_c.
 */
export function processes(corner: number): readonly Process[] {
  return Array.from({ length: count }, (_, k) => ({
    rate: 2 * Math.PI * corner * power(10, apart * (k - below)),
    variance: 2 * corner * apart * Math.LN10,
  }));
}

/**
 * What one step does: u ← keep·u + own·z, and the integral of u takes hold·u + shared·z +
 * √apart·z′.
 */
interface Step {
  readonly keep: number;
  readonly own: number;
  readonly hold: number;
  readonly shared: number;
  readonly apart: number;
}

/**
 * The exact joint law of u and ∫u dt over a step of length h (Gillespie 1996), the bridge's part
 * apart.
 */
function exactStep({ rate, variance }: Process, h: number): Step {
  const x = rate * h;
  const keep = Math.exp(-x);
  const lost = -Math.expm1(-x);
  const own = Math.sqrt(variance * -Math.expm1(-2 * x));
  // x − 2 tanh(x/2), whose terms cancel where x is small.
  const bridge = x < 0.01 ? power(x, 3) / 12 : x - 2 * Math.tanh(x / 2);
  return {
    keep,
    own,
    hold: lost / rate,
    shared: (variance * square(lost)) / (rate * own),
    apart: ((2 * variance) / square(rate)) * bridge,
  };
}

/** One process of all units at work: its states [capacity × size], its streams. */
interface Running {
  readonly process: Process;
  readonly state: Slot<Vec>;
  readonly key: number;
  readonly start: number;
}

/**
 * 1/f noise of every unit's current, S = S_white f_c / f [A²/Hz], with the unit's own white density
 * (see `WhiteNoise`) as long as nothing ties it; what of each process reaches a state is scaled so
 * that the method's step makes of it the variance of the node itself. Each presentation begins anew
 * from the stationary law: what is slower than it is a new offset each time. Null at f_c = 0.
 */
export function flicker(
  parts: FlickerParts,
  white: Pick<WhiteNoise, "amplitude">,
  nodes: NodesAlone,
): NoiseSource | null {
  const { memory, at, circuit, inputs: x, seed } = parts;
  const corner = (circuit.noise.flicker?.corner ?? 0) * timeConstant(circuit);
  if (corner === 0) return null;
  const { kernels, bytes } = memory;
  const { size } = at;
  const vector = () => stateVector(parts);
  const running = processes(corner).map(
    (process, k): Running => ({
      process,
      state: vector(),
      key: random(seed, "flicker", k).below(2 ** 32),
      start: random(seed, "flicker start", k).below(2 ** 32),
    }),
  );
  const normals = vector();
  const unit = memory.privateReals(size);
  const rest = random(seed, "flicker", "rest").below(2 ** 32);
  let steps: readonly Step[] = [];
  /** Of each process, and of the rest, what a unit takes, with the sign of `forceRows`. */
  const takes = running.map(() => ({
    hold: memory.privateReals(size),
    shared: memory.privateReals(size),
  }));
  const across = memory.privateReals(size);
  let stepped = NaN;

  const draw = (to: number, key: number, first: number, last: number, tick: number) => {
    const row = to + first * size * bytes;
    const { moment } = x.presented;
    kernels.gaussianRows(row, size, first, last - first, size, unit.ptr, key, moment, tick);
  };
  return {
    memoryless: false,
    begin() {
      const { first, last } = x;
      const row = first * size * bytes;
      unit.array.set(white.amplitude);
      for (const { process, state, start } of running) {
        draw(state.ptr, start, first, last, 0);
        kernels.scale(state.ptr + row, size, last - first, size, Math.sqrt(process.variance));
      }
    },
    step(dt, linear) {
      if (dt !== stepped) steps = running.map((s) => exactStep(s.process, dt));
      stepped = dt;
      const a = nodes.rates();
      for (let i = 0; i < size; i++) {
        let apart = 0;
        running.forEach(({ process }, k) => {
          const f = linear ? colouredFactor(linear, a[i] * dt, process.rate * dt) : 1;
          takes[k].hold.array[i] = -f * steps[k].hold;
          takes[k].shared.array[i] = -f * steps[k].shared;
          apart += f * f * steps[k].apart;
        });
        // Independent from step to step, so the processes share one number.
        across.array[i] = -Math.sqrt(apart);
      }
    },
    add(to, first, last, tick) {
      const row = first * size * bytes;
      const [n, z] = [last - first, normals.ptr + row];
      const take = (from: number, k: Slot<Vec>) => {
        kernels.forceRows(to + row, from, to + row, size, n, size, k.ptr);
      };
      running.forEach(({ state: { ptr }, key }, k) => {
        const { keep, own } = steps[k];
        const { hold, shared } = takes[k];
        draw(normals.ptr, key, first, last, tick);
        take(ptr + row, hold);
        take(z, shared);
        kernels.scale(ptr + row, size, n, size, keep);
        kernels.addScaled(ptr + row, size, z, size, n, size, own);
      });
      draw(normals.ptr, rest, first, last, tick);
      take(z, across);
    },
  };
}

type FlickerParts = Pick<DieParts, "memory" | "at" | "circuit" | "inputs" | "seed">;
