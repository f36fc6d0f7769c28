import type { ResistorCircuit } from "../../../circuit/circuit.ts";
import { unitConductance } from "../../../circuit/families/families.ts";
import type { ConductanceRange } from "../../../energy/resistive.ts";
import { InputError } from "../../../numerics/errors.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import { partOf } from "../../../numerics/kernels/team.ts";
import type { Tensor, Vec } from "../../../numerics/vec.ts";
import { pad4 } from "../../layout.ts";
import type { DieParts } from "../../parts.ts";
import type { NodeLoad, PhasePair, Programmed, Route } from "../contract.ts";
import { drawGains } from "../gains.ts";
import type { Weights } from "../parameters.ts";
import { bothTerminals, loadIn, shareRows, wiring, type Wiring } from "./wiring.ts";

type ResistorParts = DieParts<ResistorCircuit>;

/** Ends of what the resistors of a circuit can be programmed to, in units of the weight. */
export function rangeOf(circuit: ResistorCircuit): ConductanceRange {
  const { conductance, span } = circuit.synapse;
  return { low: conductance.low / unitConductance(circuit), high: span };
}

/** The resistors of a die, and what they load its nodes with. */
export interface ProgrammedResistors extends Programmed {
  /** What every resistor conducts, all terminals of the inputs among them. */
  readonly resistors: readonly Route[];
  /** Σ_j g_ij of each unit; another object after every change. */
  load(): NodeLoad;
}

/** The resistors of one block. */
interface BlockResistors {
  readonly w: Weights;
  readonly wires: Wiring;
  readonly resistors: Route;
  /** Conducts rows first … last−1 as they are programmed, where that is `stale`, and wires them. */
  renew(first: number, last: number, stale: boolean): void;
  /**
   * g + what the squares add, within the range unless devices have bounds of their own, and then
   * programmed; whether what is conducted is to be formed.
   */
  restrain(first: number, last: number, k: number): boolean;
  /** Programs what the weights are; whether what is conducted is to be formed. */
  write(first: number, last: number): boolean;
}

/**
 * Resistors g_ij between nodes: the lower node's voltage drives the upper one and the other way
 * round, both are loaded by g_ij, and learning follows the squares of the drops,
 *
 *   Δg_ij = −k/2 Σ ((v_i − v_j)²⁺ − (v_i − v_j)²⁻),
 *
 * then clipped to the range (Kendall et al. 2020): the Hopfield rule k Σ (v_i v_j)⁺ − (v_i v_j)⁻
 * and the squares of one voltage each. Input i holds its terminals at ±a x_i, a the scale of the
 * inputs (+ alone unless complementary), so that a (g⁺ − g⁻) is what x drives and Δg± has ±a x_i
 * Δv_j. Conducted is w_ij g_ij of a die's own gain, 1 + σξ, never below 0.
 */
export function resistorsOf(die: ResistorParts): ProgrammedResistors {
  const { memory, at, inputs: x, parameters, store, products } = die;
  const { kernels, team } = memory;
  const { size } = at;
  const programs = memory.ints(1);
  const squares = memory.privateReals(size);
  const below = memory.privateReals(size);
  const above = memory.privateReals(size);
  const blocks = parameters.weights.map((w) => blockResistors(die, w, squares));
  const routes = blocks.flatMap((b) => b.wires.routes);
  let seen = -1;
  let loaded = loadIn(below, above);
  /** Programs this member's rows of every block, and when the team has, conducts them. */
  const commit = (programs: (b: BlockResistors, first: number, last: number) => boolean) => {
    const done = blocks.map((block) => {
      const [first, last] = partOf(at.sizes[block.w.block.from], team, shareRows);
      const stale = programs(block, first, last);
      return () => {
        block.renew(first, last, stale);
      };
    });
    store.committed(team, shareRows);
    for (const finish of done) finish();
    seen = -1;
  };
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
    reciprocal: true,
    resistors: blocks.map((b) => b.resistors),
    load() {
      if (seen === programs.array[0]) return loaded;
      below.array.fill(0);
      above.array.fill(0);
      for (const { wires } of blocks) wires.addTo(below, above);
      seen = programs.array[0];
      loaded = loadIn(below, above);
      return loaded;
    },
    renew() {
      for (const { w, renew } of blocks) renew(0, at.sizes[w.block.from], true);
      programs.array[0]++;
    },
    adjust(pair) {
      products.listInputs();
      for (const { w } of blocks) accumulate(die, w, pair);
      kernels.squaresDifference(squares.ptr, pair.high.ptr, pair.low.ptr, size, x.rows, size, 1);
      commit(({ w, restrain }, first, last) => restrain(first, last, pair.k[w.block.to - 1]));
    },
    adopt() {
      commit(({ write }, first, last) => write(first, last));
    },
  };
}

