import { blockName } from "../../energy/graph.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { DieParts } from "../parts.ts";
import { packedIndex, type Weights } from "./parameters.ts";

/** How the gains of one direction of a block are drawn. */
interface GainLaw {
  /** Names the stream. */
  readonly label: string;
  /** Whether the two entries of a synapse inside a layer are one element. */
  readonly mutual: boolean;
  /** The gain of synapse (i, j), whose number ξ is standard normal. */
  gain(xi: number, i: number, j: number): number;
}

/** A die's gains of one direction of a block [rows × cols], packed like its weights. */
export function drawGains(
  { memory, die }: Pick<DieParts, "memory" | "die">,
  { block, rows, cols, stride }: Weights,
  { label, mutual, gain }: GainLaw,
): Slot<Vec> {
  const slot = memory.reals(rows * stride);
  const xi = new Float64Array(rows * cols);
  const rng = random("die", die, label, blockName(block));
  for (let k = 0; k < xi.length; k++) xi[k] = rng.normal();
  const folded = mutual && block.from === block.to;
  const draw = (i: number, j: number) => (folded && i > j ? xi[j * cols + i] : xi[i * cols + j]);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++)
      slot.array[packedIndex(i, j, rows, stride, memory)] = gain(draw(i, j), i, j);
  return slot;
}
