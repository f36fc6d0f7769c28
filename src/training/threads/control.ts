import type { Presented } from "../../dynamics/inputs.ts";
import type { BetaSign } from "../../experiment/nudging.ts";
import type { Trainer } from "../../learning/algorithm.ts";
import type { Team } from "../../numerics/kernels/team.ts";

/** Which chip of a population is to work, and whether others taught the weights that it shares. */
export interface Turn {
  readonly die: number;
  readonly adopts: boolean;
}

/** What a team can be told to do with the presented samples. */
type Order = ({ readonly op: "learn"; readonly sign: BetaSign } | { readonly op: "settle" }) & {
  readonly lambda: number;
  readonly presented: Presented;
  readonly turn: Turn;
};

/** The other members of a session's team, waiting in threads of their own. */
export interface Threads {
  readonly team: Team;
  readonly memory: WebAssembly.Memory | undefined;
  /** Starts the others, once this thread has made all its slots; returns when they are ready. */
  start(): void;
  /** Tells the others what this thread is about to do. */
  order(order: Order): void;
  close(): void;
}

// Words of the control block; a barrier passes when GENERATION moves on.
const ARRIVED = 0;
const GENERATION = 1;
const ORDERS = 2;
const FAILED = 3;
const OP = 4;
const SIGN = 5;
const ROWS = 6;
const KIND = 7;
const MOMENT = 8;
const DISMISSED = 9;
const ALONE = 10;
const TAUGHT = 11;
const DIE = 12;
const ADOPTS = 13;
const words = 16;
// What OP says.
const DISMISS = 0;
const LEARN = 1;
const SETTLE = 2;
// What FAILED says: the reason is being written, or can be read.
const writing = 1;
const written = 2;
const textAt = words * 4 + 16;
const textRoom = 500;
/**
 * Turns of waiting awake before going to sleep: some ten microseconds, about as long as members
 * differ.
 */
const spins = 3000;
const slice = 500;

/** The block of shared memory that a team talks through. */
export function controlBlock(): SharedArrayBuffer {
  return new SharedArrayBuffer(textAt + 2 * textRoom);
}

/** One member's view of the control block. */
interface Control {
  readonly team: Team;
  order(order: Order): void;
  /** Waits for the next order; false when the threads are dismissed. */
  next(): Order | false;
  dismiss(): void;
  /** Does something while no other member does such a thing. */
  alone<T>(work: () => T): T;
  /**
   * Tells everybody that a member cannot go on. The first reason stays; after the dismissal there
   * is none.
   */
  fail(reason: string): void;
}

/**
 * @param silence longest wait for the others, ms: the last resort where nobody can say that one has
 *   died.
 */
export function control(
  block: SharedArrayBuffer,
  part: number,
  parts: number,
  silence = 60_000,
): Control {
  const c = new Int32Array(block, 0, words);
  const reals = new Float64Array(block, words * 4, 2);
  const text = new Uint16Array(block, textAt, textRoom);
  const { await: awaitChange, orComplain } = waiting(c, text, silence);
  let seen = 0;
  const announce = (word: number) => {
    Atomics.add(c, word, 1);
    Atomics.notify(c, word);
  };
  return {
    team: {
      part,
      parts,
      barrier() {
        const generation = Atomics.load(c, GENERATION);
        if (Atomics.add(c, ARRIVED, 1) === parts - 1) {
          Atomics.store(c, ARRIVED, 0);
          announce(GENERATION);
        } else awaitChange(GENERATION, generation);
        orComplain();
      },
    },
    order(order) {
      writeOrder(c, reals, order);
      announce(ORDERS);
    },
    next() {
      awaitChange(ORDERS, seen);
      seen = Atomics.load(c, ORDERS);
      return readOrder(c, reals);
    },
    dismiss() {
      c[OP] = DISMISS;
      Atomics.store(c, DISMISSED, 1);
      announce(ORDERS);
    },
    alone(work) {
      while (Atomics.compareExchange(c, ALONE, 0, 1) !== 0) {
        Atomics.wait(c, ALONE, 1, slice);
        orComplain();
      }
      try {
        return work();
      } finally {
        Atomics.store(c, ALONE, 0);
        Atomics.notify(c, ALONE, 1);
      }
    },
    fail(reason) {
      if (Atomics.load(c, DISMISSED) || Atomics.compareExchange(c, FAILED, 0, writing) !== 0)
        return;
      for (let i = 0; i < Math.min(reason.length, textRoom); i++) text[i] = reason.charCodeAt(i);
      Atomics.store(c, FAILED, written);
      announce(GENERATION);
    },
  };
}

/** How a member waits for a word to change, and throws where another one cannot go on. */
function waiting(c: Int32Array, text: Uint16Array, silence: number) {
  const complain = (silent: boolean): never => {
    const reason = String.fromCharCode(...text).replace(/\0.*$/s, "");
    throw new Error(
      silent
        ? `a thread has been silent for ${silence / 1000} s: it died or the machine is ` +
            "overloaded; the run can be resumed, with --threads 1 if this happens again"
        : `a thread failed: ${reason}`,
    );
  };
  const orComplain = () => {
    if (Atomics.load(c, FAILED) === written) complain(false);
  };
  return {
    orComplain,
    await(word: number, from: number) {
      for (let i = 0; i < spins; i++) if (Atomics.load(c, word) !== from) return;
      for (let waited = 0; Atomics.load(c, word) === from; waited += slice) {
        orComplain();
        if (waited >= silence && word === GENERATION) complain(true);
        Atomics.wait(c, word, from, slice);
      }
    },
  };
}

function writeOrder(c: Int32Array, reals: Float64Array, order: Order): void {
  c[OP] = order.op === "learn" ? LEARN : SETTLE;
  c[SIGN] = order.op === "learn" ? order.sign : 0;
  c[ROWS] = order.presented.rows;
  c[KIND] = order.presented.kind === "bytes" ? 1 : 0;
  c[MOMENT] = order.presented.moment;
  c[TAUGHT] = order.presented.taught === "classes" ? 1 : 0;
  c[DIE] = order.turn.die;
  c[ADOPTS] = Number(order.turn.adopts);
  reals[0] = order.presented.scale;
  reals[1] = order.lambda;
}

function readOrder(c: Int32Array, reals: Float64Array): Order | false {
  const presented: Presented = {
    rows: c[ROWS],
    kind: c[KIND] ? "bytes" : "reals",
    scale: reals[0],
    moment: c[MOMENT],
    taught: c[TAUGHT] ? "classes" : "reals",
  };
  const turn = { die: c[DIE], adopts: c[ADOPTS] === 1 };
  const common = { lambda: reals[1], presented, turn };
  if (c[OP] === DISMISS) return false;
  return c[OP] === LEARN
    ? { op: "learn", sign: c[SIGN] as BetaSign, ...common }
    : { op: "settle", ...common };
}

/** What a member in a thread of its own does all day. */
export function serve(
  { team, next, alone, fail }: Control,
  build: () => {
    learner: Trainer;
    accept: (presented: Presented) => void;
    take: (turn: Turn) => void;
  },
): void {
  try {
    // Each writes the same into the memory that all share, but not at once: what one copies for
    // itself another one may be about to write again.
    const { learner, accept, take } = alone(build);
    team.barrier();
    for (let order = next(); order; order = next()) {
      accept(order.presented);
      take(order.turn);
      if (order.op === "learn") learner.learn(order.sign, order.lambda);
      else learner.settle(order.lambda);
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
