import type { Precision, Vec } from "../vec.ts";
import { binaries } from "./binary.generated.ts";
import type { Kernels } from "./kernels.ts";

/**
 * A piece of the kernels' memory. Kernels take `ptr` (a byte address); `array` is the same memory seen
 * from TypeScript. Read `array` where it is used and do not keep it: allocating more may renew it.
 */
export interface Slot<A> { readonly ptr: number; readonly length: number; readonly array: A }

/** The memory that one instance of the kernels works in. Slots start at zero and are never freed. */
export interface Arena {
  readonly precision: Precision;
  /** Bytes of one real: 4 or 8. */
  readonly bytes: number;
  readonly kernels: Kernels;
  /** `align`: what the address is a multiple of, in bytes. */
  reals(length: number, align?: number): Slot<Vec>;
  ints(length: number): Slot<Int32Array>;
  octets(length: number): Slot<Uint8Array>;
}

const page = 65536;
/** Below this lie the kernels' own constants. */
const base = page;
const cacheLine = 64;
const modules = new Map<Precision, WebAssembly.Module>();

/** A fresh memory with its own instance of the kernels. */
export function arena(precision: Precision = "f32"): Arena {
  const memory = new WebAssembly.Memory({ initial: base / page, maximum: 65536 });
  const instance = new WebAssembly.Instance(compiled(precision), { env: { memory } });
  const bytes = precision === "f32" ? 4 : 8;
  const views: (() => void)[] = [];
  let top = base;

  const allocate = <A>(length: number, size: number, align: number, view: (buffer: ArrayBuffer, ptr: number, length: number) => A): Slot<A> => {
    const ptr = Math.ceil(top / align) * align, buffer = memory.buffer;
    top = ptr + length * size;
    const missing = Math.ceil((top - buffer.byteLength) / page);
    if (missing > 0) {
      memory.grow(missing);
      views.forEach((renew) => renew());
    }
    const slot = { ptr, length, array: view(memory.buffer, ptr, length) };
    views.push(() => { slot.array = view(memory.buffer, ptr, length); });
    return slot;
  };
  return {
    precision, bytes,
    kernels: instance.exports as unknown as Kernels,
    reals: (n, align = cacheLine) => allocate<Vec>(n, bytes, align, precision === "f32" ? (b, p, l) => new Float32Array(b, p, l) : (b, p, l) => new Float64Array(b, p, l)),
    ints: (n) => allocate(n, 4, cacheLine, (b, p, l) => new Int32Array(b, p, l)),
    octets: (n) => allocate(n, 1, cacheLine, (b, p, l) => new Uint8Array(b, p, l)),
  };
}

function compiled(precision: Precision): WebAssembly.Module {
  let module = modules.get(precision);
  if (!module) {
    module = new WebAssembly.Module(Uint8Array.from(atob(binaries[precision]), (c) => c.charCodeAt(0)));
    modules.set(precision, module);
  }
  return module;
}
