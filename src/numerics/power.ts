/**
 * Powers whose bits do not depend on the engine. ECMAScript leaves the last digits of `x ** y` and
 * of `Math.pow` to the engine, and V8 has changed them between versions; sums, products and
 * quotients are rounded in one way everywhere (IEEE 754), and so is what is made of these alone.
 */

/** x²: one product, rounded once. */
export function square(x: number): number {
  return x * x;
}

/**
 * x^y = e^(y ln x), correctly rounded but where it is within 2^-40 units in the last place of a tie
 * (Dekker 1971: numbers as unevaluated sums of two, about 100 bits). What is not finite, zero or a
 * negative base is as ECMAScript has it; a subnormal result is rounded twice.
 */
export function power(x: number, y: number): number {
  if (x < 0 && Number.isInteger(y)) return y % 2 === 0 ? power(-x, y) : -power(-x, y);
  if (!(x > 0 && x < Infinity) || !Number.isFinite(y) || y === 0) return x ** y;
  if (y === 1 || x === 1) return x;
  const log = logarithm(x);
  const logLow = low;
  const rough = y * log;
  if (rough > 710) return Infinity;
  if (rough < -746) return 0;
  const z = product(y, log);
  const exponent = quickSum(z, low + y * logLow);
  return exponential(exponent, low);
}

/** The lesser part of the last result of the functions below: each returns the greater one. */
let low = 0;

/** a + b, exactly, for |a| ≥ |b|. */
function quickSum(a: number, b: number): number {
  const s = a + b;
  low = b - (s - a);
  return s;
}

/** a + b, exactly (Knuth). */
function sum(a: number, b: number): number {
  const s = a + b;
  const t = s - a;
  low = a - (s - t) + (b - t);
  return s;
}

/** a b, exactly (Veltkamp's halves, Dekker's product). */
function product(a: number, b: number): number {
  const p = a * b;
  const s = 134217729 * a;
  const t = 134217729 * b;
  const a1 = s - (s - a);
  const b1 = t - (t - b);
  const a2 = a - a1;
  const b2 = b - b1;
  low = a2 * b2 - (p - a1 * b1 - a2 * b1 - a1 * b2);
  return p;
}

/** (a + a′) + (b + b′). */
function add(a: number, aLow: number, b: number, bLow: number): number {
  const s = sum(a, b);
  const error = low;
  const t = sum(aLow, bLow);
  const least = low;
  const high = quickSum(s, error + t);
  return quickSum(high, low + least);
}

/** (a + a′)(b + b′). */
function multiply(a: number, aLow: number, b: number, bLow: number): number {
  const p = product(a, b);
  return quickSum(p, low + (a * bLow + aLow * b));
}

/** (a + a′) / (b + b′). */
function divide(a: number, aLow: number, b: number, bLow: number): number {
  const q = a / b;
  const taken = multiply(q, 0, b, bLow);
  const left = add(a, aLow, -taken, -low);
  const r = left / b;
  const again = multiply(r, 0, b, bLow);
  const rest = add(left, low, -again, -low);
  const high = quickSum(q, r);
  return quickSum(high, low + rest / b);
}

const ln2 = Math.LN2;
/** ln 2 less its nearest number. */
const ln2Low = 2.3190468138462996e-17;

/** 1/n, greater and lesser parts. */
const reciprocals = Float64Array.from({ length: 2 * 82 }, (_, k) => {
  const high = k < 2 ? 0 : divide(1, 0, k >> 1, 0);
  return k % 2 === 0 ? high : low;
});

/** ln c of c = k/32, greater and lesser parts: c near any fraction between √½ and √2. */
const logs = Float64Array.from({ length: 2 * 47 }, (_, n) => {
  const k = n >> 1;
  if (k < 22 || k === 32) return 0;
  const c = k / 32;
  const high = arctangent(divide(c - 1, 0, c + 1, 0), low, 40);
  return n % 2 === 0 ? high : low;
});

/** 2 artanh t = 2t (1 + t²/3 + t⁴/5 + …), to `terms` terms of twice the precision. */
function arctangent(t: number, tLow: number, terms: number): number {
  const tt = multiply(t, tLow, t, tLow);
  const ttLow = low;
  let high = 0;
  let least = 0;
  // Terms that are 2^-48 of the first need the precision of one number.
  if (terms < 40) for (let n = terms + 4; n >= terms; n--) high = high * tt + 1 / (2 * n + 1);
  for (let n = terms - 1; n >= 0; n--) {
    const p = multiply(high, least, tt, ttLow);
    const q = low;
    high = add(p, q, reciprocals[4 * n + 2], reciprocals[4 * n + 3]);
    least = low;
  }
  return multiply(high, least, 2 * t, 2 * tLow);
}

const bits = new DataView(new ArrayBuffer(8));

/** ln x of a positive number, subnormal ones included. */
function logarithm(x: number): number {
  const lifted = x < 2.2250738585072014e-308 ? x * 18014398509481984 : x;
  bits.setFloat64(0, lifted);
  const word = bits.getUint32(0);
  let exponent = (word >>> 20) - 1023 - (lifted === x ? 0 : 54);
  bits.setUint32(0, (word & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const k = Math.round(32 * m);
  const c = k / 32;
  const below = sum(m, c);
  const t = divide(m - c, 0, below, low);
  const part = arctangent(t, low, 4);
  const whole = add(logs[2 * k], logs[2 * k + 1], part, low);
  if (exponent === 0) return whole;
  const wholeLow = low;
  const scale = multiply(exponent, 0, ln2, ln2Low);
  return add(scale, low, whole, wholeLow);
}

/** 2^(j/32), greater and lesser parts. */
const roots = Float64Array.from({ length: 64 }, (_, n) => {
  const angle = multiply((n >> 1) / 32, 0, ln2, ln2Low);
  const grown = growth(angle, low, 30);
  const high = add(1, 0, grown, low);
  return n % 2 === 0 ? high : low;
});

/** e^r − 1 = r (1 + r/2 (1 + r/3 (1 + …))), to `terms` terms of twice the precision. */
function growth(r: number, rLow: number, terms: number): number {
  let high = 1;
  let least = 0;
  if (terms < 30) for (let n = terms + 6; n > terms; n--) high = 1 + (r / n) * high;
  for (let n = terms; n > 1; n--) {
    const part = multiply(r, rLow, reciprocals[2 * n], reciprocals[2 * n + 1]);
    const p = multiply(part, low, high, least);
    high = add(1, 0, p, low);
    least = low;
  }
  return multiply(r, rLow, high, least);
}

/** e^(z + z′), −746 < z < 710. */
function exponential(z: number, zLow: number): number {
  const k = Math.round((32 * z) / ln2);
  const taken = multiply(k / 32, 0, ln2, ln2Low);
  const r = add(z, zLow, -taken, -low);
  const grown = growth(r, low, 6);
  const j = ((k % 32) + 32) % 32;
  const root = roots[2 * j];
  const rootLow = roots[2 * j + 1];
  const more = multiply(root, rootLow, grown, low);
  const result = add(root, rootLow, more, low);
  const exponent = (k - j) / 32;
  return exponent > -1022
    ? result * twoTo(exponent - 1) * 2
    : result * twoTo(exponent + 100) * twoTo(-100);
}

/** 2^n of a normal number. */
function twoTo(n: number): number {
  bits.setUint32(0, (n + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}
