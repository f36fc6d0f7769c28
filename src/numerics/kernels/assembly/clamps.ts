// Steps between rails that give, in three parts: where a step leads without the clamps, what they leave of it (the
// s with s + a I(s) = u), and the list of what moved. Samples whose `active` is 0 rest (0: none does).

import { BYTES, LANES, clip, horizontalMax, mulAdd } from "./real";
import { exps, logs, omega } from "./math";

// @ts-ignore: decorator
@inline function rests(active: usize, r: i32): bool { return active != 0 && load<i32>(active + (<usize>r << 2)) == 0; }

/** out ← keep·s + rate·drive + kick, the drive having taken up `change` (0: there is none) and `kick` being 0 without noise. */
export function reachRows(out: usize, state: usize, drive: usize, change: usize, stride: i32, rows: i32, cols: i32, keep: usize, rate: usize, kick: usize, active: usize): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    if (rests(active, r)) continue;
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16) {
      let field = v128.load(drive + row + at);
      if (change) {
        field = v128.add<real>(field, v128.load(change + row + at));
        v128.store(drive + row + at, field);
      }
      let next = mulAdd(v128.load(rate + at), field, v128.mul<real>(v128.load(keep + at), v128.load(state + row + at)));
      if (kick) next = v128.add<real>(next, v128.load(kick + row + at));
      v128.store(out + row + at, next);
    }
  }
}

/** Linear clamps, x ← c + give·(x − c) with c = clip(x): `law` holds `plane` reals each of low, high and give = 1/(1 + a k). */
export function holdLinear(x: usize, stride: i32, rows: i32, cols: i32, law: usize, plane: i32, active: usize): void {
  const width = <usize>cols * BYTES, next = <usize>plane * BYTES;
  for (let r = 0; r < rows; r++) {
    if (rests(active, r)) continue;
    const row = x + <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16) {
      const u = v128.load(row + at), c = clip(u, v128.load(law + at), v128.load(law + next + at));
      v128.store(row + at, mulAdd(v128.load(law + 2 * next + at), v128.sub<real>(u, c), c));
    }
  }
}

/**
 * A diode to each rail: `law` holds `plane` reals each of the middle and half the distance of the rails, v, 1/v and
 * ln(a I_s/v). x ← x − v ω, ω = ω((|x − middle| − half)/v + ln(a I_s/v)), on the side of the rail that is near, and where the
 * other diode matters so many `turns` of Newton's method for both.
 */
export function holdDiodes(x: usize, stride: i32, rows: i32, cols: i32, law: usize, plane: i32, turns: i32, active: usize): void {
  const width = <usize>cols * BYTES, next = <usize>plane * BYTES, idle = v128.splat<real>(-40);
  for (let r = 0; r < rows; r++) {
    if (rests(active, r)) continue;
    const row = x + <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16) {
      const p = law + at, u = v128.load(row + at), off = v128.sub<real>(u, v128.load(p)), far = v128.abs<real>(off), half = v128.load(p + next);
      const inverse = v128.load(p + 3 * next), strength = v128.load(p + 4 * next);
      const z = mulAdd(v128.sub<real>(far, half), inverse, strength);
      // Most vectors lie between the rails.
      if (turns == 0 && v128.any_true(v128.gt<real>(z, idle)) == false && v128.any_true(v128.ne<real>(z, z)) == false) continue;
      const v = v128.load(p + 2 * next), w = omega(z), sign = v128.and(off, v128.splat<real>(-0.0));
      if (turns == 0) {
        // ln w = y + l, where a difference of large currents would lose what is left of x.
        const little = v128.sub<real>(u, v128.xor(v128.mul<real>(v, w), sign));
        const much = v128.add<real>(v128.load(p), v128.xor(mulAdd(v, v128.sub<real>(logs(w), strength), half), sign));
        v128.store(row + at, v128.bitselect(much, little, v128.gt<real>(w, v128.splat<real>(1))));
      } else v128.store(row + at, v128.add<real>(v128.load(p), v128.xor(v128.mul<real>(v, both(v128.mul<real>(far, inverse), v128.sub<real>(strength, v128.mul<real>(half, inverse)), w, turns)), sign)));
    }
  }
}

/**
 * One diode to a rail: `law` holds `plane` reals each of the rail, v and 1/v (negative where it holds from below), ℓ = ln(a I_s/v), ℓ + e^ℓ and
 * what leaks back, a I_s with the sign of v. x ← x + a I_s − v ω, ω = ω((x − rail)/v + e^ℓ + ℓ).
 */
