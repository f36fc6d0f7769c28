import { isResistive, timeConstant, type Circuit } from "../circuit/circuit.ts";
import { named, outputsOf } from "../circuit/outputs.ts";
import { refuseUnsupported } from "../circuit/read/unsupported.ts";
import type { Graph } from "../energy/graph.ts";
import { xavier, type Ties } from "../energy/hopfield.ts";
import { conductances } from "../energy/resistive.ts";
import { arena, type Slot } from "../numerics/kernels/arena.ts";
import { solo } from "../numerics/kernels/team.ts";
import { random } from "../numerics/random.ts";
import type { Vec } from "../numerics/vec.ts";
import type { Chip, FabricateOptions } from "./chip.ts";
import { componentsOf, terminalsOf } from "./components.ts";
import { inputDac } from "./units/converters.ts";
import { mismatch } from "./units/mismatch.ts";
import { field } from "./motion/field.ts";
import { fluctuation } from "./synapses/transconductors/fluctuation.ts";
import { inputs } from "./inputs.ts";
import { layout, stateAlignment, takeRows } from "./layout.ts";
import { weightMemory } from "./synapses/memory.ts";
import { chipNoise } from "./noise/noise.ts";
import { outerProducts, parameters } from "./synapses/parameters.ts";
import { phaseArrays } from "./motion/step-constants.ts";
import { propagation } from "./motion/propagation.ts";
import type { DieParts } from "./parts.ts";
import { softRails } from "./units/rails.ts";
import { readout } from "./units/readout.ts";
import { crossbars, rangeOf } from "./synapses/resistors/crossbar.ts";
import { resistorFluctuation } from "./synapses/resistors/fluctuation.ts";
import { resistiveNoise } from "./synapses/resistors/noise.ts";
import { refuseImpossible, scaleOf, sourcesOf } from "./units/scale.ts";
import { resistiveUnits, walls } from "./units/walls.ts";
import { shareRows } from "./synapses/resistors/wiring.ts";
import { blockSweeps } from "./motion/sweeps.ts";
import { synapses } from "./synapses/transconductors/synapses.ts";
import { tieArrays } from "./units/ties.ts";
import { whiteNoise } from "./synapses/transconductors/white.ts";

/**
 * V_l / V_s: how far the transconductors are linear, in units of the state; null where they are
 * everywhere.
 */
function linearRange({ neuron: { saturation }, rails }: Circuit): number | null {
  return saturation === undefined ? null : saturation / (rails.high - rails.low);
}

/**
 * Makes a chip: draws the die's mismatch, allocates everything and programs untrained weights:
 * Xavier's, or a crossbar's conductances.
 * @throws InputError for a circuit with parts that are not simulated.
 */
