// The dynamics of one layer, from carried drives: drive = b + x·W + Σ W s (+ λ sᶠ + 2β y).

import { BYTES, LANES, clip, horizontalMax, horizontalSum, mulAdd } from "./real";

/**
 * One projected Euler step of a layer, s ← clip(keep·s + rate·drive + kick, low, high), listing what moved as
 * (unit, change). First the drive takes up `change`, what the step before sent here. `constants` holds a vector
 * each of keep, rate, low and high for one vector of units after another; `kick` the noise of this step, or is 0;
 * samples whose `active` is 0 rest (0: none does).
 */
export function stepLayer(state: usize, drive: usize, change: usize, stride: i32, rows: i32, cols: i32,
  constants: usize, kick: usize, active: usize,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const counted = count + (<usize>(r * countStride) << 2);
    if (active && load<i32>(active + (<usize>r << 2)) == 0) {
      store<i32>(counted, 0);
      continue;
    }
    const row = <usize>(r * stride) * BYTES, s = state + row, d = drive + row, c = change + row;
    const units = index + (<usize>(r * listStride) << 2), changes = value + <usize>(r * listStride) * BYTES;
    store<i32>(counted, kick ? stepRow(s, d, c, constants, kick + row, width, units, changes, true) : stepRow(s, d, c, constants, 0, width, units, changes, false));
  }
}

/**
 * One row of `stepLayer`, `z` its noise if it is kicked; returns how many units moved. All changes go to the list's
 * own room first and are then moved up in place, 64 units at a time by the bits of a mask: which units move is
 * random, and branches on it would stall.
 */
// @ts-ignore: decorator
@inline function stepRow(s: usize, d: usize, c: usize, p: usize, z: usize, width: usize, units: usize, changes: usize, kicked: bool): i32 {
  let n: usize = 0, to = changes, first = changes;
  for (let left = width; left > 0;) {
    const part = min(left, 64 * BYTES);
    let moved: u64 = 0, bit: u64 = 0;
    for (const end = s + part; s < end; s += 16) {
      const old = v128.load(s), field = v128.add<real>(v128.load(d), v128.load(c));
      v128.store(d, field);
      let next = mulAdd(v128.load(p, 16), field, v128.mul<real>(v128.load(p), old));
      if (kicked) { next = v128.add<real>(next, v128.load(z)); z += 16; }
      const now = clip(next, v128.load(p, 32), v128.load(p, 48)), differs = v128.ne<real>(now, old);
      v128.store(s, now);
      v128.store(to, v128.sub<real>(now, old));
      moved |= <u64>(sizeof<real>() == 4 ? v128.bitmask<i32>(differs) : v128.bitmask<i64>(differs)) << bit;
      bit += LANES; d += 16; c += 16; p += 64; to += 16;
    }
    left -= part;
    for (; moved != 0; moved &= moved - 1) {
      const from = first + <usize>ctz(moved) * BYTES;
      store<u32>(units + (n << 2), <u32>((from - changes) / BYTES));
      store<real>(changes + n * BYTES, load<real>(from));
      n++;
    }
    first += part;
  }
  return <i32>n;
}

/** out ← drive − curvature·s: the force, elementwise. */
export function forceRows(out: usize, state: usize, drive: usize, stride: i32, rows: i32, cols: i32, curvature: usize): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16)
      v128.store(out + row + at, v128.sub<real>(v128.load(drive + row + at), v128.mul<real>(v128.load(curvature + at), v128.load(state + row + at))));
  }
}

/** residual[r] ← max |s − clip(s + drive − curvature·s)| over the units of row r. A NaN gives NaN. */
export function residualRows(residual: usize, state: usize, drive: usize, stride: i32, rows: i32, cols: i32,
  curvature: usize, low: usize, high: usize): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let top = v128.splat<real>(0);
    for (let at: usize = 0; at < width; at += 16) {
      const s = v128.load(state + row + at);
      const force = v128.sub<real>(v128.load(drive + row + at), v128.mul<real>(v128.load(curvature + at), s));
      const to = clip(v128.add<real>(s, force), v128.load(low + at), v128.load(high + at));
      top = v128.max<real>(top, v128.abs<real>(v128.sub<real>(s, to)));
    }
    store<real>(residual + <usize>r * BYTES, horizontalMax(top));
  }
}

/** energy[r] ← Σ ½ curvature s² − ½ s (still + drive): eq. 1 with its λ and β terms, but for constants. */
export function energyRows(energy: usize, state: usize, drive: usize, still: usize, stride: i32, rows: i32, cols: i32, curvature: usize): void {
  const width = <usize>cols * BYTES, half = v128.splat<real>(0.5);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let sum = v128.splat<real>(0);
    for (let at: usize = 0; at < width; at += 16) {
      const s = v128.load(state + row + at);
      const own = v128.mul<real>(v128.load(curvature + at), s);
      const field = v128.add<real>(v128.load(drive + row + at), v128.load(still + row + at));
      sum = mulAdd(v128.mul<real>(half, s), v128.sub<real>(own, field), sum);
    }
    store<real>(energy + <usize>r * BYTES, horizontalSum(sum));
  }
}
