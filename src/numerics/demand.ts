import { InputError } from "./errors.ts";

/** What a request would take, told before anything is begun. */
export interface Demand {
  /** Who asks, and for what: `x: network.layers [784, 500, 10] in minibatches of 20`. */
  readonly of: string;
  /** Memory, at its peak. */
  readonly bytes: number;
  /** Of one processor; absent: no time to speak of, or of the caller's own. */
  readonly seconds?: number;
  /** What to ask for instead, where memory is short; of time too, unless `shorter` is said. */
  readonly less: string;
  readonly shorter?: string;
}

/** What there is for a request. */
export interface Room {
  readonly bytes: number;
  /** How to have more of it. */
  readonly more?: string;
  /** Absent: as long as it takes. */
  readonly seconds?: number;
  /** How a request is told to go on beyond the time: `--force`. */
  readonly lift?: string;
}

/** The kernels see 32-bit addresses; memory that threads share grows to half of them. */
export const addressable = { alone: 2 ** 32, shared: 2 ** 31 } as const;

/** Multiplications of the kernels in a second of one processor, of what moves and what rests. */
export const perSecond = 2e10;

/**
 * That there is room for a request.
 * @throws InputError with what it would take, what there is, and what to do.
 */
export function refuseTooLarge(
  { of, bytes, seconds = 0, less, shorter = less }: Demand,
  room: Room,
): void {
  if (bytes > room.bytes)
    throw new InputError(
      `${of}: too large: it needs about ${bytesText(bytes)} of memory, more than this machine or ` +
        `the engine has (${bytesText(room.bytes)}); ${either(less, room.more)}`,
    );
  const most = room.seconds ?? Infinity;
  if (seconds > most)
    throw new InputError(
      `${of}: too large: it takes some ${spanText(seconds)} of a processor, more than ` +
        `${spanText(most)}; ${either(shorter, room.lift)}`,
    );
}

const either = (one: string, other?: string) => (other === undefined ? one : `${one}, or ${other}`);

/** `12 kB`, `1.5 GB`. */
export function bytesText(bytes: number): string {
  const [size, unit] =
    bytes < 1e6
      ? [1e3, "kB"]
      : bytes < 1e9
        ? [1e6, "MB"]
        : bytes < 1e12
          ? [1e9, "GB"]
          : [1e12, "TB"];
  const x = bytes / size;
  return `${x < 10 ? Number(x.toFixed(1)) : count(x)} ${unit}`;
}

/** `40 s`, `15 min`, `3 h`, `20 days`, `7000 years`. */
export function spanText(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.ceil(seconds / 3600)} h`;
  const days = seconds / 86_400;
  return days < 1000 ? `${Math.ceil(days)} days` : `${count(days / 365.25)} years`;
}

const count = (x: number) =>
  x < 1e6 ? String(Math.round(x)) : x.toExponential(0).replace("e+", "e");
