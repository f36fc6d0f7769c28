import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { InputError } from "../../numerics/errors.ts";
import { floatsFromBytes } from "../bytes.ts";
import { dataTypes } from "./proto.ts";

/** A tensor of an ONNX model, its numbers as reals. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly data: Float32Array | Float64Array;
}

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** What an attribute of a node may be here. */
interface OnnxAttribute {
  readonly number?: number;
  readonly tensor?: OnnxTensor;
}

/** What of an ONNX model a perceptron has. */
interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Nodes and tensors of a perceptron; more are another network, or an attack. */
const most = 10_000;

/**
 * The parts of an ONNX file.
 * @throws InputError where it is none, is damaged, or keeps its numbers in other files.
 */
export function parseModel(bytes: Uint8Array): OnnxModel {
  try {
    return modelOf(bytes);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `onnx: the file cannot be read (${error instanceof Error ? error.message : "damaged"}); ` +
        "it is no ONNX model, or damaged",
    );
  }
}

/** A field of a message: a varint, a real, or bytes. */
interface Field {
  readonly number: number;
  readonly value: bigint | number | Uint8Array;
}

function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    fields.push({ number, value: valueOf(reader, type) });
  }
  return fields;
}

function valueOf(reader: BinaryReader, type: WireType): Field["value"] {
  switch (type) {
    case WireType.Varint:
      return BigInt(reader.int64());
    case WireType.Bit32:
      return reader.float();
    case WireType.Bit64:
      return reader.double();
    case WireType.LengthDelimited:
      return reader.bytes();
    default:
      throw new InputError("onnx: a field of a type that protobuf has no more");
  }
}

const textOf = (value: Field["value"] | undefined): string =>
  value instanceof Uint8Array ? new TextDecoder("utf-8", { fatal: true }).decode(value) : "";
const bytesOf = (value: Field["value"] | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

function each(fields: readonly Field[], number: number): readonly Field["value"][] {
  return fields.filter((f) => f.number === number).map((f) => f.value);
}

function one(fields: readonly Field[], number: number): Field["value"] | undefined {
  return fields.findLast((f) => f.number === number)?.value;
}

function modelOf(bytes: Uint8Array): OnnxModel {
  const model = fieldsOf(bytes);
  const inside = one(model, 7);
  if (!(inside instanceof Uint8Array))
    throw new InputError("onnx: there is no graph in the file; it is no ONNX model");
  const graph = fieldsOf(inside);
  if (graph.length > most)
    throw new InputError(`onnx: the graph has ${graph.length} parts, expected at most ${most}`);
  if (each(graph, 15).length > 0)
    throw new InputError("onnx: sparse tensors are not read; save the model with dense ones");
  const names = (number: number) =>
    each(graph, number).map((value) => textOf(one(fieldsOf(bytesOf(value)), 1)));
  return {
    nodes: each(graph, 1).map((value) => nodeOf(fieldsOf(bytesOf(value)))),
    initializers: each(graph, 5).map((value) => tensorOf(fieldsOf(bytesOf(value)))),
    inputs: names(11),
    outputs: names(12),
    metadata: Object.fromEntries(
      each(model, 14).map((value) => {
        const entry = fieldsOf(bytesOf(value));
        return [textOf(one(entry, 1)), textOf(one(entry, 2))];
      }),
    ),
  };
}

function nodeOf(fields: readonly Field[]): OnnxNode {
  const domain = textOf(one(fields, 7));
  const operator = textOf(one(fields, 4));
  return {
    operator: domain === "" || domain === "ai.onnx" ? operator : `${domain}.${operator}`,
    inputs: each(fields, 1).map(textOf),
    outputs: each(fields, 2).map(textOf),
    attributes: Object.fromEntries(
      each(fields, 5).map((value) => {
        const attribute = fieldsOf(bytesOf(value));
        const real = one(attribute, 2);
        const whole = one(attribute, 3);
        const tensor = one(attribute, 5);
        return [
          textOf(one(attribute, 1)),
          {
            ...((real ?? whole) !== undefined && { number: Number(real ?? whole) }),
            ...(tensor instanceof Uint8Array && { tensor: tensorOf(fieldsOf(tensor)) }),
          },
        ];
      }),
    ),
  };
}

function tensorOf(fields: readonly Field[]): OnnxTensor {
  const name = textOf(one(fields, 8));
  const said = JSON.stringify(name.slice(0, 80));
  if (each(fields, 13).length > 0 || Number(one(fields, 14) ?? 0) !== 0)
    throw new InputError(
      `onnx: tensor ${said} lies in another file, and no other file is opened; save the model in ` +
        "one file",
    );
  const shape = numbersOf(fields, 1);
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0))
    throw new InputError(`onnx: tensor ${said} has the shape [${shape.slice(0, 8).join(", ")}]`);
  const type = Number(one(fields, 2) ?? 0);
  const data = dataOf(fields, type, said);
  const count = shape.reduce((n, d) => n * d, 1);
  if (data.length !== count)
    throw new InputError(
      `onnx: tensor ${said} has ${data.length} numbers, but its shape is [${shape.join(", ")}]`,
    );
  return { name, shape, type, data };
}

