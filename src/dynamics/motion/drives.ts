import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Moves, MovingParts } from "./moves.ts";

/**
 * Every unit's drive, kept up to date while the states move. After a few steps most units sit
 * exactly on a rail, so only what moved is propagated: drive += Δs·W over the lists that a step
 * leaves.
 */
export interface Drives {
  /**
   * to ← constant + Σ W s, or W σ(s) where transconductors saturate, for samples first … last−1 of
   * a state, from nothing.
   */
  refresh(s: Slot<Vec>, to: Slot<Vec>, constant: Slot<Vec>, first: number, last: number): void;
  /** to ← W v + constant, as if nothing saturated. */
  product(v: Slot<Vec>, to: Slot<Vec>, constant: Slot<Vec>, first: number, last: number): void;
  /** Makes the drive of the chip's own state fresh, for the samples in focus. */
  freshen(): void;
  /** Forgets what was sent and not carried yet. */
  forget(first: number, last: number): void;
  /** Adds to the drive what the last step sent, which otherwise the next step does. */
  carry(first: number, last: number): void;
  /**
   * Forms the drives of the chip's own state anew, for those of the samples that still move: what
   * one that rests keeps must not depend on how long its neighbours move.
   */
  renew(first: number, last: number): void;
  /**
   * Sends what the last step moved: as changes, or by drives formed anew, of all that still move if
   * `anew`.
   */
  send(first: number, last: number, anew: boolean): void;
  /** Of what layers 1 … moved, lists what the others see of it where transconductors saturate. */
  bend(first: number, last: number): void;
}

/**
 * Of a sample's units: when more have moved, its drives are formed anew, which costs its non-zero
 * states and no rounding.
 */
const dense = 0.75;

export function drives(parts: MovingParts, moves: Moves): Drives {
  const { memory, at, inputs: x, own } = parts;
  const { kernels } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const { propagate, product } = products(parts, moves);
  const { refresh, bend } = saturated(parts, moves, product);
  const forget = (first: number, last: number) => {
    moves.change.array.fill(0, first * size, last * size);
  };
  /**
   * Whether sample r moved too much for its changes to be worth sending; each sample decides for
   * itself, so that bits do not depend on its neighbours.
   */
  const movedMuch = (r: number): boolean => {
    const count = moves.count.array;
    let moved = 0;
    for (let l = 0; l < layers; l++) moved += count[r * layers + l];
    return moved > dense * size;
  };
  const stillMoves = (r: number): boolean => moves.active.array[r] === 1;
  return {
    refresh,
    product,
    bend,
    forget,
    freshen() {
      if (own.fresh) return;
      refresh(own.state, own.drive, own.still, x.first, x.last);
      own.fresh = true;
    },
    carry(first, last) {
      const row = first * size * memory.bytes;
      const drive = own.drive.ptr + row;
      kernels.addScaled(drive, size, moves.change.ptr + row, size, last - first, size, 1);
      forget(first, last);
    },
    renew(first, last) {
      alike(first, last, stillMoves, (still, from, to) => {
        if (still) refresh(own.state, own.drive, own.still, from, to);
      });
    },
    send(first, last, anew) {
      const much = (r: number) => (anew && stillMoves(r)) || movedMuch(r);
      alike(first, last, much, (formed, from, to) => {
        if (formed) {
          refresh(own.state, own.drive, own.still, from, to);
          forget(from, to);
        } else propagate(moves.change, from, to, true);
      });
    },
  };
}

/** Calls `work` with each run of neighbours from `first` until `last` of which `is` says alike. */
function alike(
  first: number,
  last: number,
  is: (r: number) => boolean,
  work: (so: boolean, from: number, to: number) => void,
): void {
  for (let from = first; from < last; ) {
    const so = is(from);
    let to = from + 1;
    while (to < last && is(to) === so) to++;
    work(so, from, to);
    from = to;
  }
}

interface Products extends Pick<Drives, "product"> {
  /** Adds to `sums`, or puts there if `afresh`, what the listed units send along the synapses. */
  propagate(sums: Slot<Vec>, first: number, last: number, afresh: boolean): void;
}

function products({ memory, at, routes }: MovingParts, moves: Moves): Products {
  const { kernels, bytes } = memory;
  const { index, value, count } = moves;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const byte = at.offset.map((o) => o * bytes);
  const int = at.offset.map((o) => o * 4);
  /** For each route, whether it is the first into its sink. */
  const opens = routes.map(({ sink }, i) => Number(routes.findIndex((r) => r.sink === sink) === i));
  const propagate: Products["propagate"] = (sums, first, last, afresh) => {
    routes.forEach(({ source, sink, matrix, rows, stride }, i) => {
      kernels.addSparse(
        sums.ptr + byte[sink],
        size,
        0,
        first,
        last,
        index.ptr + int[source],
        value.ptr + byte[source],
        size,
        count.ptr + 4 * (source - 1),
        layers,
        matrix,
        0,
        rows,
        stride,
        Number(afresh) && opens[i],
      );
    });
  };
  return {
    propagate,
    product(s, to, constant, first, last) {
      const row = first * size * bytes;
      const n = last - first;
      kernels.copyReals(to.ptr + row, constant.ptr + row, n * size);
      for (let l = 1; l <= layers; l++)
        kernels.listNonzeros(
          s.ptr + row + byte[l],
          size,
          n,
          at.padded[l],
          1,
          index.ptr + 4 * first * size + int[l],
          value.ptr + row + byte[l],
          size,
          count.ptr + 4 * (first * layers + l - 1),
          layers,
        );
      propagate(to, first, last, false);
    },
  };
}

/** Drives where what units send saturates, σ(s) = V_l tanh(s / V_l), or is the state itself. */
function saturated(
  { memory, at, inputs: x, own, saturation }: MovingParts,
  { index, value, count }: Moves,
  product: Drives["product"],
): Pick<Drives, "refresh" | "bend"> {
  if (saturation === null) return { refresh: product, bend: () => undefined };
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const room = x.capacity * size;
  // What the others see of the chip's own states, and of any that are asked about.
  const seen = { own: memory.reals(room), other: memory.reals(room) };
  return {
    refresh(s, to, constant, first, last) {
      const by = s === own.state ? seen.own : seen.other;
      const row = first * size * bytes;
      kernels.saturateRows(by.ptr + row, s.ptr + row, size, last - first, size, saturation);
      product(by, to, constant, first, last);
    },
    bend(first, last) {
      const row = first * size * bytes;
      for (let l = 1; l <= layers; l++)
        kernels.saturateMoves(
          own.state.ptr + row + at.offset[l] * bytes,
          seen.own.ptr + row + at.offset[l] * bytes,
          size,
          last - first,
          at.padded[l],
          saturation,
          index.ptr + 4 * (first * size + at.offset[l]),
          value.ptr + row + at.offset[l] * bytes,
          size,
          count.ptr + 4 * (first * layers + l - 1),
          layers,
        );
    },
  };
}
