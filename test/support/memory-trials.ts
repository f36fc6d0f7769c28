import type { Random } from "../../src/numerics/random.ts";
import type { Trial } from "./kernel-stage.ts";
import { part, touchedOf, type Props } from "./kernel-trials.ts";
import { lawKeys, type Law } from "./memory-oracles.ts";

const word = (rng: Random) => rng.below(2 ** 32);
/** What the trials' laws stay below. */
const largest = { x: 2.5, step: 0.05, a: 2, exponent: 5, cycle: 2, most: 31, sigma: 0.3 } as const;
/**
 * The largest normal number there is, and how far single precision is from it (see the trial of
 * gaussianRows).
 */
const tail = 5.77;
const normalError = 12 * 2 ** -24 * tail;

function lawOf(rng: Random, change: Partial<Law> = {}): Law {
  const some = (value: number) => (rng.uniform() < 0.3 ? 0 : value * rng.uniform());
  return {
    perStep: 20 + 100 * rng.uniform(),
    most: largest.most,
    cycle: some(largest.cycle),
    writeNoise: some(0.1),
    spacing: 0,
    lowest: -1,
    aUp: -largest.a * rng.uniform(),
    aDown: largest.a * (rng.uniform() - 0.5),
    gammaUp: 3 * rng.uniform(),
    gammaDown: -3 * rng.uniform(),
    shift: -0.5,
    extra: some(0.05),
    extraSlope: some(0.1),
    full: 0.75,
    halfFull: 0.25,
    span: 1,
    perCode: 0,
    code: 0,
    highest: 1,
    loading: 0.5,
    loadingSlope: 0.5,
    error: 1,
    idle: 0,
    floor: -Infinity,
    paired: 0,
    chance: Number(rng.uniform() < 0.5),
    origin: some(-0.1),
    least: rng.uniform() < 0.5 ? -Infinity : -0.2,
    ...change,
  };
}

/**
 * Rounding: the exponential of a pulse is within 6 units of 2⁻²⁴ and its argument rounds, every
 * pulse adds its error to those before (none grows: |1 + step·A·γ·e^y·slope| < 2 for all, and few
 * pulses are many), and noise is that of normal numbers on a size below step·(1 + |A| e^y) + extra.
 * Forty more roundings of numbers below x.
 */
function tolerance(s: Props["s"], exponential: boolean): number {
  const { x, step, a, exponent, cycle, most, sigma } = largest;
  const top = exponential ? step * a * Math.exp(exponent) : 0;
  const noise = cycle * Math.sqrt(most);
  const curve = top * 6 * 2 ** -24 * (1 + exponent) * (most + noise * tail);
  return (
    curve +
    (noise * (step + top + 0.3) + sigma + 0.1) * normalError +
    (40 + most) * s.epsilon * (x + noise * tail * step)
  );
}

/**
 * Matrices one after another, so that one stretch of memory holds all that is compared with a
 * tolerance.
 */
function side(
  { s, rows, padded }: Props,
  matrices: readonly (readonly number[])[],
): {
  readonly at: readonly number[];
  readonly all: Pick<NonNullable<Trial["close"]>, "ptr" | "length">;
} {
  const size = rows * padded;
  const ptr = s.reals(matrices.flat());
  return {
    at: matrices.map((_, k) => ptr + k * size * s.bytes),
    all: { ptr, length: size * matrices.length },
  };
}

/** Traits of every synapse, one after another. */
function traitsFor({ s, rows, padded }: Props, many: number, of: () => readonly number[]): number {
  return s.reals(
    Array.from({ length: rows * padded }, of).flatMap((values) =>
      Array.from({ length: many }, (_, k) => values[k] ?? 0),
    ),
  );
}

/** Mostly unchanged, else a little, sometimes a lot. */
function asked(rng: Random, held: readonly number[]): number[] {
  return held.map((x, i) =>
    Math.sin(i >> 2) > 0 || rng.uniform() < 0.5
      ? x
      : x + rng.normal() * (rng.uniform() < 0.8 ? 0.01 : 0.5),
  );
}

export function pulseTrial(p: Props): Trial {
  const { s, rng, rows, padded } = p;
  const kind = rng.below(4);
  const size = rows * padded;
  const random = () => 2 * rng.uniform() - 1;
  const held = Array.from({ length: size }, random);
  const look = rng.uniform() < 0.5;
  const {
    at: [slot, old, seen, conducted],
    all,
  } = side(p, [asked(rng, held), held, held, held]);
  const touched = touchedOf(s, rng, rows);
  const scratch = { ptr: s.ints(new Array<number>(320).fill(0)), length: 1280 };
  const law = lawOf(rng, rng.uniform() < 0.2 ? { spacing: 0.25 } : {});
  const step = () => (rng.uniform() < 0.1 ? 0 : largest.step * rng.uniform());
  const traits = traitsFor(p, 8, () => {
    const up = step();
    const down = -step();
    return [
      -1 - 0.2 * rng.uniform(),
      1 + 0.2 * rng.uniform(),
      up,
      down,
      ...(kind < 2 ? [up * random(), down * random()] : [random(), 0]),
      0.1 * rng.normal(),
      0.5 + rng.uniform(),
    ];
  });
  return {
    args: [
      slot,
      old,
      look ? seen : 0,
      rng.uniform() < 0.5 ? conducted : 0,
      traits,
      rows,
      padded,
      ...part(rng, rows),
      touched,
      s.reals(lawKeys.map((key) => law[key])),
      kind,
      word(rng),
      word(rng),
      scratch.ptr,
    ],
    scratch,
    close: { ...all, tolerance: () => 2 * tolerance(s, kind >= 2) },
  };
}

