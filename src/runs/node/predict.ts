import { centred, inverted } from "../../data/images/centred.ts";
import { decodeJpeg, looksLikeJpeg } from "../../data/images/jpeg.ts";
import { resized, toGrey, type Picture } from "../../data/images/picture.ts";
import { decodePng, looksLikePng } from "../../data/images/png.ts";
import { wholeOf, withFile } from "../../data/node/chunks.ts";
import { readDataFile } from "../../data/node/read-file.ts";
import { placeOfRow, type Contents, type Table, type TableColumn } from "../../data/table.ts";
import type { Targets } from "../../data/dataset.ts";
import { unscaled } from "../../data/scaling.ts";
import { evaluatePortable } from "../../exports/evaluate.ts";
import { mappedInputs, outputName, type PortableNetwork } from "../../exports/portable.ts";
import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { settles } from "../../experiment/rules.ts";
import type { Normalisation, ProgramRequest } from "./program-request.ts";
import { modelOf } from "./program.ts";
import { portableOf } from "./portable.ts";
import { reopen } from "./reopen.ts";
import { settledOutputs } from "./settled.ts";

/** What `predict` is asked to do. */
export interface PredictRequest
  extends Pick<ProgramRequest, "model" | "activation" | "normalise" | "data"> {
  /** PNG, JPEG, IDX, NPY or CSV. */
  readonly files: readonly string[];
  /** Settles the chip of a run instead of asking its copy. */
  readonly chip?: boolean;
  /** Pictures of dark ink on light; and such as are to be centred as MNIST's digits are. */
  readonly invert?: boolean;
  readonly centre?: boolean;
}

/** What a network says of one sample. */
export interface SamplePrediction {
  /** `digit.png`, or `test.csv: row 3`. */
  readonly source: string;
  /** Of classes: the largest output, how far it is above the next, and the three largest. */
  readonly class?: string;
  readonly confidence?: number;
  readonly top?: readonly { readonly name: string; readonly output: number }[];
  /** Of values: each by its name, in its unit. */
  readonly values?: Readonly<Record<string, number>>;
  /** Of a chip: the natural residual where it stands, 0 where it is settled for good. */
  readonly residual?: number;
}

/** Samples of a file, raw, row by row [count × n]. */
interface Rows {
  readonly count: number;
  readonly values: ArrayLike<number>;
  name(row: number): string;
}

/** What names samples, chunk by chunk. */
interface Predictor {
  readonly net: PortableNetwork;
  outputs(
    raw: Float32Array,
    rows: number,
  ): { outputs: Float64Array; residuals?: readonly number[] };
  close(): void;
}

/** Samples at once. */
const chunk = 100;
const mostImageBytes = 2 ** 28;

/**
 * Names the samples of files, one after another.
 * @returns how many there were.
 * @throws InputError that names the file and what does not fit.
 */
export async function predict(
  request: PredictRequest,
  see: (prediction: SamplePrediction, done: number) => void,
): Promise<number> {
  const predictor = request.chip ? await chipPredictor(request) : await copyPredictor(request);
  let done = 0;
  try {
    for (const file of request.files) {
      const { net } = predictor;
      const rows = await readRows(file, net, request);
      const [n] = net.network.sizes;
      for (let first = 0; first < rows.count; first += chunk) {
        const count = Math.min(chunk, rows.count - first);
        const raw = Float32Array.from({ length: count * n }, (_, k) => rows.values[first * n + k]);
        refuseMissing(raw, net, (r) => rows.name(first + r));
        const { outputs, residuals } = predictor.outputs(raw, count);
        const width = outputs.length / count;
        for (let r = 0; r < count; r++) {
          const said = saidOf(net, outputs.subarray(r * width, (r + 1) * width));
          see(
            {
              source: rows.name(first + r),
              ...said,
              ...(residuals && { residual: residuals[r] }),
            },
            ++done,
          );
        }
      }
    }
  } finally {
    predictor.close();
  }
  return done;
}

