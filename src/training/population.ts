import { othersOf } from "../experiment/population.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { Chip } from "../dynamics/chip.ts";
import { InputError } from "../numerics/errors.ts";
import { vec, type Tensor } from "../numerics/vec.ts";
import type { Turn } from "./threads/control.ts";

/** Whose turn it is among the chips of a session, and what the others hold besides the first. */
export interface Members {
  /** Of minibatch `step`. */
  next(step: number): Turn;
  /** The first chip, which is measured. */
  measured(): Turn;
  /** What the other chips hold: `die.7.block.0-1.weight`, …, and `population.programmings`. */
  tensors(): readonly Tensor[];
  /**
   * What was held after so many minibatches.
   * @throws InputError where tensors of a die are missing.
   */
  restore(tensors: readonly Tensor[], step: number): void;
}

const counted = "population.programmings";

/** The chips of a session that learn in turn: one, or those of a population. */
export function populationOf(
  experiment: Experiment,
  { chip, others }: { readonly chip: Chip; readonly others: readonly Chip[] },
): Members {
  const isShared = othersOf(experiment).weights === "shared";
  const all = others.length + 1;
  /** Which chip conducts what is in the registers. */
  let current = 0;
  const turn = (die: number, adopts: boolean): Turn => {
    current = die;
    return { die, adopts };
  };
  return {
    // A die programs at each of its turns, so that how often does not depend on who was measured.
    next: (step) => turn(step % all, isShared && others.length > 0),
    measured: () => turn(0, isShared && current !== 0),
    tensors() {
      if (others.length === 0) return [];
      const held = others.map((other) => other.held());
      const data = vec(chip.memory.precision, others.length);
      data.set(held.map(({ programmings }) => programmings));
      const own = held.flatMap(({ tensors }, i) =>
        tensors.map((t) => ({ ...t, name: prefixed(t.name, "chip", `die.${others[i].die}`) })),
      );
      return [...(isShared ? [] : own), { name: counted, shape: [others.length], data }];
    },
    restore(tensors, step) {
      if (others.length === 0) return;
      const found = tensors.find((t) => t.name === counted);
      if (found?.data.length !== others.length)
        throw new InputError(
          `population: no tensor "${counted}" of ${others.length} numbers, one for each die ` +
            "besides the first; restore the checkpoint",
        );
      others.forEach((other, i) => {
        const own = tensors.map((t) => ({
          ...t,
          name: prefixed(t.name, `die.${other.die}`, "chip"),
        }));
        const mine = own.filter((t, k) => t.name !== tensors[k].name);
        other.restore({ tensors: isShared ? tensors : mine, programmings: found.data[i] });
      });
      // What the one that learned last conducts is what it was then.
      current = step > 0 ? (step - 1) % all : 0;
    },
  };
}

/** A name with another first part: `chip.layer.1.bias` → `die.7.layer.1.bias`. */
function prefixed(name: string, from: string, to: string): string {
  return name.startsWith(`${from}.`) ? to + name.slice(from.length) : name;
}