export function fabricate(
  circuit: Circuit,
  graph: Graph,
  {
    die = 1,
    seed = 1,
    batch = 100,
    precision = "f32",
    team = solo,
    memory: shared,
  }: FabricateOptions = {},
): Chip {
  refuseUnsupported(circuit);
  const memory = arena({ precision, team, memory: shared });
  const at = layout(graph);
  const { kernels, bytes } = memory;
  const { size } = at;
  const resistive = isResistive(circuit);
  const scale = scaleOf(circuit, graph);
  const sources = sourcesOf(circuit, graph.sizes[0]);
  if (resistive) refuseImpossible(circuit, graph);
  const outputs = outputsOf(circuit, graph.sizes.at(-1)!);
  const params = parameters(memory, at, graph, "chip", sources);
  const x = inputs(memory, graph.sizes[0], batch, inputDac(circuit));
  const bare = { memory, at, graph, circuit, die, seed, scale };
  const units = mismatch(bare);
  resistiveUnits({ ...bare, units });
  const vector = () => memory.reals(batch * size, stateAlignment(at, memory));
  const state = vector();
  const drive = vector();
  const still = vector();
  const guess = vector();
  const scratch = vector();
  const perSample = memory.reals(batch);
  const constant = memory.privateReals(size);
  const store = weightMemory({ ...bare, parameters: params });
  const products = outerProducts({ ...bare, inputs: x }, resistive ? shareRows : 1);
  const parts: DieParts = { ...bare, inputs: x, units, parameters: params, store, products };
  const crossbar = resistive
    ? crossbars(memory, at, params, store, circuit, scale, x, products, die)
    : null;
  const transconductors = crossbar
    ? null
    : synapses(memory, at, graph, params, store, circuit, units, x, products, die);
  const woven = crossbar ?? transconductors!;
  const restless =
    crossbar && resistorFluctuation(memory, at, circuit, x, crossbar, scale, state, seed);
  const moving =
    restless ??
    (transconductors && fluctuation(memory, at, circuit, x, transconductors, state, seed));
  const { feeds, routes } = moving ?? woven;
  const rails = softRails(parts);
  const bounds = rails ?? units;
  const saturation = linearRange(circuit);
  const propagated = propagation(memory, at, routes, state, drive, units, rails, saturation);
  const minimised = blockSweeps(memory, at, routes, propagated, state, drive);
  const white = crossbar
    ? resistiveNoise(memory, at, circuit, scale, crossbar, params.bias, units, batch)
    : whiteNoise(memory, at, circuit, woven, params.bias, units);
  const tied = tieArrays(parts, guess);
  const reads = readout(parts);
  const phase = phaseArrays(
    memory,
    at,
    units,
    { link: tied.link, nudge: tied.stiffness },
    white.amplitude,
    propagated.soft,
    (restless ?? crossbar)?.load,
  );
  const switching = moving?.switching ?? null;
  const noise = chipNoise(
    memory,
    at,
    circuit,
    x,
    white,
    phase,
    seed,
    switching && {
      step(dt) {
        switching.step(dt);
        stepped = dt;
      },
      move(tick, fused) {
        switching.move(tick, still, fused ? drive : null);
        fresh &&= fused;
        if (!fused) return;
        // What resistors load a unit with switches with them.
        phase.tie(ties);
        phase.step(stepped);
      },
    },
  );
  const output = at.offset.at(-1)!;
  const seenInputs = saturation === null ? null : memory.reals(batch * x.width);
  const sampled = tied.sample && reads ? vector() : state;
  let ties: Ties = { lambda: 0, beta: 0 };
  /** The steps in which synapses switch. */
  let stepped = NaN;
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
    if (!own(s)) {
      takeRows(at, s, state.array, x.first, x.last);
      fresh = false;
    }
    refresh();
    phase.tie(ties);
  };
  const leave = (s: Vec) => {
    if (!own(s)) s.set(state.array.subarray(x.first * size, x.last * size), x.first * size);
  };
  const isOwn = (s: Vec) => {
    if (!own(s)) return false;
    refresh();
    return true;
  };
  const { energy, ...fields } = field(
    memory,
    at,
    x,
    propagated,
    units,
    phase,
    { state, drive, is: isOwn },
    still,
    tied,
    () => ties,
    rails,
    saturation,
  );
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
  /**
   * What the outputs are when the nudge comes on: the conversion of the last reading, without what
   * the hold did to that; one of its own after none.
   */
  const sample = (take: (states: Slot<Vec>) => void) => {
    reads?.(sampled, state, {
      first: x.first,
      last: x.last,
      moment: x.presented.moment,
      number: readings === 0 ? readings++ : readings - 1,
      held: false,
    });
    take(sampled);
  };
  const chip: Chip = {
    circuit,
    graph,
    die,
    layout: at,
    memory,
    capacity: batch,
    inputs: x,
    state,
    parameters: params,
    walls: walls(parts),
    scale,
    outputs,
    guess,
    vector,
    residuals: perSample,
    stepsTaken: propagated.taken,
    ...fields,
    ...(woven.reciprocal && saturation === null && (!moving || circuit.mismatch.reciprocal)
      ? { energy, sweep }
      : {}),
    size,
    tauSeconds: timeConstant(circuit),
    get batch() {
      return x.rows;
    },
    get first() {
      return x.first;
    },
    get last() {
      return x.last;
    },
    get rate() {
      return units.rate.array;
    },
    get low() {
      return bounds.low.array;
    },
    get high() {
      return bounds.high.array;
    },
    ...(rails && { clamps: rails.clamps }),
    get curvature() {
      phase.tie(ties);
      return phase.curvature.array;
    },
    ...(noise && { noise: noise.seen }),
    program(tensors) {
      crossbar?.check(tensors);
      params.load(tensors);
      store.write();
      rewoven();
    },
    held: () => ({
      tensors: [...params.tensors(), ...store.tensors()],
      programmings: store.programmings,
    }),
    restore({ tensors, programmings }) {
      crossbar?.check(tensors);
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
      const c = constant.array;
      const b = params.bias.array;
      const offset = units.offset.array;
      for (let i = 0; i < size; i++) c[i] = b[i] + offset[i];
      kernels.fillRows(still.ptr + row(), size, mine(), size, constant.ptr);
      if (seenInputs)
        kernels.saturateRows(
          seenInputs.ptr + x.first * x.width * bytes,
          x.value + x.first * x.width * bytes,
          x.width,
          mine(),
          x.width,
          saturation!,
        );
      const received = seenInputs?.ptr ?? x.value;
      for (const { sink, matrix, rows, stride } of feeds)
        kernels.addSparse(
          still.ptr + at.offset[sink] * bytes,
          size,
          0,
          x.first,
          x.last,
          x.index,
          received,
          x.width,
          x.count,
          1,
          matrix,
          0,
          rows,
          stride,
        );
      ties = { lambda: 0, beta: 0 };
      fresh = false;
      noise?.begin();
      readings = 0;
    },
    tie(next) {
      if (next.beta !== 0 && ties.beta === 0 && tied.sample) sample(tied.sample);
      const more = { lambda: next.lambda - ties.lambda, beta: next.beta - ties.beta };
      if (more.lambda !== 0) tied.hold(x.first, x.last);
      tied.pull(still, more);
      if (fresh) tied.pull(drive, more);
      ties = next;
    },
    touch() {
      fresh = false;
    },
    start(from) {
      if (!from) state.array.fill(0, x.first * size, x.last * size);
      if (from === guess) tied.hold(x.first, x.last);
      kernels.clipRows(
        state.ptr + row(),
        (from === guess ? tied.guess : (from ?? state)).ptr + row(),
        size,
        mine(),
        size,
        bounds.low.ptr,
        bounds.high.ptr,
      );
      fresh = false;
    },
    keep(to) {
      kernels.copyReals(to.ptr + row(), state.ptr + row(), mine() * size);
    },
    read(to, held = false) {
      if (reads)
        reads(to, state, {
          first: x.first,
          last: x.last,
          moment: x.presented.moment,
          number: readings++,
          held,
        });
      else chip.keep(to);
    },
    project(s) {
      const low = bounds.low.array;
      const high = bounds.high.array;
      for (let i = x.first * size; i < x.last * size; i++)
        s[i] = Math.min(Math.max(s[i], low[i % size]), high[i % size]);
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
        kernels.scaledDifference(
          scratch.ptr + o,
          high.ptr + o,
          low.ptr + o,
          size,
          mine(),
          at.padded[l],
          k[l - 1],
        );
      }
    },
    adjust(high, low, k, free = low) {
      products.toBias(params.bias, scratch.ptr);
      woven.adjust({ high, low, free, difference: scratch.ptr, k });
      white.adjusted();
      moving?.adjusted();
      fresh = false;
    },
    components: () =>
      componentsOf(parts, crossbar ? { feeds: crossbar.resistors, routes: [] } : woven, tied),
    terminals: (sample) => terminalsOf(parts, tied, state, ties, sample),
    name(of, to) {
      if (outputs.differential)
        for (let r = x.first; r < x.last; r++)
          to.array[r] = named(outputs, of.array, r * size + output);
      else
        kernels.largest(
          of.ptr + row() + output * bytes,
          size,
          mine(),
          at.sizes.at(-1)!,
          to.ptr + 4 * x.first,
        );
    },
  };
  // The first of a team programs for all.
  if (team.part === 0)
    chip.program(
      crossbar
        ? conductances(graph, sources, rangeOf(circuit), "chip", random(seed, "theta"), precision)
        : xavier(graph, "chip", random(seed, "theta"), precision),
    );
  return chip;
}
