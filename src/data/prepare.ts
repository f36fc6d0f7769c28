import { InputError } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { NumberInput, Rows, Wanted } from "./contents.ts";
import type { Dataset, Samples, Targets } from "./dataset.ts";
import { fitScaling, type ScaleAsked } from "./fit-scaling.ts";
import { scaled, type Scaling } from "./scaling.ts";

/** An input column: a number, or names that become one-hot inputs. */
type PreparedColumn =
  | { readonly kind: "numbers"; readonly name: string }
  | { readonly kind: "names"; readonly name: string; readonly names: readonly string[] };

/** What outputs are taught. */
type PreparedTargets =
  | { readonly kind: "classes"; readonly names: readonly string[] }
  | { readonly kind: "reals"; readonly names: readonly string[]; readonly scaling: Scaling };

/**
 * How rows become samples, as it was fitted on training rows: plain data that a run keeps, and that
 * is applied to whatever comes later.
 */
export interface Preparation {
  /** Of one sample. */
  readonly shape: readonly number[];
  /** null of an array. */
  readonly columns: readonly PreparedColumn[] | null;
  /** Of each input, one-hot ones among them. */
  readonly scaling: Scaling;
  readonly targets: PreparedTargets;
}

/** What is asked of a preparation. */
export interface PreparationAsked {
  readonly task?: "classes" | "values";
  /** The classes and their order; those that are found unless told. */
  readonly classes?: readonly string[];
  readonly scale?: ScaleAsked;
}

/** More classes than this are taken for an identifier. */
const mostClasses = 1000;
/** Outputs are nudged between these, so that none has to lean on a rail. */
const margin = 0.1;

/**
 * Fits a preparation on training rows.
 * @throws InputError that names the row and the column of what cannot be used.
 */
export function fitPreparation(
  rows: Rows,
  train: Uint32Array,
  asked: PreparationAsked,
): { readonly preparation: Preparation; readonly notes: readonly string[] } {
  const columns = rows.inputs.map((input): PreparedColumn => {
    if (input.kind === "numbers") return { kind: "numbers", name: input.name };
    const seen = new Set(Array.from(train, (row) => input.codes[row]));
    refuseIdentifier(rows, input.name, seen.size, train.length);
    return { kind: "names", name: input.name, names: input.names.filter((_, k) => seen.has(k)) };
  });
  const { scaling, notes } = fitScaling(rows, columns, train, asked.scale);
  const shape =
    rows.shape === null ? [scaling.offset.length] : rows.shape.length > 0 ? rows.shape : [1];
  return {
    preparation: {
      shape,
      columns: rows.shape === null ? columns : null,
      scaling,
      targets: fitTargets(rows, train, asked),
    },
    notes,
  };
}

/** Names that are nearly as many as rows tell nothing about the next row. */
function refuseIdentifier({ source }: Rows, name: string, found: number, of: number): void {
  if (found > 20 && found > of / 2)
    throw new InputError(
      `${source}: column ${JSON.stringify(name)} has ${found} different names in ${of} training ` +
        "rows, too many to learn from; if it names rows, or numbers among text, leave it out " +
        `with drop: [${JSON.stringify(name)}]`,
    );
}

/** What every input is called, one-hot ones `colour=red`; null of an array. */
function inputNamesOf({ columns }: Pick<Preparation, "columns">): readonly string[] | null {
  return (
    columns &&
    columns.flatMap((c) =>
      c.kind === "numbers" ? [c.name] : c.names.map((name) => `${c.name}=${name}`),
    )
  );
}

/** Whether what is wanted are classes, where nothing says so: names, or few whole numbers. */
function areClasses(wanted: Wanted, count: number): boolean {
  if (wanted.kind === "names") return true;
  if (wanted.columns.length !== 1) return false;
  const seen = distinct(wanted.columns[0], count, Math.max(2, count / 10));
  return seen !== null && seen.every((v) => Number.isInteger(v));
}

/** The different values of a column, ascending; null where they are more than `most`. */
function distinct(
  { values, offset, stride }: NumberInput,
  count: number,
  most = Infinity,
): readonly number[] | null {
  const seen = new Set<number>();
  for (let row = 0; row < count && seen.size <= most; row++) {
    const v = values[row * stride + offset];
    if (!Number.isNaN(v)) seen.add(v);
  }
  return seen.size > most ? null : [...seen].sort((a, b) => a - b);
}

