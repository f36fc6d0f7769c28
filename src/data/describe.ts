import { resized } from "./images/picture.ts";
import type { Contents, NameColumn, NumberColumn, SampleBlock, Table, Values } from "./table.ts";
import { square } from "../numerics/power.ts";

/** What a column of numbers holds. */
export interface NumberFacts {
  readonly kind: "numbers";
  readonly name: string;
  /** As the values are kept: "uint8" … "float64". */
  readonly type: string;
  /** Of those that are there; null where there is none. */
  readonly least: number | null;
  readonly most: number | null;
  readonly mean: number | null;
  /** Root of the mean square around the mean. */
  readonly deviation: number | null;
  readonly missing: number;
  /** How many are further than four deviations from the mean, and the row of the furthest. */
  readonly outliers: number;
  readonly furthest: number | null;
  /** How many values lie in each of eight equal parts of the range. */
  readonly histogram: readonly number[];
}

/** What a column of names holds. */
export interface NameFacts {
  readonly kind: "names";
  readonly name: string;
  readonly names: readonly string[];
  /** Of each name. */
  readonly counts: readonly number[];
  readonly missing: number;
}

/** What a reader understood of a file. */
export interface ContentFacts {
  readonly source: string;
  readonly kind: "table" | "images" | "arrays";
  readonly rows: number;
  /** Of one sample; [columns] of a table. */
  readonly shape: readonly number[];
  /** Of a table its columns; of arrays all their numbers together, and what is wanted. */
  readonly columns: readonly (NumberFacts | NameFacts)[];
  /** The first image, as lines of letters from dark to light. */
  readonly picture: readonly string[] | null;
  /** What can hardly be meant, a sentence each. */
  readonly doubts: readonly string[];
}

const bins = 8;
const farAway = 4;

/** Says what contents are, and what of them can hardly be meant. */
export function describeContents(contents: Contents): ContentFacts {
  if (contents.kind === "table") {
    const columns = contents.columns.map(columnFacts);
    return {
      source: contents.source,
      kind: "table",
      rows: contents.rows,
      shape: [contents.columns.length],
      columns,
      picture: null,
      doubts: [
        ...columns.flatMap((facts, i) => columnDoubts(contents, facts, i)),
        ...outlierDoubts(contents, columns),
      ],
    };
  }
  const { inputs, targets, source } = contents;
  const isPicture = isImageShape(inputs.shape);
  const all = numberFacts("inputs", inputs.values);
  const wanted =
    targets === null
      ? []
      : targets.kind === "names"
        ? [nameFacts(targets)]
        : [blockFacts("targets", targets)];
  return {
    source,
    kind: isPicture ? "images" : "arrays",
    rows: inputs.rows,
    shape: inputs.shape,
    columns: [all, ...wanted],
    picture: isPicture ? pictureOf(inputs, all) : null,
    doubts: blockDoubts(source, all),
  };
}

const isImageShape = (shape: readonly number[]) =>
  shape.length === 2 || (shape.length === 3 && shape[2] === 3);

/** Few whole numbers are told as the classes that they may be. */
function blockFacts(name: string, { values, shape }: SampleBlock): NumberFacts | NameFacts {
  const seen = new Map<number, number>();
  for (let i = 0; i < values.length && seen.size <= 100; i++)
    seen.set(values[i], (seen.get(values[i]) ?? 0) + 1);
  const isClasses =
    shape.length === 0 && seen.size <= 100 && [...seen.keys()].every(Number.isInteger);
  if (!isClasses) return numberFacts(name, values);
  const sorted = [...seen].sort(([a], [b]) => a - b);
  return {
    kind: "names",
    name,
    names: sorted.map(([x]) => String(x)),
    counts: sorted.map(([, n]) => n),
    missing: 0,
  };
}

const columnFacts = (column: NumberColumn | NameColumn): NumberFacts | NameFacts =>
  column.kind === "names" ? nameFacts(column) : numberFacts(column.name, column.values);

function nameFacts({ name, names, codes }: NameColumn): NameFacts {
  const counts = names.map(() => 0);
  let missing = 0;
  for (const code of codes)
    if (code < 0) missing++;
    else counts[code]++;
  return { kind: "names", name, names, counts, missing };
}

