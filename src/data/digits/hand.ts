import type { Random } from "../../numerics/random.ts";
import { skeletons, type Knot, type Stroke } from "./skeletons.ts";

/** Width and height of an image, in pixels. */
export const imageSide = 28;

/**
 * A written digit: points [x, y, radius, …] in pixels, `ends` being the index after each stroke's
 * last point.
 */
export interface Handwriting {
  readonly points: Float64Array;
  readonly ends: readonly number[];
  readonly softness: number;
}

/** How unlike two writings of one digit are. Lengths on the 20 × 20 sheet unless said otherwise. */
const spread = {
  /** σ of a knot's place. */
  knot: 0.28,
  /** σ of the turn of the whole digit, radians. */
  rotation: 0.06,
  /** Mean and σ of the slant, tan of its angle. */
  shear: [0.12, 0.13],
  /** σ of ln(width / height). */
  aspect: 0.11,
  /** Three plane waves: σ of each one's displacement, range of wavelengths. */
  warp: { amplitude: 0.38, wavelength: [20, 36] },
  /** Range of the larger extent, pixels. */
  extent: [16, 20.5],
  /** Largest distance of the digit's middle from the image's, pixels right and down. */
  shift: [4.2, 1.4],
  /** Range of the pen's radius, pixels. */
  radius: [0.6, 1.6],
  /** σ of how much ln(radius) swings along the way. */
  pressure: 0.18,
  /** Range of the width of the blurred edge, pixels. */
  softness: [0.7, 1.5],
} as const;

/** Curve pieces between two knots; pixels between frame and pen, left and right together. */
const stepsPerSpan = 6;
const margin = 4;

/** Writes `digit` by a random hand: variant, jittered knots, elastic warp, affine map, pen. */
export function write(digit: number, rng: Random): Handwriting {
  const variants = skeletons[digit];
  const strokes = variants[rng.below(variants.length)].map((s) => s.map((k) => jitter(k, rng)));
  const ends: number[] = [];
  const flat: number[] = [];
  for (const stroke of strokes) {
    trace(stroke, flat);
    ends.push(flat.length / 3);
  }
  const points = Float64Array.from(flat);
  warp(points, rng);
  place(points, rng);
  press(points, rng);
  return { points, ends, softness: between(spread.softness, rng) };
}

function between([low, high]: readonly [number, number], rng: Random): number {
  return low + (high - low) * rng.uniform();
}

function jitter([x, y, corner]: Knot, rng: Random): Knot {
  return [x + spread.knot * rng.normal(), y + spread.knot * rng.normal(), corner];
}

/**
 * Appends the cubic Hermite (Catmull–Rom) curve through the knots; at corners and ends tangents are
 * one-sided.
 */
function trace(stroke: Stroke, out: number[]): void {
  const last = stroke.length - 1;
  for (let i = 0; i < last; i++) {
    const [ax, ay, turnA] = stroke[i];
    const [bx, by, turnB] = stroke[i + 1];
    const before = turnA ? stroke[i] : stroke[Math.max(i - 1, 0)];
    const after = turnB ? stroke[i + 1] : stroke[Math.min(i + 2, last)];
    const ux = (bx - before[0]) / 2;
    const uy = (by - before[1]) / 2;
    const vx = (after[0] - ax) / 2;
    const vy = (after[1] - ay) / 2;
    for (let k = i === 0 ? 0 : 1; k <= stepsPerSpan; k++) {
      const t = k / stepsPerSpan;
      const s = 1 - t;
      const a = s * s * (1 + 2 * t);
      const b = t * t * (1 + 2 * s);
      const u = t * s * s;
      const v = -s * t * t;
      out.push(a * ax + b * bx + u * ux + v * vx, a * ay + b * by + u * uy + v * vy, 0);
    }
  }
}

/**
 * Moves every point by a smooth random field: a few plane waves, each with its own direction and
 * phase.
 */
function warp(points: Float64Array, rng: Random): void {
  for (let wave = 0; wave < 3; wave++) {
    const angle = 2 * Math.PI * rng.uniform();
    const k = (2 * Math.PI) / between(spread.warp.wavelength, rng);
    const kx = k * Math.cos(angle);
    const ky = k * Math.sin(angle);
    const phase = 2 * Math.PI * rng.uniform();
    const dx = spread.warp.amplitude * rng.normal();
    const dy = spread.warp.amplitude * rng.normal();
    for (let i = 0; i < points.length; i += 3) {
      const s = Math.sin(kx * points[i] + ky * points[i + 1] + phase);
      points[i] += dx * s;
      points[i + 1] += dy * s;
    }
  }
}

/**
 * Rotates, shears and stretches, then brings the larger extent to a random size near the middle of
 * the image.
 */
function place(points: Float64Array, rng: Random): void {
  const angle = spread.rotation * rng.normal();
  const stretch = Math.exp(spread.aspect * rng.normal());
  const shear = spread.shear[0] + spread.shear[1] * rng.normal();
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 3) {
    const x = stretch * (points[i] - shear * points[i + 1]);
    const y = points[i + 1];
    points[i] = c * x - s * y;
    points[i + 1] = s * x + c * y;
    for (let axis = 0; axis < 2; axis++) {
      low[axis] = Math.min(low[axis], points[i + axis]);
      high[axis] = Math.max(high[axis], points[i + axis]);
    }
  }
  const scale = between(spread.extent, rng) / Math.max(high[0] - low[0], high[1] - low[1]);
  for (let axis = 0; axis < 2; axis++) {
    const middle = (low[axis] + high[axis]) / 2;
    const room = (imageSide - margin - scale * (high[axis] - low[axis])) / 2;
    const to =
      imageSide / 2 + Math.max(0, Math.min(room, spread.shift[axis])) * (2 * rng.uniform() - 1);
    for (let i = axis; i < points.length; i += 3) points[i] = to + scale * (points[i] - middle);
  }
}

/** Sets the pen's radius at every point: one nib, pressed harder and softer along the way. */
function press(points: Float64Array, rng: Random): void {
  const nib = between(spread.radius, rng);
  const phase = 2 * Math.PI * rng.uniform();
  const swing = spread.pressure * rng.normal();
  for (let i = 0; i < points.length; i += 3)
    points[i + 2] = nib * Math.exp(swing * Math.sin(phase + i / 24));
}
