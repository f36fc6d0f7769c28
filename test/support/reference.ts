/**
 * Algorithm 1 written straight from the paper's equations in float64, on any block graph: nested
 * arrays, one unit at a time, no regard for speed. The oracle of the kernels.
 */
import type { Graph } from "../../src/energy/graph.ts";
import type { Activation } from "../../src/numerics/activation.ts";
import type { Tensor } from "../../src/numerics/vec.ts";

/** weights[k][i][j] of block k; biases[l][i] of layer l ≥ 1. */
export interface Theta {
  readonly weights: number[][][];
  readonly biases: number[][];
}
/** states[l][i] of one sample, layer 0 the input. */
export type States = number[][];

export interface StepOptions {
  epsilon: number;
  freeSteps: number;
  nudgedSteps: number;
  beta: number;
  lambda: number;
  rates: readonly number[];
  activation: Activation;
  loss: "local" | "global";
  plain: boolean;
  centred?: boolean;
  copyTarget?: "free" | "nudged" | "energy";
  /** The copy guesses with θ. */
  tied?: boolean;
  /** Where the free phase starts, sample by sample, instead of at the guess or zero. */
  starts?: readonly States[];
}

export function theta(graph: Graph, tensors: readonly Tensor[]): Theta {
  const weights = graph.blocks.map((_, k) => {
    const [rows, cols] = tensors[k].shape;
    return Array.from({ length: rows }, (_, i) =>
      Array.from(tensors[k].data.subarray(i * cols, (i + 1) * cols)),
    );
  });
  return {
    weights,
    biases: [[], ...tensors.slice(graph.blocks.length).map((t) => Array.from(t.data))],
  };
}

/** b + Σ w s over everything that drives layer l. */
export function field(graph: Graph, p: Theta, s: States, l: number): number[] {
  const out = [...p.biases[l]];
  graph.blocks.forEach(({ from, to }, k) => {
    const w = p.weights[k];
    if (to === l)
      s[from].forEach((x, i) => {
        if (x !== 0)
          w[i].forEach((v, j) => {
            out[j] += v * x;
          });
      });
    if (from === l && to !== l && !graph.directed)
      w.forEach((row, i) =>
        row.forEach((v, j) => {
          out[i] += v * s[to][j];
        }),
      );
  });
  return out;
}

/** Eq. 1 and 10 with the nudge: the energy of one sample. */
export function energy(
  graph: Graph,
  p: Theta,
  s: States,
  tie: { lambda: number; guess?: States; beta: number; y?: number[] },
): number {
  let e = 0;
  for (let l = 1; l < s.length; l++)
    s[l].forEach((x, i) => {
      e += 0.5 * x * x - p.biases[l][i] * x;
      if (tie.guess) e += 0.5 * tie.lambda * (x - tie.guess[l][i]) ** 2;
    });
  graph.blocks.forEach(({ from, to }, k) => {
    // A lateral block holds every pair twice.
    const half = from === to ? 0.5 : 1;
    p.weights[k].forEach((row, i) =>
      row.forEach((w, j) => {
        e -= half * w * s[from][i] * s[to][j];
      }),
    );
  });
  if (tie.y)
    s.at(-1)!.forEach((x, i) => {
      e += tie.beta * (x - tie.y![i]) ** 2;
    });
  return e;
}

const clip = (x: number) => Math.min(Math.max(x, 0), 1);

export function relax(
  graph: Graph,
  p: Theta,
  start: States,
  steps: number,
  o: StepOptions,
  guess: States | null,
  beta: number,
  y: number[],
): States {
  let s = start;
  for (let t = 0; t < steps; t++) {
    const old = s;
    s = old.map((layer, l) => {
      if (l === 0) return layer;
      const drive = field(graph, p, old, l);
      return layer.map((x, i) => {
        let force = drive[i] - x;
        if (guess) force += o.lambda * (guess[l][i] - x);
        if (l === old.length - 1) force += 2 * beta * (y[i] - x);
        return clip(x + o.epsilon * force);
      });
    });
  }
  return s;
}

export const rho: Record<Activation, (u: number) => number> = {
  hard: clip,
  leaky: (u) => clip(u) + 0.01 * u,
  sigmoid: (u) => 1 / (1 + Math.exp(-u)),
  step: (u) => (u > 0.5 ? 1 : 0),
};
export const slope: Record<Activation, (u: number) => number> = {
  hard: (u) => (u >= 0 && u <= 1 ? 1 : 0),
  leaky: (u) => (u >= 0 && u <= 1 ? 1.01 : 0.01),
  sigmoid: (u) => rho.sigmoid(u) * (1 - rho.sigmoid(u)),
  step: () => {
    throw new Error("a step has no slope");
  },
};

/** The outputs of a copy of steps are leaky. */
const activationOf = (graph: Graph, l: number, activation: Activation): Activation =>
  activation === "step" && l === graph.sizes.length - 1 ? "leaky" : activation;

export function forward(
  graph: Graph,
  phi: Theta,
  x: number[],
  activation: Activation,
): { u: States; s: States } {
  const s: States = [x];
  const u: States = [x];
  for (let l = 1; l < graph.sizes.length; l++) {
    const sum = [...phi.biases[l]];
    graph.blocks.forEach(({ from, to }, k) => {
      if (to === l)
        s[from].forEach((v, i) => {
          if (v !== 0)
            phi.weights[k][i].forEach((w, j) => {
              sum[j] += w * v;
            });
        });
    });
    u.push(sum);
    s.push(sum.map(rho[activationOf(graph, l, activation)]));
  }
  return { u, s };
}

