import type { Circuit } from "../../circuit/circuit.ts";
import type { Arena } from "../../numerics/kernels/arena.ts";
import type { Fluctuation } from "../fluctuation.ts";
import type { Inputs } from "../inputs.ts";
import type { Layout } from "../layout.ts";
import { fluctuationKey, readingNoise } from "../reading.ts";
import type { Crossbars } from "./crossbar.ts";
import type { Scale } from "./scale.ts";
import { loadIn, wiring, type Load } from "./wiring.ts";

/** Readings of the resistors, and what these load the nodes with. */
export interface Readings extends Fluctuation { load(): Load }

/**
 * The devices of a crossbar as they are read: each conducts G·max(0, 1 + ση), η normal and new at every presentation
 * (`noise.read`), for both ends of the resistor and for all samples of a minibatch. It is another network of resistors, with drives and
 * loads of its own, and as exact as the first. Each member of a team has one for itself, as each is somewhere else in time.
 * Null where nothing is read anew.
 */
export function resistorReadings(memory: Arena, at: Layout, circuit: Circuit, x: Inputs, { resistors }: Pick<Crossbars, "resistors">, scale: Scale, seed: number): Readings | null {
  const sigma = circuit.synapse?.device === undefined ? 0 : circuit.noise.read ?? 0;
  if (sigma === 0) return null;
  const { kernels } = memory, reals = (n: number) => memory.privateReals(n), programs = memory.ints(1), below = reals(at.size), above = reals(at.size);
  const noise = readingNoise(memory, at, sigma, resistors.map((r) => r.weights), x, -1);
  const blocks = resistors.map(({ matrix, rows, stride, weights }) => {
    const size = rows * stride, real = reals(size), wires = wiring(memory, at, weights, real.ptr, scale, reals), key = fluctuationKey(seed, "synapse", weights), lateral = weights.block.from === weights.block.to;
    return {
      wires,
      read() {
        noise.draw(weights, key, lateral);
        kernels.readDevices(real.ptr, matrix, noise.z.ptr, size, 0, 0);
        wires.renew(0, at.sizes[weights.block.from]);
      },
    };
  });
  const routes = blocks.flatMap((b) => b.wires.routes);
  let seen = { moment: NaN, programs: -1 }, loaded = loadIn(below, above);
  return {
    feeds: routes.filter((r) => r.source === 0), routes: routes.filter((r) => r.source > 0), switching: null,
    load: () => loaded,
    adjusted() { seen = { moment: NaN, programs: -1 }; },
    programmed() { programs.array[0]++; },
    begin() {
      const { moment } = x.presented;
      if (seen.moment === moment && seen.programs === programs.array[0]) return;
      below.array.fill(0);
      above.array.fill(0);
      for (const { wires, read } of blocks) {
        read();
        wires.addTo(below, above);
      }
      seen = { moment, programs: programs.array[0] };
      loaded = loadIn(below, above);
    },
  };
}
