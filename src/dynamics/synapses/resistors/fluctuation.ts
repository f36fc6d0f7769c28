import type { Circuit } from "../../../circuit/circuit.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Fluctuation } from "../transconductors/fluctuation.ts";
import type { Inputs } from "../../inputs.ts";
import type { Layout } from "../../layout.ts";
import { fluctuationKey, readingNoise } from "../read-noise.ts";
import { fillTerminals, telegraph } from "../telegraph.ts";
import type { Crossbars } from "./crossbar.ts";
import { sourcesOf, type Scale } from "../../units/scale.ts";
import { loadIn, wiring, type Load } from "./wiring.ts";

/**
 * Resistors as they conduct just now, and what these load the nodes with: another object after
 * every change.
 */
export interface FluctuatingResistors extends Fluctuation {
  load(): Load;
}

/**
 * Resistors of a crossbar that are not what they were programmed to:
 *
 *   reading    G·max(0, 1 + ση), η normal and new at every presentation (`noise.read`; only where a device is the resistor);
 *   telegraph  G or G (1 − δ) while inputs are presented (`noise.telegraph`),
 *
 * for both ends of the resistor and for all samples of a minibatch. It is another network of
 * resistors, with drives and loads of its own, and as exact as the first. What a resistor changes
 * by, δg, brings δg (v_i − v_j) to j and takes it from i: the drives get δg v_i and δg v_j, and the
 * loads of both ends δg. Each member of a team has all this for itself, as each is somewhere else
 * in time. Null where nothing fluctuates.
 */
export function resistorFluctuation(
  memory: Arena,
  at: Layout,
  circuit: Circuit,
  x: Inputs,
  { resistors }: Pick<Crossbars, "resistors">,
  scale: Scale,
  state: Slot<Vec>,
  seed: number,
): FluctuatingResistors | null {
  const sigma = circuit.synapse?.device === undefined ? 0 : (circuit.noise.read ?? 0);
  const switching = telegraph(memory, circuit, x);
  if (sigma === 0 && !switching) return null;
  const { kernels, bytes } = memory;
  const { size } = at;
  const reals = (n: number) => memory.privateReals(n);
  const programs = memory.ints(1);
  const below = reals(size);
  const above = reals(size);
  const noise =
    sigma > 0
      ? readingNoise(
          memory,
          at,
          sigma,
          resistors.map((r) => r.weights),
          x,
          -1,
        )
      : null;
  const sources = sourcesOf(circuit, x.width);
  const gains = sources > x.width ? [scale.input, -scale.input] : [scale.input];
  const terminals = switching ? memory.reals(x.capacity * sources) : null;
  const blocks = resistors.map(({ source, sink, matrix, rows, stride, weights }) => {
    const n = rows * stride;
    const { cols } = weights;
    const held = noise ? reals(n).ptr : matrix;
    const real = switching ? reals(n).ptr : held;
    const lateral = source === sink;
    const wires = wiring(memory, at, weights, real, scale, reals);
    const key = fluctuationKey(seed, "synapse", weights);
    const states = switching?.states(rows * cols, key);
    const back = wires.routes.find((r) => r.back) ?? (lateral ? wires.routes[0] : null);
    const [from, to] = [at.offset[source] * bytes, at.offset[sink] * bytes];
    return {
      wires,
      read() {
        noise!.draw(weights, key, lateral);
        kernels.readDevices(held, matrix, noise!.z.ptr, n, 0, 0);
      },
      begin() {
        if (states) {
          states.draw();
          kernels.dimSynapses(
            real,
            held,
            states.bits,
            rows,
            cols,
            stride,
            cols,
            lateral ? 2 : 0,
            switching!.keep,
          );
        }
        wires.renew(0, at.sizes[source]);
      },
      /** Whether any resistor switched. */
      move(tick: number, still: Slot<Vec>, drive: Slot<Vec> | null): boolean {
        const row = x.first * size * bytes;
        const moved = drive ? drive.ptr + row : 0;
        const fed = source === 0;
        // Without a drive that has to follow, only what inputs drive does.
        const samples = fed || drive ? x.last - x.first : 0;
        let any = false;
        states!.flip(tick, (list, many) => {
          any = true;
          // What the inputs drive stays in its matrix until the next presentation, and so do the
          // sums of a block: they are formed anew there.
          kernels.switchResistors(
            list,
            many,
            real,
            held,
            back?.matrix ?? 0,
            rows,
            stride,
            cols,
            back?.stride ?? 0,
            switching!.keep,
            fed ? terminals!.ptr + x.first * sources * bytes : state.ptr + row + from,
            fed ? sources : size,
            fed ? still.ptr + row + to : moved + to,
            fed && drive ? moved + to : 0,
            state.ptr + row + to,
            moved + from,
            size,
            samples,
            below.ptr + to,
            lateral ? below.ptr + from : above.ptr + from,
          );
        });
        return any;
      },
    };
  });
  const routes = blocks.flatMap((b) => b.wires.routes);
  let seen = { moment: NaN, programs: -1 };
  let loaded = loadIn(below, above);
  return {
    feeds: routes.filter((r) => r.source === 0),
    routes: routes.filter((r) => r.source > 0),
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
      if (switching) fillTerminals(x, terminals!.ptr, gains, memory);
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
    switching: switching && {
      step: switching.step,
      move(tick, still, drive) {
        let any = false;
        for (const { move } of blocks) any = move(tick, still, drive) || any;
        if (any) loaded = loadIn(below, above);
      },
    },
  };
}
