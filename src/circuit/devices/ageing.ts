import type { Random } from "../../numerics/random.ts";
import { conductance, roomTemperature, type DeviceModel, type Ramp } from "./device.ts";
import type { Devices } from "./fabricate.ts";
import { power } from "../../numerics/power.ts";

/**
 * σ(g) of write-verify on a target of g siemens, siemens; 0 where the device has no write error.
 */
export function programmingSpread({ programming }: DeviceModel, g: number): number {
  if (programming === null) return 0;
  let sum = 0;
  for (let k = programming.polynomial.length - 1; k >= 0; k--)
    sum = sum * (g / programming.gmax) + programming.polynomial[k];
  return Math.max(0, sum);
}

/** What write-verify leaves of a target of g siemens: max(0, g + σ(g)ξ). */
export function programmed(model: DeviceModel, g: number, rng: Random): number {
  return model.programming === null
    ? g
    : Math.max(0, g + programmingSpread(model, g) * rng.normal());
}

/** ν = |μ(g) + σ(g)ξ| of a conductance of g siemens with the device's ξ; 0 where nothing drifts. */
export function driftExponent({ ageing }: DeviceModel, g: number, xi: number): number {
  if (!ageing?.drift) return 0;
  const { gmax, mean, spread } = ageing.drift;
  const log = Math.log(Math.max(g / gmax, 1e-7));
  return Math.abs(ramp(mean, log) + ramp(spread, log) * xi);
}

/**
 * What device i conducts `seconds` after it was programmed to g siemens, at `temperature` kelvin:
 * relaxation, drift, 1/f noise accumulated since then, loss of charge, and the temperature of the
 * reading. At age 0 and 300 K exactly g.
 */
export function aged(
  { model, drift, lifetime }: Devices,
  i: number,
  g: number,
  seconds: number,
  temperature: number,
  rng: Random,
): number {
  const { ageing } = model;
  if (ageing === null) return g;
  let now = g;
  if (seconds > 0) {
    const { relaxation, flicker } = ageing;
    if (relaxation) {
      const log = Math.log(Math.max(1, seconds));
      now +=
        relaxation.mean * log + (relaxation.spreadSlope * log + relaxation.spread) * rng.normal();
    }
    if (ageing.drift)
      now *= power(1 + seconds / ageing.drift.t0, -driftExponent(model, g, drift[i]));
    if (flicker && g > 0) {
      const q = Math.min(flicker.scale * power(g / flicker.gmax, -flicker.exponent), flicker.most);
      const { readTime } = flicker;
      now *=
        1 +
        q * Math.sqrt(Math.log((seconds + flicker.t0 + readTime) / (2 * readTime))) * rng.normal();
    }
    if (ageing.leak)
      now =
        conductance(model, 0) +
        (now - conductance(model, 0)) *
          Math.exp(-seconds / (leakTime(model, temperature) * lifetime[i]));
  }
  return Math.max(0, now * power(temperature / roomTemperature, -ageing.temperature));
}

/** x after one minibatch: x(1 − 1/L), L the device's lifetime; nothing is left where L ≤ 1. */
export function leaked({ model: { ageing }, lifetime }: Devices, i: number, x: number): number {
  if (!ageing?.leak) return x;
  const batches = ageing.leak.minibatches * lifetime[i];
  return batches > 1 ? x * (1 - 1 / batches) : 0;
}

/**
 * Time constant of the loss of charge, seconds: half as long for every 10 K more, Infinity where
 * none is lost.
 */
export function leakTime({ ageing }: DeviceModel, temperature: number): number {
  return ageing?.leak
    ? ageing.leak.seconds * 2 ** ((roomTemperature - temperature) / 10)
    : Infinity;
}

function ramp({ a, b, least, most }: Ramp, log: number): number {
  return Math.min(most, Math.max(least, a * log + b));
}
