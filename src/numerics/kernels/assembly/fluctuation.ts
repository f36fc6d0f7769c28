// Synapses that fluctuate: one reading of noisy devices, and two-state (telegraph) switching. Synapse k of a block joins
// i = k / cols with j = k % cols; its entry lies at (i, j) of a matrix [rows × cols], or at (j, i) of one that leads back.
// `way`: 0 forward, 1 back, 2 both, in one matrix inside a layer, where the synapse is the one with i < j.

import { BYTES, LANES, packed } from "./real";
import { mix } from "./noise";

/** n entries: out ← a + z·G, G = a + rest, what one device conducts in units of the weight; of a pair √((|a| + rest)² + rest²). */
export function readDevices(out: usize, a: usize, z: usize, n: i32, rest: real, pair: i32): void {
  const least = v128.splat<real>(rest), square = v128.mul<real>(least, least);
  for (let at: usize = 0; at < <usize>n * BYTES; at += 16) {
    const x = v128.load(a + at);
    let g = v128.add<real>(pair ? v128.abs<real>(x) : x, least);
    if (pair) g = v128.sqrt<real>(v128.add<real>(v128.mul<real>(g, g), square));
    v128.store(out + at, v128.add<real>(x, v128.mul<real>(v128.load(z + at), g)));
  }
}

/** out[0 … n−1] ← random words, four a vector; n is a multiple of 4. */
export function drawWords(out: usize, n: i32, key: i32, moment: i32): void {
  const h = mix(i32x4.add(mix(v128.xor(i32x4(0x243f6a88, <i32>0x85a308d3, 0x13198a2e, 0x03707344), i32x4.splat(key))), i32x4.splat(moment)));
  for (let k = 0; k < n; k += 4) v128.store(out + (<usize>k << 2), mix(i32x4.add(h, i32x4.splat(k))));
}

/** out ← a, times `keep` where the bit of the synapse is 1. `height` and `stride` are those of the matrices, `cols` that of the block. */
export function dimSynapses(out: usize, a: usize, bits: usize, height: i32, width: i32, stride: i32, cols: i32, way: i32, keep: real): void {
  const one: real = 1;
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < stride; c += LANES) {
      const at = packed(r, c, height, stride);
      let set: i32 = 0;
      if (way == 0) {
        const k = r * cols + c;
        set = load<i32>(bits + (<usize>k >> 3)) >> (k & 7);
      } else {
        for (let lane = 0; lane < LANES && c + lane < width; lane++) {
          const other = c + lane, k = way == 1 || r > other ? other * cols + r : r * cols + other;
          set |= (<i32>load<u8>(bits + (<usize>k >> 3)) >> (k & 7) & 1) << lane;
        }
      }
      const chosen = LANES == 4
        ? i32x4.ne(v128.and(i32x4.splat(set), i32x4(1, 2, 4, 8)), i32x4.splat(0))
        : i64x2.ne(v128.and(i64x2.splat(set), i64x2(1, 2)), i64x2.splat(0));
      const factor = v128.bitselect(v128.splat<real>(keep), v128.splat<real>(one), chosen);
      v128.store(out + at, v128.mul<real>(v128.load(a + at), factor));
    }
  }
}

// @ts-ignore: decorator
@inline function word(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ (x >> 16);
}

/**
 * Chooses each of the synapses first … last−1 with one probability, by the geometric law of the gaps between chosen ones,
 * 1 + ⌊ln u / ln(1 − p)⌋ (Devroye 1986), so that only what is chosen costs: turns its bit around and lists it as
 * 2k + bit. `scale` is 1 / ln(1 − p). Depends on (key, moment, step, first) alone.
 */
export function pickSwitches(list: usize, count: usize, bits: usize, first: i32, last: i32, scale: f64, key: i32, moment: i32, step: i32): void {
  let h = word(0x243f6a88 ^ key), n = 0, draw: u32 = 0;
  h = word(h + moment);
  h = word(h + step);
  h = word(h + first);
  for (let k = <f64>first - 1;;) {
    draw += 0x9e3779b9;
    // u on (0, 1]: the gap is finite.
    k += 1 + Math.floor(Math.log((<f64>word(h + draw) + 1) * 2.3283064365386963e-10) * scale);
    if (!(k < <f64>last)) break;
    const chosen = <i32>k, at = bits + (<usize>chosen >> 3), bit = <u32>(chosen & 7), byte = <u32>load<u8>(at) ^ (1 << bit);
    store<u8>(at, <u8>byte);
    store<i32>(list + (<usize>n << 2), 2 * chosen + <i32>(byte >> bit & 1));
    n++;
  }
  store<i32>(count, n);
}