function refuseMissing(
  raw: Float32Array,
  { network: { sizes }, inputs }: PortableNetwork,
  name: (row: number) => string,
): void {
  const at = raw.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return;
  const [n] = sizes;
  const called = inputs?.names?.[at % n];
  throw new InputError(
    `${name(Math.floor(at / n))}: input ${(at % n) + 1} ` +
      `${called === undefined ? "" : `(${called}) `}is no number; fill it in, or leave the row out`,
  );
}

async function copyPredictor(request: PredictRequest): Promise<Predictor> {
  const read = await modelOf(request);
  const net = read.inputs ? read : withBytes(read, request.normalise);
  return {
    net,
    outputs: (raw, rows) => ({ outputs: evaluatePortable(net, raw, rows) }),
    close: () => undefined,
  };
}

/** Where a file does not say how inputs were scaled: bytes as PyTorch's `ToTensor` has them. */
function withBytes(net: PortableNetwork, normalise?: Normalisation): PortableNetwork {
  const n = net.network.sizes[0];
  const { mean, std } = normalise ?? { mean: 0, std: 1 };
  return {
    ...net,
    inputs: {
      offset: new Float32Array(n).fill(255 * mean),
      factor: new Float32Array(n).fill(1 / 255 / std),
      low: -Infinity,
      high: Infinity,
    },
  };
}

async function chipPredictor({ model, data }: PredictRequest): Promise<Predictor> {
  const { run, plan, split } = await reopen(model, data);
  const net = portableOf(run, plan.circuit, split.test);
  if (net && settles(plan.experiment.learning.rule))
    return {
      net,
      outputs: (raw, rows) => {
        const settled = settledOutputs(run.session, mappedInputs(net, raw), rows);
        return { ...settled, outputs: inUnits(settled.outputs, split.test.targets) };
      },
      close: () => {
        run.session.close();
      },
    };
  run.session.close();
  throw new InputError(
    `${model}: a run by ${plan.experiment.learning.rule} has no chip with a copy to settle from; ` +
      "leave --chip out, or give another run",
  );
}

/** States of outputs as what they tell: of real targets in the user's unit. */
function inUnits(states: Float64Array, targets: Targets): Float64Array {
  if (targets.kind === "classes") return states;
  const { scaling, names } = targets;
  return states.map((s, i) => unscaled(scaling, i % names.length, s));
}

function saidOf(net: PortableNetwork, outputs: Float64Array): Omit<SamplePrediction, "source"> {
  const named = Array.from(outputs, (output, k) => ({ name: outputName(net, k), output }));
  if (net.outputs?.kind === "values")
    return { values: Object.fromEntries(named.map(({ name, output }) => [name, output])) };
  const top = [...named].sort((a, b) => b.output - a.output).slice(0, 3);
  return {
    class: top[0].name,
    confidence: top.length > 1 ? top[0].output - top[1].output : top[0].output,
    top,
  };
}

async function readRows(
  file: string,
  net: PortableNetwork,
  request: PredictRequest,
): Promise<Rows> {
  const picture = await pictureOf(file);
  if (picture) {
    const fitted = fittedPicture(file, picture, net.network.sizes[0], request);
    return { count: 1, values: fitted.values, name: () => file };
  }
  const { train } = await readDataFile(file);
  return rowsOf(train, file, net);
}

