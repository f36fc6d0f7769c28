/** Labelled images, as bytes: `pixels[i·width·height + …] · scale` is what a network sees. */
export interface Dataset {
  readonly name: string;
  readonly count: number;
  /** Rows and columns of one image. */
  readonly shape: readonly [height: number, width: number];
  readonly classes: number;
  /** [count × height × width], row-major. */
  readonly pixels: Uint8Array;
  /** What a byte is worth: 1/255. */
  readonly scale: number;
  /** [count], each in 0 … classes−1. */
  readonly labels: Uint8Array;
}

/** What to train on, what to test on, and where it came from. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
  /** One line for reports: "MNIST, from DIR" or "built-in digits, seed 1". */
  readonly source: string;
  /** BibTeX of the data set. */
  readonly cites: readonly string[];
}

/** The first `count` images of a data set (all of them when it has fewer). */
export function take(data: Dataset, count: number): Dataset {
  if (count >= data.count) return data;
  const size = data.shape[0] * data.shape[1];
  return {
    ...data,
    count,
    pixels: data.pixels.subarray(0, count * size),
    labels: data.labels.subarray(0, count),
  };
}
