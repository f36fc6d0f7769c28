import { InputError } from "../../../numerics/errors.ts";
import { format } from "../../../numerics/units.ts";
import type { Measurements } from "../csv.ts";
import { akaike, chosen, type Candidate, type Parameter } from "./fit.ts";
import { levenbergMarquardt, type Solution } from "./least-squares.ts";
import { square } from "../../../numerics/power.ts";

export interface DiodeFit {
  /** What was measured. */
  readonly kind: "current-voltage";
  /** The law that was chosen. */
  readonly law: "resistor" | "diode" | "diode with series resistance";
  /** Every law that was tried. */
  readonly candidates: readonly Candidate[];
  /** Rows that were fitted. */
  readonly rows: number;
  /** What the data do not say, a sentence each. */
  readonly notes: readonly string[];
  /** By row: volt, ampere. */
  readonly curve: readonly {
    readonly voltage: number;
    readonly measured: number;
    readonly fitted: number;
  }[];
  /** The chosen law in SI: ampere, ideality n, ohm; a resistor has no saturation current. */
  readonly saturation: number | null;
  readonly ideality: number | null;
  readonly resistance: number;
}

const boltzmannOverCharge = 1.380649e-23 / 1.602176634e-19;
const leastRows = 6;
/** Currents count relative to themselves, down to this part of the largest. */
const dynamicRange = 1e-6;

/** ω with ω + ln ω = y (the Wright function), by Newton's method on ln ω. */
export function wrightOmega(y: number): number {
  let t = y < 1 ? y - Math.exp(y) / (1 + Math.exp(y)) : Math.log(y);
  for (let k = 0; k < 50; k++) {
    const e = Math.exp(t);
    const step = (e + t - y) / (e + 1);
    t -= step;
    if (Math.abs(step) < 1e-15 * Math.max(1, Math.abs(t))) break;
  }
  return Math.exp(t);
}

/** I = Is (exp((V − I R)/(n V_T)) − 1), solved for I; `nVt` in volt, ampere. */
export function diodeCurrent(v: number, is: number, nVt: number, r: number): number {
  if (r === 0) return is * Math.expm1(v / nVt);
  return (nVt / r) * wrightOmega(Math.log((is * r) / nVt) + (v + is * r) / nVt) - is;
}

/**
 * Fits a resistor, a diode and a diode with a series resistance to a measured curve and chooses by
 * Akaike's criterion. Residuals are relative to |I|, down to a millionth of the largest current.
 * @param temperature kelvin, for n.
 * @throws InputError for data that cannot be fitted.
 */
export function fitDiode(data: Measurements, temperature: number): DiodeFit {
  check(data);
  const {
    x: { values: v },
    y: { values: i },
    rows,
  } = data;
  const floor = dynamicRange * i.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const weight = i.map((c) => 1 / (Math.abs(c) + floor));
  // Below the floor the noise counts less than in full.
  const counted = i.reduce((sum, c, k) => sum + square(c * weight[k]), 0);
  const fits = lawsOf(v, i, boltzmannOverCharge * temperature).map(({ law, model, starts }) => {
    const solution = starts
      .map((start) =>
        levenbergMarquardt(
          (p, out) => {
            for (let k = 0; k < rows; k++) out[k] = (model(p, v[k]) - i[k]) * weight[k];
          },
          start,
          rows,
          { counted },
        ),
      )
      .reduce((best, s) => (s.cost < best.cost ? s : best));
    const fitted = v.map((u) => model(solution.parameters, u));
    return {
      law,
      solution,
      fitted,
      parameters: parametersOf(law, solution),
      rms: Math.sqrt(fitted.reduce((sum, f, k) => sum + square(f - i[k]), 0) / rows),
      rmsRelative: Math.sqrt(solution.cost / counted),
      aic: akaike(solution.cost, counted, starts[0].length, 1e-9),
    };
  });
  const best = chosen(fits);
  return {
    kind: "current-voltage",
    law: best.law,
    candidates: fits.map(({ law, parameters, rms, rmsRelative, aic }) => ({
      law,
      parameters,
      rms,
      rmsRelative,
      aic,
    })),
    rows,
    notes: [`residuals are relative to |I| + ${format(floor, "A", 2)}`],
    curve: Array.from(v, (voltage, k) => ({ voltage, measured: i[k], fitted: best.fitted[k] })),
    ...valuesOf(best.law, best.solution),
  };
}

