import { pad4 } from "../../src/dynamics/layout.ts";
import type { Trial } from "./kernel-stage.ts";
import type { Props } from "./kernel-trials.ts";

/** Bits of the synapses of a block, with room for a word beyond them. */
function bitsOf({ s, rng }: Props, synapses: number): number {
  return s.octets(
    Array.from({ length: 4 * (Math.ceil(synapses / 128) * 4 + 1) }, () => rng.below(256)),
  );
}

/** A block [rows × cols], and the matrix of one of its directions. */
function matrixOf({ rows, cols, padded, rng }: Props): {
  way: number;
  blockRows: number;
  height: number;
  width: number;
  stride: number;
} {
  const way = rng.below(3);
  if (way === 2) return { way, blockRows: cols, height: cols, width: cols, stride: padded };
  return way === 1
    ? { way, blockRows: rows, height: cols, width: rows, stride: pad4(rows) }
    : { way, blockRows: rows, height: rows, width: cols, stride: padded };
}

export function readTrial({ rows, padded, reals, rng }: Props): Trial {
  return {
    args: [
      reals(rows * padded),
      reals(rows * padded),
      reals(rows * padded),
      rows * padded,
      rng.uniform(),
      rng.below(2),
    ],
  };
}

export function wordTrial({ s, rows, padded, rng }: Props): Trial {
  const n = rows * padded;
  return {
    args: [s.ints(new Array<number>(n).fill(-1)), n, rng.below(2 ** 32), rng.below(2 ** 32)],
  };
}

export function dimTrial(props: Props): Trial {
  const { cols, reals, rng } = props;
  const { way, blockRows, height, width, stride } = matrixOf(props);
  const n = height * stride;
  // Beyond the columns of a row lie zeros, whatever bits they meet.
  const a = props.s.reals(new Array<number>(n).fill(0));
  const values = Array.from({ length: n }, () => rng.normal());
  for (let r = 0; r < height; r++)
    for (let c = 0; c < width; c++)
      put(props, a, packed(r, c, height, stride, props.s.bytes), values[r * stride + c]);
  return {
    args: [
      reals(n),
      a,
      bitsOf(props, blockRows * cols),
      height,
      width,
      stride,
      cols,
      way,
      rng.uniform(),
    ],
  };
}

export function pickTrial(props: Props): Trial {
  const { s, rows, cols, rng } = props;
  const n = rows * cols;
  const [first, last] = [rng.below(n + 1), rng.below(n + 1)].sort((a, b) => a - b);
  const word = () => rng.below(2 ** 32);
  return {
    args: [
      s.ints(new Array<number>(n + 1).fill(-1)),
      s.ints([0]),
      bitsOf(props, n),
      first,
      last,
      1 / Math.log1p(-[0.01, 0.2, 0.5, 0.9][rng.below(4)]),
      word(),
      word(),
      word(),
    ],
  };
}

export function switchTrial(props: Props): Trial {
  const { s, cols, reals, rng } = props;
  const { way, blockRows, height, width, stride } = matrixOf(props);
  const n = height * stride;
  const samples = rng.below(4);
  const total = blockRows * cols;
  const list = Array.from(
    { length: total === 0 ? 0 : rng.below(9) },
    () => 2 * rng.below(total) + rng.below(2),
  );
  const wide = way === 2 ? stride : pad4(width);
  return {
    args: [
      s.ints([...list, -1]),
      list.length,
      reals(n),
      reals(n),
      height,
      stride,
      cols,
      way,
      rng.uniform(),
      reals(samples * height),
      height,
      reals(samples * wide),
      rng.uniform() < 0.5 ? reals(samples * wide) : 0,
      wide,
      samples,
    ],
  };
}

export function resistorTrial(props: Props): Trial {
  const { s, cols, padded, reals, rng } = props;
  const way = rng.below(3);
  const height = way === 2 ? cols : props.rows;
  const total = height * cols;
  const n = height * padded;
  const samples = rng.below(4);
  const size = pad4(Math.max(height, cols));
  const list = Array.from(
    { length: total === 0 ? 0 : rng.below(9) },
    () => 2 * rng.below(total) + rng.below(2),
  );
  const out = reals(n);
  const states = () => reals(samples * size);
  // From inputs, between layers, within one.
  const back = way === 0 ? 0 : way === 2 ? out : reals(cols * pad4(height));
  return {
    args: [
      s.ints([...list, -1]),
      list.length,
      out,
      reals(n),
      back,
      height,
      padded,
      cols,
      way === 2 ? padded : pad4(height),
      rng.uniform(),
      states(),
      size,
      states(),
      rng.uniform() < 0.5 ? states() : 0,
      states(),
      states(),
      size,
      samples,
      reals(padded),
      reals(pad4(height)),
    ],
  };
}

const packed = (r: number, c: number, rows: number, stride: number, bytes: number) => {
  const panel = 128 / bytes;
  const first = c - (c % panel);
  return rows * first + r * Math.min(panel, stride - first) + (c - first);
};
const put = ({ s }: Props, ptr: number, i: number, x: number) => {
  (s.precision === "f32" ? new Float32Array(s.memory()) : new Float64Array(s.memory()))[
    ptr / s.bytes + i
  ] = x;
};
