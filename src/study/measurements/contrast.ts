import { familyOf } from "../../circuit/families/families.ts";
import type { SynapseRule } from "../../circuit/families/family.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { square } from "../../numerics/power.ts";

/** Free and nudged states, [images × size] each. */
export interface Phases {
  readonly free: Float64Array;
  readonly nudged: Float64Array;
}

/**
 * What stands at one end of a block's synapses: that of row i and image r is at `rows·r + first +
 * i`.
 */
interface End {
  readonly nudged: Float64Array;
  readonly free: Float64Array;
  readonly rows: number;
  readonly first: number;
}

/**
 * What the circuit's own rule teaches every synapse, block after block, and Σ (s⁺_i − s⁻_i) of
 * every unit: the learning gradient but for β and the number of images, which no comparison sees,
 * and before a range clips it.
 *
 *     transconductors         Σ (s⁺_i s⁺_j − s⁻_i s⁻_j)
 *     of one direction each   Σ s⁻_i (s⁺_j − s⁻_j)
 *     resistors               −½ Σ ((s_i − s_j)²⁺ − (s_i − s_j)²⁻)
 *
 * @param inputs [images × inputs]; a crossbar's terminals stand at ±a x.
 */
export function contrast(
  chip: Pick<Chip, "circuit" | "graph" | "layout" | "parameters" | "scale" | "size">,
  inputs: Float64Array,
  { free, nudged }: Phases,
): readonly Float64Array[] {
  const {
    circuit,
    graph,
    layout: { sizes, offset },
    parameters,
    scale,
    size,
  } = chip;
  const images = free.length / size;
  const rule = rules[familyOf(circuit).rule];
  const blocks = graph.blocks.map(({ from, to, mask }, b) => {
    const { rows, cols } = parameters.weights[b];
    const sent = graph.directed ? free : nudged;
    const out = new Float64Array(rows * cols);
    const ends =
      from === 0
        ? terminals(inputs, sizes[0], rows, scale.input)
        : { nudged: sent, free, rows: size, first: offset[from] };
    for (let r = 0; r < images; r++)
      rule(out, ends, { nudged, free, rows: size, first: offset[to] }, r, rows, cols);
    // Both terminals of an input have its mask.
    return mask ? out.map((v, i) => v * mask[i % mask.length]) : out;
  });
  const bias = new Float64Array(size);
  for (let k = 0; k < free.length; k++) bias[k % size] += nudged[k] - free[k];
  return [...blocks, bias];
}

/** Inputs, and after them their mirror images where a block has more rows than there are inputs. */
function terminals(inputs: Float64Array, width: number, rows: number, gain: number): End {
  const at = Float64Array.from(
    { length: (inputs.length / width) * rows },
    (_, k) =>
      (k % rows < width ? gain : -gain) *
      inputs[Math.floor(k / rows) * width + ((k % rows) % width)],
  );
  return { nudged: at, free: at, rows, first: 0 };
}

function products(out: Float64Array, a: End, b: End, r: number, rows: number, cols: number): void {
  for (const [phase, k] of [
    ["nudged", 1],
    ["free", -1],
  ] as const) {
    const aAt = r * a.rows + a.first;
    const bAt = r * b.rows + b.first;
    for (let i = 0; i < rows; i++) {
      const x = k * a[phase][aAt + i];
      if (x !== 0) for (let j = 0; j < cols; j++) out[i * cols + j] += x * b[phase][bAt + j];
    }
  }
}

/**
 * The change of a square as difference times sum, which keeps the digits that two squares of large
 * inputs would lose.
 */
function drops(out: Float64Array, a: End, b: End, r: number, rows: number, cols: number): void {
  const aAt = r * a.rows + a.first;
  const bAt = r * b.rows + b.first;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const up = a.nudged[aAt + i] - b.nudged[bAt + j];
      const low = a.free[aAt + i] - b.free[bAt + j];
      const change = a.nudged[aAt + i] - a.free[aAt + i] - (b.nudged[bAt + j] - b.free[bAt + j]);
      out[i * cols + j] -= 0.5 * change * (up + low);
    }
}

const rules = { products, drops } satisfies Record<SynapseRule, typeof products>;

/** ‖a − b‖ / ‖b‖ over all of it (Frobenius). */
export function relativeError(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let off = 0;
  let size = 0;
  b.forEach((exact, m) => {
    for (let i = 0; i < exact.length; i++) {
      off += square(a[m][i] - exact[i]);
      size += square(exact[i]);
    }
  });
  return Math.sqrt(off / size);
}
