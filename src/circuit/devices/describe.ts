import { format } from "../../numerics/units.ts";
import { leakTime } from "./ageing.ts";
import {
  roomTemperature,
  stepCount,
  type DeviceModel,
  type Pulses,
  type Ramp,
  type UpdateLaw,
} from "./device.ts";

/** A property of a device in words: its value with unit, and what it means. */
export interface Property {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** What a device is like, one property a row; imperfections that are exactly zero are left out. */
export function describe(model: DeviceModel): readonly Property[] {
  const { bounds, programming, readNoise, gainSpread, stuck, stuckWithin, states } = model;
  const rows: (Property | false)[] = [
    row(
      "range",
      `${siemens(model.range[0])} to ${siemens(model.range[1])}`,
      "conductance of one device at the ends of x",
    ),
    row(
      "sign",
      model.sign,
      model.sign === "reference"
        ? "weights are counted from what x = 0 conducts"
        : "weights are differences of two devices",
    ),
    Number.isFinite(bounds.low) &&
      row("bounds", `${bounds.low} to ${bounds.high}`, "where x stops"),
    (bounds.spreadLow > 0 || bounds.spreadHigh > 0) &&
      row(
        "spread of the bounds",
        `${percent(bounds.spreadLow)} low, ${percent(bounds.spreadHigh)} high`,
        "device to device, σ relative to the bound",
      ),
    gainSpread > 0 &&
      row("gain", percent(gainSpread), "mismatch of what is conducted, σ, once a die"),
    row("states", states === null ? "continuous" : String(states), "levels x can take"),
    ...updateRows(model.update, stepCount(model)),
    programming !== null &&
      row(
        "write-verify",
        polynomial(programming.polynomial, programming.gmax),
        "σ of the error left on a target of g",
      ),
    stuck > 0 && row("stuck", `${percent(stuck)}, |x| ≤ ${stuckWithin}`, "devices that never move"),
    readNoise > 0 && row("read noise", percent(readNoise), "σ of one reading, relative to g"),
    ...ageingRows(model),
  ];
  return rows.filter((r) => r !== false);
}

const row = (name: string, value: string, meaning: string): Property => ({ name, value, meaning });
const siemens = (g: number) => format(g, "S").replace(/ u(?=S$)/, " µ");
const percent = (part: number) => format(part, "%");
const number = (v: number, digits = 4) => String(Number(v.toPrecision(digits)));
const signed = (v: number) => (v < 0 ? `− ${number(-v)}` : `+ ${number(v)}`);

function updateRows(update: UpdateLaw, steps: number): (Property | false)[] {
  if (update.law === "ideal") return [row("update", "ideal", "any Δx, exactly")];
  return [
    row("update", update.law, formulas[update.law]),
    row(
      "step",
      number(update.step),
      `Δx of one pulse; ${number(steps, 2)} steps from bound to bound`,
    ),
    ...shapeRows(update),
    update.spread > 0 &&
      row(
        "spread of the step",
        `${percent(update.spread)}${update.spreadLaw === "lognormal" ? " log-normal" : ""}`,
        update.spreadLaw === "lognormal"
          ? "device to device, σ of the logarithm"
          : "device to device, σ",
      ),
    (update.upDown !== 0 || update.upDownSpread > 0) &&
      row(
        "up against down",
        `${number(update.upDown)} ± ${number(update.upDownSpread)}`,
        "missing from the weaker side, in steps; ± device to device",
      ),
    update.cycle > 0 &&
      row(
        "cycle-to-cycle noise",
        percent(update.cycle),
        "σ of one pulse, " +
          (update.cycleOf === "change" ? "of its own Δx" : "of the step, wherever x is"),
      ),
    update.writeNoise > 0 &&
      row(
        "write noise",
        `${number(update.writeNoise)} steps`,
        "σ of what is seen of x, new at each programming",
      ),
  ];
}

const formulas: Readonly<Record<Exclude<UpdateLaw["law"], "ideal">, string>> = {
  constant: "Δx = ±step",
  linear: "Δx = ±step·(1 − γx/bound)",
  "soft-bounds": "Δx = ±step·(1 − x/bound)",
  exponential: "Δx = ±step·max(0, 1 − A e^(±γz)), z = 2ax/(high − low) + b",
};

function shapeRows(update: Pulses & Exclude<UpdateLaw, { law: "ideal" }>): (Property | false)[] {
  switch (update.law) {
    case "constant":
      return [];
    case "linear":
      return [
        row(
          "γ",
          `${gamma(update.gammaUp, update.gammaUpSpread)} up, ` +
            `${gamma(update.gammaDown, update.gammaDownSpread)} down`,
          "how much smaller a step is at the bound",
        ),
      ];
    case "soft-bounds":
      return [
        update.reference !== null &&
          row(
            "reference",
            `symmetry point ± ${number(update.reference.spread)}`,
            "what x is counted from",
          ),
      ];
    case "exponential":
      return [
        row("A, γ up", `${number(update.up.A, 6)}, ${number(update.up.gamma)}`, "of pulses up"),
        row(
          "A, γ down",
          `${number(update.down.A, 6)}, ${number(update.down.gamma)}`,
          "of pulses down",
        ),
        row("a, b", `${number(update.a)}, ${number(update.b)}`, "scale and shift of z"),
        (update.cycleOffset > 0 || update.cycleSlope > 0) &&
          row(
            "further noise of a pulse",
            `${number(update.cycleOffset)} + ${number(update.cycleSlope)}·|x|`,
            "added to |Δx| in the cycle-to-cycle noise",
          ),
        update.reset !== null &&
          row(
            "reset",
            `${number(update.reset.mean)} ± ${number(update.reset.spread)}`,
            "the x it leaves; ± device to device",
          ),
      ];
    default:
      return update satisfies never;
  }
}

const gamma = (value: number, spread: number) =>
  spread > 0 ? `${number(value)} ± ${number(spread)}` : number(value);

function polynomial(coefficients: readonly number[], gmax: number): string {
  const terms = coefficients.map(
    (c, k) =>
      `${k === 0 ? number(c * 1e6) : signed(c * 1e6)}${["", "u", "u²", "u³", "u⁴"][k] ?? `u^${k}`}`,
  );
  return `${terms.join(" ")} µS, u = g/${siemens(gmax)}`;
}

function ageingRows(model: DeviceModel): (Property | false)[] {
  const { ageing } = model;
  if (ageing === null) return [];
  const { drift, flicker, relaxation, leak, temperature } = ageing;
  return [
    drift !== null &&
      row(
        "drift",
        `(t/${format(drift.t0, "s")})^−ν, ν = ${ramp(drift.mean)} ± ${ramp(drift.spread)}`,
        `of the conductance; u = g/${siemens(drift.gmax)}, ± device to device`,
      ),
    flicker !== null &&
      row(
        "1/f noise",
        `min(${number(flicker.scale)}·u^−${number(flicker.exponent)}, ` +
          `${number(flicker.most)})·√ln((t + tᵣ)/2tᵣ)`,
        `accumulated, σ relative to g; tᵣ = ${format(flicker.readTime, "s")}`,
      ),
    relaxation !== null &&
      row(
        "relaxation",
        `${number(relaxation.mean * 1e6)} ln t ± (${number(relaxation.spreadSlope * 1e6)} ln ` +
          `t + ${number(relaxation.spread * 1e6)}) µS`,
        "after write-verify, t in seconds",
      ),
    leak !== null &&
      row(
        "leak",
        `${leak.minibatches.toExponential(0).replace("e+", "·10^")} minibatches, ` +
          format(leakTime(model, roomTemperature), "s"),
        `x shrinks by 1/e in this time; ± ${percent(leak.spread)} device to device, half as ` +
          "long every 10 K",
      ),
    temperature !== 0 &&
      row("temperature", `(T/300 K)^−${number(temperature)}`, "of the conductance"),
  ];
}

function ramp({ a, b, least, most }: Ramp): string {
  return `${number(least)} … ${number(most)} (${number(a)} ln u ${signed(b)})`;
}
