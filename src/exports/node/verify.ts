import { Buffer } from "node:buffer";
import { evaluatePortable, namedClasses } from "../evaluate.ts";
import { networkFormats, readNetwork, type FormatName } from "../formats.ts";
import type { PortableNetwork } from "../portable.ts";
import { compiledOutputs } from "./compiled.ts";
import { plainOutputs } from "./plain.ts";

/** What is held against each other: a file, the network in it, and raw inputs [count × n_0]. */
interface FileJob {
  readonly bytes: Uint8Array;
  readonly format: FormatName;
  /** As it was written. */
  readonly net: PortableNetwork;
  /** As it was before its numbers became whole ones. */
  readonly float: PortableNetwork;
  readonly raw: Float32Array;
  readonly count: number;
  /** [count]; absent where nobody knows. */
  readonly labels?: ArrayLike<number>;
}

/** What came of reading a file back. */
export interface Verification {
  /** Who read it and computed. */
  readonly reader: string;
  /** Whether it shares no code with what wrote the file. */
  readonly independent: boolean;
  /** Test inputs that both computed. */
  readonly inputs: number;
  /** The largest difference of an output from our own forward pass of the written network. */
  readonly largestDifference: number;
  /** Inputs that are named otherwise than by that pass. */
  readonly renamed: number;
  /** Inputs that are named otherwise than by the network in floats; null of values. */
  readonly renamedByFloats: number | null;
  /** Of the error, percentage points, against the network in floats; null without labels. */
  readonly errorChange: number | null;
  /** What is wrong with the file; null where nothing is. */
  readonly fault: string | null;
}

/** Outputs [count × n_L] as somebody else computes them; null where he is not there. */
type Reader = (examined: FileJob) => Promise<{
  readonly reader: string;
  readonly outputs: ArrayLike<number>;
} | null>;

const readers = {
  onnx: runtimeOutputs,
  "onnx-int8": runtimeOutputs,
  safetensors: plainReader("safetensors"),
  npz: plainReader("npz"),
  json: plainReader("json"),
  c: compiledReader,
  "c-int8": compiledReader,
  js: moduleOutputs,
} as const satisfies Readonly<Record<FormatName, Reader>>;

/** Of outputs of order one in single precision, and of larger ones by their size. */
const tolerance = 1e-5;
/** Sums half way between two whole numbers may be rounded to either, which renames few inputs. */
const mostRenamed = 0.02;

/**
 * Reads a file back by somebody else where he is there, else by this package, and compares what it
 * computes with our own forward pass.
 */
export async function verify(examined: FileJob): Promise<Verification> {
  const { format, net, float, raw, count, labels } = examined;
  const theirs = await readers[format](examined);
  const { reader, outputs } = theirs ?? (await ownOutputs(examined));
  const expected = evaluatePortable(net, raw, count);
  const columns = expected.length / count;
  const scale = Math.max(1, ...expected.map(Math.abs));
  const differences = expected.map((y, i) => Math.abs(y - outputs[i]));
  const largestDifference = differences.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0);
  const named = namedClasses(outputs, columns);
  const byUs = namedClasses(expected, columns);
  const byFloats = namedClasses(evaluatePortable(float, raw, count), columns);
  const isValues = net.outputs?.kind === "values";
  const wrong = (of: Int32Array) => of.filter((c, i) => c !== labels![i]).length;
  const renamed = named.filter((c, i) => c !== byUs[i]).length;
  const close = networkFormats[format].quantised
    ? renamed <= mostRenamed * count && !Number.isNaN(largestDifference)
    : largestDifference <= tolerance * scale;
  return {
    reader,
    independent: theirs !== null,
    inputs: count,
    largestDifference,
    renamed,
    renamedByFloats: isValues ? null : named.filter((c, i) => c !== byFloats[i]).length,
    errorChange: labels ? (100 * (wrong(named) - wrong(byFloats))) / count : null,
    fault: close
      ? null
      : `${reader} computes other outputs: up to ${largestDifference.toPrecision(2)} away` +
        (isValues ? "" : `, and ${renamed} of ${count} inputs are named otherwise`),
  };
}

/** By a reader that shares no code with the writer. */
function plainReader(kind: "safetensors" | "npz" | "json"): Reader {
  return async ({ bytes, raw, count }) => {
    const outputs = plainOutputs(kind, bytes, raw, count);
    return Promise.resolve({ reader: `a plain reader of ${kind}`, outputs });
  };
}

async function ownOutputs({ bytes, format, raw, count }: FileJob) {
  const name = `copy.${networkFormats[format].extension}`;
  const net = await readNetwork(bytes, name);
  return { reader: "analog-eqprop", outputs: evaluatePortable(net, raw, count) };
}

async function compiledReader({ bytes, net, raw, count }: FileJob) {
  const { sizes } = net.network;
  const found = await compiledOutputs(bytes, raw, count * sizes[sizes.length - 1]);
  return Promise.resolve(found);
}

/** What is used of onnxruntime-web, which is no dependency. */
interface Runtime {
  readonly env: {
    readonly wasm: { numThreads: number };
    readonly versions: { readonly web?: string; readonly common?: string };
    logLevel: string;
  };
  readonly InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => object;
}

const runtime = "onnxruntime-web";

/** By onnxruntime-web, where it is installed. */
async function runtimeOutputs({ bytes, raw, count }: FileJob) {
  let ort: Runtime;
  try {
    ort = (await import(runtime)) as Runtime;
  } catch {
    return null;
  }
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(bytes);
  try {
    const dims = [count, raw.length / count];
    const { output } = await session.run({ input: new ort.Tensor("float32", raw, dims) });
    const { web, common } = ort.env.versions;
    return { reader: `${runtime} ${web ?? common ?? ""}`.trimEnd(), outputs: output.data };
  } finally {
    await session.release();
  }
}

/** The module itself, run by this engine. */
async function moduleOutputs({ bytes, raw, count }: FileJob) {
  const url = `data:text/javascript;base64,${Buffer.from(bytes).toString("base64")}`;
  const { run } = (await import(url)) as { run(row: Float32Array): Float32Array };
  const width = raw.length / count;
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(run(raw.subarray(i * width, (i + 1) * width))),
  );
  return { reader: `the module, on node ${process.version}`, outputs: rows.flat() };
}
