import { expect, test } from "vitest";
import { nudgingOf, usualSchemes, type Scheme } from "../../src/circuit/nudging.ts";
import type { Chip } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, graph } from "../../src/energy/graph.ts";
import { learner } from "../../src/learning/algorithm.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { euler } from "../../src/solver/euler.ts";
import { settle } from "../../src/solver/settle.ts";
import { orderOf } from "../support/order.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../support/setups.ts";

const nets = [
  ["a chain", chain([12, 8, 5, 3])],
  [
    "skip and lateral blocks",
    graph(
      [12, 8, 5, 3],
      [
        { from: 0, to: 1 },
        { from: 1, to: 2 },
        { from: 2, to: 3 },
        { from: 0, to: 2 },
        { from: 1, to: 1 },
      ],
    ),
  ],
] as const;

/** Long enough that |F| is at rounding: what is left is the error of the contrast itself. */
const steps = 400;

/**
 * Small weights and biases in the middle keep every unit off the rails: crossing one would put a
 * kink into C(β).
 */
function gentle(chip: Chip): Tensor[] {
  const tensors = chip.parameters
    .tensors()
    .map((t) => ({ ...t, data: t.data.map((v) => (t.shape.length === 2 ? v / 4 : 0.45)) }));
  chip.program(tensors);
  return tensors;
}

/** C = mean ‖s_O − y‖² at the free equilibrium. */
function cost(chip: Chip, labels: number[]): number {
  chip.present();
  chip.start();
  expect(settle(chip, chip.state.array, euler(0.5), { steps, tolerance: 1e-12 }).outcome).toBe(
    "settled",
  );
  for (const s of chip.state.array.subarray(0, chip.layout.sizes[1]))
    expect(s > 0 && s < 1).toBe(true);
  const out = chip.layout.offset.at(-1)!;
  const n = chip.layout.sizes.at(-1)!;
  return (
    labels.reduce((sum, label, r) => {
      for (let k = 0; k < n; k++)
        sum += (chip.state.array[r * chip.size + out + k] - (k === label ? 1 : 0)) ** 2;
      return sum;
    }, 0) / labels.length
  );
}

/**
 * Each scheme, and the largest β of its slope: no unit meets a rail below it, which lateral blocks
 * bring near, and no error sinks below that of the differences that it is compared with.
 */
const schemes: readonly (readonly [title: string, scheme: Scheme, strongest: number])[] = [
  ["one-sided contrast", usualSchemes["one-sided"], 0.02],
  ["centred contrast", usualSchemes.centred, 0.02],
  ["contrast of four points", usualSchemes.points, 0.08],
  [
    "contrast of eight points by their first harmonic",
    { kind: "points", points: 8, order: 2 },
    0.02,
  ],
  ["contrast by a lock-in", { kind: "lock-in", samples: 8, periods: 1 }, 0.02],
];

for (const [name, g] of nets)
  for (const [title, scheme, strongest] of schemes.filter(
    ([, , b]) => b < 0.05 || g === nets[0][1],
  ))
    test(`${title} approaches the gradient with its order in β, on ${name}`, () => {
      const { order } = nudgingOf(scheme);
      const chip = fabricate(ideal, g, { batch: 2, precision: "f64", seed: 2 });
      const initial = gentle(chip);
      const labels = labelsFor(2, g, 1);
      chip.inputs.showReals(sparseInputs(2, g.sizes[0], 1).flat(), 2);
      chip.inputs.label(labels);
      const gradient = initial.map((t, k) =>
        Float64Array.from(t.data, (_, i) => {
          const at = (d: number) => {
            chip.program(
              initial.map((u, m) =>
                m === k
                  ? {
                      ...u,
                      data: u.data.map((v, j) => {
                        // A lateral synapse is one weight seen from both sides.
                        const n = u.shape[1];
                        const mirror =
                          u.name.includes("1-1") && u.shape.length === 2
                            ? (i % n) * n + Math.floor(i / n)
                            : i;
                        return j === i || j === mirror ? v + d : v;
                      }),
                    }
                  : u,
              ),
            );
            return cost(chip, labels);
          };
          const d = 1e-4;
          return (at(d) - at(-d)) / (2 * d);
        }),
      );
      const betas = [0, 1, 2, 3]
        .map((k) => (order > 2 ? 0.9 : 0.5) ** k)
        .map((part) => part * strongest);
      const errors = betas.map((beta) => {
        chip.program(initial);
        learner(chip, null, {
          ...phases(steps, steps),
          beta,
          scheme,
          lambda: 0,
          rates: g.sizes.slice(1).map(() => 1),
        }).learn(1);
        let off = 0;
        let size = 0;
        chip.parameters.tensors().forEach((t, k) =>
          t.data.forEach((v, i) => {
            const lateralSelf =
              t.name.includes("1-1") && Math.floor(i / t.shape[1]) === i % t.shape[1];
            if (lateralSelf) return;
            off += (v - initial[k].data[i] + gradient[k][i]) ** 2;
            size += gradient[k][i] ** 2;
          }),
        );
        expect(size).toBeGreaterThan(1e-6);
        return Math.sqrt(off / size);
      });
      expect(Math.abs(orderOf(betas, errors) - order)).toBeLessThan(0.1);
      expect(errors.at(-1)).toBeLessThan(order > 1 ? 1e-2 : 5e-2);
    });
