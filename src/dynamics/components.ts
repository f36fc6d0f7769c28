import type { ComponentBlock, Components, Terminals } from "../circuit/die.ts";
import type { Ties } from "../energy/hopfield.ts";
import { view, type Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { DieParts } from "./parts.ts";
import { packedIndex } from "./synapses/parameters.ts";
import type { Route, Synapses } from "./synapses/contract.ts";
import type { TieArrays } from "./units/ties.ts";

/** Reads a die's elements out of the kernels' memory, as they are now. */
export function componentsOf(
  { memory, at, parameters, units }: Pick<DieParts, "memory" | "at" | "parameters" | "units">,
  { feeds, routes }: Pick<Synapses, "feeds" | "routes">,
  { link, nudge, offsets }: Pick<TieArrays, "link" | "nudge" | "offsets">,
): Components {
  const all = [...feeds, ...routes];
  const row = (slot: Slot<Vec>, l: number) =>
    Float64Array.from(slot.array.subarray(at.offset[l], at.offset[l] + at.sizes[l]));
  const conducted = ({ sink, matrix, rows, stride }: Route): Float64Array => {
    const cols = at.sizes[sink];
    const from = view(memory, matrix, rows * stride);
    const to = new Float64Array(rows * cols);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++)
        to[i * cols + j] = from[packedIndex(i, j, rows, stride, memory)];
    return to;
  };
  return {
    sizes: at.sizes,
    layers: at.sizes.slice(1).map((_, l0) => {
      const l = l0 + 1;
      return {
        leak: row(units.leak, l),
        rate: row(units.rate, l),
        bias: row(parameters.bias, l),
        offset: row(units.offset, l),
        low: row(units.low, l),
        high: row(units.high, l),
        link: row(link, l),
        linkOffset: row(offsets.link, l),
        nudge: row(nudge, l),
        nudgeOffset: row(offsets.nudge, l),
      };
    }),
    // In a directed graph the block that leads back is one of its own.
    blocks: parameters.weights
      .filter(({ block }) => block.from <= block.to)
      .map(({ block: { from, to } }): ComponentBlock => {
        const route = (source: number, sink: number) =>
          all.find((r) => r.source === source && r.sink === sink);
        const back = from === to ? undefined : route(to, from);
        return {
          from,
          to,
          forward: conducted(route(from, to)!),
          backward: back ? conducted(back) : null,
        };
      }),
  };
}

/** What is presented to sample `r`, what it is tied to and where it stands. */
export function terminalsOf(
  { memory, at, inputs: x }: Pick<DieParts, "memory" | "at" | "inputs">,
  { guess, errors: errorsOf }: Pick<TieArrays, "guess" | "errors">,
  state: Slot<Vec>,
  ties: Ties,
  r: number,
): Terminals {
  const errors = errorsOf(r);
  const inputs = new Float64Array(x.width);
  const first = r * x.width;
  const count = new Int32Array(memory.memory.buffer, x.count + 4 * r, 1)[0];
  const index = new Int32Array(memory.memory.buffer, x.index + 4 * first, count);
  const value = view(memory, x.value + memory.bytes * first, count);
  index.forEach((i, k) => {
    inputs[i] = value[k];
  });
  const units = (slot: Slot<Vec>) =>
    Float64Array.from(
      at.sizes
        .slice(1)
        .flatMap((n, l) => [
          ...slot.array.subarray(
            r * at.size + at.offset[l + 1],
            r * at.size + at.offset[l + 1] + n,
          ),
        ]),
    );
  return {
    inputs,
    guess: units(guess),
    start: units(state),
    taught: x.presented.taught,
    targets: Float64Array.from({ length: x.outputs }, (_, k) => x.target(r, k)),
    ...(errors && ties.beta !== 0 && { errors }),
    ...ties,
  };
}
