import { isResistive, timeConstant, type Circuit } from "../circuit/circuit.ts";
import type { Components, Terminals } from "../circuit/spice/components.ts";
import { refuseUnsupported } from "../circuit/unsupported.ts";
import type { Graph } from "../energy/graph.ts";
import { xavier, type Ties } from "../energy/hopfield.ts";
import { conductances } from "../energy/resistive.ts";
import { arena, type Arena, type Slot } from "../numerics/kernels/arena.ts";
import { solo, type Team } from "../numerics/kernels/team.ts";
import { random } from "../numerics/random.ts";
import type { Precision, Tensor, Vec } from "../numerics/vec.ts";
import { componentsOf, terminalsOf } from "./components.ts";
import { inputDac } from "./converters.ts";
import { mismatch } from "./die.ts";
import type { Dynamics } from "./dynamics.ts";
import { field } from "./field.ts";
import { fluctuation } from "./fluctuation.ts";
import { inputs, type Inputs } from "./inputs.ts";
import { layout, stateAlignment, takeRows, type Layout } from "./layout.ts";
import { weightMemory } from "./memory.ts";
import { chipNoise } from "./noise.ts";
import { outerProducts, parameters, type Parameters } from "./parameters.ts";
import { phaseArrays } from "./phase.ts";
import { propagation } from "./propagation.ts";
import { softRails } from "./rails.ts";
import { readout } from "./readout.ts";
import { crossbars, grain, rangeOf } from "./resistive/crossbar.ts";
import { resistiveNoise } from "./resistive/noise.ts";
import { refuseImpossible, scaleOf, sourcesOf, type Scale } from "./resistive/scale.ts";
import { resistiveUnits, walls, type Walls } from "./resistive/walls.ts";
import { blockSweeps } from "./sweeps.ts";
import { synapses } from "./synapses.ts";
import { tethers } from "./ties.ts";
import { whiteNoise } from "./white.ts";

/**
 * A fabricated circuit: a die's own elements, programmable weights, and the terminals of a test bench.
 * In a team every member has the chip and works on its share of the samples and weights, in the order
 * that `learner` keeps.
 */
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
  /** [capacity × size]: the voltages, as states. After writing to it call `touch`. */
  readonly state: Slot<Vec>;
  readonly parameters: Parameters;
  /** Where the schematic holds the units, in states: the rails, or walls of diodes. */
  readonly walls: Walls;
  /** What states are in volts. */
  readonly scale: Scale;
  /** Per sample, what `residual` found last. */
  readonly residuals: Slot<Vec>;
  readonly stepsTaken: Slot<Int32Array>;
  /** [capacity × size]: what λ pulls towards. Set before `tie`. */
  readonly guess: Slot<Vec>;
  /** Programs weights and biases from tensors named as in `parameters`: what the synapses then hold is as right as they can be written. */
  program(tensors: readonly Tensor[]): void;
  /** What its parameters are and its synapses hold, to the bit. */
  held(): Held;
  /** Puts the chip where `held` found it; nothing is programmed. */
  restore(held: Held): void;
  /** Lets so many seconds have passed since its synapses were programmed, at so many kelvin (its own unless given); programming them undoes it. */
  age(seconds: number, temperature?: number): void;
  /** A state-shaped vector in the chip's memory. */
  vector(): Slot<Vec>;
  /** Applies the presented inputs: their drive is constant until the next call. Unties the chip. */
  present(): void;
  /** Ties the states to the copy's guess by λ and the outputs to the one-hot of the inputs' labels by β (eq. 10 and the nudged phase). */
  tie(ties: Ties): void;
  /** Says that `state` was written to. */
  touch(): void;
  /** Puts the states at zero, or at a state-shaped vector clipped to the rails. */
  start(from?: Slot<Vec>): void;
  /** Copies the states. */
  keep(to: Slot<Vec>): void;
  /** What the readout says of the states: all that learning and naming may see. `held`: of a phase that is over when it is read. */
  read(to: Slot<Vec>, held?: boolean): void;
  /** Forms k·(high − low), which `adjust` accumulates; `k[l−1]` for layer l. */
  contrast(high: Slot<Vec>, low: Slot<Vec>, k: readonly number[]): void;
  /**
   * Δw_ij = k_to·Σ (s⁺_i s⁺_j − s⁻_i s⁻_j), Δb_i = k·Σ (s⁺_i − s⁻_i) over the minibatch (eq. 3–5), after `contrast` with
   * the same arguments. Where each direction has a weight of its own, the vector field's rule, Δw_ij = k_to·Σ sᵢ (s⁺_j − s⁻_j)
   * with the sender i in the free state (Scellier et al. 2018).
   */
  adjust(high: Slot<Vec>, low: Slot<Vec>, k: readonly number[], free?: Slot<Vec>): void;
  /** Its elements as they are now, for who builds it again elsewhere. */
  components(): Components;
  /** What stands at its terminals for one sample, ties included, and where its units stand. */
  terminals(sample: number): Terminals;
  /** Writes the class that each sample's outputs name. */
  name(of: Slot<Vec>, to: Slot<Int32Array>): void;
}

