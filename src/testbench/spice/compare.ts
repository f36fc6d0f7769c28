import { unitNode } from "../../circuit/spice/frame.ts";
import type { RawResult } from "../../circuit/spice/raw.ts";
import type { Chip } from "../../dynamics/chip.ts";
import type { ParityData, ParityRow, ParityTrace } from "../../output/spice/data.ts";
import type { OurEquilibria, OurWaveform, PhaseTimes } from "./ours.ts";

/** What counts as agreement, over the swing: of equilibria and of waveforms. */
const limits = { equilibrium: 2e-5, waveform: 1e-3 } as const;

interface Found {
  readonly flow: OurWaveform;
  readonly exact: OurEquilibria | null;
  readonly time: PhaseTimes;
  /** Whether the phases last until the chip has settled; their ends are no equilibria otherwise. */
  readonly whole: boolean;
  /**
   * Operating points of ngspice: equilibria by themselves; where there are none the ends of its
   * transient are taken.
   */
  readonly points: { readonly free: RawResult; readonly nudged: RawResult } | null;
  readonly transient: RawResult | null;
}

/** Differences in volt, and what the figure shows. */
export function compare(chip: Chip, found: Found): Pick<ParityData, "rows" | "traces"> {
  const volts = voltsOf(chip, found);
  const waves = waveforms(volts, found.flow);
  return {
    rows: [
      ...(["free", "nudged"] as const).flatMap((phase) => equilibria(volts, found, phase)),
      ...(waves ? [volts.row("waveform", ["ngspice", found.flow.name], waves.all)] : []),
    ],
    traces: tracesOf(chip, volts, found.flow, waves?.apart ?? null),
  };
}

interface Unit {
  readonly layer: number;
  readonly unit: number;
  /** Where its state is. */
  readonly at: number;
}

/** The units of a chip, and what our states and ngspice's say of them in volt. */
interface Volts {
  readonly units: readonly Unit[];
  of(k: number, s: Float64Array): number;
  /** ngspice's transient, a column a unit. */
  readonly columns: readonly Float64Array[] | null;
  /** What differences (sorted in place) amount to. */
  row(what: ParityRow["what"], between: ParityRow["between"], differences: Float64Array): ParityRow;
}

function voltsOf(chip: Chip, { transient }: Found): Volts {
  const {
    layout,
    graph: { sizes },
    circuit: { rails },
  } = chip;
  const swing = rails.high - rails.low;
  const scale = chip.scale.layer;
  const units = sizes.slice(1).flatMap((n, l) =>
    Array.from({ length: n }, (_, unit) => ({
      layer: l + 1,
      unit,
      at: layout.offset[l + 1] + unit,
    })),
  );
  return {
    units,
    of: (k, s) => rails.low + (swing * s[units[k].at]) / scale[units[k].layer],
    columns:
      transient &&
      units.map(({ layer, unit }) => transient.values.get(`v(${unitNode(layer, unit)})`)!),
    row(what, between, differences) {
      differences.sort();
      return {
        what,
        between,
        max: differences.at(-1)!,
        p90: differences[Math.ceil(0.9 * differences.length) - 1],
        limit: swing * limits[what === "waveform" ? "waveform" : "equilibrium"],
      };
    },
  };
}

/** Where the phase ends, by each pair of the three that says so. */
function equilibria(
  { units, of, columns, row }: Volts,
  { flow, exact, points: found, time, whole }: Found,
  phase: "free" | "nudged",
): readonly ParityRow[] {
  // The last point before the nudge comes on, and the last of all.
  const end = {
    free: flow.tau.findLastIndex((t) => t <= time.free * (1 + 1e-9)),
    nudged: flow.tau.length - 1,
  }[phase];
  const spice = found
    ? pointOf(found[phase], units)
    : whole && columns
      ? Float64Array.from(columns, (c) => c[end])
      : null;
  const what = `${phase} equilibrium` as const;
  const name = found ? "ngspice .op" : "ngspice";
  const between = (
    names: ParityRow["between"],
    a: (k: number) => number,
    b: (k: number) => number,
  ) =>
    row(
      what,
      names,
      Float64Array.from(units, (_, k) => Math.abs(a(k) - b(k))),
    );
  const ours = (states: Float64Array) => (k: number) => of(k, states);
  return [
    ...(spice && exact ? [between([name, exact.name], (k) => spice[k], ours(exact[phase]))] : []),
    ...(spice && whole ? [between([name, flow.name], (k) => spice[k], ours(flow[phase]))] : []),
    ...(exact && whole
      ? [between([exact.name, flow.name], ours(exact[phase]), ours(flow[phase]))]
      : []),
  ];
}

/** |ngspice − ours| of all units at all points, and the largest of each point. */
function waveforms(
  { units, of, columns }: Volts,
  { states }: OurWaveform,
): { readonly all: Float64Array; readonly apart: Float64Array } | null {
  if (!columns) return null;
  const apart = new Float64Array(states.length);
  const all = new Float64Array(states.length * units.length);
  for (let p = 0, n = 0; p < states.length; p++)
    for (let k = 0; k < units.length; k++, n++) {
      all[n] = Math.abs(columns[k][p] - of(k, states[p]));
      apart[p] = Math.max(apart[p], all[n]);
    }
  return { all, apart };
}

function tracesOf(
  { graph: { sizes } }: Chip,
  { units, of, columns }: Volts,
  flow: OurWaveform,
  apart: Float64Array | null,
): ParityData["traces"] {
  const kept = thinned(flow.tau.length);
  return {
    tau: kept.map((p) => flow.tau[p]),
    apart: kept.map((p) => apart && apart[p]),
    units: liveliest(flow, units, sizes.length - 1).map(
      (k): ParityTrace => ({
        layer: units[k].layer,
        unit: units[k].unit,
        ours: kept.map((p) => of(k, flow.states[p])),
        spice: kept.map((p) => columns?.[k][p] ?? null),
      }),
    ),
  };
}

/** The voltages of an operating point. */
function pointOf(
  { values }: RawResult,
  units: readonly { readonly layer: number; readonly unit: number }[],
): Float64Array {
  return Float64Array.from(
    units,
    ({ layer, unit }) => values.get(`v(${unitNode(layer, unit)})`)![0],
  );
}

/** Points of a figure at most. */
const most = 600;

function thinned(points: number): readonly number[] {
  const count = Math.min(points, most);
  return Array.from({ length: count }, (_, k) =>
    Math.round((k * (points - 1)) / Math.max(1, count - 1)),
  );
}

/** Units of a layer that the figure shows: of hidden ones those that move the most. */
const shownUnits = 5;
const shownOutputs = 10;

function liveliest(
  { states }: OurWaveform,
  units: readonly { readonly layer: number; readonly at: number }[],
  output: number,
): readonly number[] {
  const path = (at: number) =>
    states.reduce((sum, s, p) => sum + (p === 0 ? 0 : Math.abs(s[at] - states[p - 1][at])), 0);
  return Array.from({ length: output }, (_, l) => {
    const own = units.flatMap((u, k) => (u.layer === l + 1 ? [{ k, moved: path(u.at) }] : []));
    const count = l + 1 === output ? shownOutputs : shownUnits;
    return own
      .sort((a, b) => b.moved - a.moved)
      .slice(0, count)
      .map(({ k }) => k)
      .sort((a, b) => a - b);
  }).flat();
}
