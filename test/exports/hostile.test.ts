import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { formatNames, networkFormats, readNetwork } from "../../src/exports/formats.ts";
import { writeNetwork } from "../../src/exports/formats.ts";
import { writeNpy } from "../../src/exports/npy.ts";
import { initializer, matrixValue, message, node } from "../../src/exports/onnx/proto.ts";
import { packed } from "../../src/exports/packed.ts";
import { quantise } from "../../src/exports/quantise.ts";
import { writeSafetensors } from "../../src/exports/safetensors.ts";
import { InputError } from "../../src/numerics/errors.ts";
import { random } from "../../src/numerics/random.ts";
import { blocks, bytesOf, copyNetwork, portable } from "../support/portable.ts";

const net = portable(copyNetwork([6, 5, 4, 3], blocks.chain, "leaky"));
const whole = quantise(net, bytesOf(20, 6), 20);
const text = (t: string) => new TextEncoder().encode(t);

async function refusal(bytes: Uint8Array, name: string): Promise<string> {
  const failed = await readNetwork(bytes, name).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failed).toBeInstanceOf(InputError);
  return (failed as InputError).message;
}

describe("a damaged file", () => {
  test.each(formatNames)("of %s is read or refused, never anything else", async (format) => {
    const { quantised, extension } = networkFormats[format];
    const sound = await writeNetwork(quantised ? whole : net, format);
    const rng = random(7, format);
    for (let trial = 0; trial < 150; trial++) {
      const cut = sound.slice(0, trial % 3 === 0 ? rng.below(sound.length) : sound.length);
      for (let k = 0; k < 1 + rng.below(4) && cut.length > 0; k++)
        cut[rng.below(cut.length)] = rng.below(256);
      await readNetwork(cut, `model.${extension}`).catch((error: unknown) => {
        expect(error).toBeInstanceOf(InputError);
      });
    }
  });

  test.each(formatNames)("of %s that is empty or another's is refused", async (format) => {
    const { extension } = networkFormats[format];
    for (const bytes of [new Uint8Array(), text("hello\n"), new Uint8Array(64)])
      expect(await refusal(bytes, `model.${extension}`)).toContain(`model.${extension}`);
  });

  test("of no kind that is known names the kinds", async () => {
    expect(await refusal(text("hello"), "letter.txt")).toMatch(/this is no network.*ONNX/);
  });
});

describe("numbers that are none", () => {
  const { tensors, strings } = packed(net);
  const broken = tensors.map((t) =>
    t.name === "layers.1.weight" ? { ...t, data: t.data.map(() => NaN) } : t,
  );
  test.each([
    ["safetensors", () => writeSafetensors(broken, strings)],
    ["npz", () => zipped(Object.fromEntries(broken.map((t) => [`${t.name}.npy`, writeNpy(t)])))],
  ] as const)("are refused by name in %s", async (extension, write) => {
    expect(await refusal(write(), `model.${extension}`)).toMatch(/layers\.1\.weight.* NaN/s);
  });

  const zipped = (files: Record<string, Uint8Array>) =>
    zipSync({ ...files, "metadata.json": text(JSON.stringify(strings)) });
});

describe("an archive", () => {
  test("that would unpack to gigabytes is refused before it does", async () => {
    const zeros = new Uint8Array(2 ** 24);
    const bomb = zipSync({ "a.npy": zeros }, { level: 9 });
    // The central directory says how large a file will be.
    const view = new DataView(bomb.buffer);
    const central = bomb.length - 22 - 46 - "a.npy".length;
    expect(view.getUint32(central, true)).toBe(0x02014b50);
    view.setUint32(central + 24, 2 ** 31, true);
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusal(bomb, "bomb.npz")).toMatch(/more than 1024 MiB/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  });

  test("that says it is small and is not is refused", async () => {
    const bomb = zipSync({ "a.npy": new Uint8Array(2 ** 24) }, { level: 9 });
    const view = new DataView(bomb.buffer);
    view.setUint32(bomb.length - 22 - 46 - 5 + 24, 10, true);
    expect(await refusal(bomb, "bomb.npz")).toMatch(/bomb\.npz/);
  });

  test.each(["../../etc/passwd.npy", "/etc/passwd.npy", "a/../../b.npy", "C:\\x.npy"])(
    "with the path %s is refused",
    async (path) => {
      const npz = zipSync({ [path]: writeNpy({ shape: [1], data: Float32Array.of(1) }) });
      expect(await refusal(npz, "model.npz")).toMatch(/outside of the archive/);
    },
  );
});

