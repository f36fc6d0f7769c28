import { timeConstant, type Circuit } from "../circuit/circuit.ts";
import type { Graph } from "../energy/graph.ts";
import { curvature, xavier, type Ties } from "../energy/hopfield.ts";
import { arena, type Arena, type Slot } from "../numerics/kernels/arena.ts";
import { random } from "../numerics/random.ts";
import type { Precision, Tensor, Vec } from "../numerics/vec.ts";
import { mismatch, type UnitArrays } from "./die.ts";
import type { Dynamics } from "./dynamics.ts";
import { inputs, type Inputs } from "./inputs.ts";
import { layout, stateAlignment, type Layout } from "./layout.ts";
import { outerProducts, parameters, type Parameters } from "./parameters.ts";
import { propagation } from "./propagation.ts";

/** A fabricated circuit: a die's own elements, programmable weights, and the terminals of a test bench. */
export interface Chip extends Dynamics {
  readonly circuit: Circuit;
  readonly graph: Graph;
  readonly die: number;
  readonly layout: Layout;
  readonly memory: Arena;
  /** Largest minibatch it can hold. */
  readonly capacity: number;
  /** What is applied to the input terminals; `present` after changing it. */
  readonly inputs: Inputs;
  /** [capacity × size]: the voltages, as states. After writing to it call `start` or `touch`. */
  readonly state: Slot<Vec>;
  readonly parameters: Parameters;
  /** Programs weights and biases from tensors named as in `parameters`. */
  program(tensors: readonly Tensor[]): void;
  /** A state-shaped vector in the chip's memory. */
  vector(): Slot<Vec>;
  /** Applies the presented inputs: their drive is constant until the next call. Unties the chip. */
  present(): void;
  /** Ties the states to the copy's guess by λ and the outputs to one-hot targets by β (eq. 10 and the nudged phase). */
  tie(ties: Ties): void;
  /** [capacity × size]: what λ pulls towards. Set before `tie`. */
  readonly guess: Slot<Vec>;
  /** Sets the one-hot targets from class labels, row by row. Set before `tie`. */
  target(labels: ArrayLike<number>): void;
  /** Says that `state` was written to. */
  touch(): void;
  /** Puts the states at zero, or at a state-shaped vector clipped to the rails. */
  start(from?: Slot<Vec>): void;
  /** Δw_ij = k_to·Σ (s⁺_i s⁺_j − s⁻_i s⁻_j), Δb_i = k·Σ (s⁺_i − s⁻_i) over the minibatch (eq. 3–5); `k[l−1]` for layer l. */
  adjust(high: Slot<Vec>, low: Slot<Vec>, k: readonly number[]): void;
  /** The class each sample's outputs name. */
  named(of?: Slot<Vec>): Int32Array;
}

export interface FabricateOptions {
  /** Which die: equal numbers give equal mismatch, whatever else is drawn. */
  readonly die?: number;
  /** Seed of the initial weights. */
  readonly seed?: number;
  /** Largest minibatch. */
  readonly batch?: number;
  readonly precision?: Precision;
}

