import type { Measurements } from "../csv.ts";
import type { DeviceModel, UpdateLaw } from "../device.ts";
import { akaike, chosen, type Candidate, type Parameter } from "./fit.ts";
import { fitDirection, type Direction, type LawFamily, type PulseRun } from "./laws.ts";
import { endsOf, segmentsOf, type Segment } from "./segments.ts";
import { square } from "../../../numerics/power.ts";

export interface PulseFit {
  /** What was measured. */
  readonly kind: "pulses";
  /** The device with that law. */
  readonly device: DeviceModel;
  /** The law that was chosen. */
  readonly law: Exclude<UpdateLaw["law"], "ideal">;
  /** Every law that was tried. */
  readonly candidates: readonly Candidate[];
  /** Rows that were fitted. */
  readonly rows: number;
  /** What the data do not say, a sentence each. */
  readonly notes: readonly string[];
  /** Measured and fitted conductance by row, siemens. */
  readonly curve: readonly {
    readonly row: number;
    readonly measured: number;
    readonly fitted: number;
    readonly up: boolean;
  }[];
}

/** Steps that end within so much of nothing at the end of the range are soft bounds. */
const soft = 0.95;
/** What readings cannot tell apart, relative to half the range. */
const resolution = 1e-9;

interface Frame {
  readonly low: number;
  readonly high: number;
}
interface Fit {
  readonly family: LawFamily;
  readonly up: Direction;
  readonly down: Direction;
  readonly aic: number;
  readonly left: number;
}

/**
 * Fits the update laws to measured pulses and chooses one by Akaike's criterion. y = −1 … 1 is the
 * measured range. The linear law and soft bounds are one curve, Δy = step(1 − slope·y): soft bounds
 * where steps end at the end of the range, linear where they still go on there.
 * @throws InputError for data that cannot be fitted.
 */
export function fitPulses(data: Measurements, name: string): PulseFit {
  const { segments, notes: found } = segmentsOf(data);
  const [low, high] = endsOf(segments);
  const frame = { low, high };
  const notes = [...found];
  const runs = { up: segments.filter((s) => s.up), down: segments.filter((s) => !s.up) };
  const only = runs.down.length === 0 ? "down" : runs.up.length === 0 ? "up" : null;
  if (only !== null)
    notes.push(`no pulses ${only} were measured: they are taken as the mirror image of the others`);
  const rows = segments.reduce((sum, s) => sum + s.conductance.length, 0);

  const fits = (["constant", "affine", "exponential"] as const).map((family): Fit => {
    const one = (side: readonly Segment[], up: boolean) =>
      side.length === 0
        ? null
        : fitDirection(
            family,
            side.map((s) => runOf(s, frame, up)),
          );
    const measuredUp = one(runs.up, true);
    const measuredDown = one(runs.down, false);
    const up = (measuredUp ?? measuredDown)!;
    const down = (measuredDown ?? measuredUp)!;
    const all = [measuredUp, measuredDown].filter((d) => d !== null);
    const sum = (of: (d: Direction) => number) => all.reduce((total, d) => total + of(d), 0);
    return {
      family,
      up,
      down,
      left: sum((d) => d.left),
      aic: akaike(
        sum((d) => d.cost),
        rows,
        sum((d) => d.parameters),
        resolution,
      ),
    };
  });
  const best = chosen(fits);
  const half = (high - low) / 2;
  const law = best.family === "affine" ? affineLaw(best, frame) : best.family;
  const noise = noiseOf(best, runs);
  const device = deviceOf(
    name,
    best,
    law,
    frame,
    noise,
    `fitted to ${rows} measured pulses, rms residual ` +
      `${(50 * Math.sqrt(best.left / rows)).toPrecision(3)} % of the range`,
  );
  const candidates = fits.flatMap((fit): Candidate[] => {
    const shared = {
      rms: half * Math.sqrt(fit.left / rows),
      rmsRelative: Math.sqrt(fit.left / rows) / 2,
      aic: fit.aic,
    };
    return (fit.family === "affine" ? (["linear", "soft-bounds"] as const) : [fit.family]).map(
      (l) => ({
        law: l,
        parameters: parametersOf(fit, l, frame, fit === best && l === law ? noise : null),
        ...shared,
      }),
    );
  });
  return {
    kind: "pulses",
    device,
    law,
    candidates,
    rows,
    notes,
    curve: curveOf(best, runs, frame),
  };
}

function runOf({ conductance, pulses }: Segment, { low, high }: Frame, up: boolean): PulseRun {
  const half = (high - low) / 2;
  const middle = (high + low) / 2;
  return { pulses, y: conductance.map((g) => ((up ? 1 : -1) * (g - middle)) / half) };
}

/** The conductances where steps of an affine law end, siemens. */
function asymptotes({ up, down }: Fit, { low, high }: Frame): Frame {
  const half = (high - low) / 2;
  const middle = (high + low) / 2;
  return { high: middle + half / up.slope, low: middle - half / down.slope };
}

function affineLaw(fit: Fit, frame: Frame): "linear" | "soft-bounds" {
  return fit.up.slope >= soft && fit.down.slope >= soft && asymptotes(fit, frame).low >= 0
    ? "soft-bounds"
    : "linear";
}

/** σ of one pulse and of one reading, in y. */
interface NoiseFound {
  readonly cycle: number;
  readonly reading: number;
}

/**
 * Of a random walk read with noise: of surprises with variance S and memory m the pulses cause m²S
 * a row, the readings (1 − m)S.
 */
