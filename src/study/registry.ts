import { InputError, type Place } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { Measurement } from "./measurement.ts";

/** The measurements that a study can name; each is loaded when a study asks for it. */
const measurements: Readonly<Record<string, () => Promise<Measurement<unknown>>>> = {
  training: async () => (await import("./measurements/training.ts")).training,
  "work-precision": async () => (await import("./measurements/work-precision.ts")).workPrecision,
  settling: async () => (await import("./measurements/settling.ts")).settling,
  "gradient-limits": async () => (await import("./measurements/gradient-limits.ts")).gradientLimits,
  "local-targets": async () => (await import("./measurements/local-targets.ts")).localTargets,
};

/** What `measure` of a study may be. */
export const measurementNames: readonly string[] = Object.keys(measurements);

/**
 * The measurement of that name.
 * @throws InputError with the nearest name when there is none.
 */
export async function measurementOf(name: string, place?: Place): Promise<Measurement<unknown>> {
  if (Object.hasOwn(measurements, name)) return measurements[name]();
  throw new InputError(
    `measure: there is no measurement "${name}"; ` +
      didYouMean(name, measurementNames, "known measurements"),
    place,
  );
}
