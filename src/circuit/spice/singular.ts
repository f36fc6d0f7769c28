import { InputError } from "../../numerics/errors.ts";
import type { Element, Netlist } from "./netlist.ts";

/**
 * A loop of elements that fix a voltage, or none that conducts on the way to ground, leaves the
 * equations without a solution.
 */
const conduction = {
  R: { fixes: false, conducts: true },
  C: { fixes: false, conducts: false },
  V: { fixes: true, conducts: true },
  I: { fixes: false, conducts: false },
  G: { fixes: false, conducts: false },
  E: { fixes: true, conducts: true },
  F: { fixes: false, conducts: false },
  B: { fixes: false, conducts: true },
  D: { fixes: false, conducts: true },
} satisfies Record<Real["kind"], { readonly fixes: boolean; readonly conducts: boolean }>;

/**
 * What no solver of circuits can solve is said in our words, before any is started.
 * @throws InputError for a node without a path for direct current to ground, a loop of voltage
 *   sources, an element named twice, a resistance of zero or a current that senses a source that is
 *   not there.
 */
export function refuseSingular({ elements, title }: Pick<Netlist, "elements" | "title">): void {
  const real = elements.filter((e) => e.kind !== "comment");
  const refuse = (what: string) => new InputError(`netlist ${title}: ${what}`);
  const names = new Set<string>();
  for (const e of real) {
    const name = `${e.kind}${e.name}`.toLowerCase();
    if (names.has(name))
      throw refuse(`the element ${e.kind}${e.name} is there twice; give each a name of its own`);
    names.add(name);
    if (e.kind === "R" && !(Math.abs(e.value) > 0))
      throw refuse(
        `${e.kind}${e.name} has a resistance of ${e.value} ohm, expected another than zero; ` +
          "leave it out, or join its nodes",
      );
  }
  for (const e of real)
    if (e.kind === "F" && !names.has(`v${e.sense}`.toLowerCase()))
      throw refuse(`F${e.name} senses the current of V${e.sense}, which is not there`);
  refuseLoops(real, refuse);
  refuseFloating(real, refuse);
}

type Real = Exclude<Element, { kind: "comment" }>;
type Refuse = (what: string) => InputError;

function refuseLoops(elements: readonly Real[], refuse: Refuse): void {
  const joined = groups();
  for (const e of elements)
    if (conduction[e.kind].fixes && !joined.join(...e.nodes))
      throw refuse(
        `${e.kind}${e.name} closes a loop of voltage sources at ${e.nodes[0]}: the current in ` +
          "it has no limit; leave one out, or put a resistor between",
      );
}

function refuseFloating(elements: readonly Real[], refuse: Refuse): void {
  const led = groups();
  const nodes = new Set<string>();
  for (const e of elements) {
    e.nodes.forEach((n) => nodes.add(n));
    if (conduction[e.kind].conducts) led.join(...e.nodes);
  }
  if (elements.some((e) => !e.nodes.includes("0"))) nodes.add("0");
  for (const n of nodes)
    if (led.of(n) !== led.of("0"))
      throw refuse(
        `the node ${n} floats: no resistor, diode or source leads direct current from it to ` +
          "ground; give it a leak, or a synapse that is not zero",
      );
}

/** Sets of nodes that are joined; `join` is false where they were already. */
function groups() {
  const parent = new Map<string, string>();
  const of = (n: string): string => {
    let root = n;
    for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up;
    for (let here = n; here !== root; ) {
      const up = parent.get(here)!;
      parent.set(here, root);
      here = up;
    }
    return root;
  };
  return {
    of,
    join(a: string, b: string): boolean {
      const [x, y] = [of(a), of(b)];
      if (x === y) return false;
      parent.set(x, y);
      return true;
    },
  };
}
