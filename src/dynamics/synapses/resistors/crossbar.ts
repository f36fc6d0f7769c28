import { unitConductance, type Circuit } from "../../../circuit/circuit.ts";
import { blockName } from "../../../energy/graph.ts";
import type { ConductanceRange } from "../../../energy/resistive.ts";
import { InputError } from "../../../numerics/errors.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import { partOf } from "../../../numerics/kernels/team.ts";
import { random } from "../../../numerics/random.ts";
import type { Tensor, Vec } from "../../../numerics/vec.ts";
import type { Inputs } from "../../inputs.ts";
import { pad4, type Layout } from "../../layout.ts";
import type { WeightMemory } from "../memory.ts";
import { packedIndex, type OuterProducts, type Parameters, type Weights } from "../parameters.ts";
import type { Route, Synapses } from "../transconductors/synapses.ts";
import type { Scale } from "../../units/scale.ts";
import { bothTerminals, shareRows, loadIn, wiring, type Load } from "./wiring.ts";

/** Ends of what the resistors of a circuit can be programmed to, in units of the weight. */
export function rangeOf(circuit: Circuit): ConductanceRange {
  const { conductance, span = 1 } = circuit.synapse!;
  return { low: conductance!.low / unitConductance(circuit), high: span };
}

/** The synapses of a die where they are resistors, and what they load its nodes with. */
export interface Crossbars extends Synapses {
  /** What every resistor conducts, all terminals of the inputs among them. */
  readonly resistors: readonly Route[];
  /** Σ_j g_ij of each unit; another object after every change. */
  load(): Load;
  /** @throws InputError for a conductance beyond the range of a register. */
  check(tensors: readonly Tensor[]): void;
}

/**
 * Resistors g_ij between nodes: the lower node's voltage drives the upper one and the other way
 * round, both are loaded by g_ij, and learning follows the squares of the drops,
 *
 *   Δg_ij = −k/2 Σ ((v_i − v_j)²⁺ − (v_i − v_j)²⁻)     then clipped to the range (Kendall et al. 2020),
 *
 * the Hopfield rule k Σ (v_i v_j)⁺ − (v_i v_j)⁻ and the squares of one voltage each. Input i holds
 * its terminals at ±a x_i, a the scale of the inputs (+ alone unless complementary), so that a (g⁺
 * − g⁻) is what x drives and Δg± has ±a x_i Δv_j. Conducted is w_ij g_ij of a die's own gain, 1 +
 * σξ, never below 0.
 */