/** Whole numbers of a repeated field, packed or one by one. */
function numbersOf(fields: readonly Field[], number: number): number[] {
  return each(fields, number).flatMap((value) => {
    if (!(value instanceof Uint8Array)) return [Number(value)];
    const reader = new BinaryReader(value);
    const found: number[] = [];
    while (reader.pos < reader.len) found.push(Number(reader.int64()));
    return found;
  });
}

/** Reals of a repeated field, packed or one by one. */
function realsOf(fields: readonly Field[], number: number, precision: "f32" | "f64") {
  const size = precision === "f64" ? 8 : 4;
  const parts = each(fields, number).map((value) => {
    if (!(value instanceof Uint8Array)) return [Number(value)];
    if (value.length % size !== 0) throw new InputError("onnx: a list of reals ends within one");
    return Array.from(floatsFromBytes(value, precision));
  });
  return parts.flat();
}

function dataOf(fields: readonly Field[], type: number, said: string): OnnxTensor["data"] {
  const raw = one(fields, 9);
  const bytes = raw instanceof Uint8Array ? raw : null;
  const whole = (size: number, read: (v: DataView, at: number) => number, field: number) => {
    if (!bytes) return Float64Array.from(numbersOf(fields, field));
    if (bytes.length % size !== 0)
      throw new InputError(`onnx: tensor ${said} ends within one of its numbers`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: bytes.length / size }, (_, k) => read(view, k * size));
  };
  if (bytes && bytes.length % 4 !== 0 && type === dataTypes.float)
    throw new InputError(`onnx: tensor ${said} ends within one of its numbers`);
  switch (type) {
    case dataTypes.float:
      return bytes ? floatsFromBytes(bytes, "f32") : Float32Array.from(realsOf(fields, 4, "f32"));
    case dataTypes.double:
      return bytes
        ? whole(8, (v, at) => v.getFloat64(at, true), 10)
        : Float64Array.from(realsOf(fields, 10, "f64"));
    case dataTypes.uint8:
      return whole(1, (v, at) => v.getUint8(at), 5);
    case dataTypes.int8:
      return whole(1, (v, at) => v.getInt8(at), 5);
    case dataTypes.int32:
      return whole(4, (v, at) => v.getInt32(at, true), 5);
    case dataTypes.int64:
      return whole(8, (v, at) => Number(v.getBigInt64(at, true)), 7);
    default:
      throw new InputError(
        `onnx: tensor ${said} is of data type ${type}, expected float, double, int8, uint8, ` +
          "int32 or int64; save the model in single precision",
      );
  }
}
