import { plum, tint } from "../src/output/report/theme.ts";
import { svgGrid, type Panel } from "./plot.ts";
import type { Against, ScalingPoint } from "./scaling.ts";
import { powerLaw } from "./statistics.ts";
import { digits } from "./table.ts";

const axis: Readonly<Record<Against, { readonly label: string; readonly of: string }>> = {
  width: { label: "width, units of the hidden layer", of: "784-width-10" },
  depth: { label: "depth, hidden layers", of: "784-500-…-500-10" },
  batch: { label: "batch, samples", of: "784-500-10" },
};

/** Above, time per sample; below, memory: a column for everything that was varied. */
export function scalingFigure(points: readonly ScalingPoint[]): string {
  const columns = (Object.keys(axis) as Against[])
    .map((against) => ({ against, own: points.filter((p) => p.against === against) }))
    .filter(({ own }) => own.length > 0);
  return svgGrid("One training step of Algorithm 1 on one thread", [
    columns.map(timePanel),
    columns.map(memoryPanel),
  ]);
}

interface Sweep {
  readonly against: Against;
  readonly own: readonly ScalingPoint[];
}

function line(
  { own }: Sweep,
  y: (p: ScalingPoint) => number,
): { points: { x: number; y: number }[]; fit?: ReturnType<typeof powerLaw> } {
  const points = own.map((p) => ({ x: p.value, y: y(p) }));
  return { points, fit: points.length > 1 ? powerLaw(points) : undefined };
}

function timePanel(sweep: Sweep): Panel {
  const { label, of } = axis[sweep.against];
  return {
    title: `Time per sample, ${of}`,
    xLabel: label,
    yText: timeText,
    series: [{ label: "time", color: plum, ...line(sweep, (p) => p.secondsPerSample) }],
  };
}

function memoryPanel(sweep: Sweep): Panel {
  const { label, of } = axis[sweep.against];
  const engine = line(sweep, (p) => p.arenaBytes);
  return {
    title: `Memory, ${of}`,
    xLabel: label,
    yText: (bytes) => `${digits(bytes / 1e6)} MB`,
    series: [
      {
        label: "whole process",
        color: tint.copy,
        points: line(sweep, (p) => p.residentBytes).points,
      },
      {
        label: "engine",
        color: tint.chip,
        ...engine,
        fit: sweep.against === "batch" ? undefined : engine.fit,
      },
    ],
  };
}

/** `50 µs`, `2 ms`. */
function timeText(seconds: number): string {
  return seconds < 1e-3 ? `${digits(1e6 * seconds)} µs` : `${digits(1e3 * seconds)} ms`;
}
