import { InputError } from "../../numerics/errors.ts";
import type { Labelled, NameColumn, SampleBlock } from "../table.ts";

/**
 * Samples with what is wanted for each; targets of one number each, [rows × 1], are [rows].
 * @throws InputError when there are none, or not as many of one as of the other.
 */
export function labelled(
  source: string,
  inputs: SampleBlock,
  targets: SampleBlock | NameColumn | null,
): Labelled {
  if (inputs.values.length === 0)
    throw new InputError(
      `${inputs.source}: ${[inputs.rows, ...inputs.shape].join(" × ")} numbers, expected samples`,
    );
  if (targets === null || targets.kind === "names")
    return { kind: "labelled", source, inputs, targets };
  if (targets.rows !== inputs.rows)
    throw new InputError(
      `${targets.source}: ${targets.rows} targets for the ${inputs.rows} samples of ` +
        `${inputs.source}, expected as many; take both from one data set`,
    );
  const isSingle = targets.shape.length === 1 && targets.shape[0] === 1;
  return {
    kind: "labelled",
    source,
    inputs,
    targets: isSingle ? { ...targets, shape: [] } : targets,
  };
}
