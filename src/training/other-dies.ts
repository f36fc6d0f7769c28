import type { Circuit } from "../circuit/circuit.ts";
import type { Dataset, Split } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { DigitalCopy } from "../learning/copy.ts";
import { errorOf, score } from "../learning/score.ts";
import type { Settler } from "../learning/survey.ts";
import type { Vec } from "../numerics/vec.ts";
import { createSession } from "./create-session.ts";
import { buildNetworks, settlerOf, teacherOf } from "./networks.ts";
import type { Snapshot } from "./session.ts";

/** What weights do on a die, on the test samples; null where states are not numbers. */
export interface DieScore {
  /** Test error of the settled chip, percent. */
  readonly error: number | null;
  /** Test samples that chip and copy name alike, percent; null without a copy. */
  readonly agreement: number | null;
  /** The largest natural residual at the end of the free phase. */
  readonly residual: number | null;
  /** Weights that the die cannot hold as they were: it has its own bounds instead. */
  readonly beyond: number;
}

/** How weights come to a die, and when they are measured there. */
export interface Placing {
  readonly die: number;
  /** Writes them by write-verify, rather than taking the registers as they are. */
  readonly programmed: boolean;
  /** Seconds since they were programmed, and kelvin; undefined: as after programming. */
  readonly later?: { readonly seconds: number; readonly kelvin: number };
}

/** Weights that go from die to die. */
export interface Carried extends Pick<Snapshot, "tensors" | "programmings"> {
  /** λ that the copy's guess pulls with. */
  readonly lambda: number;
  /**
   * Whether the circuit holds weights as the one did that learned them, so that it takes up all
   * that was held; otherwise they are programmed.
   */
  readonly alike: boolean;
}

/**
 * Scores weights on one die of a circuit after another, on all of `test`. Inputs, copy and the room
 * for states are common to all; of a die only its own elements are drawn, and freed with it. The
 * numbers are those of a session made for that die, to the bit.
 */
export function otherDies(
  experiment: Experiment,
  circuit: Circuit,
  { lambda, alike, ...held }: Carried,
  test: Dataset,
): (placing: Placing) => DieScore {
  const { chip, copy } = buildNetworks({ ...experiment, population: undefined }, circuit);
  copy?.parameters.load(held.tensors);
  const guesser = copy && remembering(copy, chip, test);
  const place = ({ die, programmed, later }: Placing) => {
    const there = chip.sibling(die, "shared");
    if (alike) there.restore(held);
    else there.parameters.load(held.tensors);
    const beyond = there.beyond();
    if (programmed || !alike) there.program(there.parameters.tensors());
    if (later) there.age(later.seconds, later.kelvin);
    return { there, beyond };
  };
  return (placing) => {
    const free = chip.memory.mark();
    try {
      const { there, beyond } = place(placing);
      const teacher = teacherOf(experiment, there, guesser);
      const settler = settlerOf(teacher, () => {
        teacher.settle(lambda);
      });
      return { ...scoreOf(there, settler, test), beyond };
    } finally {
      free();
    }
  };
}

function scoreOf(chip: Chip, settler: Settler, test: Dataset): Omit<DieScore, "beyond"> {
  const found = score(chip, settler, test);
  return { error: errorOf(found.chip), agreement: found.agreement, residual: found.residual };
}

/**
 * Scores weights on a die that went on learning in place for so many epochs after they were
 * programmed into it; its copy learned with it.
 */
export function relearned(
  experiment: Experiment,
  circuit: Circuit,
  split: Split,
  { snapshot, die, epochs }: { readonly snapshot: Snapshot; readonly die: number; epochs: number },
): DieScore {
  const session = createSession({ ...experiment, die, population: undefined }, circuit, split);
  try {
    session.restore(snapshot);
    const { chip } = session.trained();
    const beyond = chip.beyond();
    chip.program(chip.parameters.tensors());
    const last = session.step + Math.round(epochs * session.stepsPerEpoch);
    while (session.step < last) session.advance();
    return { ...scoreOf(chip, session.trained().settler, session.test), beyond };
  } finally {
    session.close();
  }
}

/** Bytes of guesses that are kept rather than formed anew for each die. */
const keptBytes = 2 ** 26;

/**
 * The copy, whose guesses of a survey are formed once: it is digital, and the same on all dies.
 */
function remembering(copy: DigitalCopy, { inputs: x, size, memory }: Chip, test: Dataset) {
  if (test.count * size * memory.bytes > keptBytes) return copy;
  const kept = new Map<string, Vec>();
  return {
    ...copy,
    forward() {
      const chunk = `${x.presented.moment}/${x.first}`;
      const before = kept.get(chunk);
      if (before) copy.guess.array.set(before, x.first * size);
      else {
        copy.forward();
        kept.set(chunk, copy.guess.array.slice(x.first * size, x.last * size));
      }
    },
  };
}