test("an archive whose array announces terabytes, or objects, is refused", async () => {
  const header = (shape: string, descr = "<f4") => {
    const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
    const bytes = new Uint8Array(128 + 24).fill(0x20);
    bytes.set(writeNpy({ shape: [1], data: Float32Array.of(1) }).subarray(0, 10));
    bytes.set(text(literal), 10);
    bytes[127] = 0x0a;
    new DataView(bytes.buffer).setUint16(8, 118, true);
    return zipSync({ "0.weight.npy": bytes });
  };
  expect(await refusal(header("(1000000, 1000000)"), "m.npz")).toMatch(/1000000 × 1000000/);
  expect(await refusal(header("(6,)", "|O8"), "m.npz")).toMatch(/Python objects/);
});

describe("an ONNX graph", () => {
  const model = (graph: (g: BinaryWriter) => void) => {
    const w = new BinaryWriter();
    message(w, 7, (g) => {
      graph(g);
      message(g, 11, matrixValue("input", 4, ""));
      message(g, 12, matrixValue("output", 4, ""));
    });
    return w.finish();
  };
  const square = (g: BinaryWriter) =>
    initializer(g, "w", [4, 4], "float", new Uint8Array(64).fill(0));

  test("with another operator names it, and those that are known", async () => {
    const bytes = model((g) => {
      node(g, "LSTM", ["input"], "output");
    });
    expect(await refusal(bytes, "m.onnx")).toMatch(/operator LSTM .*known are Gemm, MatMul/);
  });

  test("whose tensors lie in other files opens none", async () => {
    const bytes = model((g) => {
      message(g, 5, (t) => {
        t.tag(1, WireType.Varint).int64(4);
        t.tag(2, WireType.Varint).int32(1);
        t.tag(8, WireType.LengthDelimited).string("w");
        message(t, 13, (e) => {
          e.tag(1, WireType.LengthDelimited).string("location");
          e.tag(2, WireType.LengthDelimited).string("../../etc/passwd");
        });
      });
    });
    expect(await refusal(bytes, "m.onnx")).toMatch(/"w" lies in another file/);
  });

  test("whose tensor announces terabytes is refused", async () => {
    const bytes = model((g) => {
      initializer(g, "w", [2 ** 30, 2 ** 20], "float", new Uint8Array(64));
    });
    expect(await refusal(bytes, "m.onnx")).toMatch(/16 numbers, but its shape is/);
  });

  test("that doubles a sum again and again is refused before it fills the memory", async () => {
    const bytes = model((g) => {
      initializer(g, "w", [4, 40_000], "float", new Uint8Array(640_000));
      initializer(g, "half", [1], "float", new Uint8Array(new Float32Array([0.7]).buffer));
      node(g, "MatMul", ["input", "w"], "s0");
      for (let k = 0; k < 4000; k++) {
        node(g, "Mul", [`s${k}`, "half"], `h${k}`);
        node(g, "Add", [`s${k}`, `h${k}`], `s${k + 1}`);
      }
      node(g, "Identity", ["s4000"], "output");
    });
    expect(await refusal(bytes, "m.onnx")).toMatch(/far more numbers than its file holds/);
  });

  test("that reads what is nowhere, or computes no output, is refused", async () => {
    const lost = model((g) => {
      square(g);
      node(g, "MatMul", ["nowhere", "w"], "output");
    });
    expect(await refusal(lost, "m.onnx")).toMatch(/"nowhere", which is nowhere/);
    expect(await refusal(model(square), "m.onnx")).toMatch(/nothing computes the output/);
  });
});

describe("a description that announces what tensors do not have", () => {
  const good = {
    format: "analog-eqprop network 1",
    sizes: [2, 1],
    layers: [{ activation: "hard", from: [0] }],
  };
  const tensors = {
    "layers.0.weight": { dtype: "f32", shape: [1, 2], data: [1, 1] },
    "layers.0.bias": { dtype: "f32", shape: [1], data: [1] },
  };
  const inputs = { offset: 0, factor: 1, low: null, high: null };
  test.each([
    ["a billion inputs", { ...good, sizes: [1e9, 1], inputs }],
    ["a million layers", { ...good, sizes: Array<number>(1e6).fill(1), layers: good.layers }],
    ["a block from above", { ...good, layers: [{ activation: "hard", from: [1] }] }],
    ["an activation of JavaScript's", { ...good, layers: [{ activation: "toString", from: [0] }] }],
    ["names of other outputs", { ...good, outputs: { kind: "classes", names: ["a", "b"] } }],
  ])("%s, is refused at once", async (_, said) => {
    const strings = { "analog_eqprop.network": JSON.stringify(said) };
    const begin = performance.now();
    const before = process.memoryUsage().arrayBuffers;
    await refusal(text(JSON.stringify({ strings, tensors })), "model.json");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
