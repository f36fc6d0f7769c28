import { nudgedByCurrents, type Circuit } from "../../circuit/circuit.ts";
import {
  inputWord,
  aSample,
  sampleWord,
  sizesText,
  widthOf,
  type Dataset,
} from "../../data/dataset.ts";
import type { Chip } from "../../dynamics/chip.ts";
import type { DigitalCopy } from "../../learning/copy.ts";
import { consecutive, enter, showSamples, startFrom } from "../../learning/enter.ts";
import { InputError } from "../../numerics/errors.ts";
import { settle } from "../../solver/settle.ts";
import type { Solver, Stop } from "../../solver/solver.ts";
import { familyBench } from "../families.ts";
import type { WrittenSolver } from "./solver-text.ts";

/** A chip on the table with its copy, and the images to present to it. */
export interface Bench {
  readonly chip: Chip;
  readonly copy: DigitalCopy | null;
  readonly images: Dataset;
  readonly target: string;
  readonly seed: number;
  /** Where the weights come from, in words. */
  readonly weights: string;
  /** Unless something else is asked for. */
  readonly usual: {
    readonly solver: WrittenSolver;
    readonly step: number;
    readonly lambda: number;
    readonly from: "zero" | "guess";
  };
}

/** Where the weights of a chip come from that nothing was taught. */
export function untrained(circuit: Circuit, seed: number): string {
  return `${familyBench(circuit).weights} of seed ${seed}`;
}

/** How the chip is entered: which images, from which state, tied by what. */
export interface Entry {
  readonly input: number;
  readonly images: number;
  readonly from: "zero" | "guess" | "free";
  readonly lambda: number;
  readonly beta: number;
}

/** @throws InputError when network and images do not fit, or there are not so many images. */
export function checkEntry(
  { chip, images, copy, usual }: Bench,
  { input, images: count, from, lambda }: Entry,
): void {
  const {
    outputs,
    graph: { sizes },
  } = chip;
  const { kind, names } = images.targets;
  if (sizes[0] !== widthOf(images))
    throw new InputError(
      `--layers ${sizes.join(",")}: ${aSample(images)} of ${images.name} ` +
        `has ${sizesText(images)} ${inputWord(images)}, expected a first layer of that size`,
    );
  if (outputs.classes !== names.length)
    throw new InputError(
      `--layers ${sizes.join(",")}: ${images.name} has ${names.length} ` +
        `${kind === "classes" ? "classes" : "targets"}, expected a ` +
        `last layer of ${outputs.differential ? "two nodes for each" : "that size"}`,
    );
  if (input + count > images.count)
    throw new InputError(
      `--input ${input}${count > 1 ? ` --images ${count}` : ""}: ${images.name} has ` +
        `${sampleWord(images)}s 0 ` +
        `… ${images.count - 1}; choose ${count > 1 ? "fewer, or earlier ones" : "one of them"}`,
    );
  if (copy === null && from === "guess")
    throw new InputError(
      "--from guess: this run has no copy, so nothing is guessed; use --from zero",
    );
  if (copy === null && lambda !== 0)
    throw new InputError(
      `--lambda ${lambda}: this run has no copy, so there is no guess to be pulled to; leave ` +
        `it out (${usual.lambda})`,
    );
}

/** Presents the images; `start` puts the chip where the settling begins, as often as wanted. */
export function enterBench(
  bench: Bench,
  { input, images: count, from, lambda, beta }: Entry,
  solver: Solver,
  stop: Stop,
): { readonly labels: readonly (number | null)[]; readonly start: () => void } {
  const { chip, copy, images, usual } = bench;
  const pair = { chip, copy };
  const first = from === "guess" ? "guess" : "zero";
  showSamples(chip, images, consecutive(count, input));
  // Currents of the nudge are set by the free equilibrium, wherever the settling begins.
  const free =
    from === "free" || (beta !== 0 && nudgedByCurrents(chip.circuit)) ? chip.vector() : undefined;
  if (free) {
    enter(pair, usual.from, { lambda });
    settle(chip, chip.state.array, solver, stop);
    chip.keep(free);
  }
  return {
    labels: labelsOf(images, input, count),
    start() {
      enter(pair, free ?? first, { lambda, beta });
      if (free && from !== "free") startFrom(pair, first);
    },
  };
}

/** The classes of samples; null where their targets are reals. */
function labelsOf({ targets }: Dataset, first: number, count: number): readonly (number | null)[] {
  return Array.from({ length: count }, (_, i) =>
    targets.kind === "classes" ? targets.labels[first + i] : null,
  );
}
