import type { Random } from "../../numerics/random.ts";
import { ends, type DeviceModel, type UpdateLaw } from "./device.ts";
import { fabricateDevices, type Devices } from "./fabricate.ts";
import { square } from "../../numerics/power.ts";

/** x, held within the bounds of device i: where it is after x was asked of it. */
export function within({ low, high, reference }: Devices, i: number, x: number): number {
  return Math.min(high[i] - reference[i], Math.max(low[i] - reference[i], x));
}

/**
 * The x of device i after n pulses from x: up for n > 0, down for n < 0, each with noise of its
 * own, clipped at the device's bounds. Under the ideal law n is Δx itself.
 */
export function pulse(devices: Devices, i: number, x: number, n: number, rng: Random): number {
  if (n === 0) return x;
  if (devices.model.update.law === "ideal") return within(devices, i, x + n);
  if (devices.stuck[i] !== 0) return within(devices, i, x);
  const up = n > 0;
  const reference = devices.reference[i];
  const low = devices.low[i];
  const high = devices.high[i];
  let y = x + reference;
  for (let k = Math.abs(n); k > 0; k--)
    y = Math.min(high, Math.max(low, y + change(devices, i, y, up, rng)));
  return y - reference;
}

/** Δx/step that one pulse makes on average at y = x + reference, unsigned. */
export function shape(
  { model: { update }, slopeUp, slopeDown, low, high }: Devices,
  i: number,
  y: number,
  up: boolean,
): number {
  switch (update.law) {
    case "ideal":
    case "constant":
      return 1;
    case "linear":
    case "soft-bounds":
      return 1 - (up ? slopeUp[i] : slopeDown[i]) * y;
    case "exponential": {
      const z = (2 * update.a * y) / (high[i] - low[i]) + update.b;
      return Math.max(
        0,
        up
          ? 1 - update.up.A * Math.exp(update.up.gamma * z)
          : 1 - update.down.A * Math.exp(-update.down.gamma * z),
      );
    }
    default:
      return update satisfies never;
  }
}

/** Δx of one pulse with its noise, signed. */
function change(devices: Devices, i: number, y: number, up: boolean, rng: Random): number {
  const { update } = devices.model;
  if (update.law === "ideal") return 0;
  const step = up ? devices.up[i] : -devices.down[i];
  const mean = step * shape(devices, i, y, up);
  if (update.cycle === 0) return mean;
  const size = update.cycleOf === "change" ? Math.abs(mean) : Math.abs(step);
  return mean + update.cycle * (size + furtherNoise(update, y)) * rng.normal();
}

/** What is added to the size of a pulse in its cycle-to-cycle noise. */
function furtherNoise(update: Exclude<UpdateLaw, { law: "ideal" }>, y: number): number {
  switch (update.law) {
    case "constant":
    case "linear":
    case "soft-bounds":
      return 0;
    case "exponential":
      return update.cycleOffset + update.cycleSlope * Math.abs(y);
    default:
      return update satisfies never;
  }
}

/** What is seen of x after a programming: x + writeNoise·step·ξ. */
export function seen({ update }: DeviceModel, x: number, rng: Random): number {
  return update.law === "ideal" || update.writeNoise === 0
    ? x
    : x + update.writeNoise * update.step * rng.normal();
}

/** x after 0, 1, 2 … pulses, over many devices. */
export interface PulseResponse {
  readonly mean: readonly number[];
  /** Standard deviation from device to device. */
  readonly spread: readonly number[];
  /** One of them, as it is seen: with its write noise. */
  readonly one: readonly number[];
}

export interface PulseResponseOptions {
  readonly up: number;
  readonly down: number;
  readonly devices: number;
  readonly rng: Random;
}

/**
 * `up` pulses up from each device's low bound (or reset), then `down` pulses down. The ideal law
 * crosses its range in `up` or `down` equal steps.
 */
export function pulseResponse(
  model: DeviceModel,
  { up, down, devices: count, rng }: PulseResponseOptions,
): PulseResponse {
  const devices = fabricateDevices(model, count, rng.split("devices"));
  const noise = rng.split("pulses");
  const view = rng.split("seen");
  const [low, high] = ends(model);
  const sizes = model.update.law === "ideal" ? [(high - low) / up, -(high - low) / down] : [1, -1];
  const x = Float64Array.from({ length: count }, (_, i) =>
    within(devices, i, Number.isFinite(model.bounds.low) ? -Infinity : low),
  );
  const mean: number[] = [];
  const spread: number[] = [];
  const one: number[] = [];
  const look = () => {
    const m = x.reduce((sum, v) => sum + v, 0) / count;
    mean.push(m);
    spread.push(Math.sqrt(x.reduce((sum, v) => sum + square(v - m), 0) / Math.max(1, count - 1)));
    one.push(seen(model, x[0], view));
  };
  look();
  for (let k = 0; k < up + down; k++) {
    for (let i = 0; i < count; i++) x[i] = pulse(devices, i, x[i], sizes[k < up ? 0 : 1], noise);
    look();
  }
  return { mean, spread, one };
}
