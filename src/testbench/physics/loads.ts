import type { Load, Sums } from "../../circuit/physics/index.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { side, type Settled, type Side } from "./settled.ts";
import { square } from "../../numerics/power.ts";

/**
 * Block by block, the squares of voltages that its synapses see, over the rails: means over the
 * images.
 */
export function loadsOf(
  { graph, parameters, scale }: Chip,
  settled: Settled,
  state: Float64Array,
): readonly Load[] {
  const tensors = parameters.tensors();
  return graph.blocks.map(({ from, to, mask }, k): Load => {
    const { rows, cols } = parameters.weights[k];
    const volts = 1 / square(scale.layer[to]);
    const w = tensors.find((t) => t.name === parameters.weights[k].name)!.data;
    const a = meanSquares(side(settled, state, from), rows, settled.rows);
    const b = meanSquares(side(settled, state, to), cols, settled.rows);
    const products = meanProducts(settled, state, from, to, rows, cols);
    const sums = { from: empty(), to: empty(), across: empty() };
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) {
        const at = i * cols + j;
        if (mask && mask[at % mask.length] === 0) continue;
        add(sums.from, w[at], volts * a[i]);
        add(sums.to, w[at], volts * b[j]);
        add(sums.across, w[at], volts * (a[i] + b[j] - 2 * products[at]));
      }
    return sums;
  });
}

type Writable = { -readonly [K in keyof Sums]: number };

function empty(): Writable {
  return { plain: 0, absolute: 0, signed: 0 };
}

function add(sums: Writable, w: number, q: number): void {
  sums.plain += q;
  sums.absolute += Math.abs(w) * q;
  sums.signed += w * q;
}

function meanSquares({ values, stride, first }: Side, units: number, rows: number): Float64Array {
  const out = new Float64Array(units);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < units; i++) out[i] += square(values[r * stride + first + i]) / rows;
  return out;
}

/** ⟨s_i s_j⟩ of two layers [from × to]. */
function meanProducts(
  settled: Settled,
  state: Float64Array,
  from: number,
  to: number,
  rows: number,
  cols: number,
): Float64Array {
  const a = side(settled, state, from);
  const b = side(settled, state, to);
  const out = new Float64Array(rows * cols);
  for (let r = 0; r < settled.rows; r++)
    for (let i = 0; i < rows; i++) {
      const s = a.values[r * a.stride + a.first + i] / settled.rows;
      if (s !== 0)
        for (let j = 0; j < cols; j++)
          out[i * cols + j] += s * b.values[r * b.stride + b.first + j];
    }
  return out;
}
