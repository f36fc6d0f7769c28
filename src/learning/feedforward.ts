import { inputs } from "../dynamics/inputs.ts";
import { layout, stateAlignment } from "../dynamics/layout.ts";
import { outerProducts } from "../dynamics/synapses/outer-products.ts";
import { parameters, type Parameters } from "../dynamics/synapses/parameters.ts";
import type { Graph } from "../energy/graph.ts";
import { arena } from "../numerics/kernels/arena.ts";
import type { Precision } from "../numerics/vec.ts";
import { accumulate, type CopyBench, type DigitalCopy } from "./copy.ts";

interface FeedforwardOptions {
  /** Largest minibatch. */
  readonly batch: number;
  readonly precision?: Precision;
  /** Where ρ saturates: with −½ and ½ the leaky copy is clip(u, −½, ½) + 0.01 u. */
  readonly low?: number;
  readonly high?: number;
}

/** A bench without a chip, for copies that are feedforward networks by themselves. */
export function feedforward(
  graph: Graph,
  { batch, precision = "f32", low = 0, high = 1 }: FeedforwardOptions,
): CopyBench {
  const memory = arena({ precision });
  const at = layout(graph);
  const x = inputs(memory, { width: graph.sizes[0], capacity: batch });
  const vector = () => memory.reals(batch * at.size, stateAlignment(at, memory));
  const walls = { low: memory.reals(at.size), high: memory.reals(at.size) };
  // Padding units stay at 0.
  at.sizes.forEach((n, l) => {
    if (l === 0) return;
    walls.low.array.fill(low, at.offset[l], at.offset[l] + n);
    walls.high.array.fill(high, at.offset[l], at.offset[l] + n);
  });
  return { memory, graph, layout: at, capacity: batch, inputs: x, guess: vector(), walls, vector };
}

/**
 * Descent with momentum (Polyak 1964): v ← μ v − η ∇L, φ ← φ + v, where −η ∇L is what
 * `copy.compare` found, summed over the presented samples. Needs a copy with parameters of its own.
 */
export function momentum(
  { memory, layout: at, inputs: x }: CopyBench,
  copy: DigitalCopy,
  keeping: number,
): () => void {
  const { kernels } = memory;
  const velocity: Parameters = parameters(memory, at, copy.graph, "velocity");
  const products = outerProducts({ memory, at, inputs: x });
  const pairs = [
    [copy.parameters.bias, velocity.bias] as const,
    ...copy.parameters.weights.map((w, i) => [w.slot, velocity.weights[i].slot] as const),
  ];
  return () => {
    for (const [, v] of pairs) kernels.scale(v.ptr, 0, 1, v.length, keeping);
    products.listInputs();
    accumulate(products, velocity, copy.guess, copy.error);
    for (const [w, v] of pairs) kernels.addScaled(w.ptr, 0, v.ptr, 0, 1, v.length, 1);
  };
}
