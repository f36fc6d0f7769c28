import {
  excessVariance,
  shotVariance,
  thermalVariance,
  type TransconductorCircuit,
} from "../../../circuit/circuit.ts";
import type { Arena } from "../../../numerics/kernels/arena.ts";
import { vec, type Vec } from "../../../numerics/vec.ts";
import type { Layout } from "../../layout.ts";
import type { Held, WhiteNoise } from "../../noise/source.ts";
import type { DieParts } from "../../parts.ts";
import type { Route, Routes } from "../contract.ts";
import { square } from "../../../numerics/power.ts";

type WhiteParts = Pick<
  DieParts<TransconductorCircuit>,
  "memory" | "at" | "circuit" | "units" | "parameters"
>;

/**
 * Of independent white current sources the densities add. On a node i, one-sided in A²/Hz,
 *
 *   S_i = 4 k T (G_L,i + ties) · thermal  (leak, conductances λ and 2β; Johnson, Nyquist 1928)
 *       + 4 k T γ Σ_j |G_ij|      (transconductors, from inputs and units; van der Ziel 1970)
 *       + 2 q Σ I · shot          (bias currents; Schottky 1918),
 *
 * with I = |G_ij| V_s of a transconductor and |b_i| G_L V_s of the bias, and the state takes √(½
 * S_i τ) / (C_i V_s) per √τ. |G| V_s is the least current that a transconductor of |G| can be
 * biased with and be linear over the whole swing V_s. G_ij is as conducted, w_ij g_ij a_j G_L, the
 * sender's gain taken for part of the transconductor.
 */
export function whiteNoise(
  { memory, at, circuit, units, parameters: { bias } }: WhiteParts,
  { feeds, routes }: Routes,
): WhiteNoise {
  const swingSquare = square(circuit.rails.high - circuit.rails.low);
  const amplitude = vec("f64", at.size);
  const thermal = thermalVariance(circuit) / swingSquare;
  const excess = excessVariance(circuit) / swingSquare;
  const shot = shotVariance(circuit) / swingSquare;
  const weigh = ({ by }: Held, conducted: (i: number) => number) => {
    for (let i = 0; i < at.size; i++) {
      const warm = thermal * Math.max(0, units.leak.array[i] + by[i]);
      amplitude[i] = Math.sqrt(2 * (warm + conducted(i))) * units.rate.array[i];
    }
  };
  let holding: Held | null = null;
  const nothing = () => undefined;
  if (excess === 0 && shot === 0) {
    return {
      amplitude,
      any: thermal > 0,
      renew(held) {
        if (held === holding) return false;
        weigh(held, () => 0);
        holding = held;
        return true;
      },
      adjusted: nothing,
      programmed: nothing,
    };
  }

  const sums = magnitudes(memory, at, [...feeds, ...routes]);
  const programs = memory.ints(1);
  let seen = -1;
  return {
    amplitude,
    any: true,
    renew(held) {
      if (seen === programs.array[0] && held === holding) return false;
      const total = sums();
      const b = bias.array;
      weigh(held, (i) => excess * total[i] + shot * (total[i] + Math.abs(b[i])));
      seen = programs.array[0];
      holding = held;
      return true;
    },
    adjusted() {
      seen = -1;
    },
    programmed() {
      programs.array[0]++;
    },
  };
}

/** `[size]`: Σ |w| over what the routes bring to a unit, as 2 Σ max(w, 0) − Σ w by the kernels. */
function magnitudes(memory: Arena, at: Layout, routes: readonly Route[]): () => Vec {
  const { kernels, bytes } = memory;
  const above = memory.privateReals(at.size);
  const all = memory.privateReals(at.size);
  return () => {
    above.array.fill(0);
    all.array.fill(0);
    for (const { sink, matrix, rows, stride } of routes)
      kernels.addPackedSums(
        above.ptr + at.offset[sink] * bytes,
        all.ptr + at.offset[sink] * bytes,
        matrix,
        rows,
        stride,
      );
    return above.array.map((x, i) => 2 * x - all.array[i]);
  };
}
