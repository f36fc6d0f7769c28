import type { Circuit } from "../../../circuit/circuit.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import { partOf } from "../../../numerics/kernels/team.ts";
import { blockName, type Graph } from "../../../energy/graph.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { UnitArrays } from "../../units/mismatch.ts";
import type { Inputs } from "../../inputs.ts";
import type { Layout } from "../../layout.ts";
import type { WeightMemory } from "../memory.ts";
import { packedIndex, type OuterProducts, type Parameters, type Weights } from "../parameters.ts";

/**
 * What the units of one layer send to another: a packed matrix [rows × stride], a row for each unit
 * of `source`.
 */
export interface Route {
  readonly source: number;
  readonly sink: number;
  readonly matrix: number;
  readonly rows: number;
  readonly stride: number;
  readonly weights: Weights;
  /** Whether from the higher layer of a block to the lower one. */
  readonly back?: boolean;
}

/**
 * The synapses of a die. Its memory makes one weight a synapse, w_ij from the lower layer's unit i
 * to j; conducted is
 *
 *   forward  w_ij g_ij a_i   (what j receives of s_i),     backward  w_ij h_ij a_j   (what i receives of s_j),
 *
 * with the gain g of each direction and the output gain a of its neuron (1 on an input). Learning
 * writes w and nothing else. In a directed graph every block leads one way, its own.
 */
export interface Synapses {
  /** From the inputs. */
  readonly feeds: readonly Route[];
  /** Between units: each block, and after it its mirror image unless it is lateral. */
  readonly routes: readonly Route[];
  /** Whether what i receives of j is what j receives of i, so that an energy exists. */
  readonly reciprocal: boolean;
  /** Brings what is conducted up to date after all weights were written. */
  renew(): void;
  /**
   * Adds what a contrast teaches, programs it and brings what is conducted up to date: a member's
   * share.
   */
  adjust(contrast: Contrast): void;
}

/**
 * Two phases of a minibatch as they were read, the free one among them, the address of their
 * difference times k, and k itself.
 */
export interface Contrast {
  readonly high: Slot<Vec>;
  readonly low: Slot<Vec>;
  readonly free: Slot<Vec>;
  readonly difference: number;
  readonly k: readonly number[];
}

/**
 * One block: its routes, and how rows of its weights are brought there: those touched, and their
 * forward direction or not.
 */
interface Fabric {
  readonly routes: readonly Route[];
  renew(first: number, last: number, touched: number, forward: boolean): void;
}

/**
 * Draws the gains of a die's synapses, with the spreads of schematic and device together. Without
 * any the forward matrix is the weights themselves.
 */
export function synapses(
  memory: Arena,
  at: Layout,
  { directed }: Graph,
  params: Parameters,
  store: WeightMemory,
  circuit: Circuit,
  units: UnitArrays,
  x: Inputs,
  products: OuterProducts,
  die: number,
): Synapses {
  const { kernels, team } = memory;
  const { reciprocal: shared, gain: spread } = circuit.mismatch;
  const sigma = Math.hypot(circuit.mismatch.synapse, store.gainSpread);
  const matching = !directed && spread === 0 && (shared || sigma === 0);
  const outputOf = (layer: number, i: number) =>
    layer === 0 ? 1 : units.gain.array[at.offset[layer] + i];

  /**
   * Gains of one direction of a block, in the layout of its weights; the label names the stream.
   */
  const gains = (
    { block, rows, cols, stride }: Weights,
    label: string,
    a: (i: number, j: number) => number,
  ): Slot<Vec> => {
    const slot = memory.reals(rows * stride);
    const xi = new Float64Array(rows * cols);
    const rng = random("die", die, label, blockName(block));
    for (let k = 0; k < xi.length; k++) xi[k] = rng.normal();
    // A lateral block holds both directions.
    const mutual = block.from === block.to && shared;
    const draw = (i: number, j: number) => (mutual && i > j ? xi[j * cols + i] : xi[i * cols + j]);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++)
        slot.array[packedIndex(i, j, rows, stride, memory)] = (1 + sigma * draw(i, j)) * a(i, j);
    return slot;
  };
  const fabric = (w: Weights): Fabric => {
    const {
      block: { from, to },
      rows,
      cols,
      stride,
    } = w;
    const ideal = sigma === 0 && (spread === 0 || from === 0) && !store.apart;
    const forward = ideal
      ? null
      : { gain: gains(w, "synapse", (i) => outputOf(from, i)), real: memory.reals(rows * stride) };
    if (forward) store.realise(w, forward.gain, forward.real);
    const real = forward?.real.ptr ?? w.slot.ptr;
    const up: Route = { source: from, sink: to, matrix: real, rows, stride, weights: w };
    const renewForward = (first: number, last: number, touched: number, stale: boolean) => {
      if (forward && stale)
        kernels.realise(
          real,
          store.conducted(w).ptr,
          forward.gain.ptr,
          rows,
          stride,
          first,
          last,
          touched,
        );
    };
    if (from === 0 || from === to || directed) return { routes: [up], renew: renewForward };

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
    const own = matching
      ? null
      : gains(w, shared ? "synapse" : "backward synapse", (_, j) => outputOf(to, j));
    return {
      routes: [up, back],
      renew(first, last, touched, stale) {
        renewForward(first, last, touched, stale);
        if (own)
          kernels.realiseMirror(
            back.matrix,
            back.stride,
            store.conducted(w).ptr,
            own.ptr,
            rows,
            cols,
            stride,
            first,
            last,
          );
        else kernels.transpose(real, stride, rows, cols, back.matrix, back.stride, first, last);
      },
    };
  };
  const fabrics = params.weights.map((w) => ({ w, ...fabric(w) }));
  const routes = fabrics.flatMap((f) => f.routes);
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
    reciprocal: matching,
    renew() {
      for (const { w, renew } of fabrics) renew(0, w.rows, 0, true);
    },
    adjust({ high, low, free, difference, k }) {
      products.listInputs();
      for (const { w } of fabrics) {
        const scale = k[w.block.to - 1];
        if (w.block.from === 0) products.fromInput(w, difference);
        else if (directed) products.fromLayer(w, [{ a: free.ptr, b: difference, k: 1 }]);
        else
          products.fromLayer(w, [
            { a: high.ptr, b: high.ptr, k: scale },
            { a: low.ptr, b: low.ptr, k: -scale },
          ]);
      }
      const done = fabrics.map(({ w, renew }) => {
        // Of inputs that were zero in all samples no weight changed.
        const [first, last] = partOf(w.rows, team);
        const touched = w.block.from === 0 ? x.columns.count : 0;
        const renewed = store.commit(w, { first, last, touched });
        return () => {
          renew(first, last, renewed === "touched" ? touched : 0, renewed !== "none");
        };
      });
      store.committed(team);
      for (const finish of done) finish();
    },
  };
}