export function crossbars(
  memory: Arena,
  at: Layout,
  params: Parameters,
  store: WeightMemory,
  circuit: Circuit,
  scale: Scale,
  x: Inputs,
  products: OuterProducts,
  die: number,
): Crossbars {
  const { kernels, team } = memory;
  const { size } = at;
  const sigma = Math.hypot(circuit.mismatch.synapse, store.gainSpread);
  const range = rangeOf(circuit);
  const programs = memory.ints(1);
  const squares = memory.privateReals(size);
  const below = memory.privateReals(size);
  const above = memory.privateReals(size);
  let seen = -1;
  let loaded = loadIn(below, above);

  const gains = ({ block, rows, cols, stride }: Weights): Slot<Vec> => {
    const slot = memory.reals(rows * stride);
    const xi = new Float64Array(rows * cols);
    const rng = random("die", die, "synapse", blockName(block));
    for (let k = 0; k < xi.length; k++) xi[k] = rng.normal();
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++)
        slot.array[packedIndex(i, j, rows, stride, memory)] = Math.max(
          0,
          1 + sigma * (block.from === block.to && i > j ? xi[j * cols + i] : xi[i * cols + j]),
        );
    return slot;
  };
  const arrays = params.weights.map((w) => array(w));
  function array(w: Weights) {
    const {
      block: { from, to },
      rows,
      cols,
      stride,
    } = w;
    const forward =
      sigma === 0 && !store.apart ? null : { gain: gains(w), real: memory.reals(rows * stride) };
    if (forward) store.realise(w, forward.gain, forward.real);
    const real = forward?.real.ptr ?? w.slot.ptr;
    const wires = wiring(memory, at, w, real, scale, (many) => memory.reals(many));
    const ends = [memory.reals(stride), memory.reals(stride)];
    const terms = [memory.privateReals(stride), memory.privateReals(pad4(rows))];
    ends[0].array.fill(store.inPlace ? -Infinity : range.low, 0, cols);
    ends[1].array.fill(store.inPlace ? Infinity : range.high, 0, cols);
    const renew = (first: number, last: number, stale: boolean) => {
      bothTerminals(at, w, first, last, (a, b) => {
        if (forward && stale)
          kernels.realise(real, store.conducted(w).ptr, forward.gain.ptr, rows, stride, a, b, 0);
      });
      wires.renew(first, last);
    };
    return {
      w,
      wires,
      resistors: { source: from, sink: to, matrix: real, rows, stride, weights: w },
      renew,
      /** A member's inputs or rows. */
      mine: () => partOf(at.sizes[from], team, shareRows),
      /**
       * g + what the squares add, within the range unless devices have bounds of their own, and
       * then programmed; whether what is conducted is to be formed.
       */
      restrain(first: number, last: number, k: number): boolean {
        const column = terms[0];
        const row = terms[1];
        const q = squares.array;
        for (let j = 0; j < stride; j++) column.array[j] = -0.5 * k * q[at.offset[to] + j];
        if (from > 0)
          for (let i = 0; i < rows; i++) row.array[i] = -0.5 * k * q[at.offset[from] + i];
        let stale = false;
        bothTerminals(at, w, first, last, (a, b) => {
          kernels.restrain(
            w.slot.ptr,
            rows,
            stride,
            a,
            b,
            from > 0 ? row.ptr : 0,
            column.ptr,
            ends[0].ptr,
            ends[1].ptr,
            w.mask?.ptr ?? 0,
          );
          stale = store.commit(w, { first: a, last: b, touched: 0 }) !== "none" || stale;
        });
        return stale;
      },
    };
  }
  const routes = arrays.flatMap((a) => a.wires.routes);
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
    reciprocal: true,
    resistors: arrays.map((a) => a.resistors),
    load() {
      if (seen === programs.array[0]) return loaded;
      below.array.fill(0);
      above.array.fill(0);
      for (const { wires } of arrays) wires.addTo(below, above);
      seen = programs.array[0];
      loaded = loadIn(below, above);
      return loaded;
    },
    renew() {
      for (const { w, renew } of arrays) renew(0, at.sizes[w.block.from], true);
      programs.array[0]++;
    },
    adjust({ high, low, difference, k }) {
      products.listInputs();
      for (const { w } of arrays) {
        const scaled = k[w.block.to - 1];
        if (w.block.from > 0)
          products.fromLayer(w, [
            { a: high.ptr, b: high.ptr, k: scaled },
            { a: low.ptr, b: low.ptr, k: -scaled },
          ]);
        else {
          products.fromInput(w, difference, scale.input);
          if (w.rows > x.width) products.fromInput(w, difference, -scale.input, x.width);
        }
      }
      kernels.squaresDifference(squares.ptr, high.ptr, low.ptr, size, x.rows, size, 1);
      const done = arrays.map(({ w, mine, restrain, renew }) => {
        const [first, last] = mine();
        const stale = restrain(first, last, k[w.block.to - 1]);
        return () => {
          renew(first, last, stale);
        };
      });
      store.committed(team, shareRows);
      for (const finish of done) finish();
      seen = -1;
    },
    check(tensors) {
      // Devices that are asked themselves go as far as they can, and may be owed parts of pulses.
      if (store.inPlace) return;
      const slack = 1e-6 * range.high;
      for (const { w } of arrays) {
        const data = tensors.find((t) => t.name === w.name)?.data;
        const at =
          data?.findIndex(
            (g, k) =>
              !(g >= range.low - slack && g <= range.high + slack) &&
              !(g === 0 && w.block.mask?.[k] === 0),
          ) ?? -1;
        if (at >= 0)
          throw new InputError(
            `circuit ${circuit.name}: "${w.name}" asks for a conductance of ${data![at]} ` +
              `units, expected ${range.low} to ${range.high}, what synapse.conductance allows; ` +
              "program what its resistors can hold",
          );
      }
    },
  };
}