/** The part of the rule that multiplies voltages: k Σ (v_i v_j)⁺ − (v_i v_j)⁻. */
function accumulate(
  { inputs: x, products, scale }: DieParts,
  w: Weights,
  { high, low, difference, k }: PhasePair,
): void {
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

/** @param squares [size]: Σ v²⁺ − v²⁻ of each unit, as of the last contrast. */
function blockResistors(die: ResistorParts, w: Weights, squares: Slot<Vec>): BlockResistors {
  const { memory, at, circuit, store } = die;
  const { kernels } = memory;
  const { from, to } = w.block;
  const { rows, cols, stride } = w;
  const sigma = Math.hypot(circuit.mismatch.synapse, store.gainSpread);
  const gain =
    sigma === 0 && !store.apart
      ? null
      : drawGains(die, w, {
          label: "synapse",
          mutual: true,
          gain: (xi) => Math.max(0, 1 + sigma * xi),
        });
  const apart = gain && memory.reals(rows * stride);
  if (gain && apart) store.realise(w, gain, apart);
  const real = apart?.ptr ?? w.slot.ptr;
  const wires = wiring(die, w, real, (many) => memory.reals(many));
  const range = store.inPlace ? { low: -Infinity, high: Infinity } : rangeOf(circuit);
  const lowest = memory.reals(stride);
  const highest = memory.reals(stride);
  lowest.array.fill(range.low, 0, cols);
  highest.array.fill(range.high, 0, cols);
  const column = memory.privateReals(stride);
  const row = from > 0 ? memory.privateReals(pad4(rows)) : null;
  /** −k/2 of what the squares of one end each add to its resistors. */
  const halve = (k: number) => {
    const q = squares.array;
    for (let j = 0; j < stride; j++) column.array[j] = -0.5 * k * q[at.offset[to] + j];
    if (row) for (let i = 0; i < rows; i++) row.array[i] = -0.5 * k * q[at.offset[from] + i];
  };
  const write = (first: number, last: number) => {
    let stale = false;
    bothTerminals(at, w, first, last, (a, b) => {
      stale = store.commit(w, { first: a, last: b, touched: 0 }) !== "none" || stale;
    });
    return stale;
  };
  return {
    w,
    wires,
    resistors: { source: from, sink: to, matrix: real, rows, stride, weights: w },
    renew(first, last, stale) {
      if (gain && stale)
        bothTerminals(at, w, first, last, (a, b) => {
          kernels.realise(real, store.conducted(w).ptr, gain.ptr, rows, stride, a, b, 0);
        });
      wires.renew(first, last);
    },
    write,
    restrain(first, last, k) {
      halve(k);
      bothTerminals(at, w, first, last, (a, b) => {
        kernels.restrain(
          w.slot.ptr,
          rows,
          stride,
          a,
          b,
          row?.ptr ?? 0,
          column.ptr,
          lowest.ptr,
          highest.ptr,
          w.mask?.ptr ?? 0,
        );
      });
      return write(first, last);
    },
  };
}

/** @throws InputError for a conductance beyond the range of a register. */
export function checkConductances(
  { circuit, parameters, store }: Pick<ResistorParts, "circuit" | "parameters" | "store">,
  tensors: readonly Tensor[],
): void {
  // Devices that are asked themselves go as far as they can, and may be owed parts of pulses.
  if (store.inPlace) return;
  const range = rangeOf(circuit);
  const slack = 1e-6 * range.high;
  for (const w of parameters.weights) {
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
}
