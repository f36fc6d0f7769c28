import { InputError } from "../../numerics/errors.ts";
import { quantity, type Dimension } from "../../numerics/units.ts";
import type { Path } from "../../numerics/yaml-path.ts";
import { ends, type Ageing, type Bounds, type DeviceModel, type Programming } from "./device.ts";

/**
 * Reads a device (YAML with units) into SI.
 * @param file the name used in messages.
 * @throws InputError as `file:line:column: key: what is wrong, what was expected`.
 */
export async function deviceFrom(text: string, file: string): Promise<DeviceModel> {
  const [{ checkTree, readYaml }, { deviceSchema }] = await Promise.all([
    import("../../numerics/yaml.ts"),
    import("./schema.ts"),
  ]);
  const tree = readYaml(text, file);
  const raw = checkTree(tree.value, deviceSchema, (path, part) => tree.place(path, part));
  const fault = (path: Path, message: string) =>
    new InputError(`${path.map(String).join(".")}: ${message}`, tree.place(path, "value"));
  const read = async (
    path: Path,
    written: string | number,
    dimension: Dimension,
    least = -Infinity,
  ): Promise<number> => {
    const value = await quantity(written, dimension).catch((error: unknown) => {
      throw error instanceof InputError ? fault(path, error.message) : error;
    });
    if (value < least) throw fault(path, `found ${written}, expected zero or more`);
    return value;
  };
  const positive = async (
    path: Path,
    written: string | number,
    dimension: Dimension,
  ): Promise<number> => {
    const value = await read(path, written, dimension);
    if (value <= 0) throw fault(path, `found ${written}, expected more than zero`);
    return value;
  };

  const low = await read(["range", 0], raw.range[0], "conductance", 0);
  const high = await read(["range", 1], raw.range[1], "conductance", 0);
  if (high <= low)
    throw fault(
      ["range"],
      `found ${raw.range[0]} and ${raw.range[1]}, expected the lower conductance first`,
    );
  const bounds: Bounds = raw.bounds ?? {
    low: -Infinity,
    high: Infinity,
    spreadLow: 0,
    spreadHigh: 0,
  };
  if (raw.bounds === undefined && raw.update.law !== "ideal")
    throw fault(
      ["update", "law"],
      `a device with the law ${raw.update.law} has bounds; add for example \`bounds: {low: ` +
        "-1, high: 1}`",
    );
  if (bounds.low === 0 && (raw.update.law === "linear" || raw.update.law === "soft-bounds"))
    throw fault(
      ["bounds", "low"],
      `found 0, expected less than zero: the law ${raw.update.law} divides by it`,
    );
  if (raw.states !== null && raw.bounds === undefined)
    throw fault(
      ["states"],
      "a device with levels has bounds; add for example `bounds: {low: -1, high: 1}`",
    );

  let programming: Programming | null = null;
  if (raw.programming) {
    const polynomial: number[] = [];
    for (const [k, c] of raw.programming.polynomial.entries())
      polynomial.push(await read(["programming", "polynomial", k], c, "conductance"));
    programming = {
      polynomial,
      gmax: await positive(["programming", "gmax"], raw.programming.gmax, "conductance"),
    };
  }
  let ageing: Ageing | null = null;
  if (raw.ageing) {
    const { drift, flicker, relaxation, leak, temperature } = raw.ageing;
    const at = (...keys: string[]) => ["ageing", ...keys];
    ageing = {
      drift: drift && {
        ...drift,
        t0: await positive(at("drift", "t0"), drift.t0, "time"),
        gmax: await positive(at("drift", "gmax"), drift.gmax, "conductance"),
      },
      flicker: flicker && {
        ...flicker,
        t0: await positive(at("flicker", "t0"), flicker.t0, "time"),
        readTime: await positive(at("flicker", "readTime"), flicker.readTime, "time"),
        gmax: await positive(at("flicker", "gmax"), flicker.gmax, "conductance"),
      },
      relaxation: relaxation && {
        mean: await read(at("relaxation", "mean"), relaxation.mean, "conductance"),
        spreadSlope: await read(
          at("relaxation", "spreadSlope"),
          relaxation.spreadSlope,
          "conductance",
        ),
        spread: await read(at("relaxation", "spread"), relaxation.spread, "conductance"),
      },
      leak,
      temperature,
    };
  }
  return {
    ...raw,
    title: raw.title === "" ? raw.name : raw.title,
    range: [low, high],
    bounds,
    programming,
    ageing,
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
  const [low, high] = model.range;
  const { bounds, ...rest } = model;
  const tidy = {
    ...rest,
    range: [low, high],
    ...(Number.isFinite(bounds.low) && Number.isFinite(bounds.high) ? { bounds } : {}),
  };
  return [
    ...comment.map((line) => `# ${line}`),
    stringify(tidy, { lineWidth: 0, aliasDuplicateObjects: false }),
  ].join("\n");
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
