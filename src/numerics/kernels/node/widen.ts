import { setFlagsFromString } from "node:v8";

/** First V8 whose widening of 128-bit vectors keeps the kernels' bits: Node 24's. */
const firstVersion = 13;

/**
 * Lets V8 pair the kernels' 128-bit vectors into 256-bit ones, where it can: the same bits, up to
 * twice as fast. It must be called in each thread before the kernels are first compiled there.
 */
export function widenVectors(): void {
  if (Number.parseInt(process.versions.v8, 10) >= firstVersion)
    setFlagsFromString("--experimental-wasm-revectorize");
}
