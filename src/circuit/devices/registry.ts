import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import type { DeviceModel } from "./device.ts";
import { cmos } from "./presets/cmos.ts";
import { filaments } from "./presets/filaments.ts";
import { pulsed } from "./presets/pulsed.ts";

const [ideal, ...memories] = pulsed;

/** The devices that come with this package, by name. */
export const devices: Readonly<Record<string, DeviceModel>> = Object.fromEntries(
  [ideal, ...cmos, ...memories, ...filaments].map((d) => [d.name, d]),
);

export const deviceNames: readonly string[] = Object.keys(devices);

/**
 * The device of that name, as `devices` holds it.
 * @throws InputError when there is no device of that name, with the nearest ones.
 */
export function deviceNamed(name: string): DeviceModel {
  if (Object.hasOwn(devices, name)) return devices[name];
  throw new InputError(
    `there is no device ${JSON.stringify(name)}; ` + didYouMean(name, deviceNames, "known devices"),
  );
}