/** The picture in a file; null of a file that is none. */
async function pictureOf(file: string): Promise<Picture | null> {
  const isFolder = !/\.(png|jpe?g)$/i.test(file);
  if (isFolder) return null;
  const bytes = await withFile(file, (open) => wholeOf(open, mostImageBytes));
  const decode = looksLikePng(bytes) ? decodePng : looksLikeJpeg(bytes) ? decodeJpeg : null;
  if (!decode) throw new InputError(`${file}: this is neither PNG nor JPEG, whatever its name`);
  return decode(bytes).catch((error: unknown) => {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : "it is damaged"}`);
  });
}

function fittedPicture(
  file: string,
  picture: Picture,
  n: number,
  { invert = false, centre = false }: PredictRequest,
): Picture {
  const grey = toGrey(picture);
  const light = invert ? inverted(grey) : grey;
  const side = Math.sqrt(n);
  if (!Number.isInteger(side))
    throw new InputError(`${file}: a picture for a network of ${n} inputs, which is no square`);
  if (centre) return centred(light, side);
  return resized(light, side, side);
}

function rowsOf(contents: Contents, file: string, net: PortableNetwork): Rows {
  if (contents.kind === "table") return tableRows(contents, net);
  const [n] = net.network.sizes;
  const { rows, shape, values } = contents.inputs;
  const width = shape.reduce((a, b) => a * b, 1);
  // One sample alone may come without an axis of samples.
  const whole = rows * width === n && width !== n;
  if (width !== n && !whole)
    throw new InputError(
      `${file}: a sample has ${width} numbers, and the network has ${n} inputs; give samples of ` +
        "its own kind",
    );
  return whole
    ? { count: 1, values, name: () => file }
    : { count: rows, values, name: (r) => `${file}: sample ${r}` };
}

/**
 * Columns by the names that the network has for its inputs, whatever else the table has; else all
 * columns in their order.
 */
function tableRows(table: Table, { network, inputs }: PortableNetwork): Rows {
  const { columns, rows, source } = table;
  const [n] = network.sizes;
  const numbers = columns.filter((c) => c.kind === "numbers");
  const isNamed = inputs?.names?.some((name) => columns.some((c) => readerIn(c, name))) ?? false;
  if (!isNamed && (columns.length !== n || numbers.length !== n))
    throw new InputError(
      `${source}: ${columns.length} columns, ${numbers.length} of them of numbers, and the ` +
        `network has ${n} inputs; give a column for each, in their order, and no other` +
        (inputs?.names ? `, or name them in the first line: ${few(inputs.names)}` : ""),
    );
  const readers = isNamed
    ? inputs!.names!.map((name) => readerOf(table, name))
    : numbers.map((c) => (row: number) => c.values[row]);
  const values = new Float64Array(rows * n);
  readers.forEach((read, k) => {
    for (let r = 0; r < rows; r++) values[r * n + k] = read(r);
  });
  return { count: rows, values, name: (r) => placeOfRow(table, r) };
}

/** The raw input of a row; NaN where it is missing. */
type InputReader = (row: number) => number;

/** An input in a column: its numbers, or of `colour=red` whether the colour is red. */
function readerIn(column: TableColumn, input: string): InputReader | null {
  if (column.kind === "numbers") {
    if (column.name === input) return (row) => column.values[row];
    // A category that looks like a number.
    return input.startsWith(`${column.name}=`)
      ? (row) => {
          const x = column.values[row];
          return Number.isNaN(x) ? NaN : Number(`${column.name}=${x}` === input);
        }
      : null;
  }
  if (!input.startsWith(`${column.name}=`)) return null;
  const code = column.names.indexOf(input.slice(column.name.length + 1));
  return (row) => (column.codes[row] < 0 ? NaN : Number(column.codes[row] === code));
}

function readerOf({ columns, source }: Table, input: string): InputReader {
  const exact = columns.find((c) => c.name === input);
  const found = exact && readerIn(exact, input);
  if (found) return found;
  if (exact)
    throw new InputError(
      `${source}: column ${JSON.stringify(input)} has names, and numbers in training; mend the ` +
        "file",
    );
  for (const column of columns) {
    const read = readerIn(column, input);
    if (read) return read;
  }
  throw new InputError(
    `${source}: there is no column ${JSON.stringify(input)}, which training had; ` +
      didYouMean(
        input,
        columns.map((c) => c.name),
        "columns",
      ),
  );
}

/** Enough names to see which they are. */
function few(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(", ")}, …` : names.join(", ");
}
