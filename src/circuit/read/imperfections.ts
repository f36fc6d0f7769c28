import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { isMapping, valueAt, withValue, type Mapping } from "../../numerics/mappings.ts";
import type { NoiseKind } from "../circuit.ts";
import type { DeviceFlaw } from "../devices/flaws.ts";
import type { Converters } from "../elements.ts";
import type { WrittenCircuit } from "./schema.ts";

/** What a schematic, as written, becomes without an imperfection. */
type Without = (schematic: Mapping) => Mapping;

/** Where each flaw of a device belongs among the imperfections of a chip. */
const flawNames = {
  spread: "mismatch.devices",
  stuck: "mismatch.stuck",
  write: "write",
  levels: "levels",
  ageing: "ageing",
} as const satisfies Record<DeviceFlaw, string>;

/** The imperfections of a chip: a dot divides the group from what belongs to it. */
type Imperfection =
  | `mismatch.${keyof WrittenCircuit["mismatch"]}`
  | "mismatch.nudge"
  | "mismatch.link"
  | `noise.${NoiseKind}`
  | `converters.${keyof Converters | "dac"}`
  | (typeof flawNames)[DeviceFlaw]
  | "readout.leak"
  | "readout.droop"
  | "hold"
  | "clamp"
  | "saturation"
  | "registers"
  | "memory";

/** What is not mentioned is ideal. */
const unmentioned =
  (...paths: readonly string[]): Without =>
  (schematic) =>
    paths.reduce((tree, path) => withValue(tree, path.split("."), undefined), schematic);

const flawless =
  (flaw: DeviceFlaw): Without =>
  (schematic) => {
    if (valueAt(schematic, ["synapse", "device"]) === undefined) return schematic;
    const left = valueAt(schematic, ["synapse", "without"]);
    const others: readonly unknown[] = Array.isArray(left) ? left : [];
    return others.includes(flaw)
      ? schematic
      : withValue(schematic, ["synapse", "without"], [...others, flaw]);
  };

/** A device has a noise of its own where the schematic names none. */
const quiet: Without = (schematic) =>
  valueAt(schematic, ["synapse", "device"]) === undefined
    ? unmentioned("noise.read")(schematic)
    : withValue(schematic, ["noise", "read"], 0);

/** Weights are what was learned, exactly; a crossbar keeps the range of its resistors. */
const exact: Without = (schematic) => {
  const { synapse } = schematic;
  if (!isMapping(synapse)) return schematic;
  if (synapse["kind"] !== "crossbar") return unmentioned("synapse")(schematic);
  const kept = ["kind", "conductance", "span"];
  const ranged = Object.hasOwn(synapse, "conductance") ? kept : [...kept, "device", "without"];
  return withValue(
    schematic,
    ["synapse"],
    Object.fromEntries(Object.entries(synapse).filter(([key]) => ranged.includes(key))),
  );
};

/** What registers and accumulators keep is exact. */
const unlimited: Without = (schematic) => {
  const plain = unmentioned("synapse.bits", "synapse.rounding")(schematic);
  if (typeof valueAt(plain, ["synapse", "accumulate"]) !== "number") return plain;
  return valueAt(plain, ["synapse", "memory"]) === "devices"
    ? withValue(plain, ["synapse", "accumulate"], true)
    : unmentioned("synapse.accumulate")(plain);
};

/** Each imperfection of a chip, and the schematic with its exact zero. */
const imperfections: Readonly<Record<Imperfection, Without>> = {
  "mismatch.capacitance": unmentioned("mismatch.capacitance"),
  "mismatch.leak": unmentioned("mismatch.leak"),
  "mismatch.offset": unmentioned("mismatch.offset"),
  "mismatch.synapse": unmentioned("mismatch.synapse"),
  "mismatch.reciprocal": unmentioned("mismatch.reciprocal"),
  "mismatch.gain": unmentioned("mismatch.gain"),
  "mismatch.rail": unmentioned("mismatch.rail"),
  "mismatch.nudge": unmentioned("nudge.spread", "nudge.offset"),
  "mismatch.link": unmentioned("link.spread", "link.offset"),
  [flawNames.spread]: flawless("spread"),
  [flawNames.stuck]: flawless("stuck"),
  [flawNames.write]: flawless("write"),
  [flawNames.levels]: flawless("levels"),
  [flawNames.ageing]: flawless("ageing"),
  "noise.thermal": unmentioned("noise.thermal"),
  "noise.excess": unmentioned("noise.excess"),
  "noise.shot": unmentioned("noise.shot"),
  "noise.flicker": unmentioned("noise.flicker"),
  "noise.telegraph": unmentioned("noise.telegraph"),
  "noise.read": quiet,
  "converters.input": unmentioned("converters.input"),
  "converters.guess": unmentioned("converters.guess"),
  "converters.readout": unmentioned("converters.readout"),
  "readout.leak": unmentioned("readout.leak"),
  "readout.droop": unmentioned("readout.droop"),
  hold: unmentioned("hold"),
  clamp: unmentioned("neuron.clamp"),
  saturation: unmentioned("neuron.saturation"),
  "converters.dac": unmentioned("synapse.dac"),
  registers: unlimited,
  memory: exact,
};

const all = "all";
const leaves = Object.keys(imperfections) as readonly Imperfection[];
const groups = [...new Set(leaves.filter((n) => n.includes(".")).map((n) => n.split(".")[0]))];

/** What can be left out of a schematic by name: one imperfection, a group of them, or all. */
export const imperfectionNames: readonly string[] = [all, ...groups, ...leaves];

/**
 * The names in `noise,mismatch.synapse`.
 * @throws InputError that lists them where one is unknown.
 */
export function imperfectionsIn(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  const wrong = names.find((name) => !imperfectionNames.includes(name));
  if (wrong === undefined && names.length > 0) return names;
  throw new InputError(
    `--without ${text}: there is no imperfection ${JSON.stringify(wrong ?? "")}; ` +
      didYouMean(wrong ?? "", imperfectionNames, "known imperfections"),
  );
}

/** A schematic as written, without the imperfections of these names. */
export function withoutImperfections(schematic: Mapping, names: readonly string[]): Mapping {
  return leaves
    .filter((leaf) =>
      names.some((name) => name === all || leaf === name || leaf.startsWith(`${name}.`)),
    )
    .reduce((tree, leaf) => imperfections[leaf](tree), schematic);
}
