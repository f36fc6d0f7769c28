import type { Random } from "../../numerics/random.ts";
import { vec, type Precision, type Vec } from "../../numerics/vec.ts";
import type { DeviceModel } from "./device.ts";

/**
 * The devices of one die: [count] each. Pulses act on y = x + reference, which stays within low …
 * high; Δy = up·shape or −down·shape, where shape = 1 − slope·y for the constant, linear and
 * soft-bounds laws.
 */
export interface Devices {
  readonly model: DeviceModel;
  readonly count: number;
  /** |Δx| of one pulse where the shape is 1; 1 for the ideal law, whose pulses are numbers of x. */
  readonly up: Vec;
  readonly down: Vec;
  readonly low: Vec;
  readonly high: Vec;
  /** γ over the bound of that direction, 1/x: positive up, negative down. */
  readonly slopeUp: Vec;
  readonly slopeDown: Vec;
  readonly reference: Vec;
  /** 1 where the device never moves: low = high = where it sits, and no steps. */
  readonly stuck: Uint8Array;
  /** What it conducts over what its x says. */
  readonly gain: Vec;
  /** Where a reset leaves x. */
  readonly rest: Vec;
  /** ξ of the drift exponent, see `driftExponent`. */
  readonly drift: Vec;
  /** Its lifetime over the mean one. */
  readonly lifetime: Vec;
}

/**
 * Draws `count` devices. Each quantity has a stream of its own below `rng`, so it is the same
 * whatever else is drawn; a spread of zero gives exactly the nominal value. Signs are kept: a bound
 * or step that a wide spread carries through zero is folded back.
 */
export function fabricateDevices(
  model: DeviceModel,
  count: number,
  rng: Random,
  precision: Precision = "f64",
): Devices {
  const column = (label: string, draw: (stream: Random) => number): Vec => {
    const out = vec(precision, count);
    const stream = rng.split(label);
    for (let i = 0; i < count; i++) out[i] = draw(stream);
    return out;
  };
  const { bounds, update } = model;
  const low = column("low", (r) => bounds.low * Math.abs(1 + bounds.spreadLow * r.normal()));
  const high = column("high", (r) => bounds.high * Math.abs(1 + bounds.spreadHigh * r.normal()));
  const devices: Devices = {
    model,
    count,
    low,
    high,
    ...steps(model, column),
    ...slopes(model, column, low, high),
    reference: column("reference", (r) =>
      update.law === "soft-bounds" && update.reference ? update.reference.spread * r.normal() : 0,
    ),
    stuck: new Uint8Array(count),
    gain: column("gain", (r) => 1 + model.gainSpread * r.normal()),
    rest: column("rest", (r) =>
      update.law === "exponential" && update.reset
        ? update.reset.mean + update.reset.spread * r.normal()
        : 0,
    ),
    drift: column("drift", (r) => r.normal()),
    lifetime: column("lifetime", (r) =>
      Math.max(0, 1 + (model.ageing?.leak?.spread ?? 0) * r.normal()),
    ),
  };
  if (update.law === "soft-bounds" && update.reference) centre(devices);
  hold(
    devices,
    column("stuck", (r) => r.uniform()),
    column("stuck at", (r) => r.uniform()),
  );
  return devices;
}

type Column = (label: string, draw: (stream: Random) => number) => Vec;

function steps({ update }: DeviceModel, column: Column): Pick<Devices, "up" | "down"> {
  if (update.law === "ideal") return { up: column("up", () => 1), down: column("down", () => 1) };
  const { step, spread, spreadLaw, upDown, upDownSpread } = update;
  const gain = column(
    "step",
    spreadLaw === "normal" ? (r) => 1 + spread * r.normal() : (r) => Math.exp(spread * r.normal()),
  );
  const excess = column("up-down", (r) => upDownSpread * r.normal());
  const side = (bias: number, sign: 1 | -1) =>
    gain.map((g, i) => step * Math.abs(bias + g + sign * excess[i]));
  return { up: side(Math.min(0, upDown), 1), down: side(-Math.max(0, upDown), -1) };
}

function slopes(
  { update, bounds }: DeviceModel,
  column: Column,
  low: Vec,
  high: Vec,
): Pick<Devices, "slopeUp" | "slopeDown"> {
  switch (update.law) {
    case "linear":
      return {
        slopeUp: column(
          "gamma up",
          (r) => folded(update.gammaUp, update.gammaUpSpread * r.normal()) / bounds.high,
        ),
        slopeDown: column(
          "gamma down",
          (r) => folded(update.gammaDown, update.gammaDownSpread * r.normal()) / bounds.low,
        ),
      };
    case "soft-bounds":
      return { slopeUp: high.map((b) => 1 / b), slopeDown: low.map((b) => 1 / b) };
    case "ideal":
    case "constant":
    case "exponential":
      return { slopeUp: column("gamma up", () => 0), slopeDown: column("gamma down", () => 0) };
    default:
      return update satisfies never;
  }
}

/** Steps that shrink towards the bound do so on every device. */
function folded(gamma: number, deviation: number): number {
  return gamma < 0 ? gamma + deviation : Math.abs(gamma + deviation);
}

/** Moves the reference to the symmetry point: up(1 − y/high) = down(1 − y/low). */
function centre({ count, up, down, slopeUp, slopeDown, reference }: Devices): void {
  for (let i = 0; i < count; i++)
    reference[i] += (up[i] - down[i]) / (up[i] * slopeUp[i] - down[i] * slopeDown[i]);
}

function hold(
  { model, count, low, high, up, down, stuck, reference }: Devices,
  chance: Vec,
  place: Vec,
): void {
  for (let i = 0; i < count; i++) {
    if (chance[i] >= model.stuck) continue;
    const from = Math.max(low[i], -model.stuckWithin);
    const to = Math.min(high[i], model.stuckWithin);
    low[i] = high[i] = from + (to - from) * place[i];
    up[i] = down[i] = reference[i] = 0;
    stuck[i] = 1;
  }
}
