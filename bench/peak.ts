import { timeSteps } from "./measure.ts";

/**
 * Chains of multiply-adds that do not wait for each other: enough to hide the latency, few enough
 * for 16 registers.
 */
const chains = 12;
/** Links of each chain per turn of the loop, so that the loop itself costs nothing. */
const links = 4;
const lanes = 4;

/** Locals: turns, c and d as given, c and d as vectors, then the chains. */
const local = { params: 3, c: 3, d: 4, first: 5 } as const;

/**
 * The most that WASM SIMD without fused instructions does on one thread: multiply-adds per second
 * (of f32, 4 to a vector; 2 FLOP each), the best of many short windows.
 */
export function multiplyAddPeak(seconds = 0.2): number {
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(peakModule())).exports as {
    run: (turns: number, c: number, d: number) => number;
  };
  const turns = 20_000;
  for (let i = 0; i < 50; i++) run(turns, 0.5, 1);
  return (
    (turns * chains * links * lanes) /
    Math.min(
      ...timeSteps(() => {
        run(turns, 0.5, 1);
      }, seconds),
    )
  );
}

/**
 * `run(turns, c, d)`: x_k ← c·x_k + d, `links` times for every chain k in each turn, as a WASM
 * binary. With c = ½ every x_k tends to 2d, far from what is slow (infinities and denormals).
 */
export function peakModule(): Uint8Array<ArrayBuffer> {
  const i32 = 0x7f;
  const f32 = 0x7d;
  const v128 = 0x7b;
  const get = (at: number) => [0x20, at];
  const set = (at: number) => [0x21, at];
  const splat = [0xfd, 0x13];
  const add = [0xfd, 0xe4, 0x01];
  const multiply = [0xfd, 0xe6, 0x01];
  const lane0 = [0xfd, 0x1f, 0];
  const chain = Array.from({ length: chains }, (_, k) => local.first + k);
  const body = [
    ...[1, chains + 2, v128],
    ...get(1),
    ...splat,
    ...set(local.c),
    ...get(2),
    ...splat,
    ...set(local.d),
    // Each chain begins elsewhere: equal ones could be merged. x_k begins as the number of turns +
    // k.
    ...chain.flatMap((x, k) => [...get(0), 0x41, k, 0x6a, 0xb2, ...splat, ...set(x)]),
    0x03,
    0x40, // loop
    ...Array.from({ length: links }, () =>
      chain.flatMap((x) => [
        ...get(x),
        ...get(local.c),
        ...multiply,
        ...get(local.d),
        ...add,
        ...set(x),
      ]),
    ).flat(),
    ...get(0),
    0x41,
    1,
    0x6b,
    0x22,
    0, // turns ← turns − 1
    0x0d,
    0,
    0x0b, // again unless zero; end of the loop
    ...get(chain[0]),
    ...chain.slice(1).flatMap((x) => [...get(x), ...add]),
    ...lane0,
    0x0b,
  ];
  const name = [...new TextEncoder().encode("run")];
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, local.params, i32, f32, f32, 1, f32]), // its type
    ...section(3, [1, 0]), // one function of that type
    ...section(7, [1, ...sized(name), 0, 0]), // its export
    ...section(10, [1, ...sized(body)]),
  ]);
}

function section(id: number, contents: readonly number[]): readonly number[] {
  return [id, ...sized(contents)];
}

/** Bytes after their number, in LEB128. */
function sized(bytes: readonly number[]): readonly number[] {
  const length: number[] = [];
  for (let n = bytes.length; ; n >>= 7) {
    if (n < 128) return [...length, n, ...bytes];
    length.push((n & 127) | 128);
  }
}
