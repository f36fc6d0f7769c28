import { expect, test } from "vitest";
import { inputs } from "../../../src/dynamics/inputs.ts";
import { layout } from "../../../src/dynamics/layout.ts";
import { outerProducts } from "../../../src/dynamics/synapses/outer-products.ts";
import { parameters } from "../../../src/dynamics/synapses/parameters.ts";
import { chain } from "../../../src/energy/graph.ts";
import { arena, sharedMemory } from "../../../src/numerics/kernels/arena.ts";
import type { Team } from "../../../src/numerics/kernels/team.ts";
import { random } from "../../../src/numerics/random.ts";

const net = chain([4, 30, 9, 6]);
const at = layout(net);
const rows = 5;

/**
 * A member of a team of so many on `shared`; `between` is called between the listing of a block and
 * its product.
 */
function member(
  part: number,
  parts: number,
  shared: WebAssembly.Memory,
  between: () => void = () => undefined,
) {
  const team: Team = { part, parts, barrier: () => undefined };
  const memory = arena({ precision: "f64", team, memory: shared });
  const { kernels } = memory;
  const params = parameters(memory, at, net, "chip");
  const x = inputs(memory, { width: 4, capacity: rows });
  const a = memory.reals(rows * at.size);
  const b = memory.reals(rows * at.size);
  const interrupted = {
    ...kernels,
    addSparse: (...args: Parameters<typeof kernels.addSparse>) => {
      between();
      kernels.addSparse(...args);
    },
  };
  const products = outerProducts({
    memory: { ...memory, kernels: interrupted },
    at,
    inputs: x,
  });
  const draw = random("outer products");
  for (const slot of [a, b]) for (let i = 0; i < rows * at.size; i++) slot.array[i] = draw.normal();
  x.showReals(new Float64Array(4 * rows), rows);
  const learn = (k: number) => {
    products.fromLayer(params.weights[k], [{ a: a.ptr, b: b.ptr, k: 1 }]);
  };
  return { learn, params };
}

test(
  "a member may be at the next block, whose rows are divided otherwise, while another one is " +
    "still at the last",
  () => {
    const alone = member(0, 1, sharedMemory());
    for (const k of [1, 2]) alone.learn(k);
    const shared = sharedMemory();
    const late = { done: false };
    const second = member(1, 2, shared);
    const first = member(0, 2, shared, () => {
      // The other member does both of its blocks while this one is in the middle of the first.
      if (!late.done) for (const k of [1, 2]) second.learn(k);
      late.done = true;
    });
    for (const k of [1, 2]) first.learn(k);
    expect(first.params.tensors()).toEqual(alone.params.tensors());
  },
);
