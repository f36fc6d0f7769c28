import type { Circuit } from "../circuit.ts";
import type { DiodeModel, Element } from "./netlist.ts";
import { lawText } from "./law-text.ts";
import { number } from "./write.ts";

/** What the clamps of a netlist share: the nodes of the rails by their voltage, and the diode. */
export interface ClampParts {
  readonly circuit: Circuit;
  readonly rails: Map<number, string>;
  readonly diodes: DiodeModel[];
}

/**
 * A rail of a million leaks stands for the ideal one: what it lets through is a millionth of the
 * excess drive.
 */
const stiffness = 1e6;

/**
 * What holds a node between its rails: I(V − high) drawn from it, I(low − V) fed into it. Diodes
 * are diodes, everything else a controlled source; switches latch, and XSPICE limiters lose the
 * time step.
 */
export function clampElements(
  parts: ClampParts,
  name: string,
  node: string,
  low: number,
  high: number,
  stiff = stiffness * parts.circuit.neuron.leak,
): readonly Element[] {
  const { clamp } = parts.circuit.neuron;
  const sides = [
    [high, "h"],
    [low, "l"],
  ] as const;
  const held = sides.filter(([v]) => Number.isFinite(v));
  if (held.length === 0) return [];
  const drawn = (law: (across: string) => string) =>
    held
      .map(([v, side]) =>
        side === "h" ? law(excess(node, v)) : `-${law(`${number(v)}-V(${node})`)}`,
      )
      .join("");
  const controlled = (current: string): readonly Element[] => [
    { kind: "B", name, nodes: [node, "0"], current },
  ];
  const beyond = (siemens: number) =>
    controlled(`${number(siemens)}*(${drawn((across) => `uramp(${across})`)})`);
  if (clamp === "ideal") return beyond(stiff);
  switch (clamp.law) {
    case "linear":
      return beyond(clamp.conductance);
    case "custom":
      return controlled(drawn((across) => `(${lawText(clamp.current, across)})`));
    case "diode":
      if (parts.diodes.length === 0)
        parts.diodes.push({
          name: "clamp",
          saturation: clamp.saturation,
          ideality: clamp.ideality,
        });
      return held.map(
        ([v, side]): Element => ({
          kind: "D",
          name: `${side}${name}`,
          nodes: side === "h" ? [node, rail(parts, v)] : [rail(parts, v), node],
          model: "clamp",
        }),
      );
    default:
      return clamp satisfies never;
  }
}

const excess = (node: string, high: number) =>
  high === 0 ? `V(${node})` : `V(${node})-${high < 0 ? `(${number(high)})` : number(high)}`;

/** The node that is held at this voltage. */
function rail({ rails }: ClampParts, volt: number): string {
  if (volt === 0) return "0";
  const known = rails.get(volt) ?? `rail${rails.size}`;
  rails.set(volt, known);
  return known;
}

/** What holds the nodes of the rails that clamps lead to. */
export function railSources({ rails }: ClampParts): readonly Element[] {
  return [...rails].map(([value, node]) => ({
    kind: "V",
    name: node,
    nodes: [node, "0"],
    source: { dc: value },
  }));
}

/** What holds the nodes, in words; `what` is what the clamps stand for. */
export function clampText(
  {
    circuit: {
      neuron: { clamp, leak },
    },
  }: Pick<ClampParts, "circuit">,
  stiff = stiffness * leak,
  what = "rails",
): string {
  if (clamp === "ideal") return `${what}: ideal ones, as conductances of ${stiff} S beyond them`;
  switch (clamp.law) {
    case "linear":
      return `${what}: conductances of ${clamp.conductance} S beyond them`;
    case "diode":
      return (
        `${what}: ${what === "diodes" ? "" : "diodes, "}IS = ${clamp.saturation} A, N = ` +
        `${clamp.ideality}`
      );
    case "custom":
      return `${what}: a law of the schematic's own`;
    default:
      return clamp satisfies never;
  }
}
