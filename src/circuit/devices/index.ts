export {
  conductance,
  ends,
  quantised,
  roomTemperature,
  stateOf,
  stepCount,
  type Ageing,
  type Bounds,
  type DeviceModel,
  type Exponential,
  type Programming,
  type Pulses,
  type Ramp,
  type Reference,
  type UpdateLaw,
} from "./device.ts";
export { deviceNamed, devices } from "./registry.ts";
export { fabricateDevices, type Devices } from "./fabricate.ts";
export {
  pulse,
  pulseResponse,
  seen,
  shape,
  within,
  type PulseResponse,
  type PulseResponseOptions,
} from "./pulse.ts";
export {
  aged,
  driftExponent,
  leaked,
  leakTime,
  programmed,
  programmingSpread,
} from "./ageing.ts";
export {
  currentSpread,
  thresholdSpread,
  transconductor,
  type Matching,
  type TransconductorOptions,
} from "./pelgrom.ts";
export { writeVerify } from "./presets/write-verify.ts";
export { describe as describeDevice, type Property } from "./describe.ts";
export { deviceFrom, deviceJson, deviceYaml } from "./yaml.ts";
