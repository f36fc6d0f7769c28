/**
 * ngspice as it comes from npm, so that nothing of it needs to be installed, and benches to compare
 * it on.
 */
import { expect } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import type { Chip } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import type { Bench } from "../../src/testbench/settle/bench.ts";
import { written } from "../../src/testbench/settle/solver-text.ts";
import { findEngine, type SpiceEngine } from "../../src/runs/node/spice/engine.ts";
import { random } from "../../src/numerics/random.ts";
import { imageSet } from "./images.ts";

export async function wasm(): Promise<SpiceEngine> {
  const found = await findEngine("wasm");
  expect(found).not.toHaveProperty("missing");
  return found as SpiceEngine;
}

/** A chip with Xavier weights and biases that are not zero, before inputs drawn from a seed. */
export function spiceBench(
  circuit: Circuit,
  sizes: readonly number[],
  { seed = 1, lambda = 0 } = {},
): Bench & { readonly chip: Chip } {
  const chip = fabricate(circuit, chain(sizes), { batch: 1, precision: "f64", seed, die: 3 });
  const rng = random(seed, "bench");
  const classes = sizes.at(-1)!;
  chip.program(
    chip.parameters
      .tensors()
      .map((t) =>
        t.name.endsWith("bias") ? { ...t, data: t.data.map(() => 0.2 * rng.normal()) } : t,
      ),
  );
  const images = imageSet({
    shape: [1, sizes[0]],
    classes,
    pixels: Uint8Array.from({ length: sizes[0] }, () => rng.below(256)),
    labels: Uint8Array.of(rng.below(classes)),
  });
  return {
    chip,
    copy: null,
    images,
    target: circuit.name,
    seed,
    weights: "Xavier",
    usual: { solver: written("euler"), step: 0.5, lambda, from: "zero" },
  };
}
