import { describe, expect, test } from "vitest";
import type { TransconductorCircuit } from "../../../src/circuit/circuit.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { diode, saturated } from "../../support/clamped.ts";
import { tangled } from "../../support/graphs.ts";
import { rough } from "../../support/rough.ts";
import { sparseInputs } from "../../support/setups.ts";

const rows = 24;
/** Every spread that leaves an energy. */
const reciprocal: TransconductorCircuit = {
  ...rough,
  mismatch: { ...rough.mismatch, reciprocal: true, gain: 0 },
};
/** Several times as many as there are between two renewals of carried drives. */
const moves = 150;
const until = 1e-4;
const images = sparseInputs(rows, tangled.sizes[0], 7);

/** What is left of some of the images, settled until a tolerance, by image. */
function settled(
  circuit: TransconductorCircuit,
  move: "relax" | "sweep",
  shown: readonly number[],
) {
  const batch = shown.length;
  const chip = fabricate(circuit, tangled, { batch, seed: 5, die: 2 });
  chip.inputs.showReals(
    shown.flatMap((r) => images[r]),
    batch,
  );
  chip.present();
  chip.start();
  const s = chip.state.array;
  if (move === "sweep") chip.sweep!(s, moves, until);
  else chip.relax!(s, 0.2, moves, until);
  // What the next phase starts from: the drive that the settling left, and not one formed anew.
  const first = s.slice();
  const taken = chip.stepsTaken.array.slice();
  chip.relax!(s, 0.3, 3);
  return new Map(
    shown.map((r, k) => {
      const own = [k * chip.size, (k + 1) * chip.size] as const;
      return [r, { taken: taken[k], first: first.slice(...own), next: s.slice(...own) }];
    }),
  );
}

describe.each<["relax" | "sweep", string, TransconductorCircuit]>([
  ["relax", "walls", reciprocal],
  ["sweep", "walls", reciprocal],
  ["relax", "diodes", diode(0.1, 1e-14, reciprocal)],
  ["sweep", "diodes", diode(0.1, 1e-14, reciprocal)],
  ["relax", "saturation and walls", saturated(0.7, reciprocal)],
])(
  "settled by %s between %s until it rests, an image ends with the same bits",
  (move, _, circuit) => {
    const all = images.map((__, r) => r);
    const together = settled(circuit, move, all);

    test("alone, among a few, and among all in another order", () => {
      expect(settled(circuit, move, [...all].reverse())).toEqual(new Map([...together].reverse()));
      for (const few of [[0], [5], [3, 17, 4], [23, 22, 1, 8, 9]])
        expect(settled(circuit, move, few)).toEqual(new Map(few.map((r) => [r, together.get(r)!])));
    });

    test("though they come to rest far apart, some before drives are formed anew, some after", () => {
      const taken = [...together.values()].map((end) => end.taken);
      if (move === "relax") {
        expect(Math.min(...taken)).toBeLessThan(96);
        expect(Math.max(...taken)).toBeGreaterThan(96);
      }
      expect(new Set(taken).size).toBeGreaterThan(1);
    });
  },
);