export function holdDiode(x: usize, stride: i32, rows: i32, cols: i32, law: usize, plane: i32, active: usize): void {
  const width = <usize>cols * BYTES, next = <usize>plane * BYTES, idle = v128.splat<real>(-40);
  for (let r = 0; r < rows; r++) {
    if (rests(active, r)) continue;
    const row = x + <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16) {
      const p = law + at, u = v128.load(row + at), rail = v128.load(p), back = v128.add<real>(u, v128.load(p + 5 * next));
      const z = mulAdd(v128.sub<real>(u, rail), v128.load(p + 2 * next), v128.load(p + 4 * next));
      // Half of the vectors are far from their rail.
      if (v128.any_true(v128.gt<real>(z, idle)) == false && v128.any_true(v128.ne<real>(z, z)) == false) {
        v128.store(row + at, back);
        continue;
      }
      const v = v128.load(p + next), w = omega(z), little = v128.sub<real>(back, v128.mul<real>(v, w));
      // ln w = y + ℓ, where a difference of large currents would lose what is left of x.
      const much = mulAdd(v, v128.sub<real>(logs(w), v128.load(p + 3 * next)), rail);
      v128.store(row + at, v128.bitselect(much, little, v128.gt<real>(w, v128.splat<real>(1))));
    }
  }
}

/** The y ≥ 0 with y + e^(y + l) − e^(l − y) = whole, where w = ω(whole + l). */
function both(whole: v128, l: v128, w: v128, turns: i32): v128 {
  const one = v128.splat<real>(1), zero = v128.splat<real>(0);
  // Where both diodes conduct half way between the rails their sum is nearly 2 e^l sinh y.
  const t = v128.mul<real>(v128.mul<real>(v128.splat<real>(0.5), whole), exps(v128.neg<real>(l)));
  const strong = logs(v128.add<real>(t, v128.sqrt<real>(mulAdd(t, t, one))));
  let y = v128.bitselect(strong, v128.max<real>(v128.sub<real>(whole, w), zero), v128.gt<real>(l, v128.splat<real>(-0.6931)));
  for (; turns > 0; turns--) {
    const p = exps(v128.add<real>(l, y)), q = exps(v128.sub<real>(l, y));
    const over = v128.sub<real>(v128.add<real>(v128.sub<real>(p, q), y), whole);
    y = v128.max<real>(v128.sub<real>(y, v128.div<real>(over, v128.add<real>(v128.add<real>(p, q), one))), zero);
  }
  return y;
}

/** s ← next, between bounds that padding is held by, listing what moved as `stepLayer` does. */
export function moveRows(state: usize, next: usize, stride: i32, rows: i32, cols: i32, low: usize, high: usize, active: usize,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const counted = count + (<usize>(r * countStride) << 2);
    if (rests(active, r)) {
      store<i32>(counted, 0);
      continue;
    }
    const row = <usize>(r * stride) * BYTES, units = index + (<usize>(r * listStride) << 2), changes = value + <usize>(r * listStride) * BYTES;
    let n: usize = 0;
    for (let at: usize = 0; at < width; at += 16) {
      const old = v128.load(state + row + at), now = clip(v128.load(next + row + at), v128.load(low + at), v128.load(high + at)), change = v128.sub<real>(now, old);
      v128.store(state + row + at, now);
      // Few units stand still between rails that give, so a branch for each lane is well foretold.
      const moved = v128.ne<real>(now, old), lanes = sizeof<real>() == 4 ? v128.bitmask<i32>(moved) : v128.bitmask<i64>(moved);
      v128.store(changes + at, change);
      for (let lane = 0; lane < LANES; lane++) {
        if ((lanes >> lane & 1) == 0) continue;
        const unit = at / BYTES + lane;
        store<u32>(units + (n << 2), <u32>unit);
        store<real>(changes + n * BYTES, load<real>(changes + unit * BYTES));
        n++;
      }
    }
    store<i32>(counted, <i32>n);
  }
}

/** gap[r] ← max |a − b| over row r. A NaN gives NaN. */
export function gapRows(gap: usize, a: usize, b: usize, stride: i32, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let top = v128.splat<real>(0);
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16)
      top = v128.max<real>(top, v128.abs<real>(v128.sub<real>(v128.load(a + row + at), v128.load(b + row + at))));
    store<real>(gap + <usize>r * BYTES, horizontalMax(top));
  }
}
