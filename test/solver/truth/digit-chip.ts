import type { Circuit } from "../../../src/circuit/circuit.ts";
import { digits } from "../../../src/data/digits.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import type { Ties } from "../../../src/energy/hopfield.ts";
import { ideal } from "../../support/setups.ts";
import { imagesIn } from "../../support/images.ts";

const { pixels, scale, labels } = imagesIn(digits(1).train);

/** A double-precision chip at zero with the first digits on its inputs. */
export function digitChip(
  sizes: readonly number[],
  batch: number,
  ties: Ties,
  circuit: Circuit = ideal,
): Chip {
  const chip = fabricate(circuit, chain(sizes), { batch, precision: "f64" });
  chip.inputs.showBytes(
    pixels,
    Uint32Array.from({ length: batch }, (_, i) => i),
    scale,
  );
  chip.inputs.label(labels.subarray(0, batch));
  chip.present();
  chip.start();
  chip.tie(ties);
  return chip;
}

/** Image r as the inputs see it. */
export function image(r: number): number[] {
  return Array.from(pixels.subarray(r * 784, (r + 1) * 784), (byte) => byte * scale);
}
