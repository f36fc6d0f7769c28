import { WireType, type BinaryWriter } from "@bufbuild/protobuf/wire";

// Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

/** Types of tensors that perceptrons have, as TensorProto.DataType numbers them. */
export const dataTypes = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, double: 11 } as const;

/** Writes the fields of a message. */
type Fields = (w: BinaryWriter) => void;

export function message(w: BinaryWriter, field: number, fields: Fields): void {
  w.tag(field, WireType.LengthDelimited).fork();
  fields(w);
  w.join();
}

export function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value);
}

/** NodeProto. */
export function node(
  g: BinaryWriter,
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): void {
  message(g, 1, (n) => {
    for (const name of inputs) text(n, 1, name);
    text(n, 2, output);
    text(n, 3, `${operator}_${output}`);
    text(n, 4, operator);
    for (const [name, value] of Object.entries(attributes))
      message(n, 5, (a) => {
        text(a, 1, name);
        a.tag(3, WireType.Varint).int64(value);
        a.tag(20, WireType.Varint).int32(2);
      });
  });
}

/** TensorProto with raw bytes, as an initializer. */
export function initializer(
  g: BinaryWriter,
  name: string,
  shape: readonly number[],
  type: keyof typeof dataTypes,
  bytes: Uint8Array,
): void {
  message(g, 5, (t) => {
    for (const d of shape) t.tag(1, WireType.Varint).int64(d);
    t.tag(2, WireType.Varint).int32(dataTypes[type]);
    text(t, 8, name);
    t.tag(9, WireType.LengthDelimited).bytes(bytes);
  });
}

/** ValueInfoProto of a float matrix [N × columns]. */
export function matrixValue(name: string, columns: number, doc: string): Fields {
  return (v) => {
    text(v, 1, name);
    message(v, 2, (type) =>
      message(type, 1, (tensor) => {
        tensor.tag(1, WireType.Varint).int32(dataTypes.float);
        message(tensor, 2, (shape) => {
          message(shape, 1, (d) => text(d, 2, "N"));
          message(shape, 1, (d) => {
            d.tag(1, WireType.Varint).int64(columns);
          });
        });
      }),
    );
    text(v, 3, doc);
  };
}
