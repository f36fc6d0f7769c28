import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import type { Precision } from "../../src/numerics/vec.ts";
import { packedAt } from "./kernel-oracles.ts";
import { golden, lanes, mix } from "./noise-oracle.ts";

type Fluctuation = Pick<
  Kernels,
  "readDevices" | "drawWords" | "dimSynapses" | "pickSwitches" | "applySwitches" | "switchResistors"
>;

/** Kernels of synapses that fluctuate, one element at a time. */
export function fluctuationOracles(memory: ArrayBuffer, precision: Precision): Fluctuation {
  const R = precision === "f32" ? new Float32Array(memory) : new Float64Array(memory);
  const bytes = R.BYTES_PER_ELEMENT;
  const I = new Int32Array(memory);
  const B = new Uint8Array(memory);
  const round = precision === "f32" ? Math.fround : (x: number) => x;
  const mul = (a: number, b: number) => round(a * b);
  const add = (a: number, b: number) => round(a + b);
  const bit = (ptr: number, k: number) => (B[ptr + (k >> 3)] >> (k & 7)) & 1;
  return {
    readDevices(out, a, z, n, rest, pair) {
      for (let k = 0; k < n; k++) {
        const x = R[a / bytes + k];
        const g = add(pair ? Math.abs(x) : x, round(rest));
        R[out / bytes + k] = add(
          x,
          mul(
            R[z / bytes + k],
            pair ? round(Math.sqrt(add(mul(g, g), mul(round(rest), round(rest))))) : g,
          ),
        );
      }
    },
    drawWords(out, n, key, moment) {
      for (let k = 0; k < n; k++)
        I[out / 4 + k] = mix((mix((mix(lanes[k % 4] ^ key) + moment) | 0) + k - (k % 4)) | 0);
    },
    dimSynapses(out, a, bits, height, width, stride, cols, way, keep) {
      for (let r = 0; r < height; r++)
        for (let c = 0; c < stride; c++) {
          const at = packedAt(r, c, height, stride, bytes);
          const turned = way === 1 || (way === 2 && r > c);
          const k = turned ? c * cols + r : r * cols + c;
          R[out / bytes + at] = mul(R[a / bytes + at], c < width && bit(bits, k) ? round(keep) : 1);
        }
    },
    pickSwitches(list, count, bits, first, last, scale, key, moment, step) {
      const seed = [moment, step, first].reduce(
        (h, next) => mix((h + next) | 0),
        mix(lanes[0] ^ key),
      );
      let n = 0;
      let k = first - 1;
      for (let draw = 1; ; draw++) {
        const u = ((mix((seed + Math.imul(draw, golden)) | 0) >>> 0) + 1) * 2 ** -32;
        k += 1 + Math.floor(Math.log(u) * scale);
        if (!(k < last)) break;
        B[bits + (k >> 3)] ^= 1 << (k & 7);
        I[list / 4 + n++] = 2 * k + bit(bits, k);
      }
      I[count / 4] = n;
    },
    applySwitches(
      list,
      n,
      out,
      a,
      height,
      stride,
      cols,
      way,
      keep,
      from,
      fromStride,
      to,
      also,
      toStride,
      samples,
    ) {
      const send = (source: number, sink: number, dimmed: boolean) => {
        const at = packedAt(source, sink, height, stride, bytes);
        const x = R[a / bytes + at];
        const less = mul(x, round(keep));
        R[out / bytes + at] = dimmed ? less : x;
        const change = dimmed ? add(less, -x) : add(x, -less);
        for (let r = 0; r < samples; r++) {
          const s = R[from / bytes + r * fromStride + source];
          if (s === 0) continue;
          for (const sums of also === 0 ? [to] : [to, also])
            R[sums / bytes + r * toStride + sink] = add(
              R[sums / bytes + r * toStride + sink],
              mul(change, s),
            );
        }
      };
      for (let m = 0; m < n; m++) {
        const entry = I[list / 4 + m];
        const k = entry >> 1;
        const i = Math.floor(k / cols);
        const j = k % cols;
        const dimmed = (entry & 1) === 1;
        if (way === 2 && i >= j) continue;
        if (way !== 1) send(i, j, dimmed);
        if (way !== 0) send(j, i, dimmed);
      }
    },
    switchResistors(
      list,
      n,
      out,
      a,
      back,
      height,
      stride,
      cols,
      backStride,
      keep,
      low,
      lowStride,
      toHigh,
      also,
      high,
      toLow,
      size,
      samples,
      loadHigh,
      loadLow,
    ) {
      const increase = (ptr: number, i: number, by: number) => {
        R[ptr / bytes + i] = add(R[ptr / bytes + i], by);
      };
      for (let m = 0; m < n; m++) {
        const entry = I[list / 4 + m];
        const k = entry >> 1;
        const i = Math.floor(k / cols);
        const j = k % cols;
        const at = packedAt(i, j, height, stride, bytes);
        const x = R[a / bytes + at];
        const less = mul(x, round(keep));
        const now = (entry & 1) === 1 ? less : x;
        const change = (entry & 1) === 1 ? add(less, -x) : add(x, -less);
        if ((back === out && i >= j) || change === 0) continue;
        R[out / bytes + at] = now;
        increase(loadHigh, j, change);
        if (back !== 0) {
          R[back / bytes + packedAt(j, i, cols, backStride, bytes)] = now;
          increase(loadLow, i, change);
        }
        for (let r = 0; r < samples; r++) {
          for (const sums of also === 0 ? [toHigh] : [toHigh, also])
            increase(sums, r * size + j, mul(change, R[low / bytes + r * lowStride + i]));
          if (back !== 0)
            increase(toLow, r * size + i, mul(change, R[high / bytes + r * size + j]));
        }
      }
    },
  };
}
