import type { NoiseKind } from "../../circuit/circuit.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { stateVector, type DieParts } from "../parts.ts";
import type { Dynamics } from "../dynamics.ts";
import type { Synapses } from "../synapses/contract.ts";
import { flicker } from "./flicker.ts";
import type { NodesAlone, NoiseSource } from "./source.ts";
import { linearEuler } from "./steps.ts";
import { whiteSource } from "./white.ts";

/** What a chip's fused steps draw: `t` counts from 1 in a run of steps. */
export interface StepNoise {
  /** Whether anything is added to the states. */
  readonly kicks: boolean;
  /** Whether `add` writes to `to`; otherwise it adds to what stands there. */
  readonly writes: boolean;
  /** Whether the circuit changes from step to step, for all samples at once. */
  readonly switches: boolean;
  before(t: number): void;
  /** Puts what step t adds to samples first … last−1 at address `to`. */
  add(to: number, first: number, last: number, t: number): void;
  /** Goes on without a step: what comes later must not depend on when the last sample rested. */
  pass(to: number, first: number, last: number, t: number): void;
}

/** All that moves a chip at random, under one clock. */
export interface ChipNoise {
  /** What stochastic solvers see; null on a circuit that is silent. */
  readonly seen: NonNullable<Dynamics["noise"]> | null;
  /** Inputs are about to be presented: the clock stands at 0, every source begins anew. */
  begin(): void;
  /**
   * Readies `steps` fused steps of `dt`, in τ, whose ticks are then used up; null where silent. Of
   * `unscaled` noise what integrates it is exact, instead of the variance at the end of a step.
   */
  fused(dt: number, steps: number, unscaled?: boolean): StepNoise | null;
}

/**
 * The sources of a chip: those of its units, white and 1/f, and what fluctuates in its synapses.
 * @param follow brings the constants of a step up to date after synapses switched.
 */
export function chipNoise(
  die: DieParts,
  { white, fluctuation }: Pick<Synapses, "white" | "fluctuation">,
  nodes: NodesAlone,
  follow: (dt: number) => void,
): ChipNoise {
  const others = {
    flicker: white.any ? flicker(die, white, nodes) : null,
    telegraph: fluctuation,
    read: fluctuation,
  };
  if (!white.any && !Object.values(others).some((s) => s?.add ?? s?.before))
    return { seen: null, begin: () => fluctuation?.begin(), fused: () => null };
  const room = stateVector(die);
  const ofUnits = whiteSource(die, white, nodes, room);
  // Which source each kind comes from, in the order in which they act.
  const kinds: Record<NoiseKind, NoiseSource | null> = {
    thermal: ofUnits,
    excess: ofUnits,
    shot: ofUnits,
    ...others,
  };
  const sources = [...new Set(Object.values(kinds))].filter((s) => s !== null);
  const switches = sources.some((s) => s.before);
  let ticks = 0;
  return {
    seen: {
      get amplitude() {
        return ofUnits.amplitude();
      },
      get clock() {
        return ticks;
      },
      set clock(tick) {
        ticks = tick;
      },
      normal: ofUnits.normal,
      ...colouredBy(die, sources, room),
    },
    begin() {
      ticks = 0;
      for (const source of sources) source.begin();
    },
    fused(dt, steps, unscaled = false) {
      const clock = ticks - 1;
      for (const source of sources) source.step(dt, unscaled ? null : linearEuler);
      ticks += steps;
      const following = switches ? () => follow(dt) : null;
      return { writes: white.any, ...stepNoise(sources, clock, following) };
    },
  };
}

/** What solvers are given of the sources that are not white, one step after another. */
function colouredBy(
  { at: { size }, inputs: x }: DieParts,
  sources: readonly NoiseSource[],
  room: Slot<Vec>,
): Pick<NonNullable<Dynamics["noise"]>, "coloured"> {
  const lasting = sources.filter((s) => !s.memoryless && (s.add ?? s.before));
  if (lasting.length === 0) return {};
  return {
    coloured(tick, dt, out, linear) {
      room.array.fill(0, x.first * size, x.last * size);
      for (const source of lasting) {
        source.step(dt, linear ?? null);
        source.add?.(room.ptr, x.first, x.last, tick);
        source.before?.(tick, false);
      }
      out.set(room.array.subarray(x.first * size, x.last * size), x.first * size);
    },
  };
}

function stepNoise(
  sources: readonly NoiseSource[],
  clock: number,
  follow: (() => void) | null,
): Omit<StepNoise, "writes"> {
  const adding = sources.filter((s) => s.add);
  const lasting = adding.filter((s) => !s.memoryless);
  const before = (t: number) => {
    if (!follow) return;
    for (const source of sources) source.before?.(clock + t, true);
    follow();
  };
  return {
    kicks: adding.length > 0,
    switches: follow !== null,
    before,
    add(to, first, last, t) {
      for (const source of adding) source.add!(to, first, last, clock + t);
    },
    pass(to, first, last, t) {
      before(t);
      for (const source of lasting) source.add!(to, first, last, clock + t);
    },
  };
}
