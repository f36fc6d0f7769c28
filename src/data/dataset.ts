import type { Scaling } from "./scaling.ts";

/**
 * What a network sees of its samples, [count × width], row-major: bytes that are worth `scale`
 * each, or reals. Either way 0 and 1 are the rails.
 */
export type Samples =
  | { readonly kind: "bytes"; readonly values: Uint8Array; readonly scale: number }
  | { readonly kind: "reals"; readonly values: Float32Array | Float64Array };

/** The classes that samples belong to. */
export interface Classes {
  readonly kind: "classes";
  readonly names: readonly string[];
  /** [count], places in `names`. */
  readonly labels: Uint8Array | Uint16Array;
}

/** The reals that samples lead to. */
export interface Reals {
  readonly kind: "reals";
  readonly names: readonly string[];
  /** [count × names], in the user's unit. */
  readonly values: Float64Array;
  /** From the user's unit to what an output is nudged to, a map for each name. */
  readonly scaling: Scaling;
}

/** What is to be learned of samples, an output (or a pair of them) for each name. */
export type Targets = Classes | Reals;

/** Samples with what is to be learned of them. */
export interface Dataset {
  readonly name: string;
  readonly count: number;
  /** Sizes of one sample: [28, 28] of an image, [30] of a row. */
  readonly shape: readonly number[];
  /** What the inputs are called; null where they are places in an array. */
  readonly inputNames: readonly string[] | null;
  readonly inputs: Samples;
  /** How raw values became inputs; null where inputs are what there is. */
  readonly scaling: Scaling | null;
  readonly targets: Targets;
}

/** What to train on, what to test on, and where it came from. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
  /** For choosing between trainings, where a part was asked for. */
  readonly validation?: Dataset;
  /** One line for reports: "MNIST, from DIR" or "built-in digits, seed 1". */
  readonly source: string;
  /** BibTeX of the data set. */
  readonly cites: readonly string[];
  /** What a user should know of the data, a sentence each. */
  readonly notes?: readonly string[];
}

/** How many inputs a sample has. */
export function widthOf({ shape }: Pick<Dataset, "shape">): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Whether samples are images: [height × width], or with one or three colours. */
function isImage({ shape, inputNames }: Pick<Dataset, "shape" | "inputNames">): boolean {
  return (
    inputNames === null &&
    (shape.length === 2 || (shape.length === 3 && (shape[2] === 1 || shape[2] === 3)))
  );
}

/** What messages call the samples of a data set. */
export function sampleWord(data: Pick<Dataset, "shape" | "inputNames">): "image" | "row" {
  return isImage(data) ? "image" : "row";
}

/** `an image`, `a row`. */
export function aSample(data: Pick<Dataset, "shape" | "inputNames">): string {
  return isImage(data) ? "an image" : "a row";
}

/** Whether inputs are what messages call pixels. */
export function inputWord(data: Pick<Dataset, "shape" | "inputNames">): "pixels" | "inputs" {
  return isImage(data) ? "pixels" : "inputs";
}

/** `28 × 28 = 784`, or `30`. */
export function sizesText(data: Pick<Dataset, "shape">): string {
  return data.shape.length > 1
    ? `${data.shape.join(" × ")} = ${widthOf(data)}`
    : String(widthOf(data));
}

/** The first `count` samples of a data set (all of them when it has fewer), on the same memory. */
export function take(data: Dataset, count: number): Dataset {
  if (count >= data.count) return data;
  const { inputs, targets } = data;
  return {
    ...data,
    count,
    inputs: { ...inputs, values: inputs.values.subarray(0, count * widthOf(data)) } as Samples,
    targets:
      targets.kind === "classes"
        ? { ...targets, labels: targets.labels.subarray(0, count) }
        : { ...targets, values: targets.values.subarray(0, count * targets.names.length) },
  };
}

/** What the inputs of the samples first … last − 1 are, [samples × width]. */
export function inputsOf(data: Dataset, first: number, last: number): Float64Array {
  const width = widthOf(data);
  const { inputs } = data;
  const scale = inputs.kind === "bytes" ? inputs.scale : 1;
  return Float64Array.from(inputs.values.subarray(first * width, last * width), (x) => x * scale);
}
