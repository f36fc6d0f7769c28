import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { copyWeightName, leak } from "../../learning/copy-network.ts";
import type { CopyLayer } from "../../learning/copy-network.ts";
import type { Vec } from "../../numerics/vec.ts";
import { version } from "../../version.generated.ts";
import { floatsToBytes } from "../bytes.ts";
import { packed } from "../packed.ts";
import type { PortableNetwork } from "../portable.ts";
import { sameWalls } from "../quantise.ts";
import { initializer, matrixValue, message, node, text } from "./proto.ts";
import { dequantisedWeights, quantumInitializers, throughInt8 } from "./quantised.ts";

// IR 8 with opset 13 is what readers from 2021 on accept.
const irVersion = 8;
const opset = 13;

/**
 * A network as an ONNX model: `input` [N × n_0], raw as files have it → `output` [N × n_L]. Weights
 * are initializers [out × in] used by Gemm with transB = 1, named as in `copyTensors`; a quantised
 * network is one of QuantizeLinear and DequantizeLinear.
 */
export function writeOnnx(net: PortableNetwork): Uint8Array<ArrayBuffer> {
  const { strings } = packed(net);
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
  message(w, 7, (g) => writeGraph(g, net));
  message(w, 8, (o) => {
    text(o, 1, "");
    o.tag(2, WireType.Varint).int64(opset);
  });
  for (const [key, value] of Object.entries(strings))
    message(w, 14, (p) => {
      text(p, 1, key);
      text(p, 2, value);
    });
  return w.finish();
}

function writeGraph(g: BinaryWriter, net: PortableNetwork): void {
  const { sizes, layers } = net.network;
  const { quantisation: q } = net;
  const whole = q ? throughInt8(g) : exact;
  inputNodes(g, net);
  if (q) dequantisedWeights(g, net.network);
  const read = [whole.state("x", 0)];
  layers.forEach((layer, i) => {
    const isLast = i === layers.length - 1;
    const u = sumNodes(g, layer, i, read);
    const out = isLast ? "output" : `s${i + 1}`;
    activationNodes(g, layer, i, { u: isLast ? u : whole.sum(u, i), out });
    if (!isLast) read.push(whole.state(out, i + 1));
  });
  text(g, 2, "copy");
  writeInitializers(g, net);
  text(
    g,
    10,
    `s = activation(c + sum of s_from W), layer by layer; layer sizes ${sizes.join("-")}.`,
  );
  const seen = net.inputs
    ? "Raw values as files have them, one sample a row; the graph scales them itself."
    : "Values from 0 to 1, one sample a row.";
  message(g, 11, matrixValue("input", sizes[0], seen));
  const said =
    net.outputs?.kind === "values"
      ? `The values of ${net.outputs.names.join(", ")}.`
      : "The guessed states of the output layer; the largest names the class.";
  message(g, 12, matrixValue("output", sizes[sizes.length - 1], said));
}

/** Nothing stands between states and sums and who reads them. */
const exact: ReturnType<typeof throughInt8> = { state: (name) => name, sum: (name) => name };

/** x = clip((input − offset)·factor). */
function inputNodes(g: BinaryWriter, { inputs }: PortableNetwork): void {
  if (!inputs) {
    node(g, "Identity", ["input"], "x");
    return;
  }
  const clips = inputs.low > -Infinity || inputs.high < Infinity;
  node(g, "Sub", ["input", "inputs.offset"], "input.shifted");
  node(g, "Mul", ["input.shifted", "inputs.factor"], clips ? "input.scaled" : "x");
  if (clips) node(g, "Clip", ["input.scaled", "inputs.low", "inputs.high"], "x");
}

/**
 * Gemm takes a whole matrix as its addend, so the blocks of one layer are a chain of Gemms that
 * starts with the bias. `read[l]` is the name of state l.
 */
function sumNodes(
  g: BinaryWriter,
  { incoming }: CopyLayer,
  i: number,
  read: readonly string[],
): string {
  const name = `u${i + 1}`;
  let sum = `layers.${i}.bias`;
  incoming.forEach(({ from }, k) => {
    const next = k === incoming.length - 1 ? name : `${name}.${k}`;
    node(g, "Gemm", [read[from], copyWeightName(i, from), sum], next, { transB: 1 });
    sum = next;
  });
  return name;
}

function activationNodes(
  g: BinaryWriter,
  { activation, walls }: CopyLayer,
  i: number,
  { u, out }: { readonly u: string; readonly out: string },
): void {
  const name = `u${i + 1}`;
  // Clip knows one pair of ends for all units.
  const clip = (to: string) => {
    if (!walls) node(g, "Clip", [u, "zero", "one"], to);
    else if (isRelu({ walls })) node(g, "Relu", [u], to);
    else {
      node(g, "Max", [u, `layers.${i}.low`], `${name}.low`);
      node(g, "Min", [`${name}.low`, `layers.${i}.high`], to);
    }
  };
  switch (activation) {
    case "hard":
      clip(out);
      break;
    case "sigmoid":
      node(g, "Sigmoid", [u], out);
      break;
    case "leaky":
      clip(`${name}.clip`);
      node(g, "Mul", [u, "leak"], `${name}.leak`);
      node(g, "Add", [`${name}.clip`, `${name}.leak`], out);
      break;
    case "step":
      node(g, "Greater", [u, "half"], `${name}.above`);
      node(g, "Cast", [`${name}.above`], out, { to: 1 });
      break;
    case "linear":
      node(g, "Identity", [u], out);
      break;
    default:
      activation satisfies never;
  }
}

/** Whether walls hold a layer at zero alone. */
function isRelu(layer: Pick<CopyLayer, "walls">): boolean {
  return (
    layer.walls !== undefined &&
    sameWalls(layer) &&
    layer.walls.low.data[0] === 0 &&
    layer.walls.high.data[0] === Infinity
  );
}

function writeInitializers(g: BinaryWriter, net: PortableNetwork): void {
  const { inputs, network, quantisation } = net;
  const float = (name: string, shape: readonly number[], data: Vec) =>
    initializer(g, name, shape, "float", floatsToBytes(data, "f32"));
  if (quantisation) quantumInitializers(g, network, quantisation);
  const weighs = /\.(weight|bias)$/;
  for (const t of packed(net).tensors)
    if (!quantisation || !weighs.test(t.name)) float(t.name, t.shape, t.data);
  const scalar = (name: string, value: number) => float(name, [], Float32Array.of(value));
  const kinds = new Set(network.layers.map((l) => l.activation));
  if (network.layers.some((l) => !l.walls && ["hard", "leaky"].includes(l.activation))) {
    scalar("zero", 0);
    scalar("one", 1);
  }
  if (kinds.has("leaky")) scalar("leak", leak);
  if (kinds.has("step")) scalar("half", 0.5);
  if (!inputs) return;
  float("inputs.offset", [inputs.offset.length], inputs.offset);
  float("inputs.factor", [inputs.factor.length], inputs.factor);
  if (inputs.low > -Infinity || inputs.high < Infinity) {
    scalar("inputs.low", inputs.low);
    scalar("inputs.high", inputs.high);
  }
}