/** Makes a chip: draws the die's mismatch, allocates everything and programs Xavier weights. */
export function fabricate(circuit: Circuit, graph: Graph, { die = 1, seed = 1, batch = 100, precision = "f32" }: FabricateOptions = {}): Chip {
  const memory = arena(precision), at = layout(graph), { kernels } = memory;
  const params = parameters(memory, at, graph, "chip");
  const x = inputs(memory, graph.sizes[0], batch);
  const units = mismatch(circuit, at, die, memory);
  const vector = () => memory.reals(batch * at.size, stateAlignment(at, memory));
  const state = vector(), drive = vector(), still = vector(), guess = vector(), scratch = vector();
  const targets = memory.reals(batch * at.padded.at(-1)!), named = memory.ints(batch), perSample = memory.reals(batch);
  const field = propagation(memory, at, params, state, drive);
  const products = outerProducts(memory, at, batch);
  const phase = phaseArrays(memory, at, units);
  const outputs = at.offset.at(-1)! * memory.bytes, lastPadded = at.padded.at(-1)!;
  let ties: Ties = { lambda: 0, beta: 0 };
  /** Whether `drive` belongs to `state`. */
  let fresh = false;

  const own = (s: Vec) => s.byteOffset === state.ptr && s.buffer === state.array.buffer;
  const enter = (s: Vec) => {
    if (!own(s)) { state.array.set(s.subarray(0, x.rows * at.size)); fresh = false; }
    if (!fresh) { field.refresh(still, x.rows); fresh = true; }
  };
  const leave = (s: Vec) => { if (!own(s)) s.set(state.array.subarray(0, x.rows * at.size)); };
  const pullBy = (to: Slot<Vec>, lambda: number, beta: number) => {
    if (lambda !== 0) kernels.addScaled(to.ptr, at.size, guess.ptr, at.size, x.rows, at.size, lambda);
    if (beta !== 0) kernels.addScaled(to.ptr + outputs, at.size, targets.ptr, lastPadded, x.rows, lastPadded, 2 * beta);
  };
  const restless = (dt: number) => phase.set(ties, dt);

  const chip: Chip = {
    circuit, graph, die, layout: at, memory, capacity: batch, inputs: x, state, parameters: params, guess, vector,
    size: at.size, tauSeconds: timeConstant(circuit),
    get batch() { return x.rows; },
    program(tensors) {
      params.load(tensors);
      field.reprogram();
      fresh = false;
    },
    present() {
      phase.bias(params.bias, units);
      kernels.fillRows(still.ptr, at.size, x.rows, at.size, phase.input.ptr);
      for (const w of params.weights)
        if (w.block.from === 0)
          kernels.addSparse(still.ptr + at.offset[w.block.to] * memory.bytes, at.size, 0, 0, x.rows, x.index, x.value, x.width, x.count, 1, w.slot.ptr, 0, w.rows, w.stride);
      ties = { lambda: 0, beta: 0 };
      fresh = false;
    },
    tie(next) {
      pullBy(still, next.lambda - ties.lambda, next.beta - ties.beta);
      if (fresh) pullBy(drive, next.lambda - ties.lambda, next.beta - ties.beta);
      ties = next;
    },
    target(labels) {
      targets.array.fill(0);
      for (let r = 0; r < x.rows; r++) targets.array[r * lastPadded + labels[r]] = 1;
    },
    touch() { fresh = false; },
    start(from) {
      if (from) kernels.clipRows(state.ptr, from.ptr, at.size, x.rows, at.size, units.low.ptr, units.high.ptr);
      else state.array.fill(0);
      fresh = false;
    },
    drift(s, out) {
      enter(s); restless(1);
      kernels.driftRows(scratch.ptr, state.ptr, drive.ptr, at.size, x.rows, at.size, units.rate.ptr, phase.curvature.ptr);
      out.set(scratch.array.subarray(0, x.rows * at.size));
    },
    project(s) {
      const low = units.low.array, high = units.high.array;
      for (let i = 0; i < x.rows * at.size; i++) s[i] = Math.min(Math.max(s[i], low[i % at.size]), high[i % at.size]);
      if (own(s)) fresh = false;
    },
    residual(s, out) {
      enter(s); restless(1);
      kernels.residualRows(perSample.ptr, state.ptr, drive.ptr, at.size, x.rows, at.size, phase.curvature.ptr, units.low.ptr, units.high.ptr);
      out.set(perSample.array.subarray(0, x.rows));
    },
    energy(s, out) {
      enter(s); restless(1);
      kernels.energyRows(perSample.ptr, state.ptr, drive.ptr, still.ptr, at.size, x.rows, at.size, phase.curvature.ptr);
      for (let r = 0; r < x.rows; r++) {
        let constant = 0;
        for (let i = r * at.size; i < (r + 1) * at.size; i++) constant += 0.5 * ties.lambda * guess.array[i] ** 2;
        for (let i = r * lastPadded; i < (r + 1) * lastPadded; i++) constant += ties.beta * targets.array[i] ** 2;
        out[r] = perSample.array[r] + constant;
      }
    },
    relax(s, dt, steps) {
      enter(s); restless(dt);
      field.relax(x.rows, steps, still, phase, units);
      leave(s);
    },
    adjust(high, low, k) {
      for (let l = 1; l < at.sizes.length; l++)
        kernels.scaledDifference(scratch.ptr + at.offset[l] * memory.bytes, high.ptr + at.offset[l] * memory.bytes, low.ptr + at.offset[l] * memory.bytes, at.size, x.rows, at.padded[l], k[l - 1]);
      kernels.addRowSums(params.bias.ptr, scratch.ptr, at.size, x.rows, at.size);
      x.byInput();
      for (const w of params.weights) {
        const scale = k[w.block.to - 1];
        if (w.block.from === 0) products.fromInput(w, x, scratch.ptr);
        else products.fromLayer(w, [{ a: high.ptr, b: high.ptr, k: scale }, { a: low.ptr, b: low.ptr, k: -scale }], x.rows);
      }
      field.reprogram();
      fresh = false;
    },
    named(of = state) {
      kernels.largest(of.ptr + outputs, at.size, x.rows, at.sizes.at(-1)!, named.ptr);
      return named.array.slice(0, x.rows);
    },
  };
  chip.program(xavier(graph, "chip", random(seed, "theta"), precision));
  return chip;
}

/** Per-unit constants of the present phase: what one Euler step multiplies by. */
export interface Phase { readonly keep: Slot<Vec>; readonly rate: Slot<Vec>; readonly curvature: Slot<Vec>; readonly input: Slot<Vec>; set(ties: Ties, dt: number): void; bias(bias: Slot<Vec>, units: UnitArrays): void }

function phaseArrays(memory: Arena, at: Layout, units: UnitArrays): Phase {
  const reals = () => memory.reals(at.size);
  const keep = reals(), rate = reals(), curved = reals(), input = reals();
  let current = "";
  return {
    keep, rate, curvature: curved, input,
    set(ties, dt) {
      const key = `${ties.lambda} ${ties.beta} ${dt}`;
      if (key === current) return;
      current = key;
      const firstOutput = at.offset.at(-1)!;
      for (let i = 0; i < at.size; i++) {
        const c = curvature(units.leak.array[i], ties, i >= firstOutput);
        curved.array[i] = c;
        rate.array[i] = dt * units.rate.array[i];
        keep.array[i] = 1 - dt * units.rate.array[i] * c;
      }
    },
    bias(bias, { offset }) {
      for (let i = 0; i < at.size; i++) input.array[i] = bias.array[i] + offset.array[i];
    },
  };
}
