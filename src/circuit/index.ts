export { timeConstant, unitConductance } from "./families/families.ts";
export {
  thermalVariance,
  type Circuit,
  type ResistorCircuit,
  type TransconductorCircuit,
} from "./circuit.ts";
export { circuitNames, circuitText } from "./library.ts";
export type {
  CircuitNoise,
  Clamp,
  Converter,
  Converters,
  Hold,
  Integrators,
  Nudge,
  Resistor,
  Tie,
  Transconductor,
  WeightStore,
} from "./elements.ts";
export { outputsOf, type Outputs } from "./outputs.ts";
export { parseCircuit, type ParseCircuitOptions } from "./read/parse.ts";
export { refuseUnsupported, unsupported } from "./read/unsupported.ts";
export { compileLaw, readLaw, type CompiledLaw, type Law, type LawOptions } from "./law.ts";
export {
  aged,
  conductance,
  deviceFrom,
  deviceNamed,
  devices,
  deviceYaml,
  fabricateDevices,
  programmed,
  pulse,
  pulseResponse,
  quantised,
  stateOf,
  transconductor,
  writeVerify,
  type Ageing,
  type Bounds,
  type DeviceModel,
  type Devices,
  type Matching,
  type Programming,
  type PulseResponse,
  type Pulses,
  type TransconductorOptions,
  type UpdateLaw,
} from "./devices/index.ts";
export {
  physicalAnswers,
  type Answer,
  type AnswerUnit,
  type Case as PhysicalCase,
  type Topic,
} from "./physics/index.ts";
export { hopfieldNetlist, type HopfieldOptions } from "./spice/hopfield.ts";
export { resistiveNetlist, type ResistiveOptions } from "./spice/resistive.ts";
export type { Components, Terminals } from "./die.ts";
export type {
  Analysis,
  DiodeModel,
  Element as SpiceElement,
  Netlist,
  Source as SpiceSource,
} from "./spice/netlist.ts";
export { readRaw, type RawResult } from "./spice/raw.ts";
export { writeNetlist } from "./spice/write.ts";
