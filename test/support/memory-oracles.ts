import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import { clip, packedAt } from "./kernel-oracles.ts";
import { lanes, mix, normalsOf } from "./noise-oracle.ts";

/** The numbers of a law, in the order of the kernels. */
export const lawKeys = [
  "perStep",
  "most",
  "cycle",
  "writeNoise",
  "spacing",
  "lowest",
  "aUp",
  "aDown",
  "gammaUp",
  "gammaDown",
  "shift",
  "extra",
  "extraSlope",
  "full",
  "halfFull",
  "span",
  "perCode",
  "code",
  "highest",
  "loading",
  "loadingSlope",
  "error",
  "idle",
  "floor",
  "paired",
  "chance",
  "origin",
  "least",
] as const;
export type Law = Readonly<Record<(typeof lawKeys)[number], number>>;

const golden = 0x9e3779b9;
const uniform = (word: number) => (word >>> 8) * 2 ** -24;

/** Wellons' lowbias32 but for its last step. */
function mixWithoutEnd(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  return Math.imul(x ^ (x >>> 15), 0x846ca68b);
}

/** The words of one synapse in one programming. */
function wordsOf(key: number, moment: number, r: number, c: number): number[] {
  const row = [moment, r].reduce((h, next) => mix((h + next) | 0), mix(lanes[c % 4] ^ key));
  const first = mixWithoutEnd((row + Math.floor(c / 4)) | 0);
  return [first, ...[1, 2, 3, 4, 5].map((k) => mix((first + Math.imul(k, golden)) | 0))];
}

