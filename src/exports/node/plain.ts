import { Buffer } from "node:buffer";

/**
 * Readers of safetensors, npz and JSON as a stranger would write them, with the network's formula:
 * they share no code with what wrote the files, so that a fault there is not repeated here. They
 * refuse nothing, as only files of ours are read.
 */
interface PlainFile {
  readonly strings: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, PlainTensor>>;
}

/** [out × in] of weights, [out] of biases and walls. */
type PlainTensor = Float32Array | Float64Array;

const numbers = { F32: Float32Array, F64: Float64Array, "<f4": Float32Array, "<f8": Float64Array };

/** Numbers at any place of a file: a copy of theirs is aligned. */
function numbersOf(bytes: Buffer, type: string): PlainTensor {
  const copy = Uint8Array.from(bytes);
  return new numbers[type as keyof typeof numbers](copy.buffer);
}

/** https://github.com/huggingface/safetensors: eight bytes of length, JSON, tensors. */
function safetensors(file: Buffer): PlainFile {
  const begin = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: strings, ...entries } = JSON.parse(
    file.toString("utf8", 8, begin),
  ) as Record<string, { dtype: string; data_offsets: [number, number] }>;
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        data_offsets: [a, b],
      },
    ]) => [name, numbersOf(file.subarray(begin + a, begin + b), dtype)],
  );
  return {
    strings: strings as unknown as PlainFile["strings"],
    tensors: Object.fromEntries(tensors) as PlainFile["tensors"],
  };
}

/** PKWARE's APPNOTE, of stored files: the directory at the end, and what it points to. */
function npz(file: Buffer): PlainFile {
  const end = file.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  const tensors: Record<string, PlainTensor> = {};
  let strings = {};
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [size, nameLength] = [file.readUInt32LE(at + 24), file.readUInt16LE(at + 28)];
    const name = file.toString("utf8", at + 46, at + 46 + nameLength);
    const local = file.readUInt32LE(at + 42);
    const begin = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const content = file.subarray(begin, begin + size);
    if (name === "metadata.json") strings = JSON.parse(content.toString()) as object;
    // numpy.lib.format, version 1: ten bytes, a literal, numbers.
    else if (name.endsWith(".npy")) {
      const offset = 10 + content.readUInt16LE(8);
      const type = /'descr': '([^']+)'/.exec(content.toString("latin1", 10, offset))![1];
      tensors[name.slice(0, -4)] = numbersOf(content.subarray(offset), type);
    }
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return { strings, tensors };
}

function json(file: Buffer): PlainFile {
  const { strings, tensors } = JSON.parse(file.toString("utf8")) as {
    strings: PlainFile["strings"];
    tensors: Record<string, { dtype: string; data: (number | "inf" | "-inf")[] }>;
  };
  const infinite = { inf: Infinity, "-inf": -Infinity };
  return {
    strings,
    tensors: Object.fromEntries(
      Object.entries(tensors).map(([name, { dtype, data }]) => [
        name,
        new numbers[dtype === "f32" ? "F32" : "F64"](
          data.map((x) => (typeof x === "number" ? x : infinite[x])),
        ),
      ]),
    ),
  };
}

/** What the string `analog_eqprop.network` says. */
interface Said {
  readonly sizes: readonly number[];
  readonly layers: readonly { readonly activation: string; readonly from: readonly number[] }[];
  readonly inputs?: {
    readonly offset: number | readonly number[];
    readonly factor: number | readonly number[];
    readonly low: number | null;
    readonly high: number | null;
  };
}

/** ρ of each activation between its walls. */
const rho: Readonly<Record<string, (u: number, low: number, high: number) => number>> = {
  hard: (u, low, high) => (u < low ? low : u > high ? high : u),
  leaky: (u, low, high) => (u < low ? low : u > high ? high : u) + u / 100,
  sigmoid: (u) => 1 / (1 + 1 / Math.exp(u)),
  step: (u) => Number(u > 1 / 2),
  linear: (u) => u,
};

/** What a network computes of one row of raw inputs. */
function outputsOf({ tensors }: PlainFile, { layers, inputs }: Said, raw: Float32Array) {
  const at = (value: number | readonly number[], i: number) =>
    typeof value === "number" ? value : value[i];
  const states: number[][] = [
    Array.from(raw, (r, i) => {
      if (!inputs) return r;
      const x = (r - at(inputs.offset, i)) * at(inputs.factor, i);
      return rho["hard"](x, inputs.low ?? -Infinity, inputs.high ?? Infinity);
    }),
  ];
  layers.forEach(({ activation, from }, l) => {
    const name = `layers.${l}`;
    const low = tensors[`${name}.low`] as PlainTensor | undefined;
    const high = tensors[`${name}.high`] as PlainTensor | undefined;
    states.push(
      Array.from(tensors[`${name}.bias`], (bias, j) => {
        let u = bias;
        for (const k of from) {
          const weight = tensors[k === l ? `${name}.weight` : `${name}.from${k}.weight`];
          const s = states[k];
          for (let i = 0; i < s.length; i++) u += weight[j * s.length + i] * s[i];
        }
        return rho[activation](u, low?.[j] ?? 0, high?.[j] ?? 1);
      }),
    );
  });
  return states[layers.length];
}

const files = { safetensors, npz, json };

/** Outputs of a file of tensors for raw inputs [count × n_0], by the plain reader of its kind. */
export function plainOutputs(
  kind: keyof typeof files,
  bytes: Uint8Array,
  raw: Float32Array,
  count: number,
): Float64Array {
  const file = files[kind](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const said = JSON.parse(file.strings["analog_eqprop.network"]) as Said;
  const n = raw.length / count;
  const rows = Array.from({ length: count }, (_, r) =>
    outputsOf(file, said, raw.subarray(r * n, (r + 1) * n)),
  );
  return Float64Array.from(rows.flat());
}