/** One entry of `applySwitches`. */
// @ts-ignore: decorator
@inline function send(out: usize, a: usize, source: i32, sink: i32, height: i32, stride: i32, dimmed: bool, keep: real,
  from: usize, fromStride: i32, to: usize, also: usize, toStride: i32, samples: i32): void {
  const at = packed(source, sink, height, stride), x = load<real>(a + at), less = x * keep;
  store<real>(out + at, dimmed ? less : x);
  const change: real = dimmed ? less - x : x - less;
  for (let r = 0; r < samples; r++) {
    const s = load<real>(from + <usize>(r * fromStride + source) * BYTES);
    if (s == 0) continue;
    const sent: real = change * s, where = <usize>(r * toStride + sink) * BYTES;
    store<real>(to + where, load<real>(to + where) + sent);
    if (also) store<real>(also + where, load<real>(also + where) + sent);
  }
}

/** Puts the n listed synapses of a matrix into their new states, and adds what that changes of Σ W s to the sums `to` (and `also`) of each sample. */
export function applySwitches(list: usize, n: i32, out: usize, a: usize, height: i32, stride: i32, cols: i32, way: i32, keep: real,
  from: usize, fromStride: i32, to: usize, also: usize, toStride: i32, samples: i32): void {
  for (let m = 0; m < n; m++) {
    const entry = load<i32>(list + (<usize>m << 2)), k = entry >> 1, dimmed = (entry & 1) == 1, i = k / cols, j = k % cols;
    if (way == 2 && i >= j) continue;
    if (way != 1) send(out, a, i, j, height, stride, dimmed, keep, from, fromStride, to, also, toStride, samples);
    if (way != 0) send(out, a, j, i, height, stride, dimmed, keep, from, fromStride, to, also, toStride, samples);
  }
}

/**
 * Puts the n listed resistors, i = k / cols joined with j, into their new states in `out`, and at (j, i) of `back`, a matrix of `backStride` columns
 * (`out` itself inside a layer, 0 where inputs are the lower ends). What that changes, δg, is added to the loads of both ends, δg v_i to the
 * sums `toHigh` (and `also`) of each sample, δg v_j to `toLow`; v_i and v_j lie at `low` and `high`.
 */
export function switchResistors(list: usize, n: i32, out: usize, a: usize, back: usize, height: i32, stride: i32, cols: i32, backStride: i32, keep: real,
  low: usize, lowStride: i32, toHigh: usize, also: usize, high: usize, toLow: usize, size: i32, samples: i32, loadHigh: usize, loadLow: usize): void {
  for (let m = 0; m < n; m++) {
    const entry = load<i32>(list + (<usize>m << 2)), k = entry >> 1, dimmed = (entry & 1) == 1, i = k / cols, j = k % cols;
    if (back == out && i >= j) continue;
    const at = packed(i, j, height, stride), x = load<real>(a + at), less = x * keep, now = dimmed ? less : x, change: real = dimmed ? less - x : x - less;
    if (change == 0) continue;
    store<real>(out + at, now);
    const ofHigh = loadHigh + <usize>j * BYTES, ofLow = loadLow + <usize>i * BYTES;
    store<real>(ofHigh, load<real>(ofHigh) + change);
    if (back) {
      store<real>(back + packed(j, i, cols, backStride), now);
      store<real>(ofLow, load<real>(ofLow) + change);
    }
    for (let r = 0; r < samples; r++) {
      const sent: real = change * load<real>(low + <usize>(r * lowStride + i) * BYTES), where = <usize>(r * size + j) * BYTES;
      store<real>(toHigh + where, load<real>(toHigh + where) + sent);
      if (also) store<real>(also + where, load<real>(also + where) + sent);
      if (back) {
        const received: real = change * load<real>(high + where), there = toLow + <usize>(r * size + i) * BYTES;
        store<real>(there, load<real>(there) + received);
      }
    }
  }
}
