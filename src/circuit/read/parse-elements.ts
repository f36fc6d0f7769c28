import { anyQuantity } from "../../numerics/units.ts";
import type { Circuit } from "../circuit.ts";
import type {
  CircuitNoise,
  Clamp,
  Converter,
  Converters,
  Hold,
  Integrators,
  Nudge,
  Tie,
} from "../elements.ts";
import { compileLaw, readLaw, type Law } from "../law.ts";
import type { Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";

interface Rails {
  readonly low: number;
  readonly high: number;
}
/** A part of a schematic as it is written. */
export type Written<K extends keyof WrittenCircuit> = NonNullable<WrittenCircuit[K]>;

export async function readClamp(
  r: Reader,
  raw: WrittenCircuit["neuron"]["clamp"],
  rails: Rails,
): Promise<Clamp> {
  if (raw === "ideal") return raw;
  const key = "neuron.clamp";
  switch (raw.law) {
    case "linear":
      return {
        law: raw.law,
        conductance: await r.read(`${key}.conductance`, raw.conductance, "conductance", "> 0"),
      };
    case "diode":
      return {
        law: raw.law,
        saturation: await r.read(`${key}.saturation`, raw.saturation, "current", "> 0"),
        ideality: await r.read(`${key}.ideality`, raw.ideality, "none", "> 0"),
      };
    case "custom": {
      const parameters = await Promise.all(
        Object.entries(raw.parameters).map(
          async ([name, text]) =>
            [name, await r.at(`${key}.parameters.${name}`, () => anyQuantity(text))] as const,
        ),
      );
      const current = await r.at(`${key}.current`, () =>
        readLaw(raw.current, {
          variables: { V: "voltage" },
          parameters: Object.fromEntries(parameters),
          result: "current",
        }),
      );
      checkFinite(r, current, rails);
      return { law: raw.law, current };
    }
    default:
      return raw satisfies never;
  }
}

/** Voltages across a clamp while its node is between the rails: −(V_high − V_low) … 0. */
export function clampVoltages({ low, high }: Rails): readonly number[] {
  return Array.from({ length: 65 }, (_, i) => (low - high) * (1 - i / 64));
}

function checkFinite(r: Reader, law: Law, rails: Rails): void {
  const { value, slope } = compileLaw(law);
  for (const v of clampVoltages(rails))
    for (const [what, found] of [
      ["current", value(v, NaN)],
      ["slope", slope(v, NaN)],
    ] as const)
      if (!Number.isFinite(found))
        throw r.fault(
          "neuron.clamp.current",
          `the ${what} is ${found} at V = ${v} V, where the node is between the rails; ` +
            "expected a finite number",
        );
}

export async function readTie(
  r: Reader,
  key: "nudge" | "link",
  raw: Written<"nudge">,
): Promise<Tie> {
  return {
    spread: await r.read(`${key}.spread`, raw.spread, "ratio", "≥ 0"),
    offset: await r.read(`${key}.offset`, raw.offset, "voltage", "≥ 0"),
  };
}

export async function readNudge(r: Reader, raw: Written<"nudge">): Promise<Nudge> {
  return { ...(await readTie(r, "nudge", raw)), ...(raw.kind && { kind: raw.kind }) };
}

export function readOutputs(
  r: Reader,
  { outputs, nudge }: WrittenCircuit,
): Pick<Circuit, "outputs"> {
  if (outputs === "differential" && nudge?.kind !== "current")
    throw r.fault(
      "outputs",
      `found differential, and nudge.kind is ${nudge?.kind ?? "conductance"}: what is taught ` +
        "is the difference of two nodes, and a conductance leads one node to a voltage of its " +
        "own; write nudge: { kind: current }",
    );
  return outputs ? { outputs } : {};
}

export async function readConverters(
  r: Reader,
  { input, guess, readout }: Written<"converters">,
  rails: Rails,
): Promise<Converters> {
  const converter = async (key: string, raw: NonNullable<typeof input>): Promise<Converter> => {
    const low = (await r.maybe(`${key}.low`, raw.low, "voltage", "any")) ?? rails.low;
    const high = (await r.maybe(`${key}.high`, raw.high, "voltage", "any")) ?? rails.high;
    if (high <= low) {
      const end = raw.high === undefined ? "low" : "high";
      throw r.fault(
        `${key}.${end}`,
        `the range is from ${low} V to ${high} V; expected its high end above its low one ` +
          "(the rails where it is not written)",
      );
    }
    return { bits: raw.bits, low, high };
  };
  return {
    input: input && (await converter("converters.input", input)),
    guess,
    readout: readout && {
      ...(await converter("converters.readout", readout)),
      noise: await r.read("converters.readout.noise", readout.noise, "voltage", "≥ 0"),
    },
  };
}

export async function readHold(r: Reader, raw: Written<"hold">): Promise<Hold> {
  return {
    capacitance: await r.read("hold.capacitance", raw.capacitance, "capacitance", "> 0"),
    leakage: await r.read("hold.leakage", raw.leakage, "current", "≥ 0"),
    time: await r.read("hold.time", raw.time, "time", "≥ 0"),
  };
}

/** @param tau the time constant of the circuit, second. */
export async function readIntegrators(
  r: Reader,
  raw: Written<"readout">,
  tau: number,
): Promise<Integrators> {
  const inTau = /^\s*([\d.eE+-]+)\s*(?:tau|τ)\s*$/.exec(String(raw.average))?.[1];
  const average =
    inTau === undefined
      ? await r.read("readout.average", raw.average, "time", "≥ 0")
      : tau * (await r.read("readout.average", inTau, "none", "≥ 0"));
  const leak = await r.read("readout.leak", raw.leak, "ratio", "≥ 0");
  if (leak >= 1)
    throw r.fault(
      "readout.leak",
      `found ${raw.leak}, expected less than 100 %: nothing would be left to read`,
    );
  return { average, leak, droop: await r.read("readout.droop", raw.droop, "voltage", "any") };
}

/** @param own read noise of the device that holds the weights, where the schematic names none. */
export async function readNoise(
  r: Reader,
  { thermal, shot, flicker, telegraph, read }: Written<"noise">,
  own: number | undefined,
): Promise<CircuitNoise> {
  const depth = await r.maybe("noise.telegraph.depth", telegraph?.depth, "ratio", "≥ 0");
  if (depth !== undefined && depth > 1)
    throw r.fault(
      "noise.telegraph.depth",
      `found ${telegraph!.depth}, expected at most 100 %: a conductance does not change its sign`,
    );
  return {
    thermal: await r.read("noise.thermal", thermal, "none", "≥ 0"),
    shot: await r.maybe("noise.shot", shot, "none", "≥ 0"),
    flicker: flicker && {
      corner: await r.read("noise.flicker.corner", flicker.corner, "frequency", "≥ 0"),
    },
    telegraph: telegraph && {
      depth: depth!,
      rate: await r.read("noise.telegraph.rate", telegraph.rate, "frequency", "≥ 0"),
    },
    read: (await r.maybe("noise.read", read, "ratio", "≥ 0")) ?? own,
  } satisfies Record<keyof CircuitNoise, unknown>;
}
