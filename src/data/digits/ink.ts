import type { Random } from "../../numerics/random.ts";
import { imageSide, type Handwriting } from "./hand.ts";

/**
 * Share of ink that the paper's grain takes away (σ of a half-normal), and the mean number of stray
 * specks.
 */
const grain = 0.08;
const specks = 1.5;

/** Scratch: the signed distance of each pixel's centre to the ink's edge, in pixels. */
const distance = new Float64Array(imageSide * imageSide);

/**
 * Draws a handwriting into `out` [28 × 28] bytes: ink = clip(½ − d / softness) with d the signed
 * distance of the pixel's centre to the edge of the stroke, so edges are anti-aliased and blurred
 * by `softness` pixels; then grain on the ink and a few specks. Paper stays exactly 0.
 */
export function drawInk(
  { points, ends, softness }: Handwriting,
  rng: Random,
  out: Uint8Array,
): void {
  distance.fill(Infinity);
  let start = 0;
  for (const end of ends) {
    for (let p = start; p + 1 < end; p++) approach(points, 3 * p, softness);
    start = end;
  }
  for (let i = 0; i < distance.length; i++) {
    if (distance[i] >= softness / 2) {
      out[i] = 0;
      continue;
    }
    const full = Math.min(1, 0.5 - distance[i] / softness);
    out[i] = Math.round(255 * full * Math.max(0, 1 - grain * Math.abs(rng.normal())));
  }
  for (let n = Math.floor(2 * specks * rng.uniform() + 0.5); n > 0; n--) {
    const i = rng.below(out.length);
    out[i] = Math.max(out[i], 20 + rng.below(100));
  }
}

/**
 * Lowers `distance` to that of the segment from the point at `p` to the next one, where it is
 * nearer.
 */
function approach(points: Float64Array, p: number, softness: number): void {
  const ax = points[p];
  const ay = points[p + 1];
  const ra = points[p + 2];
  const dx = points[p + 3] - ax;
  const dy = points[p + 4] - ay;
  const dr = points[p + 5] - ra;
  const reach = Math.max(ra, ra + dr) + softness / 2;
  const length2 = Math.max(dx * dx + dy * dy, 1e-12);
  const left = Math.max(0, Math.ceil(Math.min(ax, ax + dx) - reach - 0.5));
  const right = Math.min(imageSide - 1, Math.floor(Math.max(ax, ax + dx) + reach - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(ay, ay + dy) - reach - 0.5));
  const bottom = Math.min(imageSide - 1, Math.floor(Math.max(ay, ay + dy) + reach - 0.5));
  for (let y = top; y <= bottom; y++) {
    const qy = y + 0.5 - ay;
    for (let x = left; x <= right; x++) {
      const qx = x + 0.5 - ax;
      const t = Math.min(1, Math.max(0, (qx * dx + qy * dy) / length2));
      const ex = qx - t * dx;
      const ey = qy - t * dy;
      const d = Math.sqrt(ex * ex + ey * ey) - ra - t * dr;
      if (d < distance[y * imageSide + x]) distance[y * imageSide + x] = d;
    }
  }
}