/** The kernels of a chip's memory, one synapse at a time. */
export function memoryOracles(
  R: Float32Array | Float64Array,
  bytes: number,
  round: (x: number) => number,
): Pick<Kernels, "keepCodes" | "pulseDevices" | "pulsePairs" | "writeDevices" | "writeCodes"> {
  const add = (a: number, b: number) => round(a + b);
  const sub = (a: number, b: number) => round(a - b);
  const mul = (a: number, b: number) => round(a * b);
  const I = new Int32Array(R.buffer);
  const lawAt = (ptr: number) =>
    Object.fromEntries(lawKeys.map((key, k) => [key, R[ptr / bytes + k]])) as Law;
  const trait = (ptr: number, many: number, i: number, k: number) => R[ptr / bytes + i * many + k];
  const pulsesFor = (d: number, u: number, law: Law) =>
    Math.min(Math.floor(add(mul(Math.abs(d), law.perStep), law.chance ? u : 0)), law.most);
  /** What a change of d still owes after n pulses. */
  const owed = (d: number, n: number, law: Law) => sub(d, Math.sign(d) * round(n / law.perStep));
  const group = (r: number, c: number, rows: number, stride: number) =>
    [0, 1, 2, 3].map((k) => packedAt(r, c - (c % 4) + k, rows, stride, bytes));

  /** x after n pulses at once. */
  const pulsed = (
    kind: number,
    x: number,
    up: boolean,
    n: number,
    z: number,
    [step, slope, whole]: readonly number[],
    a: number,
    gamma: number,
    [low, high]: readonly number[],
    law: Law,
  ) => {
    const change = (y: number) => {
      if (kind < 2)
        return up ? Math.max(0, sub(step, mul(slope, y))) : Math.min(0, sub(step, mul(slope, y)));
      return mul(
        step,
        Math.max(
          0,
          sub(
            1,
            mul(
              a,
              round(
                Math.exp(Math.fround(mul(gamma, add(mul(slope, add(y, law.origin)), law.shift)))),
              ),
            ),
          ),
        ),
      );
    };
    let y = x;
    for (let k = 0; k < n; k++) y = add(y, change(y));
    const size = add(
      Math.abs(kind % 2 === 0 ? change(x) : whole),
      kind < 2 ? 0 : add(law.extra, mul(law.extraSlope, Math.abs(add(x, law.origin)))),
    );
    return clip(add(y, mul(mul(law.cycle, round(Math.sqrt(n))), mul(size, z))), low, high);
  };
  const errorAt = (x: number, law: Law, polynomial: number, terms: number) => {
    let sum = 0;
    for (let k = terms - 1; k >= 0; k--)
      sum = add(mul(sum, add(law.loading, mul(law.loadingSlope, x))), R[polynomial / bytes + k]);
    return mul(law.error, Math.max(0, sum));
  };
  const each = (
    rows: number,
    stride: number,
    first: number,
    last: number,
    touched: number,
    visit: (r: number, c: number, i: number) => void,
  ) => {
    for (let r = first; r < last; r++)
      for (let c = 0; c < stride && (touched === 0 || I[touched / 4 + r] !== 0); c++)
        visit(r, c, packedAt(r, c, rows, stride, bytes));
  };
  const conduct = (
    w: number,
    z: number,
    i: number,
    seen: number,
    conducted: number,
    gain: number,
    law: Law,
  ) => {
    const now = seen ? Math.max(law.least, add(w, mul(law.writeNoise, z))) : w;
    if (seen) R[seen / bytes + i] = now;
    if (conducted) R[conducted / bytes + i] = mul(now, gain);
  };
  return {
    pulseDevices(
      slot,
      held,
      seen,
      conducted,
      traits,
      rows,
      stride,
      first,
      last,
      touched,
      lawPtr,
      kind,
      key,
      moment,
    ) {
      const law = lawAt(lawPtr);
      const w = slot / bytes;
      const h = held / bytes;
      each(rows, stride, first, last, touched, (r, c, i) => {
        const x = R[h + i];
        const d = sub(R[w + i], x);
        const [word, second, angle, third] = wordsOf(key, moment, r, c);
        const n = pulsesFor(d, uniform(word), law);
        if (law.chance) R[w + i] = x;
        if (n === 0) return;
        const up = d > 0;
        const t = (k: number) => trait(traits, 8, i, k);
        const [z1, z2] = normalsOf(second, angle).map(round);
        const bounds = [t(0), t(1)];
        const step = t(up ? 2 : 3);
        const law3 = [
          step,
          kind < 2 ? t(up ? 4 : 5) : t(4),
          kind === 1 ? add(step, mul(t(up ? 4 : 5), t(6))) : step,
        ];
        let y = pulsed(
          kind,
          x,
          up,
          n,
          law.cycle || law.writeNoise ? z1 : 0,
          law3,
          up ? law.aUp : law.aDown,
          up ? law.gammaUp : law.gammaDown,
          bounds,
          law,
        );
        if (law.spacing)
          y = clip(
            add(
              law.lowest,
              mul(
                Math.floor(add(round(sub(y, law.lowest) / law.spacing), uniform(third))),
                law.spacing,
              ),
            ),
            bounds[0],
            bounds[1],
          );
        R[h + i] = y;
        R[w + i] = law.chance ? y : add(y, owed(d, n, law));
        conduct(y, z2, i, seen, conducted, t(7), law);
      });
    },
    pulsePairs(
      slot,
      plus,
      minus,
      seen,
      conducted,
      traits,
      rows,
      stride,
      first,
      last,
      touched,
      lawPtr,
      kind,
      polynomial,
      terms,
      key,
      moment,
    ) {
      const law = lawAt(lawPtr);
      const w = slot / bytes;
      const p = plus / bytes;
      const m = minus / bytes;
      each(rows, stride, first, last, touched, (r, c, i) => {
        const was = sub(R[p + i], R[m + i]);
        const d = sub(R[w + i], was);
        const [word, second, angle, third, fourth] = wordsOf(key, moment, r, c);
        const n = pulsesFor(d, uniform(word), law);
        if (law.chance) R[w + i] = was;
        if (n === 0) return;
        const at = d > 0 ? 0 : 5;
        const one = d > 0 ? p : m;
        const t = (k: number) => trait(traits, 11, i, k);
        const [z1, z2] = normalsOf(second, angle).map(round);
        const z3 = round(normalsOf(third, fourth)[0]);
        R[one + i] = pulsed(
          kind,
          R[one + i],
          true,
          n,
          z1,
          [t(at + 2), t(at + 3), t(at + 2)],
          law.aUp,
          law.gammaUp,
          [t(at), t(at + 1)],
          law,
        );
        const beyond = (k: number, part: number) => R[(k === 0 ? p : m) + i] > mul(part, t(k + 1));
        if (
          (beyond(0, law.full) && beyond(5, law.halfFull)) ||
          (beyond(5, law.full) && beyond(0, law.halfFull))
        ) {
          const diff = sub(R[p + i], R[m + i]);
          const [on, off] = diff >= 0 ? [0, 5] : [5, 0];
          const idle = clip(t(off + 4), t(off), t(off + 1));
          const target = add(idle, Math.abs(diff));
          R[(on === 0 ? p : m) + i] = clip(
            add(target, mul(errorAt(target, law, polynomial, terms), z3)),
            t(on),
            t(on + 1),
          );
          R[(off === 0 ? p : m) + i] = idle;
        }
        const now = sub(R[p + i], R[m + i]);
        R[w + i] = law.chance ? now : add(now, owed(d, n, law));
        conduct(now, z2, i, seen, conducted, t(10), law);
      });
    },
    keepCodes(
      slot,
      held,
      minus,
      rows,
      stride,
      first,
      last,
      touched,
      numbers,
      byChance,
      key,
      moment,
    ) {
      const [perPart, part, most, whole, perStep, step, lowest, highest] = Array.from(
        { length: 8 },
        (_, k) => R[numbers / bytes + k],
      );
      const w = slot / bytes;
      const h = held / bytes;
      const slackBits = bytes === 4 ? 21 : 50;
      each(rows, stride, first, last, touched, (r, c, i) => {
        const x = R[w + i];
        const base = sub(held ? R[h + i] : 0, minus ? R[minus / bytes + i] : 0);
        if (part === 0) {
          R[w + i] = clip(x, lowest, highest);
          return;
        }
        const parts = mul(sub(x, base), perPart);
        let n = nearest(parts);
        const slack = mul(mul(Math.abs(x), perPart), 2 ** -slackBits);
        if (byChance && !(Math.abs(sub(parts, n)) <= slack))
          n = Math.floor(add(parts, uniform(wordsOf(key, moment, r, c)[5])));
        n = clip(n, -most, most);
        if (whole === 0) {
          R[w + i] = clip(add(base, mul(n, part)), lowest, highest);
          return;
        }
        const steps = Math.trunc(round(n / whole));
        const code = add(nearest(mul(base, perStep)), steps);
        R[h + i] = clip(mul(code, step), lowest, highest);
        R[w + i] = add(R[h + i], mul(sub(n, mul(steps, whole)), part));
      });
    },
    writeCodes(out, slot, gain, conducted, rows, stride, first, last, touched, lawPtr) {
      const law = lawAt(lawPtr);
      each(rows, stride, first, last, touched, (_r, _c, i) => {
        const w = R[slot / bytes + i];
        const codes = mul(clip(w, -law.span, law.span), law.perCode);
        const x = clip(
          law.code ? mul(nearest(codes) || 0 * codes, law.code) : w,
          law.lowest,
          law.highest,
        );
        R[out / bytes + i] = x;
        R[conducted / bytes + i] = mul(x, R[gain / bytes + i]);
      });
    },
    writeDevices(
      out,
      slot,
      held,
      traits,
      many,
      rows,
      stride,
      first,
      last,
      touched,
      lawPtr,
      polynomial,
      terms,
      key,
      moment,
    ) {
      const law = lawAt(lawPtr);
      const o = out / bytes;
      const w = slot / bytes;
      const h = held / bytes;
      const asked = Array.from({ length: rows * stride }, (_, i) => R[w + i]);
      const before = Array.from({ length: rows * stride }, (_, i) => (held ? R[h + i] : NaN));
      each(rows, stride, first, last, touched, (r, c, i) => {
        if (held && group(r, c, rows, stride).every((k) => asked[k] === before[k])) return;
        const panel = 128 / bytes;
        const odd = Math.floor((c % panel) / 4) % 2;
        const [word, second, angle, third] = wordsOf(key, moment, r, c - 4 * odd);
        let x = asked[i];
        if (law.code) x = mul(nearest(mul(clip(x, -law.span, law.span), law.perCode)), law.code);
        if (law.spacing) {
          const level = round(sub(x, law.lowest) / law.spacing);
          x = add(
            law.lowest,
            mul(
              law.spacing,
              held ? Math.floor(add(level, uniform(odd ? third : word))) : nearest(level),
            ),
          );
        }
        x = clip(x, law.lowest, law.highest);
        if (traits) x = clip(x, trait(traits, many, i, 0), trait(traits, many, i, 1));
        if (terms) {
          let sigma = errorAt(law.paired ? Math.abs(x) : x, law, polynomial, terms);
          if (law.paired) sigma = round(Math.sqrt(add(mul(sigma, sigma), law.idle)));
          x = Math.max(add(x, mul(sigma, round(normalsOf(second, angle)[odd]))), law.floor);
        }
        R[o + i] = x;
        if (held) R[h + i] = x;
      });
    },
  };
}

/** To the nearest whole number, ties to the even one. */
function nearest(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}