/** The parameters of a chip and what else its synapses hold, after so many programmings. */
export interface Held { readonly tensors: readonly Tensor[]; readonly programmings: number }

export interface FabricateOptions {
  /** Which die: equal numbers give equal mismatch, whatever else is drawn. */
  readonly die?: number;
  /** Seed of the initial weights. */
  readonly seed?: number;
  /** Largest minibatch. */
  readonly batch?: number;
  readonly precision?: Precision;
  /** This thread's place among those that share `memory`. */
  readonly team?: Team;
  readonly memory?: WebAssembly.Memory;
}

/** V_l / V_s: how far the transconductors are linear, in units of the state; null where they are everywhere. */
function linearRange({ neuron: { saturation }, rails }: Circuit): number | null {
  return saturation === undefined ? null : saturation / (rails.high - rails.low);
}

/**
 * Makes a chip: draws the die's mismatch, allocates everything and programs Xavier weights.
 * @throws InputError for a circuit with parts that are not simulated.
 */
export function fabricate(circuit: Circuit, graph: Graph, { die = 1, seed = 1, batch = 100, precision = "f32", team = solo, memory: shared }: FabricateOptions = {}): Chip {
  refuseUnsupported(circuit);
  const memory = arena({ precision, team, memory: shared }), at = layout(graph), { kernels, bytes } = memory, { size } = at;
  const resistive = isResistive(circuit), scale = scaleOf(circuit, graph), sources = sourcesOf(circuit, graph.sizes[0]);
  if (resistive) refuseImpossible(circuit, graph);
  const params = parameters(memory, at, graph, "chip", sources);
  const x = inputs(memory, graph.sizes[0], batch, inputDac(circuit));
  const units = mismatch(circuit, at, die, memory);
  resistiveUnits(at, circuit, scale, units);
  const vector = () => memory.reals(batch * size, stateAlignment(at, memory));
  const state = vector(), drive = vector(), still = vector(), guess = vector(), scratch = vector();
  const perSample = memory.reals(batch), constant = memory.privateReals(size);
  const store = weightMemory(memory, params, circuit, die), products = outerProducts(memory, at, x, resistive ? grain : 1);
  const crossbar = resistive ? crossbars(memory, at, params, store, circuit, scale, x, products, die) : null;
  const transconductors = crossbar ? null : synapses(memory, at, graph, params, store, circuit, units, die), woven = crossbar ?? transconductors!;
  const moving = transconductors && fluctuation(memory, at, circuit, x, transconductors, state, seed), { feeds, routes } = moving ?? woven;
  const rails = softRails(memory, at, circuit, units), bounds = rails ?? units, saturation = linearRange(circuit);
  const propagated = propagation(memory, at, routes, state, drive, units, rails, saturation), minimised = blockSweeps(memory, at, routes, propagated, state, drive);
  const white = crossbar ? resistiveNoise(at, circuit, scale, crossbar.load, params.bias, units) : whiteNoise(memory, at, circuit, woven, params.bias, units);
  const tied = tethers(memory, at, circuit, x, guess, die), reads = readout(memory, at, circuit, batch, seed, scale.layer);
  const phase = phaseArrays(memory, at, units, tied, white.amplitude, propagated.soft, crossbar?.load);
  const switching = moving?.switching ?? null, noise = chipNoise(memory, at, circuit, x, white, phase, seed, switching && {
    step: switching.step,
    move(tick, fused) { switching.move(tick, still, fused ? drive : null); fresh &&= fused; },
  });
  const output = at.offset.at(-1)!, seenInputs = saturation === null ? null : memory.reals(batch * x.width);
  let ties: Ties = { lambda: 0, beta: 0 };
  /** Whether `drive` belongs to `state`. */
  let fresh = false;
  /** Readings since the inputs were presented. */
  let readings = 0;

  const row = () => x.first * size * bytes;
  const mine = () => x.last - x.first;
  const own = (s: Vec) => s.byteOffset === state.ptr && s.buffer === state.array.buffer;
  const refresh = () => {
    if (fresh) return;
    propagated.refresh(state, drive, still, x.first, x.last);
    fresh = true;
  };
  const enter = (s: Vec) => {
    if (!own(s)) { takeRows(at, s, state.array, x.first, x.last); fresh = false; }
    refresh();
    phase.tie(ties);
  };
  const leave = (s: Vec) => { if (!own(s)) s.set(state.array.subarray(x.first * size, x.last * size), x.first * size); };
  const isOwn = (s: Vec) => {
    if (!own(s)) return false;
    refresh();
    return true;
  };
  const { energy, ...fields } = field(memory, at, x, propagated, units, phase, { state, drive, is: isOwn }, still, tied, () => ties, rails, saturation);
  const sweep = (s: Vec, sweeps: number, until?: number) => {
    enter(s);
    minimised(x.first, x.last, sweeps, still, phase.curvature, units, until ?? null);
    leave(s);
  };
  /** After all synapses changed. */
  const rewoven = () => {
    woven.renew();
    white.programmed();
    moving?.programmed();
    moving?.begin();
    fresh = false;
  };
  const chip: Chip = {
    circuit, graph, die, layout: at, memory, capacity: batch, inputs: x, state, parameters: params, walls: walls(memory, at, circuit), scale, guess, vector, residuals: perSample, stepsTaken: propagated.taken,
    ...fields,
    ...woven.reciprocal && saturation === null && (!moving || circuit.mismatch.reciprocal) ? { energy, sweep } : {},
    size, tauSeconds: timeConstant(circuit),
    get batch() { return x.rows; },
    get first() { return x.first; },
    get last() { return x.last; },
    get rate() { return units.rate.array; },
    get low() { return bounds.low.array; },
    get high() { return bounds.high.array; },
    ...rails && { clamps: rails.clamps },
    get curvature() {
      phase.tie(ties);
      return phase.curvature.array;
    },
    ...noise && { noise: noise.seen },
    program(tensors) {
      crossbar?.check(tensors);
      params.load(tensors);
      store.write();
      rewoven();
    },
    held: () => ({ tensors: [...params.tensors(), ...store.tensors()], programmings: store.programmings }),
    restore({ tensors, programmings }) {
      params.load(tensors);
      store.recall(programmings, tensors);
      rewoven();
    },
    age(seconds, temperature = circuit.temperature) {
      store.age(seconds, temperature);
      rewoven();
    },
    present() {
      x.list();
      moving?.begin();
      const c = constant.array, b = params.bias.array, offset = units.offset.array;
      for (let i = 0; i < size; i++) c[i] = b[i] + offset[i];
      kernels.fillRows(still.ptr + row(), size, mine(), size, constant.ptr);
      if (seenInputs) kernels.saturateRows(seenInputs.ptr + x.first * x.width * bytes, x.value + x.first * x.width * bytes, x.width, mine(), x.width, saturation!);
      const received = seenInputs?.ptr ?? x.value;
      for (const { sink, matrix, rows, stride } of feeds)
        kernels.addSparse(still.ptr + at.offset[sink] * bytes, size, 0, x.first, x.last, x.index, received, x.width, x.count, 1, matrix, 0, rows, stride);
      ties = { lambda: 0, beta: 0 };
      fresh = false;
      noise?.begin();
      readings = 0;
    },
    tie(next) {
      const more = { lambda: next.lambda - ties.lambda, beta: next.beta - ties.beta };
      if (more.lambda !== 0) tied.hold(x.first, x.last);
      tied.pull(still, more);
      if (fresh) tied.pull(drive, more);
      ties = next;
    },
    touch() { fresh = false; },
    start(from) {
      if (!from) state.array.fill(0, x.first * size, x.last * size);
      if (from === guess) tied.hold(x.first, x.last);
      kernels.clipRows(state.ptr + row(), (from === guess ? tied.guess : from ?? state).ptr + row(), size, mine(), size, bounds.low.ptr, bounds.high.ptr);
      fresh = false;
    },
    keep(to) { kernels.copyReals(to.ptr + row(), state.ptr + row(), mine() * size); },
    read(to, held = false) {
      if (reads) reads(to, state, { first: x.first, last: x.last, moment: x.presented.moment, number: readings++, held });
      else chip.keep(to);
    },
    project(s) {
      const low = bounds.low.array, high = bounds.high.array;
      for (let i = x.first * size; i < x.last * size; i++) s[i] = Math.min(Math.max(s[i], low[i % size]), high[i % size]);
      if (own(s)) fresh = false;
    },
    relax(s, dt, steps, until) {
      enter(s);
      const kicks = noise ? noise.fused(dt, steps) : null;
      phase.step(dt);
      propagated.relax(x.first, x.last, steps, still, phase, units, kicks, until ?? null);
      leave(s);
    },
    contrast(high, low, k) {
      for (let l = 1; l < at.sizes.length; l++) {
        const o = row() + at.offset[l] * bytes;
        kernels.scaledDifference(scratch.ptr + o, high.ptr + o, low.ptr + o, size, mine(), at.padded[l], k[l - 1]);
      }
    },
    adjust(high, low, k, free = low) {
      products.toBias(params.bias, scratch.ptr);
      if (crossbar) crossbar.adjust({ high, low, difference: scratch.ptr, k });
      else {
        products.listInputs();
        for (const w of params.weights) {
          const scale = k[w.block.to - 1];
          if (w.block.from === 0) products.fromInput(w, scratch.ptr);
          else if (graph.directed) products.fromLayer(w, [{ a: free.ptr, b: scratch.ptr, k: 1 }]);
          else products.fromLayer(w, [{ a: high.ptr, b: high.ptr, k: scale }, { a: low.ptr, b: low.ptr, k: -scale }]);
        }
        transconductors!.learn(team, x.columns.count);
      }
      white.adjusted();
      moving?.adjusted();
      fresh = false;
    },
    components: () => componentsOf(memory, at, params, crossbar ? { feeds: crossbar.resistors, routes: [] } : woven, units, tied),
    terminals: (sample) => terminalsOf(memory, at, x, tied.guess, state, ties, sample),
    name(of, to) { kernels.largest(of.ptr + row() + output * bytes, size, mine(), at.sizes.at(-1)!, to.ptr + 4 * x.first); },
  };
  // The first of a team programs for all.
  if (team.part === 0) chip.program(crossbar ? conductances(graph, sources, rangeOf(circuit), "chip", random(seed, "theta"), precision) : xavier(graph, "chip", random(seed, "theta"), precision));
  return chip;
}
