import type { Dataset, Split } from "./dataset.ts";

/** The same data in memory that threads share. */
export function sharedSplit(split: Split): Split {
  return {
    ...split,
    train: sharedPart(split.train),
    test: sharedPart(split.test),
    ...(split.validation && { validation: sharedPart(split.validation) }),
  };
}

function sharedPart(data: Dataset): Dataset {
  const { inputs, targets } = data;
  return {
    ...data,
    inputs:
      inputs.kind === "bytes"
        ? { ...inputs, values: moved(inputs.values) }
        : { ...inputs, values: moved(inputs.values) },
    targets:
      targets.kind === "classes"
        ? { ...targets, labels: moved(targets.labels) }
        : { ...targets, values: moved(targets.values) },
  };
}

/** The same numbers in shared memory. */
function moved<A extends Uint8Array | Uint16Array | Float32Array | Float64Array>(values: A): A {
  const Numbers = values.constructor as new (buffer: SharedArrayBuffer) => A;
  const copy = new Numbers(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
