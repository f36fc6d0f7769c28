import type { BlockSignal } from "../../circuit/physics/index.ts";
import { familyOf } from "../../circuit/families/families.ts";
import type { SynapseRule } from "../../circuit/families/family.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { side, type Settled } from "./settled.ts";
import { square } from "../../numerics/power.ts";

/**
 * Two settled states, what divides the difference of their products, and the state that stands for
 * the sender in both of a directed graph.
 */
interface Pair {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly over: number;
  readonly free: Float64Array;
}

/** Of larger blocks so many synapses are looked at, of evenly chosen units. */
const most = 2 ** 20;

/**
 * Block by block, the learning signal of the minibatch, and what halving β makes of it, once and
 * twice: of products of states, or of squared drops between resistors' ends.
 */
export function contrastOf(
  { graph, parameters, circuit, scale: { layer } }: Chip,
  settled: Settled,
  rates: readonly number[],
  pairs: { readonly full: Pair; readonly half: Pair; readonly quarter: Pair },
): readonly BlockSignal[] {
  const rule = rules[familyOf(circuit).rule];
  const pairOf = ({ free, ...pair }: Pair) => (graph.directed ? { ...pair, free } : pair);
  return graph.blocks.map(({ from, to, mask }, b): BlockSignal => {
    const { rows, cols } = parameters.weights[b];
    const every = Math.max(1, Math.ceil((rows * cols) / most));
    const full = signal(settled, pairOf(pairs.full), from, to, cols, rule);
    const half = signal(settled, pairOf(pairs.half), from, to, cols, rule);
    const quarter = signal(settled, pairOf(pairs.quarter), from, to, cols, rule);
    const squares = rule.loudness(settled, pairs.full.high, { from, to, cols, layer });
    const changes: number[] = [];
    let count = 0;
    let sum = 0;
    let size = 0;
    let halving = 0;
    let again = 0;
    let loud = 0;
    for (let i = 0; i < rows; i += every) {
      const d = full(i);
      const h = half(i);
      const f = quarter(i);
      const q = squares(i);
      for (let j = 0; j < cols; j++) {
        if (mask ? mask[(i * cols + j) % mask.length] === 0 : from === to && i === j) continue;
        count++;
        sum += square(d[j]);
        size += Math.abs(d[j]);
        halving += square(d[j] - h[j]);
        again += square(h[j] - f[j]);
        loud += q[j];
        if (d[j] !== 0) changes.push(Math.abs(d[j]));
      }
    }
    const rms = (total: number) => Math.sqrt(total / count);
    return {
      from,
      to,
      synapses: count * every,
      rate: rates[to - 1],
      rms: rms(sum),
      mean: size / count,
      squares: loud / count,
      halving: rms(halving),
      halvingAgain: rms(again),
      percentiles: percentiles(changes),
    };
  });
}

/** The learning signal of all blocks, synapse by synapse, of evenly chosen units of large ones. */
export function signalOf(
  { graph, parameters, circuit }: Chip,
  settled: Settled,
  { free, ...pair }: Pair,
): Float64Array {
  const rule = rules[familyOf(circuit).rule];
  const found: number[] = [];
  graph.blocks.forEach(({ from, to }, b) => {
    const { rows, cols } = parameters.weights[b];
    const every = Math.max(1, Math.ceil((rows * cols) / most));
    const states = graph.directed ? { ...pair, free } : pair;
    const of = signal(settled, states, from, to, cols, rule);
    for (let i = 0; i < rows; i += every) for (const d of of(i)) found.push(d);
  });
  return Float64Array.from(found);
}

/**
 * D of unit i with all of the other layer, ⟨s⁺_i s⁺_j − s⁻_i s⁻_j⟩/over, or ⟨sᵢ (s⁺_j − s⁻_j)⟩/over
 * with i in a state of its own, or minus half of the change of (s_i − s_j)²; the array is written
 * anew by the next call.
 */
function signal(
  settled: Settled,
  { high, low, over, free }: Omit<Pair, "free"> & Partial<Pair>,
  from: number,
  to: number,
  cols: number,
  rule: Rule,
): (i: number) => Float64Array {
  const sides = [high, low].map((state, k) => ({
    a: side(settled, free ?? state, from),
    b: side(settled, state, to),
    k: (k === 0 ? 1 : -1) / over / settled.rows,
  }));
  const out = new Float64Array(cols);
  return (i) => {
    out.fill(0);
    for (let r = 0; r < settled.rows; r++)
      for (const { a, b, k } of sides) {
        const s = a.values[r * a.stride + a.first + i];
        rule.add(out, s, b.values, r * b.stride + b.first, k);
      }
    return out;
  };
}

/**
 * What is read of a block: from which layer to which, and the state that a rail span at a node is.
 */
interface Read {
  readonly from: number;
  readonly to: number;
  readonly cols: number;
  readonly layer: readonly number[];
}

/** What learning forms of a unit in state s and those above it. */
interface Rule {
  /** Adds k times that to `out`; the states of those above begin at `first`. */
  add(out: Float64Array, s: number, above: Float64Array, first: number, k: number): void;
  /**
   * Of unit i with each above, the mean square that noise of both readings is multiplied by; inputs
   * are known, so that only what they multiply counts. The array is written anew by the next call.
   */
  loudness(settled: Settled, high: Float64Array, of: Read): (i: number) => Float64Array;
}

const rules = {
  // k s_i s_j, and ⟨s_i² + s_j²⟩.
  products: {
    add(out, s, above, first, k) {
      if (s !== 0) for (let j = 0; j < out.length; j++) out[j] += k * s * above[first + j];
    },
    loudness(settled, high, { from, to, cols }) {
      const a = side(settled, high, from);
      const b = side(settled, high, to);
      const out = new Float64Array(cols);
      const own = new Float64Array(cols);
      for (let r = 0; r < settled.rows; r++)
        for (let j = 0; j < cols; j++)
          own[j] += square(b.values[r * b.stride + b.first + j]) / settled.rows;
      return (i) => {
        let sent = 0;
        for (let r = 0; r < settled.rows; r++)
          sent += square(a.values[r * a.stride + a.first + i]) / settled.rows;
        for (let j = 0; j < cols; j++) out[j] = sent + (from === 0 ? 0 : own[j]);
        return out;
      };
    },
  },
  // −k (s_i − s_j)² / 2, and (c_i² + c_j²)⟨(s_i − s_j)²⟩, c the state that one rail span at the
  // node is.
  drops: {
    add(out, s, above, first, k) {
      for (let j = 0; j < out.length; j++) out[j] -= (k / 2) * square(s - above[first + j]);
    },
    loudness(settled, high, { from, to, cols, layer }) {
      const a = side(settled, high, from);
      const b = side(settled, high, to);
      const out = new Float64Array(cols);
      const noise = (from === 0 ? 0 : square(layer[from])) + square(layer[to]);
      return (i) => {
        out.fill(0);
        for (let r = 0; r < settled.rows; r++)
          for (let j = 0; j < cols; j++)
            out[j] +=
              (noise *
                square(
                  a.values[r * a.stride + a.first + i] - b.values[r * b.stride + b.first + j],
                )) /
              settled.rows;
        return out;
      };
    },
  },
} satisfies Record<SynapseRule, Rule>;

/** The 0th, 1st, … 100th percentile; none of no values. */
function percentiles(values: readonly number[]): readonly number[] {
  if (values.length === 0) return [];
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: 101 }, (_, p) => sorted[Math.round((p / 100) * (sorted.length - 1))]);
}
