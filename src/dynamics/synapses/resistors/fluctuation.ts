import type { ResistorCircuit } from "../../../circuit/circuit.ts";
import { deviceOf } from "../../../circuit/elements.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { DieParts, Own } from "../../parts.ts";
import { sourcesOf } from "../../units/scale.ts";
import type { Fluctuating, NodeLoad, Route } from "../contract.ts";
import { fluctuationKey, readingNoise, type ReadingNoise } from "../read-noise.ts";
import { fillTerminals, telegraph, type SwitchStates, type Telegraph } from "../telegraph.ts";
import type { ProgrammedResistors } from "./conducted.ts";
import { loadIn, wiring, type Wiring } from "./wiring.ts";

type ResistorParts = DieParts<ResistorCircuit>;

/**
 * Resistors as they conduct just now, and what these load the nodes with: another object after
 * every change.
 */
interface FluctuatingResistors extends Fluctuating {
  load(): NodeLoad;
}

/** What all blocks have in common. */
interface Shared {
  readonly noise: ReadingNoise | null;
  readonly switching: Telegraph | null;
  /** What stands at the terminals of the inputs, as rows. */
  readonly terminals: Slot<Vec> | null;
  readonly sources: number;
  readonly below: Slot<Vec>;
  readonly above: Slot<Vec>;
}

/** The resistors of one block, as read and as switched. */
interface BlockFluctuation {
  readonly wires: Wiring;
  /** A new reading. */
  read(): void;
  /** New states of what switches, and the wires that follow. */
  begin(): void;
  /** Whether any resistor switched. */
  move(tick: number, follow: boolean): boolean;
}

/**
 * Resistors of a crossbar that are not what they were programmed to:
 *
 *   reading    G·max(0, 1 + ση), η normal and new at every presentation (`noise.read`; only where
 *              a device is the resistor);
 *   telegraph  G or G (1 − δ) while inputs are presented (`noise.telegraph`),
 *
 * for both ends of the resistor and for all samples of a minibatch. It is another network of
 * resistors, with drives and loads of its own, and as exact as the first. What a resistor changes
 * by, δg, brings δg (v_i − v_j) to j and takes it from i: the drives get δg v_i and δg v_j, and the
 * loads of both ends δg. Each member of a team has all this for itself, as each is somewhere else
 * in time. Null where nothing fluctuates.
 */
export function resistorFluctuation(
  die: ResistorParts,
  own: Own,
  { resistors }: Pick<ProgrammedResistors, "resistors">,
): FluctuatingResistors | null {
  const { memory, at, circuit, inputs: x } = die;
  const sigma = deviceOf(circuit.synapse) === undefined ? 0 : (circuit.noise.read ?? 0);
  const switching = telegraph(memory, circuit, x);
  if (sigma === 0 && !switching) return null;
  const reals = (n: number) => memory.privateReals(n);
  const programs = memory.ints(1);
  const below = reals(at.size);
  const above = reals(at.size);
  const plain = resistors.map((r) => r.weights);
  const noise = sigma > 0 ? readingNoise(memory, at, sigma, plain, x, -1) : null;
  const sources = sourcesOf(circuit, x.width);
  const terminals = switching ? memory.reals(x.capacity * sources) : null;
  const shared: Shared = { noise, switching, terminals, sources, below, above };
  const blocks = resistors.map((r) => blockFluctuation(die, own, r, shared));
  const routes = blocks.flatMap((b) => b.wires.routes);
  let seen = { moment: NaN, programs: -1 };
  let loaded = loadIn(below, above);
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
    memoryless: false,
    load: () => loaded,
    adjusted() {
      seen = { moment: NaN, programs: -1 };
    },
    programmed() {
      programs.array[0]++;
    },
    begin() {
      const { moment } = x.presented;
      const same = seen.moment === moment && seen.programs === programs.array[0];
      if (terminals) fillTerminals(x, terminals.ptr, terminalGains(die, sources), memory);
      else if (same) return;
      below.array.fill(0);
      above.array.fill(0);
      for (const { wires, read, begin } of blocks) {
        if (noise && !same) read();
        begin();
        wires.addTo(below, above);
      }
      seen = { moment, programs: programs.array[0] };
      loaded = loadIn(below, above);
    },
    step(dt) {
      switching?.step(dt);
    },
    ...(switching && {
      before(tick: number, follow: boolean) {
        let any = false;
        for (const { move } of blocks) any = move(tick, follow) || any;
        if (any) loaded = loadIn(below, above);
        own.fresh &&= follow;
      },
    }),
  };
}

