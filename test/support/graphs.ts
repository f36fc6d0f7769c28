import { chain, graph } from "../../src/energy/graph.ts";

/** Block graphs of odd sizes: a chain, and one with skip, lateral and masked blocks. */
export const oddChain = chain([11, 7, 6, 9, 5]);
export const tangled = graph(
  [11, 7, 6, 9, 5],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 3, to: 4 },
    { from: 0, to: 3 },
    { from: 1, to: 4 },
    { from: 1, to: 3 },
    { from: 2, to: 2 },
    { from: 3, to: 3, mask: Uint8Array.from({ length: 81 }, (_, k) => k % 2) },
    { from: 2, to: 4, mask: Uint8Array.from({ length: 30 }, (_, k) => (k % 3 === 0 ? 0 : 1)) },
  ],
);