function noiseOf({ up, down }: Fit, runs: Record<"up" | "down", readonly Segment[]>): NoiseFound {
  let walked = 0;
  let read = 0;
  let count = 0;
  for (const [side, { cost, memory, rows, parameters }] of [
    ["up", up],
    ["down", down],
  ] as const) {
    if (runs[side].length === 0) continue;
    const variance = cost / Math.max(1, rows - parameters);
    const pulses = runs[side].reduce((sum, s) => sum + s.pulses.reduce((a, b) => a + b, 0), 0);
    walked += rows * square(memory) * variance * (rows / pulses);
    read += rows * (1 - memory) * variance;
    count += rows;
  }
  return { cycle: Math.sqrt(walked / count), reading: Math.sqrt(read / count) };
}

function deviceOf(
  name: string,
  fit: Fit,
  law: PulseFit["law"],
  frame: Frame,
  noise: NoiseFound,
  description: string,
): DeviceModel {
  const isSoft = law === "soft-bounds";
  const range = isSoft ? asymptotes(fit, frame) : frame;
  const ratio = (frame.high - frame.low) / (range.high - range.low);
  // In soft bounds the step counts from the middle between them.
  const size = (d: Direction) => (isSoft ? d.step * d.slope : d.step);
  const up = size(fit.up);
  const down = size(fit.down);
  const step = Math.max(up, down);
  const pulses = {
    step,
    spread: 0,
    spreadLaw: "normal",
    cycle: (noise.cycle * ratio) / step,
    cycleOf: "step",
    writeNoise: (noise.reading * ratio) / step,
    upDown: up < down ? up / down - 1 : 1 - down / up,
    upDownSpread: 0,
  } as const;
  return {
    name,
    title: name,
    description,
    cites: [],
    approximate: "Device-to-device spreads are not measured: they are zero.",
    range: [Math.max(0, range.low), range.high],
    sign: "reference",
    bounds: { low: -1, high: 1, spreadLow: 0, spreadHigh: 0 },
    update: updateOf(law, fit, pulses),
    programming: null,
    states: null,
    stuck: 0,
    stuckWithin: 0,
    readNoise: 0,
    ageing: null,
    gainSpread: 0,
  };
}

function updateOf(
  law: PulseFit["law"],
  { up, down }: Fit,
  pulses: Omit<Extract<UpdateLaw, { law: "constant" }>, "law">,
): UpdateLaw {
  switch (law) {
    case "constant":
      return { law, ...pulses };
    case "linear":
      return {
        law,
        ...pulses,
        gammaUp: up.slope,
        gammaDown: down.slope,
        gammaUpSpread: 0,
        gammaDownSpread: 0,
      };
    case "soft-bounds":
      return { law, ...pulses, reference: null };
    case "exponential":
      return {
        law,
        ...pulses,
        up: { A: up.A, gamma: up.gamma },
        down: { A: down.A, gamma: down.gamma },
        a: 1,
        b: 0,
        cycleOffset: 0,
        cycleSlope: 0,
        reset: null,
      };
    default:
      return law satisfies never;
  }
}

const parameter = (
  name: string,
  value: number,
  error: number,
  unit: Parameter["unit"],
): Parameter => ({ name, value, error, unit });
const eachWay = ({ up, down }: Fit, read: (d: Direction, side: string) => Parameter) => [
  read(up, "up"),
  read(down, "down"),
];
/** What makes a step depend on x. */
const shapes = {
  constant: () => [],
  linear: (fit) => eachWay(fit, (d, side) => parameter(`γ ${side}`, d.slope, d.slopeError, "")),
  // The bounds are the ends of the range.
  "soft-bounds": () => [],
  exponential: (fit) => [
    ...eachWay(fit, (d, side) => parameter(`A ${side}`, d.A, d.AError, "")),
    ...eachWay(fit, (d, side) => parameter(`γ ${side}`, d.gamma, d.gammaError, "")),
  ],
} satisfies Record<PulseFit["law"], (fit: Fit) => readonly Parameter[]>;

function parametersOf(
  fit: Fit,
  law: PulseFit["law"],
  frame: Frame,
  noise: NoiseFound | null,
): readonly Parameter[] {
  const half = (frame.high - frame.low) / 2;
  const end = asymptotes(fit, frame);
  const bound = (d: Direction) => (half / square(d.slope)) * d.slopeError;
  return [
    ...(law === "soft-bounds"
      ? [
          parameter("low bound", end.low, bound(fit.down), "S"),
          parameter("high bound", end.high, bound(fit.up), "S"),
        ]
      : [parameter("low end", frame.low, 0, "S"), parameter("high end", frame.high, 0, "S")]),
    ...eachWay(fit, (d, side) =>
      parameter(`step ${side}, mid-range`, d.step * half, d.stepError * half, "S"),
    ),
    ...shapes[law](fit),
    ...(noise
      ? [
          parameter("noise of a pulse", noise.cycle * half, NaN, "S"),
          parameter("noise of a reading", noise.reading * half, NaN, "S"),
        ]
      : []),
  ];
}

function curveOf(
  fit: Fit,
  runs: Record<"up" | "down", readonly Segment[]>,
  { low, high }: Frame,
): PulseFit["curve"] {
  const half = (high - low) / 2;
  const middle = (high + low) / 2;
  return (["up", "down"] as const)
    .flatMap((side) =>
      runs[side].flatMap((s, k) =>
        Array.from(s.conductance, (measured, i) => ({
          row: s.first + i + 1,
          measured,
          fitted: middle + (side === "up" ? 1 : -1) * half * fit[side].fitted[k][i],
          up: side === "up",
        })),
      ),
    )
    .sort((a, b) => a.row - b.row);
}
