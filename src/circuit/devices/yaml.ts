import { blame, InputError, type AuthorOf } from "../../numerics/errors.ts";
import { quantity, type Dimension } from "../../numerics/units.ts";
import type { Path } from "../../numerics/yaml-path.ts";
import {
  ends,
  type Ageing,
  type Bounds,
  type DeviceModel,
  type Programming,
  type UpdateLaw,
} from "./device.ts";
import type { WrittenDevice } from "./schema.ts";

/**
 * Reads a device (YAML with units) into SI.
 * @param file the name used in messages.
 * @throws InputError as `file:line:column: key: what is wrong, what was expected`.
 */
export async function deviceFrom(text: string, file: string): Promise<DeviceModel> {
  const { readYaml } = await import("../../numerics/yaml.ts");
  const tree = readYaml(text, file);
  return deviceIn((path, part) => tree.place(path, part), [], tree.value);
}

/**
 * A device as a part of another file: the value `value`, which stands at `at`.
 * @throws InputError as `deviceFrom` does, keys named from there on.
 */
export async function deviceIn(author: AuthorOf, at: Path, value: unknown): Promise<DeviceModel> {
  const [{ checkTree }, { deviceSchema }] = await Promise.all([
    import("../../numerics/yaml.ts"),
    import("./schema.ts"),
  ]);
  const raw = checkTree(value, deviceSchema, (path, part) => author([...at, ...path], part));
  const r = reader(author, at);
  const range = await readRange(r, raw);
  const bounds = readBounds(r, raw);
  return {
    ...raw,
    title: raw.title === "" ? raw.name : raw.title,
    range,
    bounds,
    programming: raw.programming && (await readProgramming(r, raw.programming)),
    ageing: raw.ageing && (await readAgeing(r, raw.ageing)),
  };
}

type Written = string | number;

/** Reads quantities of one device, named by their place in it. */
interface Reader {
  fault(path: Path, message: string): InputError;
  read(path: Path, written: Written, dimension: Dimension, least?: number): Promise<number>;
  positive(path: Path, written: Written, dimension: Dimension): Promise<number>;
}

function reader(author: AuthorOf, at: Path): Reader {
  const fault: Reader["fault"] = (path, message) =>
    blame(author([...at, ...path], "value"), `${path.map(String).join(".")}: ${message}`);
  const read: Reader["read"] = async (path, written, dimension, least = -Infinity) => {
    // Numbers without unit are what `deviceYaml` writes.
    const bare = typeof written === "number" ? "SI" : "suffixed";
    const value = await quantity(written, dimension, bare).catch((error: unknown) => {
      throw error instanceof InputError ? fault(path, error.message) : error;
    });
    if (value < least) throw fault(path, `found ${written}, expected zero or more`);
    return value;
  };
  return {
    fault,
    read,
    async positive(path, written, dimension) {
      const value = await read(path, written, dimension);
      if (value <= 0) throw fault(path, `found ${written}, expected more than zero`);
      return value;
    },
  };
}

async function readRange(r: Reader, raw: WrittenDevice): Promise<DeviceModel["range"]> {
  const low = await r.read(["range", 0], raw.range[0], "conductance", 0);
  const high = await r.read(["range", 1], raw.range[1], "conductance", 0);
  if (high <= low)
    throw r.fault(
      ["range"],
      `found ${raw.range[0]} and ${raw.range[1]}, expected the lower conductance first`,
    );
  return [low, high];
}

/** Which laws divide by the low bound. */
const dividesByLow = {
  ideal: false,
  constant: false,
  linear: true,
  "soft-bounds": true,
  exponential: false,
} satisfies Record<UpdateLaw["law"], boolean>;

function readBounds(r: Reader, { bounds: written, update, states }: WrittenDevice): Bounds {
  const bounds = written ?? { low: -Infinity, high: Infinity, spreadLow: 0, spreadHigh: 0 };
  if (written === undefined && update.law !== "ideal")
    throw r.fault(
      ["update", "law"],
      `a device with the law ${update.law} has bounds; add for example \`bounds: {low: ` +
        "-1, high: 1}`",
    );
  if (bounds.low === 0 && dividesByLow[update.law])
    throw r.fault(
      ["bounds", "low"],
      `found 0, expected less than zero: the law ${update.law} divides by it`,
    );
  if (states !== null && written === undefined)
    throw r.fault(
      ["states"],
      "a device with levels has bounds; add for example `bounds: {low: -1, high: 1}`",
    );
  return bounds;
}

async function readProgramming(
  r: Reader,
  raw: NonNullable<WrittenDevice["programming"]>,
): Promise<Programming> {
  const polynomial: number[] = [];
  for (const [k, c] of raw.polynomial.entries())
    polynomial.push(await r.read(["programming", "polynomial", k], c, "conductance"));
  return {
    polynomial,
    gmax: await r.positive(["programming", "gmax"], raw.gmax, "conductance"),
  };
}

async function readAgeing(
  r: Reader,
  { drift, flicker, relaxation, leak, temperature }: NonNullable<WrittenDevice["ageing"]>,
): Promise<Ageing> {
  const at = (...keys: string[]) => ["ageing", ...keys];
  return {
    drift: drift && {
      ...drift,
      t0: await r.positive(at("drift", "t0"), drift.t0, "time"),
      gmax: await r.positive(at("drift", "gmax"), drift.gmax, "conductance"),
    },
    flicker: flicker && {
      ...flicker,
      t0: await r.positive(at("flicker", "t0"), flicker.t0, "time"),
      readTime: await r.positive(at("flicker", "readTime"), flicker.readTime, "time"),
      gmax: await r.positive(at("flicker", "gmax"), flicker.gmax, "conductance"),
    },
    relaxation: relaxation && {
      mean: await r.read(at("relaxation", "mean"), relaxation.mean, "conductance"),
      spreadSlope: await r.read(
        at("relaxation", "spreadSlope"),
        relaxation.spreadSlope,
        "conductance",
      ),
      spread: await r.read(at("relaxation", "spread"), relaxation.spread, "conductance"),
    },
    leak,
    temperature,
  };
}

/**
 * A device as YAML, every number in SI with all its digits: `deviceFrom` reads back the same
 * device.
 * @param comment put on top, a line each.
 */
export async function deviceYaml(
  model: DeviceModel,
  comment: readonly string[] = [],
): Promise<string> {
  const { stringify } = await import("yaml");
  return [
    ...comment.map((line) => `# ${line}`),
    stringify(deviceData(model), { lineWidth: 0, aliasDuplicateObjects: false }),
  ].join("\n");
}

/** What `deviceFrom` reads, as plain data: bounds of a device without any are left out. */
export function deviceData(model: DeviceModel): Readonly<Record<string, unknown>> {
  const { bounds, ...rest } = model;
  return {
    ...rest,
    range: [...model.range],
    ...(Number.isFinite(bounds.low) && Number.isFinite(bounds.high) ? { bounds } : {}),
  };
}

/** JSON has no infinities: bounds of a device without any are null. */
export function deviceJson(model: DeviceModel): unknown {
  const [low, high] = ends(model);
  const finite = (v: number) => (Number.isFinite(v) ? v : null);
  return {
    ...model,
    bounds: { ...model.bounds, low: finite(model.bounds.low), high: finite(model.bounds.high) },
    ends: { low, high },
  };
}
