import type { Chart, ChartPoint, ChartSeries } from "../src/output/plot/chart.ts";
import { chartsSvg } from "../src/output/plot/svg.ts";
import { plum, tint } from "../src/output/report/theme.ts";
import type { Against, ScalingPoint } from "./scaling.ts";
import { powerLaw } from "./statistics.ts";

const axis: Readonly<Record<Against, { readonly label: string; readonly of: string }>> = {
  width: { label: "width, units of the hidden layer", of: "784-width-10" },
  depth: { label: "depth, hidden layers", of: "784-500-…-500-10" },
  batch: { label: "batch, samples", of: "784-500-10" },
};

/**
 * One training step of Algorithm 1 on one thread. Above, time per sample; below, memory: a column
 * for everything that was varied.
 */
export function scalingFigure(points: readonly ScalingPoint[]): string {
  const columns = (Object.keys(axis) as Against[])
    .map((against) => ({ against, own: points.filter((p) => p.against === against) }))
    .filter(({ own }) => own.length > 0);
  return chartsSvg([...columns.map(timeChart), ...columns.map(memoryChart)], columns.length);
}

interface Sweep {
  readonly against: Against;
  readonly own: readonly ScalingPoint[];
}

/** A measured quantity, with the power law through it where it is one. */
interface Measured {
  readonly label: string;
  readonly color: string;
  readonly value: (p: ScalingPoint) => number;
  readonly isPower: boolean;
}

function timeChart(sweep: Sweep): Chart {
  return chart(sweep, { title: "Time per sample", unit: "s" }, [
    { label: "time", color: plum, value: (p) => p.secondsPerSample, isPower: true },
  ]);
}

function memoryChart(sweep: Sweep): Chart {
  return chart(sweep, { title: "Memory", unit: "MB" }, [
    {
      label: "process",
      color: tint.copy,
      value: (p) => p.residentBytes / 1e6,
      isPower: false,
    },
    {
      label: "engine",
      color: tint.chip,
      value: (p) => p.arenaBytes / 1e6,
      // It has room for a hundred samples at least.
      isPower: sweep.against !== "batch",
    },
  ]);
}

/** Logarithmic axes: ticks of x stand at the measured values. */
function chart(
  { against, own }: Sweep,
  { title, unit }: { readonly title: string; readonly unit: string },
  measured: readonly Measured[],
): Chart {
  const drawn = measured.flatMap(({ label, color, value, isPower }) => {
    const points = own.map((p) => ({ x: p.value, y: value(p) }));
    const line = (series: ChartSeries, at: readonly ChartPoint[]) => ({ series, points: at });
    if (!isPower || points.length < 2) return [line({ label, color, dash: 0 }, points)];
    const { exponent, factor } = powerLaw(points);
    const named = `${label} ∝ ${against}^${exponent.toFixed(2).replace("-", "−")}`;
    return [
      line({ label: named, color, dash: 0 }, points),
      line(
        { label: named, color, dash: 1, isLaw: true },
        points.map(({ x }) => ({ x, y: factor * x ** exponent })),
      ),
    ];
  });
  const { label, of } = axis[against];
  return {
    title: `${title}, ${of}`,
    kind: "lines",
    x: { label, scale: "log", ticks: own.map((p) => p.value) },
    y: { label: title.toLowerCase(), scale: "log", unit },
    series: drawn.map((line) => line.series),
    panels: [{ title: "", lines: drawn.map(({ points }, series) => ({ series, points })) }],
    notes: [],
  };
}
