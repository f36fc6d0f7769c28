// Exact minimisation, one block of units after another. Given its drive a unit's energy is
// ½ curvature s² − drive s between its rails.

import { BYTES, LANES, PANEL, clip } from "./real";

/**
 * The least energy: at drive / curvature, clipped, where the curvature is positive; otherwise at the rail of
 * lower energy, the high one where drive > ½ curvature (low + high). A unit that nothing holds or drives, both zero, stays. A NaN gives NaN.
 */
// @ts-ignore: decorator
@inline function minimiser(old: v128, drive: v128, curvature: v128, low: v128, high: v128): v128 {
  const zero = v128.splat<real>(0), inside = clip(v128.div<real>(drive, curvature), low, high), convex = v128.gt<real>(curvature, zero);
  if (v128.any_true(v128.not(convex)) == false) return inside;
  // Without a curvature the drive decides alone, also where a wall is infinitely far away.
  const flat = v128.eq<real>(curvature, zero), even = v128.andnot(v128.mul<real>(v128.mul<real>(v128.splat<real>(0.5), curvature), v128.add<real>(low, high)), flat);
  const lower = v128.bitselect(low, v128.add<real>(drive, even), v128.le<real>(drive, even));
  const rail = v128.bitselect(high, lower, v128.gt<real>(drive, even)), still = v128.and(flat, v128.eq<real>(drive, zero));
  return v128.bitselect(inside, v128.bitselect(old, rail, still), convex);
}

/** Every unit of a layer without lateral synapses to its minimiser, listing what moved as `stepLayer` does; samples whose `active` is 0 rest (0: none does). */
export function minimiseLayer(state: usize, drive: usize, stride: i32, rows: i32, cols: i32,
  curvature: usize, low: usize, high: usize, active: usize,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const counted = count + (<usize>(r * countStride) << 2);
    if (active && load<i32>(active + (<usize>r << 2)) == 0) {
      store<i32>(counted, 0);
      continue;
    }
    const s = state + <usize>(r * stride) * BYTES, d = drive + <usize>(r * stride) * BYTES;
    const units = index + (<usize>(r * listStride) << 2), changes = value + <usize>(r * listStride) * BYTES;
    let n: usize = 0;
    // The changes of 64 units go to the list's own room first and are then moved up in place.
    for (let block: usize = 0; block < width; block += 64 * BYTES) {
      const end = min(block + 64 * BYTES, width);
      let moved: u64 = 0, bit: u64 = 0;
      for (let at = block; at < end; at += 16) {
        const old = v128.load(s + at), now = minimiser(old, v128.load(d + at), v128.load(curvature + at), v128.load(low + at), v128.load(high + at));
        v128.store(s + at, now);
        v128.store(changes + at, v128.sub<real>(now, old));
        const differs = v128.ne<real>(now, old);
        moved |= <u64>(sizeof<real>() == 4 ? v128.bitmask<i32>(differs) : v128.bitmask<i64>(differs)) << bit;
        bit += LANES;
      }
      for (const first = block / BYTES; moved != 0; moved &= moved - 1) {
        const unit = first + <usize>ctz(moved);
        store<u32>(units + (n << 2), <u32>unit);
        store<real>(changes + n * BYTES, load<real>(changes + unit * BYTES));
        n++;
      }
    }
    store<i32>(counted, <i32>n);
  }
}

/**
 * The same for a layer whose units are coupled by lateral synapses (packed, one row for each of `units`): one unit after
 * another, each move sent along the unit's own row into the layer's drives before the next unit moves.
 */
export function minimiseUnits(state: usize, drive: usize, stride: i32, rows: i32, cols: i32,
  curvature: usize, low: usize, high: usize, active: usize,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32, matrix: usize, units: i32): void {
  for (let r = 0; r < rows; r++) {
    const counted = count + (<usize>(r * countStride) << 2);
    if (active && load<i32>(active + (<usize>r << 2)) == 0) {
      store<i32>(counted, 0);
      continue;
    }
    const s = state + <usize>(r * stride) * BYTES, d = drive + <usize>(r * stride) * BYTES;
    let n = <usize>(r * listStride);
    for (let i = 0; i < units; i++) {
      const at = <usize>i * BYTES, old = load<real>(s + at);
      const now = v128.extract_lane<real>(minimiser(v128.splat<real>(old), v128.load_splat<real>(d + at), v128.load_splat<real>(curvature + at), v128.load_splat<real>(low + at), v128.load_splat<real>(high + at)), 0);
      if (now == old) continue;
      store<real>(s + at, now);
      store<u32>(index + (n << 2), <u32>i);
      store<real>(value + n * BYTES, now - old);
      n++;
      addRow(d, now - old, matrix, i, units, cols);
    }
    store<i32>(counted, <i32>n - r * listStride);
  }
}

/** out[:] += x · row i of a packed matrix. */
function addRow(out: usize, x: real, matrix: usize, i: i32, rows: i32, cols: i32): void {
  const factor = v128.splat<real>(x);
  for (let left = cols / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4, row = matrix + <usize>i * bytes;
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(out + at, v128.add<real>(v128.load(out + at), v128.mul<real>(factor, v128.load(row + at))));
    out += bytes; matrix += <usize>rows * bytes;
  }
}
