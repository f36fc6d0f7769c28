/**
 * A die in plain numbers, drawn straight from its streams: nested arrays, one unit at a time. The
 * oracle of forces and sweeps on chips with every kind of spread.
 */
import type { TransconductorCircuit } from "../../src/circuit/circuit.ts";
import type { Chip } from "../../src/dynamics/chip.ts";
import { blockName, type Graph } from "../../src/energy/graph.ts";
import type { Ties } from "../../src/energy/hopfield.ts";
import { random } from "../../src/numerics/random.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { clip } from "./kernel-oracles.ts";
import { theta, type States } from "./reference.ts";
import { ideal } from "./setups.ts";

/** Every spread at once. */
export const rough: TransconductorCircuit = {
  ...ideal,
  mismatch: {
    capacitance: 0.1,
    leak: 0.1,
    offset: 0.05,
    synapse: 0.2,
    reciprocal: false,
    gain: 0.1,
    rail: 0.05,
  },
};

/** What one sample is tied to: its guess, layer by layer, and its target. */
export interface Tied {
  readonly ties: Ties;
  readonly guess?: States;
  readonly y?: readonly number[];
}

const nothing = { spread: 0, offset: 0 };

/** The plain version of a die. States are by layer, layer 0 the input. */
export interface PlainDie {
  drive(s: States, l: number, i: number, tied: Tied): number;
  curvature(l: number, i: number, ties: Ties): number;
  rails(l: number, i: number): readonly [low: number, high: number];
  /** What unit (l, i) settles to, given the others. */
  minimiser(s: States, l: number, i: number, tied: Tied): number;
}

export function plainDie(
  { mismatch: m, rails, link = nothing, nudge = nothing }: TransconductorCircuit,
  graph: Graph,
  die: number,
  tensors: readonly Tensor[],
): PlainDie {
  const { weights, biases } = theta(graph, tensors);
  const swing = rails.high - rails.low;
  const output = graph.sizes.length - 1;
  const perUnit = (label: string, of: (z: number) => number) =>
    graph.sizes.map((n, l) => {
      const rng = random("die", die, label, l);
      return Array.from({ length: n }, () => (l === 0 ? of(0) : of(rng.normal())));
    });
  const leak = perUnit("leak", (z) => Math.exp(m.leak * z));
  const offset = perUnit("offset", (z) => (m.offset / swing) * z);
  const gain = perUnit("gain", (z) => Math.exp(m.gain * z));
  const ties = (key: "link" | "nudge", { spread, offset }: typeof nothing) => ({
    factor: perUnit(key, (z) => Math.exp(spread * z)),
    offset: perUnit(`${key} offset`, (z) => (offset / swing) * z),
  });
  const linked = ties("link", link);
  const nudged = ties("nudge", nudge);
  const low = perUnit("low", (z) => (m.rail / swing) * z);
  const high = perUnit("high", (z) => 1 + (m.rail / swing) * z);
  const synapses = graph.blocks.map((block, k) => {
    const w = weights[k];
    const draw = (label: string) => {
      const rng = random("die", die, label, blockName(block));
      return w.map((row) => row.map(() => 1 + m.synapse * rng.normal()));
    };
    const up = draw("synapse");
    const down = m.reciprocal ? up : draw("backward synapse");
    const lateral = block.from === block.to && m.reciprocal;
    return {
      ...block,
      // What unit j of `to` receives of unit i of `from`, and the other way.
      forward: w.map((row, i) =>
        row.map(
          (v, j) =>
            v * (lateral ? up[Math.min(i, j)][Math.max(i, j)] : up[i][j]) * gain[block.from][i],
        ),
      ),
      backward: w.map((row, i) => row.map((v, j) => v * down[i][j] * gain[block.to][j])),
    };
  });
  const drive: PlainDie["drive"] = (s, l, i, { ties, guess, y }) => {
    let sum =
      biases[l][i] +
      offset[l][i] +
      (guess ? ties.lambda * linked.factor[l][i] * (guess[l][i] + linked.offset[l][i]) : 0) +
      (l === output && y ? 2 * ties.beta * nudged.factor[l][i] * (y[i] + nudged.offset[l][i]) : 0);
    for (const { from, to, forward, backward } of synapses) {
      if (to === l)
        s[from].forEach((x, j) => {
          sum += forward[j][i] * x;
        });
      if (from === l && to !== l)
        s[to].forEach((x, j) => {
          sum += backward[i][j] * x;
        });
    }
    return sum;
  };
  const curvature: PlainDie["curvature"] = (l, i, ties) =>
    leak[l][i] +
    ties.lambda * linked.factor[l][i] +
    (l === output ? 2 * ties.beta * nudged.factor[l][i] : 0);
  return {
    drive,
    curvature,
    rails: (l, i) => [low[l][i], high[l][i]],
    minimiser(s, l, i, tied) {
      const d = drive(s, l, i, tied);
      const c = curvature(l, i, tied.ties);
      const [bottom, top] = [low[l][i], high[l][i]];
      if (c > 0) return clip(d / c, bottom, top);
      const energyAt = (v: number) => 0.5 * c * v * v - d * v;
      return energyAt(top) < energyAt(bottom) ? top : bottom;
    },
  };
}

/** Odd layers, then even ones. */
export const sweepOrder = (layers: number): number[] =>
  [1, 0].flatMap((odd) =>
    Array.from({ length: layers }, (_, k) => k + 1).filter((l) => l % 2 === odd),
  );

/** Block Gauss–Seidel in place, unit by unit. */
export function plainSweep(die: PlainDie, s: States, tied: Tied): void {
  for (const l of sweepOrder(s.length - 1))
    s[l].forEach((_, i) => {
      s[l][i] = die.minimiser(s, l, i, tied);
    });
}

/** Sample r of a state-shaped vector, by layer, with its input. */
export function unpackStates(
  chip: Chip,
  all: ArrayLike<number>,
  r: number,
  x: readonly number[],
): States {
  return chip.layout.sizes.map((n, l) =>
    l === 0
      ? [...x]
      : Array.from({ length: n }, (_, i) => all[r * chip.size + chip.layout.offset[l] + i]),
  );
}
