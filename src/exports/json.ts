import { InputError } from "../numerics/errors.ts";
import type { Tensor, Vec } from "../numerics/vec.ts";
import type { Packed } from "./packed.ts";

/**
 * Plain JSON: `{"strings": {…}, "tensors": {"layers.0.weight": {"dtype": "f32", "shape": [out,
 * in], "data": […]}}}`, numbers as short as their precision permits; what is infinite is "inf".
 */
export function writeJson({ tensors, strings }: Packed): Uint8Array<ArrayBuffer> {
  const entries = tensors.map(
    ({ name, shape, data }) =>
      `${JSON.stringify(name)}:{"dtype":"${data instanceof Float64Array ? "f64" : "f32"}",` +
      `"shape":${JSON.stringify(shape)},"data":[` +
      `${Array.from(data, jsonNumber).join(",")}]}`,
  );
  return new TextEncoder().encode(
    `{"strings":${JSON.stringify(strings)},\n"tensors":{\n${entries.join(",\n")}\n}}\n`,
  );
}

/** @throws InputError for what is no such JSON. */
export function readJsonNetwork(bytes: Uint8Array): Packed {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError("json: this is no UTF-8 text");
  }
  return packedJson(text, "json", (name, { dtype, data }) => {
    const numbers = Array.isArray(data)
      ? data.map((x: unknown) => (x === "inf" ? Infinity : x === "-inf" ? -Infinity : x))
      : null;
    if (!numbers?.every((x) => typeof x === "number"))
      throw new InputError(`json: "${name}" holds something else than numbers`);
    return dtype === "f32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  });
}

/**
 * The strings and tensors of a JSON text, whose numbers `dataOf` reads.
 * @throws InputError where it has none, or where numbers are not as many as their shape says.
 */
export function packedJson(
  text: string,
  what: string,
  dataOf: (name: string, tensor: Readonly<Record<string, unknown>>) => Vec,
): Packed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${what}: this is no JSON; the file is damaged, or another kind of file`);
  }
  const { strings, tensors } = isObject(value) ? value : {};
  if (!isObject(tensors) || !isObject(strings))
    throw new InputError(`${what}: expected an object with "strings" and "tensors"`);
  if (!Object.values(strings).every((s) => typeof s === "string"))
    throw new InputError(`${what}: expected text in "strings"`);
  return {
    strings: strings as Record<string, string>,
    tensors: Object.entries(tensors).map(([name, tensor]): Tensor => {
      const short = name.slice(0, 80);
      const shape = isObject(tensor) ? tensor["shape"] : undefined;
      if (
        !Array.isArray(shape) ||
        !shape.every((d) => Number.isSafeInteger(d) && (d as number) >= 0)
      )
        throw new InputError(`${what}: "${short}" has no shape, expected whole numbers`);
      const sizes = shape as number[];
      const data = dataOf(short, tensor as Record<string, unknown>);
      if (data.length !== sizes.reduce((n, d) => n * d, 1))
        throw new InputError(
          `${what}: "${short}" has ${data.length} numbers, but its shape is [${sizes.join(", ")}]`,
        );
      return { name, shape: sizes, data };
    }),
  };
}

/** The shortest decimal that single precision reads as x; x itself where it is no such number. */
export function shortest(x: number): string {
  if (Math.fround(x) !== x) return String(x);
  for (let digits = 6; digits < 9; digits++) {
    const text = x.toPrecision(digits);
    if (Math.fround(Number(text)) === x) return String(Number(text));
  }
  return String(Number(x.toPrecision(9)));
}

function jsonNumber(x: number): string {
  if (Number.isFinite(x)) return shortest(x);
  return x > 0 ? '"inf"' : '"-inf"';
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);