export function pairTrial(p: Props): Trial {
  const { s, rng, rows, padded } = p;
  const kind = rng.below(4);
  const size = rows * padded;
  const round = s.precision === "f32" ? Math.fround : (x: number) => x;
  const states = () => Array.from({ length: size }, () => round(2 * rng.uniform()));
  const first = states();
  const second = states();
  const was = first.map((x, i) => round(x - second[i]));
  const look = rng.uniform() < 0.5;
  const {
    at: [a, b, slot, seen, conducted],
    all,
  } = side(p, [first, second, asked(rng, was), was, was]);
  const touched = touchedOf(s, rng, rows);
  const scratch = { ptr: s.ints(new Array<number>(320).fill(0)), length: 1280 };
  const law = lawOf(rng);
  const terms = rng.below(4);
  const polynomial = s.reals(Array.from({ length: 4 }, () => 0.1 * rng.uniform()));
  const device = () => {
    const step = rng.uniform() < 0.1 ? 0 : largest.step * rng.uniform();
    return [
      0,
      1.8 + 0.4 * rng.uniform(),
      step,
      kind < 2 ? step * rng.uniform() * 0.4 : -0.5 * rng.uniform(),
      0.05 * rng.normal(),
    ];
  };
  return {
    args: [
      slot,
      a,
      b,
      look ? seen : 0,
      rng.uniform() < 0.5 ? conducted : 0,
      traitsFor(p, 11, () => [...device(), ...device(), 0.5 + rng.uniform()]),
      rows,
      padded,
      ...part(rng, rows),
      touched,
      s.reals(lawKeys.map((key) => law[key])),
      kind,
      polynomial,
      terms,
      word(rng),
      word(rng),
      scratch.ptr,
    ],
    scratch,
    close: { ...all, tolerance: () => 4 * tolerance(s, kind >= 2) },
  };
}

/** Registers alone, registers with accumulators, and accumulators of devices or of pairs. */
export function keepTrial({ s, rng, rows, padded }: Props): Trial {
  const size = rows * padded;
  const kind = rng.below(4);
  const step = 1 / 7;
  const whole = kind === 1 ? 2 ** rng.below(5) : 0;
  const counted = rng.uniform() < 0.2 && kind !== 1 ? 0 : step / Math.max(1, whole);
  const bounded = kind < 2;
  const numbers = [
    counted === 0 ? 0 : 1 / counted,
    counted,
    bounded ? Infinity : 31,
    whole,
    whole === 0 ? 0 : 1 / step,
    whole === 0 ? 0 : step,
    bounded ? -1 : -Infinity,
    bounded ? 1 : Infinity,
  ];
  const held = Array.from({ length: size }, () => step * (rng.below(15) - 7));
  const minus = Array.from({ length: size }, () => step * rng.below(3));
  const base = held.map((x, i) => (kind === 0 ? 0 : x) - (kind === 3 ? minus[i] : 0));
  return {
    args: [
      s.reals(base.map((x) => (rng.uniform() < 0.3 ? x : x + 0.3 * rng.normal()))),
      kind === 0 ? 0 : s.reals(held),
      kind === 3 ? s.reals(minus) : 0,
      rows,
      padded,
      ...part(rng, rows),
      touchedOf(s, rng, rows),
      s.reals(numbers),
      rng.below(2),
      word(rng),
      word(rng),
    ],
  };
}

export function codeTrial({ s, rng, rows, padded, reals }: Props): Trial {
  const size = rows * padded;
  const code = rng.uniform() < 0.5 ? 1 / 7 : 0;
  const law = lawOf(rng, {
    code,
    perCode: code === 0 ? 0 : 7,
    ...(rng.uniform() < 0.3 ? { lowest: -Infinity, highest: Infinity } : {}),
  });
  return {
    args: [
      reals(size),
      reals(size),
      reals(size),
      reals(size),
      rows,
      padded,
      ...part(rng, rows),
      touchedOf(s, rng, rows),
      s.reals(lawKeys.map((key) => law[key])),
    ],
  };
}

export function writeTrial(p: Props): Trial {
  const { s, rng, rows, padded } = p;
  const size = rows * padded;
  const terms = rng.below(4);
  const code = rng.uniform() < 0.5 ? 1 / 7 : 0;
  const apart = rng.uniform() < 0.5;
  const held = Array.from({ length: size }, () => rng.normal());
  const {
    at: [slot, old, out],
    all,
  } = side(p, [asked(rng, held), held, held]);
  const law = lawOf(rng, {
    code,
    perCode: code === 0 ? 0 : 7,
    spacing: rng.uniform() < 0.3 ? 0.125 : 0,
    ...(rng.uniform() < 0.3 ? { lowest: -Infinity, highest: Infinity, spacing: 0 } : {}),
    ...(rng.uniform() < 0.5 ? { paired: 1, idle: 0.01 } : { floor: -1.1 }),
  });
  const traits =
    rng.uniform() < 0.5
      ? traitsFor(p, 3, () => [-1 + 0.2 * rng.normal(), 1 + 0.2 * rng.normal(), 0])
      : 0;
  return {
    args: [
      apart ? out : slot,
      slot,
      rng.uniform() < 0.5 && !apart ? old : 0,
      traits,
      3,
      rows,
      padded,
      ...part(rng, rows),
      touchedOf(s, rng, rows),
      s.reals(lawKeys.map((key) => law[key])),
      s.reals(Array.from({ length: 4 }, () => 0.1 * rng.uniform())),
      terms,
      word(rng),
      word(rng),
    ],
    close: { ...all, tolerance: () => 2 * tolerance(s, false) },
  };
}