/** Backpropagation written out: the change −η ∂/∂φ mean Σ (s_O − y)² of a feedforward network. */
export function backpropagationStep(
  graph: Graph,
  phi: Theta,
  xs: number[][],
  labels: number[],
  rates: readonly number[],
  activation: Activation,
): Theta {
  const out = graph.sizes.length - 1;
  const cost = (p: Theta) =>
    xs.reduce(
      (sum, x, b) =>
        sum +
        forward(graph, p, x, activation).s[out].reduce(
          (c, v, i) => c + (v - Number(i === labels[b])) ** 2,
          0,
        ),
      0,
    ) / xs.length;
  // Central differences of a function that is quadratic or cubic in each parameter where no kink is
  // met.
  const h = 1e-5;
  const slopeAt = (values: number[], i: number) => {
    const at = values[i];
    values[i] = at + h;
    const up = cost(phi);
    values[i] = at - h;
    const down = cost(phi);
    values[i] = at;
    return (up - down) / (2 * h);
  };
  return {
    weights: phi.weights.map((w, m) =>
      w.map((row) => row.map((_, j) => -rates[graph.blocks[m].to - 1] * slopeAt(row, j))),
    ),
    biases: phi.biases.map((b, l) => b.map((_, i) => -rates[l - 1] * slopeAt(b, i))),
  };
}

/** The changes Δθ and Δφ of one minibatch. */
export function trainingStep(
  graph: Graph,
  th: Theta,
  copyGraph: Graph,
  phi: Theta,
  xs: number[][],
  labels: number[],
  o: StepOptions,
): { theta: Theta; phi: Theta } {
  const n = xs.length;
  const zero = (p: Theta): Theta => ({
    weights: p.weights.map((w) => w.map((r) => r.map(() => 0))),
    biases: p.biases.map((b) => b.map(() => 0)),
  });
  const dTheta = zero(th);
  const dPhi = zero(phi);
  const out = graph.sizes.length - 1;
  xs.forEach((x, b) => {
    const y = Array.from({ length: graph.sizes[out] }, (_, i) => (i === labels[b] ? 1 : 0));
    const f = o.plain
      ? null
      : forward(
          copyGraph,
          o.tied
            ? {
                ...th,
                weights: copyGraph.blocks.map((block) => th.weights[graph.blocks.indexOf(block)]),
              }
            : phi,
          x,
          o.activation,
        );
    const start =
      o.starts?.[b] ??
      graph.sizes.map((size, l) =>
        l === 0 ? x : f ? f.s[l].map(clip) : new Array<number>(size).fill(0),
      );
    const minus = relax(graph, th, start, o.freeSteps, o, f && f.s, 0, y);
    const plus = relax(graph, th, minus, o.nudgedSteps, o, f && f.s, o.beta, y);
    const low = o.centred ? relax(graph, th, minus, o.nudgedSteps, o, f && f.s, -o.beta, y) : minus;
    const k = o.centred ? 2 * o.beta : o.beta;
    graph.blocks.forEach(({ from, to, mask }, m) =>
      dTheta.weights[m].forEach((row, i) =>
        row.forEach((_, j) => {
          if (mask && !mask[i * row.length + j]) return;
          const moved = graph.directed
            ? minus[from][i] * (plus[to][j] - low[to][j])
            : plus[from][i] * plus[to][j] - low[from][i] * low[to][j];
          row[j] += (o.rates[to - 1] / k / n) * moved;
        }),
      ),
    );
    for (let l = 1; l <= out; l++)
      dTheta.biases[l].forEach((_, i, d) => {
        d[i] += (o.rates[l - 1] / k / n) * (plus[l][i] - low[l][i]);
      });
    if (!f || o.tied) return;
    // ∂E/∂sᶠ of eq. 1, whose ρ is flat outside the rails.
    const uphill = f.s.map((layer, l) => {
      const drive =
        l === 0
          ? layer
          : field(
              graph,
              th,
              f.s.map((s) => s.map(clip)),
              l,
            );
      return layer.map((v, i) => (v < 0 || v > 1 ? v : v - drive[i]));
    });
    const target = o.copyTarget === "nudged" ? plus : minus;
    const delta: States = [];
    for (let l = out; l >= 1; l--) {
      const activation = activationOf(copyGraph, l, o.activation);
      delta[l] = f.s[l].map((v, i) => {
        let e = o.copyTarget === "energy" ? uphill[l][i] : v - target[l][i];
        if (activation === "step")
          return o.copyTarget === "energy"
            ? clip(f.u[l][i]) - v + e
            : clip(f.u[l][i]) - target[l][i];
        if (o.loss === "global")
          copyGraph.blocks.forEach(({ from, to }, m) => {
            if (from === l)
              delta[to].forEach((d, j) => {
                e += phi.weights[m][i][j] * d;
              });
          });
        return e * slope[activation](f.u[l][i]);
      });
      dPhi.biases[l].forEach((_, i, d) => {
        d[i] -= (o.rates[l - 1] / n) * delta[l][i];
      });
    }
    copyGraph.blocks.forEach(({ from, to, mask }, m) =>
      dPhi.weights[m].forEach((row, i) => {
        if (f.s[from][i] !== 0)
          row.forEach((_, j) => {
            if (!mask || mask[i * row.length + j])
              row[j] -= (o.rates[to - 1] / n) * f.s[from][i] * delta[to][j];
          });
      }),
    );
  });
  return { theta: dTheta, phi: dPhi };
}
