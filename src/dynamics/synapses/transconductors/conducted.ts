import type { TransconductorCircuit } from "../../../circuit/circuit.ts";
import { partOf } from "../../../numerics/kernels/team.ts";
import type { DieParts } from "../../parts.ts";
import type { PhasePair, Programmed, Route } from "../contract.ts";
import { drawGains } from "../gains.ts";
import type { Weights } from "../parameters.ts";

type TransconductorParts = DieParts<TransconductorCircuit>;

/** One block of the weights as its synapses conduct it. */
interface BlockRoutes {
  readonly routes: readonly Route[];
  /**
   * Brings rows first … last−1 of the weights there: those whose `touched` is not 0 (an address, or
   * 0 for all), and their forward direction only where it is `stale`.
   */
  renew(first: number, last: number, touched: number, stale: boolean): void;
}

/** How far a die's synapses are from the ideal ones. */
interface Spread {
  /** σ of a synapse's gain, schematic's and device's together. */
  readonly sigma: number;
  /** Whether the outputs of neurons have gains. */
  readonly outputs: boolean;
  /** Whether the two directions of a synapse are one element. */
  readonly shared: boolean;
  /** Whether both directions conduct alike, so that an energy exists. */
  readonly matching: boolean;
}

/**
 * The synapses of a die. Its memory makes one weight a synapse, w_ij from the lower layer's unit i
 * to j; conducted is
 *
 *   forward   w_ij g_ij a_i   (what j receives of s_i),
 *   backward  w_ij h_ij a_j   (what i receives of s_j),
 *
 * with the gain g of each direction, 1 + σξ with the spreads of schematic and device together, and
 * the output gain a of its neuron (1 on an input). Without any the forward matrix is the weights
 * themselves. Learning writes w and nothing else. In a directed graph every block leads one way,
 * its own.
 */
export function transconductorsOf(die: TransconductorParts): Programmed {
  const { circuit, graph, parameters, store } = die;
  const { reciprocal: shared, gain } = circuit.mismatch;
  const sigma = Math.hypot(circuit.mismatch.synapse, store.gainSpread);
  const matching = !graph.directed && gain === 0 && (shared || sigma === 0);
  const spread: Spread = { sigma, outputs: gain !== 0, shared, matching };
  const blocks = parameters.weights.map((w) => ({ w, ...blockRoutes(die, w, spread) }));
  const routes = blocks.flatMap((b) => b.routes);
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
    reciprocal: matching,
    renew() {
      for (const { w, renew } of blocks) renew(0, w.rows, 0, true);
    },
    adjust(pair) {
      die.products.listInputs();
      for (const { w } of blocks) accumulate(die, w, pair);
      // Of inputs that were zero in all samples no weight changed.
      commit(die, blocks, die.inputs.columns.count);
    },
    adopt() {
      commit(die, blocks, 0);
    },
  };
}

function blockRoutes(die: TransconductorParts, w: Weights, spread: Spread): BlockRoutes {
  const { memory, at, graph } = die;
  const { from, to } = w.block;
  const { rows, cols, stride } = w;
  const forward = forwardOf(die, w, spread);
  const up: Route = { source: from, sink: to, matrix: forward.real, rows, stride, weights: w };
  const renew: BlockRoutes["renew"] = (first, last, touched, stale) => {
    if (stale) forward.renew(first, last, touched);
  };
  if (from === 0 || from === to || graph.directed) return { routes: [up], renew };

  // Backward synapses: the same conductances seen from the other side, stored transposed for the
  // kernels.
  const back: Route = {
    source: to,
    sink: from,
    matrix: memory.reals(cols * at.padded[from]).ptr,
    rows: cols,
    stride: at.padded[from],
    weights: w,
    back: true,
  };
  const mirror = mirrorOf(die, w, spread, forward.real, back);
  return {
    routes: [up, back],
    renew(first, last, touched, stale) {
      renew(first, last, touched, stale);
      mirror(first, last);
    },
  };
}

/** The address of the forward direction of a block, and how it follows the weights. */
function forwardOf(
  die: TransconductorParts,
  w: Weights,
  { sigma, outputs, shared }: Spread,
): { readonly real: number; renew(first: number, last: number, touched: number): void } {
  const { memory, store } = die;
  const { from } = w.block;
  const { rows, stride } = w;
  if (sigma === 0 && (!outputs || from === 0) && !store.apart)
    return { real: w.slot.ptr, renew: () => undefined };
  const out = outputGain(die, from);
  const gain = drawGains(die, w, {
    label: "synapse",
    mutual: shared,
    gain: (xi, i) => (1 + sigma * xi) * out(i),
  });
  const real = memory.reals(rows * stride);
  store.realise(w, gain, real);
  return {
    real: real.ptr,
    renew(first, last, touched) {
      const held = store.conducted(w).ptr;
      memory.kernels.realise(real.ptr, held, gain.ptr, rows, stride, first, last, touched);
    },
  };
}

/** Brings rows of a block to its backward direction. */
function mirrorOf(
  die: TransconductorParts,
  w: Weights,
  { sigma, shared, matching }: Spread,
  real: number,
  { matrix, stride: backStride }: Route,
): (first: number, last: number) => void {
  const { kernels } = die.memory;
  const { rows, cols, stride } = w;
  if (matching)
    return (first, last) => {
      kernels.transpose(real, stride, rows, cols, matrix, backStride, first, last);
    };
  const out = outputGain(die, w.block.to);
  const gain = drawGains(die, w, {
    label: shared ? "synapse" : "backward synapse",
    mutual: shared,
    gain: (xi, _, j) => (1 + sigma * xi) * out(j),
  });
  return (first, last) => {
    const held = die.store.conducted(w).ptr;
    kernels.realiseMirror(matrix, backStride, held, gain.ptr, rows, cols, stride, first, last);
  };
}

/** a of the units of a layer; inputs have none. */
function outputGain({ at, units }: DieParts, layer: number): (i: number) => number {
  return layer === 0 ? () => 1 : (i) => units.gain.array[at.offset[layer] + i];
}

/**
 * w += k (s⁺_i s⁺_j − s⁻_i s⁻_j), or where each direction has a weight of its own k sᵢ (s⁺_j −
 * s⁻_j).
 */
function accumulate(
  { graph, products }: DieParts,
  w: Weights,
  { high, low, free, difference, k }: PhasePair,
): void {
  const scale = k[w.block.to - 1];
  if (w.block.from === 0) products.fromInput(w, difference);
  else if (graph.directed) products.fromLayer(w, [{ a: free.ptr, b: difference, k: 1 }]);
  else
    products.fromLayer(w, [
      { a: high.ptr, b: high.ptr, k: scale },
      { a: low.ptr, b: low.ptr, k: -scale },
    ]);
}

/**
 * Programs this member's rows of every block, and when the team has, conducts them; of inputs only
 * those whose count at the address `inputs` is not 0 (0: all).
 */
function commit(
  { memory: { team }, store }: DieParts,
  blocks: readonly (BlockRoutes & { readonly w: Weights })[],
  inputs: number,
): void {
  const done = blocks.map(({ w, renew }) => {
    const [first, last] = partOf(w.rows, team);
    const touched = w.block.from === 0 ? inputs : 0;
    const renewed = store.commit(w, { first, last, touched });
    return () => {
      renew(first, last, renewed === "touched" ? touched : 0, renewed !== "none");
    };
  });
  store.committed(team);
  for (const finish of done) finish();
}