/** What an input of 1 sets its terminals to. */
function terminalGains({ scale, inputs: x }: ResistorParts, sources: number): readonly number[] {
  return sources > x.width ? [scale.input, -scale.input] : [scale.input];
}

function blockFluctuation(
  die: ResistorParts,
  own: Own,
  resistors: Route,
  shared: Shared,
): BlockFluctuation {
  const { memory, at, seed } = die;
  const { kernels } = memory;
  const { source, sink, matrix, rows, stride, weights } = resistors;
  const { noise, switching } = shared;
  const reals = (n: number) => memory.privateReals(n);
  const n = rows * stride;
  const { cols } = weights;
  const held = noise ? reals(n).ptr : matrix;
  const real = switching ? reals(n).ptr : held;
  const lateral = source === sink;
  const wires = wiring(die, weights, real, reals);
  const key = fluctuationKey(seed, "synapse", weights);
  const states = switching && switching.states(rows * cols, key);
  const way = lateral ? 2 : 0;
  return {
    wires,
    read() {
      noise!.draw(weights, key, lateral);
      kernels.readDevices(held, matrix, noise!.z.ptr, n, 0, 0);
    },
    begin() {
      if (states) {
        states.draw();
        const { bits } = states;
        kernels.dimSynapses(real, held, bits, rows, cols, stride, cols, way, switching.keep);
      }
      wires.renew(0, at.sizes[source]);
    },
    move: states ? switchesOf(die, own, { resistors, wires, held, real, states }, shared) : still,
  };
}

const still: BlockFluctuation["move"] = () => false;

/** A block whose resistors switch: what they were read as, and what they conduct now. */
interface SwitchedBlock {
  readonly resistors: Route;
  readonly wires: Wiring;
  readonly held: number;
  readonly real: number;
  readonly states: SwitchStates;
}

function switchesOf(
  { memory, at, inputs: x }: ResistorParts,
  own: Own,
  { resistors, wires, held, real, states }: SwitchedBlock,
  { switching, terminals, sources, below, above }: Shared,
): BlockFluctuation["move"] {
  const { kernels, bytes } = memory;
  const { size } = at;
  const { source, sink, rows, stride, weights } = resistors;
  const lateral = source === sink;
  const fed = source === 0;
  const from = at.offset[source] * bytes;
  const to = at.offset[sink] * bytes;
  const back = wires.routes.find((r) => r.back) ?? (lateral ? wires.routes[0] : null);
  return (tick, follow) => {
    const row = x.first * size * bytes;
    const moved = follow ? own.drive.ptr + row : 0;
    const state = own.state.ptr + row;
    let any = false;
    states.flip(tick, (list, many) => {
      any = true;
      // What the inputs drive stays in its matrix until the next presentation, and so do the sums
      // of a block: they are formed anew there.
      kernels.switchResistors(
        list,
        many,
        real,
        held,
        back?.matrix ?? 0,
        rows,
        stride,
        weights.cols,
        back?.stride ?? 0,
        switching!.keep,
        fed ? terminals!.ptr + x.first * sources * bytes : state + from,
        fed ? sources : size,
        fed ? own.still.ptr + row + to : moved + to,
        fed && follow ? moved + to : 0,
        state + to,
        moved + from,
        size,
        // Without a drive that has to follow, only what inputs drive does.
        fed || follow ? x.last - x.first : 0,
        below.ptr + to,
        lateral ? below.ptr + from : above.ptr + from,
      );
    });
    return any;
  };
}
