import type { Circuit } from "../circuit.ts";
import type { DeviceModel } from "../devices/device.ts";
import type { AuthorOf } from "../../numerics/errors.ts";
import { withoutFlaws } from "../devices/flaws.ts";
import { deviceNamed } from "../devices/registry.ts";
import { deviceData, deviceIn } from "../devices/yaml.ts";
import { timeConstant } from "../families/families.ts";
import { readIntegrators } from "./parse-elements.ts";
import { readResistorCircuit } from "./parse-resistors.ts";
import { readTransconductorCircuit } from "./parse-transconductors.ts";
import { reader, type Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";
import { warningsOf } from "./warnings.ts";

type SynapseKind = NonNullable<WrittenCircuit["synapse"]>["kind"];
const families = {
  transconductor: "transconductors",
  differential: "transconductors",
  crossbar: "resistors",
} satisfies Record<SynapseKind, Circuit["family"]>;
const readers = {
  transconductors: readTransconductorCircuit,
  resistors: readResistorCircuit,
} satisfies Record<
  Circuit["family"],
  (r: Reader, raw: WrittenCircuit, device: DeviceModel | undefined) => Promise<Circuit>
>;

/** What a reader of schematics is told of the world beside the file. */
export interface ParseCircuitOptions {
  /**
   * The device that `synapse.device` names; without it, one that comes with the package.
   * @throws InputError for a name that means none.
   */
  readonly device?: (name: string) => DeviceModel | Promise<DeviceModel>;
}

/**
 * Reads a schematic (YAML with units) into SI. What it does not mention is ideal. A device may be
 * named, or written out in the schematic.
 * @param file the name used in messages.
 * @throws InputError as `file:line:column: key: what is wrong, what was expected`.
 */
export async function parseCircuit(
  text: string,
  file: string,
  options: ParseCircuitOptions = {},
): Promise<Circuit> {
  const { readYaml } = await import("../../numerics/yaml.ts");
  const tree = readYaml(text, file);
  return circuitFrom(tree.value, (path, part) => tree.place(path, part), options);
}

/**
 * The circuit that plain data say, as `parseCircuit` reads it.
 * @throws InputError that blames who wrote what is wrong.
 */
export async function circuitFrom(
  value: unknown,
  author: AuthorOf,
  { device: named = deviceNamed }: ParseCircuitOptions = {},
): Promise<Circuit> {
  const [{ checkTree }, { circuitSchema }] = await Promise.all([
    import("../../numerics/yaml.ts"),
    import("./schema.ts"),
  ]);
  const r = reader(author);
  const raw = checkTree(value, circuitSchema, author);
  const family = families[raw.synapse?.kind ?? "transconductor"];
  const written = raw.synapse?.device;
  const whole =
    typeof written === "string"
      ? await r.at("synapse.device", async () => named(written))
      : written && (await deviceIn(author, ["synapse", "device"], written));
  const device = whole && withoutFlaws(whole, raw.synapse?.without ?? []);
  const read = await readers[family](r, raw, device);
  const circuit = raw.readout
    ? { ...read, readout: await readIntegrators(r, raw.readout, timeConstant(read)) }
    : read;
  const warnings = warningsOf(circuit);
  return warnings.length > 0 ? { ...circuit, warnings } : circuit;
}

/**
 * A schematic with its device written out in it, so that it stands by itself: the same settings,
 * without notes and anchors.
 */
export async function withDevice(text: string, device: DeviceModel): Promise<string> {
  const [{ stringify }, { readYaml }] = await Promise.all([
    import("yaml"),
    import("../../numerics/yaml.ts"),
  ]);
  const value = readYaml(text, "schematic").value as WrittenCircuit;
  return stringify(
    { ...value, synapse: { ...value.synapse, device: deviceData(device) } },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
