import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Tensor, Vec } from "../../numerics/vec.ts";
import { version } from "../../version.generated.ts";
import { floatsToBytes } from "../bytes.ts";
import { copyTensors, copyWeightName, leak } from "../../learning/copy-network.ts";
import type { CopyLayer, CopyNetwork } from "../../learning/copy-network.ts";

// Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
// IR 8 with opset 13 is what readers from 2021 on accept.
const irVersion = 8;
const opset = 13;
const float = 1;

type Fields = (w: BinaryWriter) => void;

/** The bytes that `writeOnnx` returns, of a network that fits together. */
export function onnxModel(
  net: CopyNetwork,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const w = new BinaryWriter();
  w.tag(1, WireType.Varint).int64(irVersion);
  text(w, 2, "analog-eqprop");
  text(w, 3, version);
  w.tag(5, WireType.Varint).int64(1);
  text(
    w,
    6,
    "Digital copy of an analog chip trained by Initialized Equilibrium Propagation: it " +
      "guesses where the chip settles.",
  );
  message(w, 7, graph(net));
  message(w, 8, (o) => {
    text(o, 1, "");
    o.tag(2, WireType.Varint).int64(opset);
  });
  for (const [key, value] of Object.entries(metadata))
    message(w, 14, (p) => {
      text(p, 1, key);
      text(p, 2, value);
    });
  return w.finish();
}

function graph(net: CopyNetwork): Fields {
  const { sizes, layers } = net;
  return (g) => {
    layers.forEach((layer, i) =>
      layerNodes(g, layer, i, i === layers.length - 1 ? "output" : `s${i + 1}`),
    );
    text(g, 2, "copy");
    for (const t of copyTensors(net)) initializer(g, t.name, t.shape, t.data);
    const kinds = new Set(layers.map((l) => l.activation));
    if (kinds.has("hard") || kinds.has("leaky")) {
      initializer(g, "zero", [], Float32Array.of(0));
      initializer(g, "one", [], Float32Array.of(1));
    }
    if (kinds.has("leaky")) initializer(g, "leak", [], Float32Array.of(leak));
    if (kinds.has("step")) initializer(g, "half", [], Float32Array.of(0.5));
    text(
      g,
      10,
      `s = activation(c + sum of s_from W), layer by layer; layer sizes ${sizes.join("-")}.`,
    );
    message(g, 11, value("input", sizes[0], "Pixel values from 0 to 1, one image a row."));
    message(
      g,
      12,
      value(
        "output",
        sizes[sizes.length - 1],
        "The guessed states of the output layer; the largest names the class.",
      ),
    );
  };
}

/**
 * Gemm takes a whole matrix as its addend, so the blocks of one layer are a chain of Gemms that
 * starts with the bias.
 */
function layerNodes(
  g: BinaryWriter,
  { incoming, activation, walls }: CopyLayer,
  i: number,
  out: string,
): void {
  const u = `u${i + 1}`;
  let sum = `layers.${i}.bias`;
  incoming.forEach(({ from }, k) => {
    const next = k === incoming.length - 1 ? u : `${u}.${k}`;
    node(g, "Gemm", [from === 0 ? "input" : `s${from}`, copyWeightName(i, from), sum], next, (n) =>
      integerAttribute(n, "transB", 1),
    );
    sum = next;
  });
  // Clip knows one pair of ends for all units.
  const clip = (to: string) => {
    if (!walls) {
      node(g, "Clip", [u, "zero", "one"], to);
      return;
    }
    node(g, "Max", [u, `layers.${i}.low`], `${u}.low`);
    node(g, "Min", [`${u}.low`, `layers.${i}.high`], to);
  };
  switch (activation) {
    case "hard":
      clip(out);
      break;
    case "sigmoid":
      node(g, "Sigmoid", [u], out);
      break;
    case "leaky":
      clip(`${u}.clip`);
      node(g, "Mul", [u, "leak"], `${u}.leak`);
      node(g, "Add", [`${u}.clip`, `${u}.leak`], out);
      break;
    case "step":
      node(g, "Greater", [u, "half"], `${u}.above`);
      node(g, "Cast", [`${u}.above`], out, (n) => {
        integerAttribute(n, "to", float);
      });
      break;
    case "linear":
      node(g, "Identity", [u], out);
      break;
    default:
      activation satisfies never;
  }
}

function node(
  g: BinaryWriter,
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes?: Fields,
): void {
  message(g, 1, (n) => {
    for (const name of inputs) text(n, 1, name);
    text(n, 2, output);
    text(n, 3, `${operator}_${output}`);
    text(n, 4, operator);
    attributes?.(n);
  });
}

function integerAttribute(n: BinaryWriter, name: string, integer: number): void {
  message(n, 5, (a) => {
    text(a, 1, name);
    a.tag(3, WireType.Varint).int64(integer);
    a.tag(20, WireType.Varint).int32(2);
  });
}

function initializer(g: BinaryWriter, name: string, shape: Tensor["shape"], data: Vec): void {
  message(g, 5, (t) => {
    for (const d of shape) t.tag(1, WireType.Varint).int64(d);
    t.tag(2, WireType.Varint).int32(float);
    text(t, 8, name);
    t.tag(9, WireType.LengthDelimited).bytes(floatsToBytes(data, "f32"));
  });
}

/** ValueInfoProto of a float matrix [N × columns]. */
function value(name: string, columns: number, doc: string): Fields {
  return (v) => {
    text(v, 1, name);
    message(v, 2, (type) =>
      message(type, 1, (tensor) => {
        tensor.tag(1, WireType.Varint).int32(float);
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

function message(w: BinaryWriter, field: number, fields: Fields): void {
  w.tag(field, WireType.LengthDelimited).fork();
  fields(w);
  w.join();
}

function text(w: BinaryWriter, field: number, value: string): void {
  w.tag(field, WireType.LengthDelimited).string(value);
}
