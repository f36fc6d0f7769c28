import type { Circuit } from "../circuit/circuit.ts";
import { deviceOf } from "../circuit/elements.ts";
import type { Block } from "../energy/graph.ts";
import type { Precision } from "../numerics/vec.ts";
import { sourcesOf } from "./units/scale.ts";

/** Layers and blocks, however they are joined within. */
export interface Sizes {
  readonly sizes: readonly number[];
  readonly blocks: readonly Pick<Block, "from" | "to">[];
}

/** Reals of a synapse (spreads and devices on top), and of an input and a unit of a sample. */
const each = { synapse: 1.5, spread: 2, device: 12, input: 5, unit: 22 };
/** Bytes of a unit of a sample that solvers keep beside the kernels' memory. */
const solving = 64;

/** Inputs, units above them and synapses. */
export function countsOf(circuit: Circuit, { sizes, blocks }: Sizes) {
  const [first, ...above] = sizes;
  const inputs = sourcesOf(circuit, first);
  const rows = (l: number) => (l === 0 ? inputs : (sizes[l] ?? 0));
  return {
    inputs,
    units: above.reduce((sum, n) => sum + n, 0),
    synapses: blocks.reduce((sum, { from, to }) => sum + rows(from) * (sizes[to] ?? 0), 0),
  };
}

/** Bytes that a chip takes, and what settles it, within a factor of two. */
export function chipBytes(
  circuit: Circuit,
  shape: Sizes,
  { batch, precision }: { readonly batch: number; readonly precision: Precision },
): number {
  const { inputs, units, synapses } = countsOf(circuit, shape);
  const real = precision === "f64" ? 8 : 4;
  const perSynapse =
    each.synapse +
    (circuit.mismatch.synapse > 0 ? each.spread : 0) +
    (deviceOf(circuit.synapse) === undefined ? 0 : each.device);
  return (
    real * perSynapse * synapses +
    batch * (real * (each.input * inputs + each.unit * units) + solving * units)
  );
}
