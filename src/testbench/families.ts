import type { Circuit } from "../circuit/circuit.ts";
import type { SolverSetting } from "../experiment/solver-schema.ts";

/** What a bench knows of the chips of a family that nothing was taught. */
interface FamilyBench {
  /** Their weights in words. */
  readonly weights: string;
  /** The same on the page of the physics. */
  readonly untrained: string;
  /**
   * Mean |w| of a block of so many rows, terminals or units, from a layer of n units to one of m.
   */
  meanWeight(rows: number, n: number, m: number): number;
  /** What they are settled by unless asked otherwise. */
  readonly solver: SolverSetting;
}

const families = {
  transconductors: {
    weights: "Xavier weights",
    untrained: "untrained weights (Xavier's)",
    // Uniform within ±√(6/(n + m)), whose mean magnitude is half of that.
    meanWeight: (_, n, m) => Math.sqrt(6 / (n + m)) / 2,
    solver: "euler",
  },
  resistors: {
    weights: "conductances",
    untrained: "untrained conductances",
    // Uniform within ±1/√rows, half of them open.
    meanWeight: (rows) => 1 / Math.sqrt(rows) / 4,
    // Nodes between resistors are faster than τ, by as much as these conduct: half a τ is too long
    // a step.
    solver: "block-descent",
  },
} satisfies Record<Circuit["family"], FamilyBench>;

export function familyBench({ family }: Circuit): FamilyBench {
  return families[family];
}