/** The names of classes of what is wanted, and the class of each row; −1 where there is none. */
interface Found {
  readonly names: readonly string[];
  readonly codes: (row: number) => number;
}

/** Classes as the rows have them; null where numbers are wanted. */
export function classesIn(
  { wanted, count }: Pick<Rows, "wanted" | "count">,
  task: PreparationAsked["task"],
): Found | null {
  if ((task ?? (areClasses(wanted, count) ? "classes" : "values")) === "values") return null;
  if (wanted.kind === "names")
    return { names: wanted.column.names, codes: (row) => wanted.column.codes[row] };
  const [column] = wanted.columns;
  const values = distinct(column, count)!;
  const place = new Map(values.map((v, k) => [v, k]));
  return {
    names: values.map(String),
    codes: (row) => place.get(column.values[row * column.stride + column.offset]) ?? -1,
  };
}

function fitTargets(rows: Rows, train: Uint32Array, asked: PreparationAsked): PreparedTargets {
  if (asked.task === "values" && rows.wanted.kind === "names")
    throw new InputError(
      `${rows.source}: column ${JSON.stringify(rows.wanted.column.name)} has names, expected ` +
        "numbers for task: values; choose task: classes",
    );
  const found = classesIn(rows, asked.classes ? "classes" : asked.task);
  if (!found) return fitValues(rows, train);
  const seen = new Set(Array.from(train, (row) => found.names[found.codes(row)]));
  const names = asked.classes ?? found.names.filter((name) => seen.has(name));
  const absent = names.find((name) => !seen.has(name));
  if (absent !== undefined)
    throw new InputError(
      `${rows.source}: class ${JSON.stringify(absent)} has no training row; ` +
        didYouMean(absent, [...seen], "classes"),
    );
  if (names.length < 2)
    throw new InputError(
      `${rows.source}: all training rows are of one class, ${JSON.stringify(names[0])}, expected ` +
        "at least two; check data.target",
    );
  if (names.length > mostClasses)
    throw new InputError(
      `${rows.source}: ${names.length} classes, expected at most ${mostClasses}; for numbers say ` +
        "task: values, or check data.target",
    );
  return { kind: "classes", names };
}

function fitValues({ wanted, source }: Rows, train: Uint32Array): PreparedTargets {
  if (wanted.kind === "names") throw new Error("names are classes");
  const ranges = wanted.columns.map((column) => {
    let low = Infinity;
    let high = -Infinity;
    for (const row of train) {
      const y = column.values[row * column.stride + column.offset];
      low = Math.min(low, y);
      high = Math.max(high, y);
    }
    if (!(high > low))
      throw new InputError(
        `${source}: target ${JSON.stringify(column.name)} is ${low} in all training rows, ` +
          "expected values that differ; check data.target",
      );
    return { low, span: (high - low) / (1 - 2 * margin) };
  });
  return {
    kind: "reals",
    names: wanted.columns.map((c) => c.name),
    scaling: {
      kind: "minmax",
      offset: ranges.map(({ low, span }) => low - margin * span),
      factor: ranges.map(({ span }) => 1 / span),
      clips: false,
    },
  };
}

/**
 * Rows as samples.
 * @param chosen which, in the order that samples have.
 * @throws InputError where columns are missing, or a row has a class that training did not have.
 */
export function applyPreparation(
  preparation: Preparation,
  rows: Rows,
  chosen: Uint32Array,
  name: string,
): Dataset {
  const inputs = readersOf(preparation, rows);
  return {
    name,
    count: chosen.length,
    shape: preparation.shape,
    inputNames: inputNamesOf(preparation),
    inputs: bytesOf(preparation, inputs, chosen) ?? realsOf(preparation, inputs, chosen),
    scaling: preparation.scaling,
    targets: targetsOf(preparation.targets, rows, chosen),
  };
}

/**
 * Whether rows can be made samples, without making them.
 * @throws InputError as `applyPreparation` does.
 */
export function checkApplies(preparation: Preparation, rows: Rows, chosen: Uint32Array): void {
  readersOf(preparation, rows);
  targetsOf(preparation.targets, rows, chosen);
}

/** A raw input: a number of a row, or whether it has a name. */
type RawInput = NumberInput | { readonly kind: "hot"; readonly codes: Int32Array; code: number };

