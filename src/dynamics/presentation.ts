import type { Ties } from "../energy/hopfield.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { ChipTerminals } from "./chip.ts";
import type { Tied } from "./motion/field.ts";
import type { MovingParts } from "./motion/moves.ts";
import { stateVector } from "./parts.ts";
import type { ChipNoise } from "./noise/noise.ts";
import type { Synapses } from "./synapses/contract.ts";
import { readout, type Reading } from "./units/readout.ts";

/** No tie at all: inputs have just been presented. */
export const untied: Ties = { lambda: 0, beta: 0 };

type Presentation = Pick<ChipTerminals, "present" | "tie" | "touch" | "start" | "keep" | "read">;

/** What is done at the terminals of a chip, from inputs presented to states read. */
export function presentation(
  parts: MovingParts,
  synapses: Pick<Synapses, "feeds">,
  tied: Tied,
  noise: ChipNoise,
): Presentation {
  const { memory, at, inputs: x, own, units, rails } = parts;
  const { kernels, bytes } = memory;
  const { size } = at;
  const { state } = own;
  const bounds = rails ?? units;
  const drive = inputDrive(parts, synapses);
  const readings = readingsOf(parts, tied);
  const row = () => x.first * size * bytes;
  const mine = () => x.last - x.first;
  const keep = (to: Slot<Vec>, from = state) => {
    kernels.copyReals(to.ptr + row(), from.ptr + row(), mine() * size);
  };
  return {
    present() {
      x.list();
      tied.now = untied;
      noise.begin();
      drive();
      own.fresh = false;
      readings.begin();
    },
    tie(next) {
      const { arrays, now } = tied;
      if (next.beta !== 0 && now.beta === 0) readings.sample();
      const more = { lambda: next.lambda - now.lambda, beta: next.beta - now.beta };
      if (more.lambda !== 0) arrays.hold(x.first, x.last);
      arrays.pull(own.still, more);
      if (own.fresh) arrays.pull(own.drive, more);
      tied.now = next;
    },
    touch() {
      own.fresh = false;
    },
    start(from) {
      if (!from) state.array.fill(0, x.first * size, x.last * size);
      const { arrays } = tied;
      const guessed = from === own.guess;
      if (guessed) arrays.hold(x.first, x.last);
      const begin = guessed ? arrays.guess : (from ?? state);
      const { low, high } = bounds;
      kernels.clipRows(state.ptr + row(), begin.ptr + row(), size, mine(), size, low.ptr, high.ptr);
      own.fresh = false;
    },
    keep(to) {
      keep(to);
    },
    read(to, held = false, from = state) {
      if (!readings.take(to, held, from)) keep(to, from);
    },
  };
}

/** still ← biases, offsets, and what the presented inputs send: constant until the next call. */
function inputDrive(
  { memory, at, inputs: x, own: { still }, units, parameters, saturation }: MovingParts,
  { feeds }: Pick<Synapses, "feeds">,
): () => void {
  const { kernels, bytes } = memory;
  const { size } = at;
  const constant = memory.privateReals(size);
  const seen = saturation === null ? null : memory.reals(x.capacity * x.width);
  /** Address of what synapses receive of the inputs. */
  const received = (): number => {
    if (!seen || saturation === null) return x.value;
    const row = x.first * x.width * bytes;
    const n = x.last - x.first;
    kernels.saturateRows(seen.ptr + row, x.value + row, x.width, n, x.width, saturation);
    return seen.ptr;
  };
  return () => {
    const c = constant.array;
    const b = parameters.bias.array;
    const offset = units.offset.array;
    for (let i = 0; i < size; i++) c[i] = b[i] + offset[i];
    const row = still.ptr + x.first * size * bytes;
    kernels.fillRows(row, size, x.last - x.first, size, constant.ptr);
    const values = received();
    for (const { sink, matrix, rows, stride } of feeds)
      kernels.addSparse(
        still.ptr + at.offset[sink] * bytes,
        size,
        0,
        x.first,
        x.last,
        x.index,
        values,
        x.width,
        x.count,
        1,
        matrix,
        0,
        rows,
        stride,
      );
  };
}

/** Readings of the chip's own states, numbered since inputs were presented. */
interface Readings {
  begin(): void;
  /**
   * Tells currents that nudge what the outputs are when they come on: the conversion of the last
   * reading, without what the hold did to that; one of its own after none.
   */
  sample(): void;
  /** to ← one reading of states; false if a reading is these themselves, and nothing was done. */
  take(to: Slot<Vec>, held: boolean, from: Slot<Vec>): boolean;
}

function readingsOf(parts: MovingParts, { arrays }: Tied): Readings {
  const { inputs: x, own } = parts;
  const read = readout(parts);
  const sampled = arrays.sample && read ? stateVector(parts) : own.state;
  let taken = 0;
  /** What the last reading was of. */
  let seen = own.state;
  const reading = (number: number, held: boolean): Reading => ({
    first: x.first,
    last: x.last,
    moment: x.presented.moment,
    number,
    held,
  });
  return {
    begin() {
      taken = 0;
      seen = own.state;
    },
    sample() {
      if (!arrays.sample) return;
      read?.(sampled, seen, reading(taken === 0 ? taken++ : taken - 1, false));
      arrays.sample(read ? sampled : seen);
    },
    take(to, held, from) {
      seen = from;
      if (!read) return false;
      read(to, from, reading(taken++, held));
      return true;
    },
  };
}
