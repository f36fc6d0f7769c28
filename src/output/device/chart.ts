import type { DiodeFit } from "../../circuit/devices/fit/diode.ts";
import type { PulseFit } from "../../circuit/devices/fit/pulses.ts";
import {
  conductance,
  ends,
  fabricateDevices,
  programmed,
  pulseResponse,
  stepCount,
  type DeviceModel,
} from "../../circuit/devices/index.ts";
import { random } from "../../numerics/random.ts";
import { distinct, type Chart, type ChartPoint, type ChartSeries } from "../plot/chart.ts";
import { power, square } from "../../numerics/power.ts";

const [blue, orange, green] = distinct;
const dieSeed = 1;
const count = 100;
const mostPoints = 300;

/**
 * What programming does to a hundred devices: their answer to pulses, or what they conduct where
 * the law is ideal.
 */
export function deviceChart(model: DeviceModel): Chart {
  return model.update.law === "ideal" ? targetChart(model) : pulseChart(model);
}

/** What devices conduct that were set to x, after mismatch and the error of write-verify. */
function targetChart(model: DeviceModel): Chart {
  const [low, high] = ends(model);
  const points = 40;
  const rng = random("device", model.name, dieSeed);
  const { gain } = fabricateDevices(model, count, rng);
  const { factor, prefix } = prefixOf(model.range[1]);
  const at = (k: number) => low + ((high - low) * k) / points;
  const noise = rng.split("write");
  const drawn = Array.from({ length: points + 1 }, (_, k) =>
    Array.from(gain, (g) => programmed(model, g * conductance(model, at(k)), noise) / factor),
  );
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / count;
  const middle = drawn.map((g, k): ChartPoint => {
    const y = mean(g);
    const spread = Math.sqrt(mean(g.map((v) => square(v - y))));
    return { x: at(k), y, low: y - spread, high: y + spread };
  });
  const isSmooth = model.programming === null && model.gainSpread === 0;
  return {
    title: model.title,
    kind: "lines",
    x: { label: "x", scale: "linear" },
    y: { label: `conductance (${prefix}S)`, scale: "linear" },
    series: [series("mean", blue, 0), ...(isSmooth ? [] : [series("one device", orange, 0)])],
    panels: [
      {
        title: "",
        lines: [
          ...(isSmooth
            ? []
            : [{ series: 1, points: drawn.map((g, k): ChartPoint => ({ x: at(k), y: g[0] })) }]),
          { series: 0, points: middle },
        ],
      },
    ],
    notes: [
      model.programming === null
        ? "Any x is set exactly"
        : "Any x is set to within the error of write-verify",
      ...(isSmooth ? [] : [band]),
    ],
  };
}

const band = `The band is one standard deviation of ${count} devices`;

/** How x answers to pulses up and then down: mean, spread, and one device as it is seen. */
export function pulseChart(model: DeviceModel): Chart {
  const n = pulsesFor(model);
  const { mean, spread, one } = pulseResponse(model, {
    up: n,
    down: n,
    devices: count,
    rng: random("device", model.name, dieSeed),
  });
  const every = Math.max(1, Math.ceil((2 * n) / mostPoints));
  const keep = (_: unknown, i: number) => i % every === 0 || i === n || i === 2 * n;
  const middle = mean
    .map((y, x): ChartPoint => ({ x, y, low: y - spread[x], high: y + spread[x] }))
    .filter(keep);
  const isSmooth = one.every((v, i) => Math.abs(v - mean[i]) < 1e-9);
  const each =
    model.update.law === "ideal" ? ", each of them what crosses the range in that many" : "";
  return {
    title: model.title,
    kind: "lines",
    x: { label: "pulses", scale: "linear" },
    y: { label: "x", scale: "linear" },
    series: [
      series("mean", blue, 0),
      ...(isSmooth ? [] : [series("one device, as it is seen", orange, 0)]),
    ],
    panels: [
      {
        title: "",
        lines: [
          ...(isSmooth
            ? []
            : [{ series: 1, points: one.map((y, x): ChartPoint => ({ x, y })).filter(keep) }]),
          { series: 0, points: middle },
        ],
      },
    ],
    notes: [
      `${n} pulses up from the low bound, then ${n} down${each}`,
      ...(isSmooth ? [] : [`${band}${model.stuck > 0 ? ", stuck ones included" : ""}`]),
    ],
  };
}

/** Enough to get from bound to bound, in round numbers. */
function pulsesFor(model: DeviceModel): number {
  const { update } = model;
  if (update.law === "ideal") return 50;
  // A phase-change memory near reset makes 28 steps a pulse.
  const strength = update.law === "exponential" ? Math.max(1, 1 - update.up.A) / 3 : 1;
  const wanted = (1.25 * stepCount(model)) / strength;
  const decade = power(10, Math.floor(Math.log10(wanted)));
  return Math.max(10, decade * ([1, 2, 5, 10].find((m) => m * decade >= wanted) ?? 10));
}

const series = (label: string, color: string, dash: number): ChartSeries => ({
  label,
  color,
  dash,
});

/** Measured conductances and the law that was fitted to them. */
export function pulseFitChart({ device, law, curve }: PulseFit): Chart {
  const every = Math.max(1, Math.ceil(curve.length / mostPoints));
  const kept = curve.filter((_, i) => i % every === 0);
  const top = Math.max(...curve.map((c) => c.measured));
  const { factor, prefix } = prefixOf(top);
  return {
    title: device.name,
    kind: "lines",
    x: { label: "row", scale: "linear" },
    y: { label: `conductance (${prefix}S)`, scale: "linear" },
    series: [series("measured", orange, 0), series(law, blue, 0)],
    panels: [
      {
        title: "",
        lines: [
          { series: 0, points: kept.map((c) => ({ x: c.row, y: c.measured / factor })) },
          { series: 1, points: kept.map((c) => ({ x: c.row, y: c.fitted / factor })) },
        ],
      },
    ],
    notes: [device.description],
  };
}

/** A measured curve and the law that was fitted to it: forward currents, on a logarithmic axis. */
export function diodeFitChart({ law, curve }: DiodeFit, name: string): Chart {
  const forward = [...curve]
    .sort((a, b) => a.voltage - b.voltage)
    .filter((c) => law === "resistor" || (c.measured > 0 && c.fitted > 0 && c.voltage > 0));
  const every = Math.max(1, Math.ceil(forward.length / mostPoints));
  const kept = forward.filter((_, i) => i % every === 0);
  return {
    title: name,
    kind: "lines",
    x: { label: "voltage (V)", scale: "linear" },
    y: { label: "current (A)", scale: law === "resistor" ? "linear" : "log" },
    series: [series("measured", orange, 0), series(law, law === "resistor" ? green : blue, 0)],
    panels: [
      {
        title: "",
        lines: [
          { series: 0, points: kept.map((c) => ({ x: c.voltage, y: c.measured })) },
          { series: 1, points: kept.map((c) => ({ x: c.voltage, y: c.fitted })) },
        ],
      },
    ],
    notes: law === "resistor" ? [] : ["Forward currents only"],
  };
}

function prefixOf(value: number): { readonly factor: number; readonly prefix: string } {
  const found =
    (
      [
        [1, ""],
        [1e-3, "m"],
        [1e-6, "µ"],
        [1e-9, "n"],
        [1e-12, "p"],
      ] as const
    ).find(([f]) => value >= f) ?? ([1e-15, "f"] as const);
  return { factor: found[0], prefix: found[1] };
}
