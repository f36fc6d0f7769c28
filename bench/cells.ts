import type { SetName } from "../src/data/catalogue.ts";
import { experimentSchema, type Experiment } from "../src/experiment/schema.ts";

/** The networks that are timed, with the settings of the paper. */
export const nets = {
  SMALL: {
    layers: [784, 500, 10],
    nudgedSteps: 4,
    beta: 0.5,
    rates: [0.1, 0.05],
    freeSteps: [4, 20],
  },
  LARGE: {
    layers: [784, 500, 500, 500, 10],
    nudgedSteps: 8,
    beta: 1,
    rates: [0.128, 0.032, 0.008, 0.002],
    freeSteps: [20, 50],
  },
} as const;

export type NetName = keyof typeof nets;
export const netNames = Object.keys(nets) as readonly NetName[];
export const batches = [20, 100] as const;

/** What is timed at once: one network, one T⁻, one size of minibatch. */
export interface Cell {
  readonly net: NetName;
  readonly freeSteps: number;
  readonly batch: number;
}

/** All cells of the named networks, in the order of the table. */
export function cellsOf(names: readonly NetName[]): readonly Cell[] {
  return netNames
    .filter((net) => names.includes(net))
    .flatMap((net) =>
      nets[net].freeSteps.flatMap((freeSteps) =>
        batches.map((batch) => ({ net, freeSteps, batch })),
      ),
    );
}

export function sameCell(a: Cell, b: Cell): boolean {
  return a.net === b.net && a.freeSteps === b.freeSteps && a.batch === b.batch;
}

/** Seed of all benchmarks. */
export const seed = 1234;

/** A network in the middle of training, as the benchmarks vary it. */
export interface Setting {
  readonly layers: readonly number[];
  readonly freeSteps: number;
  readonly nudgedSteps: number;
  readonly beta: number;
  readonly rates: readonly number[];
  readonly batch: number;
  readonly epochs?: number;
}

export function settingOf({ net, freeSteps, batch }: Cell): Setting {
  const { layers, nudgedSteps, beta, rates } = nets[net];
  return { layers, nudgedSteps, beta, rates, freeSteps, batch };
}

/** The experiment that trains a setting with ε = ½ and λ = 0.1, on MNIST or the built-in digits. */
export function experimentOf(setting: Setting, set: SetName): Experiment {
  const { layers, freeSteps, nudgedSteps, beta, rates, batch, epochs = 1 } = setting;
  return experimentSchema.parse({
    name: "bench",
    data: { set },
    network: { layers },
    settle: { step: 0.5, free: { steps: freeSteps }, nudged: { steps: nudgedSteps } },
    learning: { beta, lambda: 0.1, rates },
    train: { epochs, batch },
    seed,
  });
}

/**
 * Multiply-adds of one sample in one training step when every product is computed: both phases, the
 * copy's guess and both updates. The engine skips what does not move and inputs that are zero.
 */
export function denseMultiplyAdds({
  layers,
  freeSteps,
  nudgedSteps,
}: Pick<Setting, "layers" | "freeSteps" | "nudgedSteps">): number {
  const blocks = layers.slice(1).map((n, l) => n * layers[l]);
  const [input] = blocks;
  const inner = blocks.slice(1).reduce((a, b) => a + b, 0);
  const settling = input + 2 * inner * (freeSteps + nudgedSteps);
  const chipUpdate = input + 2 * inner;
  const copy = 2 * (input + inner);
  return settling + chipUpdate + copy;
}