interface LawToFit {
  readonly law: DiodeFit["law"];
  /** Ampere at v volt; parameters are logarithms. */
  readonly model: (p: Float64Array, v: number) => number;
  readonly starts: readonly (readonly number[])[];
}

/** @param vt k T / q, volt. */
function lawsOf(v: Float64Array, i: Float64Array, vt: number): readonly LawToFit[] {
  const begin = guesses(v, i, vt);
  const top = v.reduce((best, _, k) => (i[k] > i[best] ? k : best), 0);
  return [
    {
      law: "resistor",
      model: (p, u) => u * Math.exp(p[0]),
      starts: [[Math.log(Math.abs(i[top] / (v[top] || 1)))]],
    },
    {
      law: "diode",
      model: (p, u) => diodeCurrent(u, Math.exp(p[0]), vt * Math.exp(p[1]), 0),
      starts: begin,
    },
    {
      law: "diode with series resistance",
      model: (p, u) => diodeCurrent(u, Math.exp(p[0]), vt * Math.exp(p[1]), Math.exp(p[2])),
      starts: begin.flatMap((b) =>
        [0.01, 0.3].map((part) => [...b, Math.log((part * v[top]) / i[top])]),
      ),
    },
  ];
}

function valuesOf(
  law: DiodeFit["law"],
  { parameters }: Solution,
): Pick<DiodeFit, "saturation" | "ideality" | "resistance"> {
  const [a, n, r] = Array.from(parameters, Math.exp);
  switch (law) {
    case "resistor":
      return { saturation: null, ideality: null, resistance: 1 / a };
    case "diode":
      return { saturation: a, ideality: n, resistance: 0 };
    case "diode with series resistance":
      return { saturation: a, ideality: n, resistance: r };
    default:
      return law satisfies never;
  }
}

function check({ file, rows, x: { values: v }, y: { values: i } }: Measurements): void {
  if (rows < leastRows)
    throw new InputError(
      `${file}: ${rows} ${rows === 1 ? "row" : "rows"}, expected at least ${leastRows} points ` +
        "of a curve",
    );
  const spread = (values: Float64Array) =>
    values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  if (spread(v) === 0)
    throw new InputError(`${file}: every voltage is ${format(v[0], "V")}, expected a sweep`);
  if (spread(i) === 0)
    throw new InputError(
      `${file}: every current is ${format(i[0], "A")}, expected a current that changes with ` +
        "the voltage",
    );
  const forward = v.reduce((n, u, k) => n + (u > 0 && i[k] > 0 ? 1 : 0), 0);
  if (forward < 3)
    throw new InputError(
      `${file}: ${forward} points have a positive voltage and a positive current, expected at ` +
        "least 3; exchange the leads where the sign is reversed",
    );
}

/** Straight lines through ln I over the lower and the whole forward branch. */
function guesses(v: Float64Array, i: Float64Array, vt: number): readonly (readonly number[])[] {
  const forward = Array.from(v, (u, k) => [u, i[k]] as const)
    .filter(([u, c]) => u > 0 && c > 0)
    .sort(([a], [b]) => a - b);
  return [1, 0.6, 0.4].map((part) => {
    const points = forward.slice(0, Math.max(3, Math.ceil(part * forward.length)));
    const n = points.length;
    const mu = points.reduce((s, [u]) => s + u, 0) / n;
    const ml = points.reduce((s, [, c]) => s + Math.log(c), 0) / n;
    const slope =
      points.reduce((s, [u, c]) => s + (u - mu) * (Math.log(c) - ml), 0) /
      (points.reduce((s, [u]) => s + square(u - mu), 0) || 1);
    const nVt = Math.min(50 * vt, Math.max(0.5 * vt, slope > 0 ? 1 / slope : vt));
    return [ml - mu / nVt, Math.log(nVt / vt)];
  });
}

function parametersOf(
  law: DiodeFit["law"],
  { parameters: p, errors: e }: Solution,
): readonly Parameter[] {
  const [a, b, c] = Array.from(p, (value, k) => ({
    value: Math.exp(value),
    error: Math.exp(value) * e[k],
  }));
  const diode = (): readonly Parameter[] => [
    { name: "Is", ...a, unit: "A" },
    { name: "n", ...b, unit: "" },
  ];
  switch (law) {
    case "resistor":
      return [{ name: "R", value: 1 / a.value, error: a.error / square(a.value), unit: "Ohm" }];
    case "diode":
      return diode();
    case "diode with series resistance":
      return [...diode(), { name: "R", ...c, unit: "Ohm" }];
    default:
      return law satisfies never;
  }
}