function numberFacts(name: string, values: Values): NumberFacts {
  let count = 0;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (!Number.isFinite(x)) continue;
    count++;
    sum += x;
    if (x < least) least = x;
    if (x > most) most = x;
  }
  const mean = sum / count;
  const histogram = new Array<number>(bins).fill(0);
  let squares = 0;
  let furthest = -1;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (!Number.isFinite(x)) continue;
    squares += square(x - mean);
    histogram[Math.min(bins - 1, Math.floor((bins * (x - least)) / (most - least)) || 0)]++;
    if (furthest < 0 || Math.abs(x - mean) > Math.abs(values[furthest] - mean)) furthest = i;
  }
  const deviation = Math.sqrt(squares / count);
  let outliers = 0;
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i] - mean) > farAway * deviation) outliers++;
  const isThere = count > 0;
  return {
    kind: "numbers",
    name,
    type: values.constructor.name.replace("Array", "").toLowerCase(),
    least: isThere ? least : null,
    most: isThere ? most : null,
    mean: isThere ? mean : null,
    deviation: isThere ? deviation : null,
    missing: values.length - count,
    outliers,
    furthest: outliers > 0 ? furthest : null,
    histogram,
  };
}

function columnDoubts(
  table: Table,
  facts: NumberFacts | NameFacts,
  column: number,
): readonly string[] {
  const doubts: string[] = [];
  const name = JSON.stringify(facts.name);
  const found = table.columns[column];
  if (facts.missing === table.rows) return [`column ${name} is empty; leave it out with drop`];
  if (facts.missing > 0) {
    const first = found.kind === "names" ? found.codes.indexOf(-1) : found.missing[0];
    doubts.push(
      `column ${name} lacks ${facts.missing} of ${table.rows} values, the first in ` +
        where(table, first),
    );
  }
  if (facts.kind === "numbers" ? facts.least === facts.most : facts.names.length === 1)
    doubts.push(`column ${name} is the same in every row, and tells nothing`);
  return doubts;
}

/** One sentence of all columns: those whose furthest value is the furthest. */
function outlierDoubts(
  table: Table,
  columns: readonly (NumberFacts | NameFacts)[],
): readonly string[] {
  const found = columns.flatMap((facts, i) => {
    const column = table.columns[i];
    if (facts.kind === "names" || column.kind === "names" || facts.furthest === null) return [];
    const value = column.values[facts.furthest];
    const far = Math.abs(value - facts.mean!) / facts.deviation!;
    const text = `${JSON.stringify(facts.name)} is ${value} in ${where(table, facts.furthest)}`;
    return [{ far, text: `${text} (${far.toFixed(1)})` }];
  });
  if (found.length === 0) return [];
  const worst = [...found].sort((a, b) => b.far - a.far).slice(0, 3);
  return [
    `${found.length} ${found.length === 1 ? "column has" : "columns have"} values further than ` +
      `${farAway} deviations from their mean; the furthest (in deviations): ` +
      worst.map(({ text }) => text).join(", "),
  ];
}

function where(table: Table, row: number): string {
  const line = table.line(row);
  return line === null ? `row ${row + 1}` : `line ${line}`;
}

function blockDoubts(source: string, { least, most, missing }: NumberFacts): readonly string[] {
  if (missing > 0) return [`${source}: ${missing} inputs are not finite numbers`];
  return least === most ? [`${source}: all inputs are ${least ?? "missing"}`] : [];
}

const shades = " .:-=+*#%@";

/** The first image, at most 16 letters high; a letter is about twice as high as it is wide. */
function pictureOf(
  { shape, values }: SampleBlock,
  { least, most }: NumberFacts,
): readonly string[] {
  const [height, width] = shape;
  const channels = shape.length === 3 ? 3 : 1;
  const span = most! - least! || 1;
  const bytes = Uint8Array.from({ length: height * width }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[i * channels + c] - least!;
    return Math.round((255 * sum) / (span * channels));
  });
  const rows = Math.min(16, height);
  const columns = Math.max(1, Math.min(64, Math.round((2 * rows * width) / height)));
  const small = resized({ height, width, channels: 1, values: bytes }, rows, columns).values;
  return Array.from({ length: rows }, (_, r) =>
    Array.from(
      small.subarray(r * columns, (r + 1) * columns),
      (x) => shades[Math.min(shades.length - 1, Math.floor((x * shades.length) / 255))],
    )
      .join("")
      .trimEnd(),
  );
}
