/**
 * Wright's ω(z) = W(e^z) for real z, Lambert's W without the overflow of its argument: the ω > 0
 * with ω + ln ω = z. A start within 4 % (Iacono & Boyd 2017) and two steps of order four (Fritsch,
 * Shafer & Crowley 1973, as in Lawrence, Corless & Jeffrey 2012): to a few units in the last place.
 */
export function omega(z: number): number {
  if (z < -745) return 0;
  let w = start(z);
  for (let k = 0; k < 2; k++) {
    const r = z - w - Math.log(w);
    const t = (1 + w) * (1 + w + (2 / 3) * r);
    w *= 1 + ((r / (1 + w)) * (t - 0.5 * r)) / (t - r);
  }
  return w;
}

function start(z: number): number {
  if (z < -1) {
    const x = Math.exp(z);
    return x / (1 + x);
  }
  const l = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  return l * (1 - Math.log1p(l) / (2 + l));
}
