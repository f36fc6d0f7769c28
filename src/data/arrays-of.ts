import { InputError } from "../numerics/errors.ts";
import type { Split } from "./dataset.ts";
import { splitContents, type SplitAsked } from "./split-of.ts";
import type { Contents, NameColumn, Table, TableColumn, Values } from "./table.ts";

/** Samples that a program holds: rows of numbers, or an array of samples of one shape. */
export type SamplesGiven =
  | readonly (readonly number[])[]
  | { readonly values: Values; readonly shape: readonly number[] };

/** What is wanted of samples: a class each, a number each, or several numbers each. */
export type TargetsGiven = readonly (string | number)[] | readonly (readonly number[])[];

/** Data that a program holds, and how they become parts; see `data:` of experiment files. */
export interface DataGiven extends Omit<SplitAsked, "target" | "drop"> {
  readonly name?: string;
  readonly inputs: SamplesGiven;
  readonly targets: TargetsGiven;
  /** What columns of inputs are called; `x1`, `x2`, … unless told. */
  readonly inputNames?: readonly string[];
  /** What targets are called; `y`, or `y1`, `y2`, … unless told. */
  readonly targetNames?: readonly string[];
  /** The test part, where it is not a share of these rows. */
  readonly tested?: { readonly inputs: SamplesGiven; readonly targets: TargetsGiven };
}

/**
 * Parts for `createSession`, of arrays that a program holds; scaling is fitted on the training
 * part.
 *
 *   const split = splitOf({ inputs: [[0.1, 3], …], targets: ["low", …], test: { share: 0.2 } });
 *
 * @throws InputError that names the row and the column of what cannot be used.
 */
export function splitOf(given: DataGiven): Split {
  const { name = "data", inputs, targets, tested, ...asked } = given;
  const targetNames = namesOf(targets, given.targetNames);
  return splitContents(
    name,
    {
      train: contentsOf(name, inputs, targets, targetNames, given.inputNames),
      test: tested
        ? contentsOf(`${name}, test`, tested.inputs, tested.targets, targetNames, given.inputNames)
        : null,
    },
    { ...asked, target: targetNames },
  );
}

function contentsOf(
  source: string,
  inputs: SamplesGiven,
  targets: TargetsGiven,
  targetNames: readonly string[],
  inputNames: readonly string[] | undefined,
): Contents {
  const rows = targets.length;
  const wanted = targetColumns(targets, targetNames);
  if (!("shape" in inputs)) return tableOf(source, inputs, wanted, rows, inputNames);
  const width = inputs.shape.reduce((n, d) => n * d, 1);
  if (inputs.values.length !== rows * width)
    throw new InputError(
      `${source}: ${inputs.values.length} values for ${rows} targets, expected ` +
        `${rows} × ${inputs.shape.join(" × ")}`,
    );
  const [first] = wanted;
  const block = { kind: "block", source, rows } as const;
  return {
    kind: "labelled",
    source,
    inputs: { ...block, shape: inputs.shape, values: inputs.values },
    targets:
      first.kind === "names"
        ? first
        : {
            ...block,
            shape: wanted.length === 1 ? [] : [wanted.length],
            values: Float64Array.from(targets.flat() as number[]),
          },
  };
}

function tableOf(
  source: string,
  inputs: readonly (readonly number[])[],
  wanted: readonly TableColumn[],
  rows: number,
  inputNames: readonly string[] | undefined,
): Table {
  const width = inputs[0]?.length ?? 0;
  const ragged = inputs.findIndex((row) => row.length !== width);
  if (inputs.length !== rows)
    throw new InputError(`${source}: ${rows} targets for ${inputs.length} rows, expected as many`);
  if (ragged >= 0)
    throw new InputError(
      `${source}: row ${ragged + 1} has ${inputs[ragged].length} inputs, expected ${width}`,
    );
  const names = inputNames ?? Array.from({ length: width }, (_, i) => `x${i + 1}`);
  if (names.length !== width)
    throw new InputError(`${source}: ${names.length} names for ${width} inputs`);
  return {
    kind: "table",
    source,
    rows,
    columns: [
      ...names.map((name, i) =>
        numbersOf(
          name,
          Float64Array.from(inputs, (row) => row[i]),
        ),
      ),
      ...wanted,
    ],
    line: () => null,
  };
}

function numbersOf(name: string, values: Float64Array): TableColumn {
  const missing = Array.from(values.keys()).filter((row) => !Number.isFinite(values[row]));
  return { kind: "numbers", name, values, missing: Uint32Array.from(missing) };
}

function namesOf(targets: TargetsGiven, given: readonly string[] | undefined): readonly string[] {
  const [first] = targets;
  const width = Array.isArray(first) ? first.length : 1;
  const names =
    given ?? (width === 1 ? ["y"] : Array.from({ length: width }, (_, k) => `y${k + 1}`));
  if (names.length === width) return names;
  throw new InputError(`${names.length} names for ${width} target(s), expected one each`);
}

function targetColumns(targets: TargetsGiven, names: readonly string[]): readonly TableColumn[] {
  if (targets.some((t) => typeof t === "string")) return [classColumn(targets.map(String), names)];
  return names.map((name, k) =>
    numbersOf(
      name,
      Float64Array.from(targets as readonly (number | readonly number[])[], (t) =>
        typeof t === "number" ? t : t[k],
      ),
    ),
  );
}

function classColumn(values: readonly string[], [name]: readonly string[]): NameColumn {
  const names = [...new Set(values)].sort();
  const place = new Map(names.map((n, k) => [n, k]));
  return {
    kind: "names",
    name,
    names,
    codes: Int32Array.from(values, (v) => place.get(v)!),
  };
}
