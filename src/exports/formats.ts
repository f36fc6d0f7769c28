import { InputError } from "../numerics/errors.ts";
import { keysOf } from "../numerics/keys.ts";
import { packed, unpackedNetwork, type ForeignActivation } from "./packed.ts";
import { requireQuantised, type PortableNetwork } from "./portable.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** A format that a digital network is taken home in, and brought back from: a pure pair. */
export interface NetworkFormat {
  readonly title: string;
  /** What the name of a file ends in, after a dot. */
  readonly extension: string;
  /** Whether weights and states are whole numbers of eight bits; else floats. */
  readonly quantised: boolean;
  /** The bytes of a file. @throws InputError where the network is not made of numbers. */
  write(net: PortableNetwork): Promise<Uint8Array>;
  /** @throws InputError where the bytes are no such file, or a damaged or hostile one. */
  read(bytes: Uint8Array, options?: NetworkReading): Promise<PortableNetwork>;
}

/** What a file may leave open. */
export interface NetworkReading {
  /** What hidden layers compute, where a file of tensors does not say it. */
  readonly activation?: ForeignActivation;
}

const onnx = {
  write: async (net: PortableNetwork) => (await import("./onnx/write.ts")).writeOnnx(net),
  read: async (bytes: Uint8Array) => (await import("./onnx/read.ts")).readOnnx(bytes),
};
const c = {
  write: async (net: PortableNetwork) => (await import("./c/write.ts")).writeC(net),
  read: async (bytes: Uint8Array) => (await import("./c/read.ts")).readC(bytes),
};

/** Every format, by the name that `export --format` knows. What is heavy loads when it is used. */
export const networkFormats = {
  onnx: { title: "ONNX", extension: "onnx", quantised: false, ...onnx },
  "onnx-int8": { title: "ONNX, int8", extension: "int8.onnx", quantised: true, ...onnx },
  safetensors: {
    title: "safetensors",
    extension: "safetensors",
    quantised: false,
    write: async (net) => {
      const { tensors, strings } = packed(net);
      return Promise.resolve(writeSafetensors(tensors, strings));
    },
    read: async (bytes, { activation } = {}) => {
      const { tensors, metadata } = readSafetensors(bytes);
      return Promise.resolve(unpackedNetwork({ tensors, strings: metadata }, activation));
    },
  },
  npz: {
    title: "NumPy archive",
    extension: "npz",
    quantised: false,
    write: async (net) => (await import("./npz.ts")).writeNpz(packed(net)),
    read: async (bytes, { activation } = {}) =>
      unpackedNetwork((await import("./npz.ts")).readNpz(bytes), activation),
  },
  json: {
    title: "JSON",
    extension: "json",
    quantised: false,
    write: async (net) => (await import("./json.ts")).writeJson(packed(net)),
    read: async (bytes, { activation } = {}) =>
      unpackedNetwork((await import("./json.ts")).readJsonNetwork(bytes), activation),
  },
  c: { title: "C header", extension: "h", quantised: false, ...c },
  "c-int8": { title: "C header, int8", extension: "int8.h", quantised: true, ...c },
  js: {
    title: "JavaScript module",
    extension: "js",
    quantised: false,
    write: async (net) => (await import("./js.ts")).writeJs(net, packed(net)),
    read: async (bytes) => unpackedNetwork((await import("./js.ts")).readJs(bytes)),
  },
} as const satisfies Readonly<Record<string, NetworkFormat>>;

/** The name of a format. */
export type FormatName = keyof typeof networkFormats;

/** The formats, as `export --format` knows them. */
export const formatNames = keysOf(networkFormats);

/** What a run leaves without being asked. */
export const runFormats = ["onnx", "safetensors"] as const satisfies readonly FormatName[];

/** The files of a run's copy: `copy.onnx`, … */
export const copyFileNames: readonly string[] = runFormats.map(copyFileName);

export function copyFileName(format: FormatName): string {
  return `copy.${networkFormats[format].extension}`;
}

/** The bytes of a network in a format. @throws InputError where it is not made of numbers. */
export async function writeNetwork(net: PortableNetwork, format: FormatName): Promise<Uint8Array> {
  const { quantised, write } = networkFormats[format];
  requireQuantised(net, quantised);
  return write(net);
}

/**
 * The network of a file of any format.
 * @throws InputError that says what the file is not, or what is wrong with it.
 */
export async function readNetwork(
  bytes: Uint8Array,
  name: string,
  options: NetworkReading = {},
): Promise<PortableNetwork> {
  try {
    return await networkFormats[formatOf(bytes, name)].read(bytes, options);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
  }
}

/** What the format of a file is: by its name, else by how it begins. */
function formatOf(bytes: Uint8Array, name: string): FormatName {
  const end = name.toLowerCase();
  const named = formatNames.find((f) => end.endsWith(`.${networkFormats[f].extension}`));
  if (named !== undefined) return named;
  const begin = new TextDecoder("latin1").decode(bytes.subarray(0, 512));
  if (begin.startsWith("PK")) return "npz";
  if (/^.{8}\{"/s.test(begin)) return "safetensors";
  if (begin.startsWith('{"strings"')) return "json";
  if (begin.startsWith("/*")) return "c";
  if (begin.startsWith("//")) return "js";
  if (begin.includes("analog-eqprop") || begin.includes("pytorch") || begin.startsWith("\u0008"))
    return "onnx";
  throw new InputError(
    "this is no network; expected a file of one of the formats " +
      formatNames
        .map((f) => `${networkFormats[f].title} (.${networkFormats[f].extension})`)
        .join(", "),
  );
}
