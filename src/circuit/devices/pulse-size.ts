import { ends, paired, type DeviceModel } from "./device.ts";

/**
 * |Δx| that one pulse is taken for: what it does on average at rest, at x = 0, or half way up in a
 * pair. Of single devices the mean over up and down. 0 where any change is taken.
 */
export function pulseSize(model: DeviceModel): number {
  const [low, high] = ends(model);
  const { update } = model;
  if (update.law === "ideal") return 0;
  return (
    update.step *
    (paired(model)
      ? steps(model, (low + high) / 2, 1)
      : (steps(model, 0, 1) + steps(model, 0, -1)) / 2)
  );
}

/** The largest |Δx| that a pulse makes on average, wherever x is: of a pair on an empty device. */
export function largestPulse(model: DeviceModel): number {
  const { update } = model;
  const ways = paired(model) ? ([1] as const) : ([1, -1] as const);
  // Every law is monotonic in x.
  return update.law === "ideal"
    ? 0
    : update.step *
        Math.max(...ways.flatMap((way) => ends(model).map((x) => steps(model, x, way))));
}

/** |Δx| that one pulse up (1) or down (−1) makes on average at x; 0 where any change is taken. */
export function meanPulse(model: DeviceModel, x: number, way: 1 | -1): number {
  return model.update.law === "ideal" ? 0 : model.update.step * steps(model, x, way);
}

/** The same in steps. */
function steps(model: DeviceModel, x: number, way: 1 | -1): number {
  const { update } = model;
  const [low, high] = ends(model);
  const weaker = (upDown: number) =>
    Math.abs(1 + (way > 0 ? Math.min(0, upDown) : -Math.max(0, upDown)));
  switch (update.law) {
    case "ideal":
      return 0;
    case "constant":
      return weaker(update.upDown);
    case "linear":
      return (
        (1 - (way > 0 ? update.gammaUp / high : update.gammaDown / low) * x) * weaker(update.upDown)
      );
    case "soft-bounds":
      return (1 - x / (way > 0 ? high : low)) * weaker(update.upDown);
    case "exponential": {
      const { A, gamma } = way > 0 ? update.up : update.down;
      return (
        Math.max(
          0,
          1 - A * Math.exp(way * gamma * ((2 * update.a * x) / (high - low) + update.b)),
        ) * weaker(update.upDown)
      );
    }
    default:
      return update satisfies never;
  }
}
