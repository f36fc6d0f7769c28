import type { Dataset } from "../../src/data/dataset.ts";

/** Images as bytes, with what they are of. */
interface Images {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly classes: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** A data set of images whose bytes are worth 1/255. */
export function imageSet({ name = "drawn", shape, classes, pixels, labels }: Images): Dataset {
  return {
    name,
    count: labels.length,
    shape,
    inputNames: null,
    inputs: { kind: "bytes", values: pixels, scale: 1 / 255 },
    scaling: null,
    targets: {
      kind: "classes",
      names: Array.from({ length: classes }, (_, k) => String(k)),
      labels,
    },
  };
}

/** The bytes of a data set of images, and its labels. */
export function imagesIn(data: Dataset) {
  const { inputs, targets } = data;
  if (inputs.kind !== "bytes" || targets.kind !== "classes")
    throw new Error(`${data.name} holds no bytes of classes`);
  const { labels, names } = targets;
  return { pixels: inputs.values, scale: inputs.scale, labels, classes: names.length };
}

/** An evaluation that says no more than its errors. */
export const unscored = {
  test: { copy: null, chip: null },
  train: { copy: null, chip: null },
  validation: null,
} as const;
