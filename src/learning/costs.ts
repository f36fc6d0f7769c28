import type { Chip } from "../dynamics/chip.ts";
import type { Tally } from "../solver/solver.ts";

/** What settling cost, of the samples of a whole team: a tally in memory that its members share. */
interface Costs extends Tally {
  /** Nothing was spent yet on the samples in focus. */
  clear(): void;
  /** Adds the entries of the samples in focus to what is there. */
  add(from: Tally): void;
  /** Adds so many evaluations of F of each. */
  evaluated(times: number): void;
}

const columns = ["steps", "rejected", "evaluations", "time"] as const;

export function costs({ memory, capacity, inputs: x }: Chip): Costs {
  const steps = memory.ints(capacity);
  const rejected = memory.ints(capacity);
  const evaluations = memory.ints(capacity);
  const time = memory.reals(capacity);
  return {
    get steps() {
      return steps.array;
    },
    get rejected() {
      return rejected.array;
    },
    get evaluations() {
      return evaluations.array;
    },
    get time() {
      return time.array;
    },
    clear() {
      for (const column of columns) this[column].fill(0, x.first, x.last);
    },
    add(from) {
      for (const column of columns)
        for (let r = x.first; r < x.last; r++) this[column][r] += from[column][r];
    },
    evaluated(times) {
      for (let r = x.first; r < x.last; r++) evaluations.array[r] += times;
    },
  };
}