/** The raw value of an input. */
export function rawOf(input: RawInput, row: number): number {
  return input.kind === "numbers"
    ? input.values[row * input.stride + input.offset]
    : Number(input.codes[row] === input.code);
}

/** Where the raw inputs of a preparation stand in rows. */
export function readersOf(
  { columns, shape }: Pick<Preparation, "columns" | "shape">,
  rows: Rows,
): readonly RawInput[] {
  if (columns === null) {
    const width = shape.reduce((n, d) => n * d, 1);
    if (rows.inputs.length !== width)
      throw new InputError(
        `${rows.source}: samples of ${rows.inputs.length} inputs, expected ${width} as in ` +
          "training",
      );
    return rows.inputs as readonly NumberInput[];
  }
  return columns.flatMap((column): readonly RawInput[] => {
    const found = rows.inputs.find((input) => input.name === column.name);
    if (!found)
      throw new InputError(
        `${rows.source}: there is no column ${JSON.stringify(column.name)}, which training had; ` +
          didYouMean(
            column.name,
            rows.inputs.map((input) => input.name),
            "columns",
          ),
      );
    if (found.kind !== column.kind)
      throw new InputError(
        `${rows.source}: column ${JSON.stringify(column.name)} has ${found.kind}, and ` +
          `${column.kind} in training; mend the file`,
      );
    if (found.kind === "numbers" || column.kind === "numbers") return [found as NumberInput];
    return column.names.map((name) => ({
      kind: "hot",
      codes: found.codes,
      code: found.names.indexOf(name),
    }));
  });
}

/** Bytes with one factor for all stay bytes: what images are. */
function bytesOf(
  { scaling }: Preparation,
  inputs: readonly RawInput[],
  chosen: Uint32Array,
): Samples | null {
  const [scale] = scaling.factor;
  const alike =
    scale <= 1 / 255 &&
    scaling.offset.every((o) => o === 0) &&
    scaling.factor.every((f) => f === scale) &&
    inputs.every((input) => input.kind === "numbers" && input.values instanceof Uint8Array);
  if (!alike) return null;
  const width = inputs.length;
  const values = new Uint8Array(chosen.length * width);
  inputs.forEach((input, i) => {
    for (let r = 0; r < chosen.length; r++) values[r * width + i] = rawOf(input, chosen[r]);
  });
  return { kind: "bytes", values, scale };
}

function realsOf(
  { scaling }: Preparation,
  inputs: readonly RawInput[],
  chosen: Uint32Array,
): Samples {
  const width = inputs.length;
  const values = new Float32Array(chosen.length * width);
  inputs.forEach((input, i) => {
    for (let r = 0; r < chosen.length; r++)
      values[r * width + i] = scaled(scaling, i, rawOf(input, chosen[r]));
  });
  return { kind: "reals", values };
}

function targetsOf(prepared: PreparedTargets, rows: Rows, chosen: Uint32Array): Targets {
  switch (prepared.kind) {
    case "classes":
      return { ...prepared, labels: labelsOf(prepared.names, rows, chosen) };
    case "reals": {
      const { wanted } = rows;
      if (wanted.kind === "names")
        throw new InputError(`${rows.source}: targets are names, and numbers in training`);
      const n = prepared.names.length;
      const values = new Float64Array(chosen.length * n);
      wanted.columns.forEach(({ values: raw, offset, stride }, k) => {
        chosen.forEach((row, r) => {
          values[r * n + k] = raw[row * stride + offset];
        });
      });
      return { ...prepared, values };
    }
    default:
      return prepared satisfies never;
  }
}

function labelsOf(
  names: readonly string[],
  rows: Rows,
  chosen: Uint32Array,
): Uint8Array | Uint16Array {
  const found = classesIn(rows, "classes")!;
  const place = found.names.map((name) => names.indexOf(name));
  const labels =
    names.length <= 256 ? new Uint8Array(chosen.length) : new Uint16Array(chosen.length);
  chosen.forEach((row, r) => {
    labels[r] = place[found.codes(row)] ?? -1;
    if (place[found.codes(row)] >= 0) return;
    const name = found.names[found.codes(row)];
    throw new InputError(
      `${rows.place(row)}: class ${JSON.stringify(name)} is not among those of training ` +
        `(${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}); leave such rows ` +
        "out, or train on some of them",
    );
  });
  return labels;
}
