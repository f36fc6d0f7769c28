import { describe, expect, test } from "vitest";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain } from "../../../../src/energy/graph.ts";
import { blockDescent } from "../../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../../src/solver/settle.ts";
import { lessons } from "../../../support/lessons.ts";
import { crossbarOf } from "../../../support/resistors.ts";
import { sparseInputs } from "../../../support/setups.ts";

const network =
  "input: { gain: 3, complementary: true }\ndiodes: { hidden: rectifying, output: none " +
  "}\nmismatch: { synapse: 10 % }";
const free = "diodes: { hidden: none, output: none }";
const kinds = [
  "device: ecram, bits: 8",
  "device: reram-array-om, memory: devices, accumulate: true",
];
const reading = (synapse: string, more: string, sigma = "1 %") =>
  crossbarOf(synapse, `${more}\nnoise: { read: ${sigma} }`);

/** The force on every unit of one sample at a moment, at inputs x and states v (layer by layer). */
function force(
  chip: Chip,
  moment: number,
  x: readonly number[],
  v: (l: number, i: number) => number,
): number[][] {
  const { offset, sizes } = chip.layout;
  const F = new Float64Array(chip.capacity * chip.size);
  chip.inputs.showReals(Float64Array.from(x), 1, moment);
  chip.present();
  // Memory that is made in between renews all views of what there is.
  chip.memory.reals(20_000);
  for (let l = 1; l < sizes.length; l++)
    for (let i = 0; i < sizes[l]; i++) chip.state.array[offset[l] + i] = v(l, i);
  chip.touch();
  chip.force(chip.state.array, F);
  return sizes.slice(1).map((n, l) => Array.from(F.subarray(offset[l + 1], offset[l + 1] + n)));
}

describe("resistors that are read anew at every presentation", () => {
  test(
    "carry no current where all nodes are at one voltage: what they drive and what they load is " +
      "one conductance",
    async () => {
      const chip = fabricate(await reading("device: ecram", free, "20 %"), chain([40, 30, 20]), {
        batch: 1,
        precision: "f64",
      });
      const ones = new Array<number>(40).fill(1);
      const loads = [0, 1, 2].map((moment) => {
        // Sums of some seventy conductances of up to 4.
        for (const layer of force(chip, moment, ones, () => 1))
          for (const f of layer) expect(Math.abs(f)).toBeLessThan(1e-12);
        return force(chip, moment, ones, () => 0)[0];
      });
      expect(loads[0]).not.toEqual(loads[1]);
      expect(force(chip, 1, ones, () => 0)[0]).toEqual(loads[1]);
    },
  );

  test("conduct alike both ways, and never less than nothing", async () => {
    const chip = fabricate(await reading("device: ecram", free, "80 %"), chain([5, 30, 20]), {
      batch: 1,
      precision: "f64",
    });
    const none = new Array<number>(5).fill(0);
    let open = 0;
    for (let i = 0; i < 30; i++)
      for (let j = 0; j < 20; j++) {
        const up = force(chip, 3, none, (l, k) => Number(l === 1 && k === i))[1][j];
        const down = force(chip, 3, none, (l, k) => Number(l === 2 && k === j))[0][i];
        expect(up).toBe(down);
        expect(up).toBeGreaterThanOrEqual(0);
        if (up === 0) open++;
      }
    // Φ(−1/0.8) of 600.
    expect(Math.abs(open / 600 - 0.1056)).toBeLessThan(4 * Math.sqrt((0.1056 * 0.8944) / 600));
  });

  test("deviate by σ of each conductance, normal from one presentation to the next", async () => {
    const n = 60;
    const m = 50;
    const moments = 40;
    const sigma = 0.02;
    const chip = fabricate(await reading("device: ecram", free, "2 %"), chain([n, m]), {
      batch: 1,
      precision: "f64",
    });
    const ones = new Array<number>(n).fill(1);
    const g = Array.from(chip.components().blocks[0].forward);
    const column = (j: number, of: (w: number) => number) =>
      g.filter((_, k) => k % m === j).reduce((sum, w) => sum + of(w), 0);
    const deviations = Array.from({ length: moments }, (_, t) =>
      force(chip, t, ones, () => 0)[0].map(
        (f, j) => (f - column(j, (w) => w)) / (sigma * Math.sqrt(column(j, (w) => w * w))),
      ),
    ).flat();
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean(deviations))).toBeLessThan(4 / Math.sqrt(m * moments));
    expect(Math.abs(mean(deviations.map((d) => d ** 2)) - 1)).toBeLessThan(
      4 * Math.sqrt(2 / (m * moments)),
    );
  });

  test("have an equilibrium of their own, where block descent ends and no force is left", async () => {
    const chip = fabricate(await reading(kinds[0], network, "10 %"), chain([12, 9, 6, 4]), {
      batch: 1,
      precision: "f64",
    });
    const ends = [0, 1].map((moment) => {
      chip.inputs.showReals(sparseInputs(1, 12, 1).flat(), 1, moment);
      chip.present();
      chip.start();
      expect(
        settle(chip, chip.state.array, blockDescent(), { steps: 500, tolerance: 1e-11 }).outcome,
      ).toBe("settled");
      return Array.from(chip.state.array);
    });
    expect(ends[0]).not.toEqual(ends[1]);
  });
});

describe.each(["f32", "f64"] as const)("in %s, crossbars that are read anew", (precision) => {
  test.each(kinds)(
    "learn the same bits by one member and by two or three (%s)",
    async (synapse) => {
      for (const move of ["sweep", "relax"] as const) {
        const taught = {
          circuit: await reading(synapse, network),
          precision,
          move,
          rate: 3,
          step: 0.02,
        } as const;
        const alone = lessons(taught);
        for (const { data } of alone.tensors) expect(data.every(Number.isFinite)).toBe(true);
        expect(lessons({ ...taught, parts: 2 })).toEqual(alone);
        expect(lessons({ ...taught, parts: 3 })).toEqual(alone);
        expect(alone.tensors).not.toEqual(
          lessons({ ...taught, circuit: await reading(synapse, network, "0 %") }).tensors,
        );
      }
    },
  );

  test.each(kinds)(
    "held and restored go on to the bits of a chip that never stopped (%s)",
    async (synapse) => {
      const taught = {
        circuit: await reading(synapse, network),
        precision,
        move: "sweep",
        rate: 3,
      } as const;
      const { held } = lessons({ ...taught, last: 4 });
      const whole = lessons(taught);
      expect(lessons({ ...taught, first: 4, from: held }).tensors).toEqual(whole.tensors);
    },
  );

  test("by nothing have the bits of those that are not", async () => {
    const taught = { precision, move: "sweep", rate: 3 } as const;
    expect(lessons({ ...taught, circuit: await reading(kinds[0], network, "0 %") })).toEqual(
      lessons({ ...taught, circuit: await reading(kinds[0], network, "0 %") }),
    );
  });
});
