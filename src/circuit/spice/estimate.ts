import { refuseTooLarge } from "../../numerics/demand.ts";
import type { Analysis, Netlist } from "./netlist.ts";
import { power, square } from "../../numerics/power.ts";

/** What a netlist asks of ngspice, before it is started. */
export interface Estimate {
  readonly elements: number;
  readonly points: number;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Measured on one core of a 2-core server with ngspice 39: kilobytes of memory an element, seconds
 * to read one, to load one once, and a multiplication of the sparse solver; Newton's iterations a
 * point.
 */
const perElement = 800;
const reading = 3e-5;
const loading = 5e-8;
const flop = 3e-9;
const iterations = 2.5;

/**
 * Within a factor of three or so. Layers couple to neighbours only, so every second one can be
 * eliminated unit by unit; what is left is dense, and costs the cube of its size.
 * @param layers sizes of the layers that are unknowns, from the first on.
 */
export function estimate(
  { elements, analysis }: Pick<Netlist, "elements" | "analysis">,
  layers: readonly number[],
): Estimate {
  const count = elements.reduce((n, e) => n + (e.kind === "comment" ? 0 : 1), 0);
  const sums = layers.reduce<readonly [number, number]>(
    ([even, odd], n, l) => (l % 2 === 0 ? [even + n, odd] : [even, odd + n]),
    [0, 0],
  );
  const left = Math.min(...sums);
  const gone = Math.max(...sums);
  const points = pointsOf(analysis);
  const solving = flop * (gone * square(left) + power(left, 3) / 3);
  const seconds = count * reading + points * iterations * (count * loading + solving);
  return {
    elements: count,
    points,
    bytes: 10e6 + count * perElement + 8 * square(left) * 6,
    seconds,
  };
}

function pointsOf(analysis: Analysis): number {
  switch (analysis.kind) {
    case "op":
      return 10;
    case "tran":
      return Math.ceil((1.1 * analysis.end) / analysis.step) + 20;
    default:
      return analysis satisfies never;
  }
}

/** Bytes of this program that an element, and a point of a source, take as data and as text. */
const written = { element: 700, point: 250 };
/** What an engine of JavaScript gives a program, with some left for the rest of it. */
const writable = 2.2e9;

/** Of which die a netlist is asked. */
interface Written {
  readonly of: string;
  readonly sizes: readonly number[];
  readonly blocks: readonly { readonly from: number; readonly to: number }[];
  /** Whether the inputs are folded away. */
  readonly fold: boolean;
  /** Points of the noise currents of each unit. */
  readonly points?: number;
}

/**
 * That a netlist can be written at all.
 * @throws InputError with what it would take.
 */
export function refuseUnwritable({ of, sizes, blocks, fold, points = 0 }: Written): void {
  const units = sizes.slice(1).reduce((sum, n) => sum + n, 0);
  const synapses = blocks.reduce((sum, { from, to }) => {
    const ways = from === 0 ? (fold ? 0 : 1) : 2;
    return sum + ways * (sizes[from] ?? 0) * (sizes[to] ?? 0);
  }, 0);
  const noise = points > 0 ? ` and ${points * units} points of noise` : "";
  const elements = synapses + 10 * units + (fold ? 0 : sizes[0]);
  refuseTooLarge(
    {
      of: `${of}: a netlist of ${elements} elements${noise}`,
      bytes: written.element * elements + written.point * points * units,
      less:
        "take smaller --sizes" +
        (fold ? "" : ", --fold the inputs") +
        (points > 0 ? ", a shorter --time or a longer --noise-step" : ""),
    },
    { bytes: writable },
  );
}
