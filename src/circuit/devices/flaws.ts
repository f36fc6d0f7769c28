import type { DeviceModel, UpdateLaw } from "./device.ts";

/** What of a device can be left out of a schematic, and the model without it. */
export const deviceFlaws = {
  /** Gains, bounds and steps of all devices are the nominal ones. */
  spread: (model) => ({
    ...model,
    gainSpread: 0,
    bounds: { ...model.bounds, spreadLow: 0, spreadHigh: 0 },
    update: alike(model.update),
  }),
  /** Every device moves. */
  stuck: (model) => ({ ...model, stuck: 0 }),
  /** Write-verify reaches its target, and a pulse does what its law says. */
  write: (model) => ({ ...model, programming: null, update: exactly(model.update) }),
  /** Between the bounds it conducts anything. */
  levels: (model) => ({ ...model, states: null }),
  /** What was written stays. */
  ageing: (model) => ({ ...model, ageing: null }),
} satisfies Readonly<Record<string, (model: DeviceModel) => DeviceModel>>;

export type DeviceFlaw = keyof typeof deviceFlaws;

export function withoutFlaws(model: DeviceModel, flaws: readonly DeviceFlaw[]): DeviceModel {
  return flaws.reduce<DeviceModel>((less, flaw) => deviceFlaws[flaw](less), model);
}

function alike(update: UpdateLaw): UpdateLaw {
  if (update.law === "ideal") return update;
  const same = { ...update, spread: 0, upDownSpread: 0 };
  switch (same.law) {
    case "constant":
      return same;
    case "linear":
      return { ...same, gammaUpSpread: 0, gammaDownSpread: 0 };
    case "soft-bounds":
      return { ...same, reference: same.reference && { spread: 0 } };
    case "exponential":
      return { ...same, reset: same.reset && { ...same.reset, spread: 0 } };
    default:
      return same satisfies never;
  }
}

function exactly(update: UpdateLaw): UpdateLaw {
  if (update.law === "ideal") return update;
  return { ...update, cycle: 0, writeNoise: 0 };
}
