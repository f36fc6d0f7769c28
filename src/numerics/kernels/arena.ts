import { addressable, bytesText } from "../demand.ts";
import { InputError } from "../errors.ts";
import type { Precision, Vec } from "../vec.ts";
import { binaries } from "./binary.generated.ts";
import type { Kernels } from "./kernels.ts";
import { solo, type Team } from "./team.ts";

/**
 * A piece of the kernels' memory. Kernels take `ptr` (a byte address); `array` is the same memory
 * seen from TypeScript. Read `array` where it is used and do not keep it: allocating more may renew
 * it.
 */
export interface Slot<A> {
  readonly ptr: number;
  readonly length: number;
  readonly array: A;
}

/**
 * The memory that one instance of the kernels works in. Slots start at zero and stay until what was
 * made since a mark is freed.
 */
export interface Arena {
  readonly precision: Precision;
  /** Bytes of one real: 4 or 8. */
  readonly bytes: number;
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly team: Team;
  /** `align`: what the address is a multiple of, in bytes. */
  reals(length: number, align?: number): Slot<Vec>;
  ints(length: number): Slot<Int32Array>;
  octets(length: number): Slot<Uint8Array>;
  /** Reals that only this member of the team uses. */
  privateReals(length: number): Slot<Vec>;
  /** Bytes in use. */
  readonly used: number;
  /**
   * Marks what is in use now; the function that it returns frees what was made since, and nothing
   * made since may be used any more.
   */
  mark(): () => void;
}

interface ArenaOptions {
  readonly precision?: Precision;
  readonly team?: Team;
  /** Another member's memory: making the same slots in the same order finds the same contents. */
  readonly memory?: WebAssembly.Memory;
}

const page = 65536;
/** Below this lie the kernels' own constants. */
const base = page;
/** Pages that a shared memory may grow to. */
const sharedLimit = addressable.shared / page;
const cacheLine = 64;
const modules = new Map<string, WebAssembly.Module>();

/** An instance of the kernels, on a fresh memory or on a team's `sharedMemory`. */
export function arena({
  precision = "f32",
  team = solo,
  memory = new WebAssembly.Memory({ initial: base / page }),
}: ArenaOptions = {}): Arena {
  const shared =
    typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const instance = new WebAssembly.Instance(compiled(precision, shared), { env: { memory } });
  const bytes = precision === "f32" ? 4 : 8;
  const views: (() => void)[] = [];
  let top = base;

  const allocate = <A>(
    length: number,
    size: number,
    align: number,
    view: (buffer: ArrayBuffer, ptr: number, length: number) => A,
    skip = 0,
    total = length,
  ): Slot<A> => {
    const begin = Math.ceil(top / align) * align;
    const ptr = begin + skip * size;
    top = begin + total * size;
    const missing = Math.ceil((top - memory.buffer.byteLength) / page);
    if (missing > 0) {
      grow(memory, missing, shared);
      views.forEach((renew) => renew());
    }
    const slot = { ptr, length, array: view(memory.buffer, ptr, length) };
    views.push(() => {
      slot.array = view(memory.buffer, ptr, length);
    });
    return slot;
  };
  const real = (buffer: ArrayBuffer, p: number, l: number) =>
    view({ precision, memory: { buffer } }, p, l);
  return {
    precision,
    bytes,
    memory,
    team,
    kernels: instance.exports as unknown as Kernels,
    reals: (n, align = cacheLine) => allocate(n, bytes, align, real),
    ints: (n) => allocate(n, 4, cacheLine, (b, p, l) => new Int32Array(b, p, l)),
    octets: (n) => allocate(n, 1, cacheLine, (b, p, l) => new Uint8Array(b, p, l)),
    privateReals(n) {
      const each = Math.ceil((n * bytes) / cacheLine) * (cacheLine / bytes);
      return allocate(n, bytes, cacheLine, real, team.part * each, team.parts * each);
    },
    get used() {
      return top;
    },
    mark() {
      const kept = { top, views: views.length };
      return () => {
        new Uint8Array(memory.buffer, kept.top, top - kept.top).fill(0);
        top = kept.top;
        views.length = kept.views;
      };
    },
  };
}

/** @throws InputError where the engine or the machine refuses. */
function grow(memory: WebAssembly.Memory, pages: number, shared: boolean): void {
  const bytes = memory.buffer.byteLength + pages * page;
  const there = shared ? addressable.shared : addressable.alone;
  try {
    memory.grow(pages);
  } catch {
    throw new InputError(
      `the kernels' memory: too large: it needs about ${bytesText(bytes)}, more than this ` +
        `machine or the engine has (${bytesText(there)}); use ` +
        "smaller layers or minibatches",
    );
  }
}

/** Reals at an address of the kernels' memory; good until more is allocated. */
export function view(
  {
    precision,
    memory: { buffer },
  }: Pick<Arena, "precision"> & { readonly memory: Pick<WebAssembly.Memory, "buffer"> },
  ptr: number,
  length: number,
): Vec {
  return precision === "f32"
    ? new Float32Array(buffer, ptr, length)
    : new Float64Array(buffer, ptr, length);
}

/** A memory for a team, which all its members' arenas work on. */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: base / page, maximum: sharedLimit, shared: true });
}

function compiled(precision: Precision, shared: boolean): WebAssembly.Module {
  const name = shared ? (`${precision}-shared` as const) : precision;
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(Uint8Array.from(atob(binaries[name]), (c) => c.charCodeAt(0)));
    modules.set(name, module);
  }
  return module;
}
