import { InputError } from "../numerics/errors.ts";
import { random } from "../numerics/random.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { Dataset } from "./dataset.ts";

/**
 * The order in which `count` samples are seen in `epoch`: it depends on nothing but its arguments.
 */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return random(seed, "batches", epoch).permutation(count);
}

/**
 * How often each sample is seen an epoch, 1 on average: `balanced` shows all classes equally often,
 * weights of classes as many times as often as others. null where all are seen once.
 * @throws InputError for classes that there are not, and for targets that are none.
 */
export function sampleWeights(
  { targets, name, count }: Pick<Dataset, "targets" | "name" | "count">,
  weights: "balanced" | Readonly<Record<string, number>> | undefined,
): Float64Array | null {
  if (weights === undefined) return null;
  if (targets.kind !== "classes")
    throw new InputError(
      `data.weights: the targets of ${name} are numbers, which have no classes; leave it out`,
    );
  const { names, labels } = targets;
  const counts = new Float64Array(names.length);
  for (const label of labels) counts[label]++;
  if (weights !== "balanced")
    for (const key of Object.keys(weights))
      if (!names.includes(key))
        throw new InputError(
          `data.weights: ${name} has no class ${JSON.stringify(key)}; ` +
            didYouMean(key, names, "classes"),
        );
  const of = names.map((key, k) => (weights === "balanced" ? 1 / counts[k] : (weights[key] ?? 1)));
  let total = 0;
  for (const label of labels) total += of[label];
  return Float64Array.from(labels, (label) => (of[label] * count) / total);
}

/**
 * An epoch in which sample i is seen ⌊wᵢ⌋ or ⌈wᵢ⌉ times, wᵢ on average: systematic sampling (Madow
 * 1949) along a random order, and the result in a random order.
 */
export function weightedOrder(weights: Float64Array, seed: number, epoch: number): Uint32Array {
  const rng = random(seed, "batches", epoch);
  const count = weights.length;
  const along = rng.permutation(count);
  const start = rng.uniform();
  const drawn = new Uint32Array(count);
  let n = 0;
  let reached = 0;
  for (const i of along) {
    reached += weights[i];
    while (n < count && start + n < reached) drawn[n++] = i;
  }
  // What rounding left over.
  while (n < count) drawn[n++] = along[count - 1];
  return Uint32Array.from(rng.permutation(count), (k) => drawn[k]);
}
