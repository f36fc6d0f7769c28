import { Matrix, solve } from "ml-matrix";
import type { ResistorCircuit } from "../../src/circuit/circuit.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import type { Chip } from "../../src/dynamics/chip.ts";
import { ofResistors } from "./setups.ts";

async function read(yaml: string): Promise<ResistorCircuit> {
  return ofResistors(await parseCircuit(yaml, "resistors.yaml"));
}

/** A crossbar of 100 uS a unit of weight and up to `high` units; `more` is YAML. */
export async function resistors(
  more = "",
  { low = "0 S", high = 4, leak = "0 S", swing = "10 mV", clamp = "ideal" } = {},
): Promise<ResistorCircuit> {
  return read(
    `
name: resistors
rails: { low: 0 V, high: ${swing} }
neuron: { capacitance: 1 pF, leak: ${leak}, clamp: ${clamp} }
synapse: { kind: crossbar, conductance: { low: ${low}, high: ${100 * high} uS }, span: ${high} }
${more}
`,
  );
}

/** A crossbar whose synapse is so; `more` is YAML. */
export async function crossbarOf(synapse: string, more = "", span = 4): Promise<ResistorCircuit> {
  return read(
    `
name: resistors
rails: { low: 0 V, high: 10 mV }
neuron: { capacitance: 1 pF, leak: 0 S }
synapse: { kind: crossbar, span: ${span}, ${synapse} }
${more}
`,
  );
}

/**
 * One sample of a network of resistors in volts over the rails, element by element: what the chip's
 * states are scaled from.
 */
export interface Plain {
  /** Terminal voltages of the inputs, of the sources as they stand. */
  readonly sources: number[];
  readonly sizes: readonly number[];
  /** g[l][i][j] between node i of layer l and node j of layer l + 1; l = 0: the terminals. */
  readonly g: number[][][];
  readonly bias: number[][];
  readonly gain: number;
  readonly leak: number;
}

/** @param x the inputs of the sample. */
export function plainOf(chip: Chip, x: readonly number[]): Plain {
  const {
    circuit,
    graph: { sizes },
  } = chip;
  const { input, amplifier } = ofResistors(circuit);
  const tensors = chip.parameters.tensors();
  const A = amplifier.gain;
  const top = sizes.length - 1;
  const plus = x.map((v) => input.gain * v);
  return {
    sources: input.complementary ? [...plus, ...plus.map((v) => -v)] : plus,
    sizes,
    gain: A,
    leak: circuit.neuron.leak / 1e-4,
    g: sizes.slice(1).map((_, l) => {
      const {
        shape: [rows, cols],
        data,
      } = tensors.find((t) => t.name === `chip.block.${l}-${l + 1}.weight`)!;
      return Array.from({ length: rows }, (__, i) =>
        Array.from({ length: cols }, (___, j) => data[i * cols + j]),
      );
    }),
    bias: sizes
      .slice(1)
      .map((n, l) =>
        Array.from(
          { length: n },
          (_, j) =>
            tensors.find((t) => t.name === `chip.layer.${l + 1}.bias`)!.data[j] /
            A ** (top - l - 1),
        ),
      ),
  };
}

/** The states of a sample as voltages of the nodes, [layer][unit], layer 1 first. */
export function voltages(chip: Chip, r = 0): number[][] {
  const A = ofResistors(chip.circuit).amplifier.gain;
  const top = chip.graph.sizes.length - 1;
  const { offset, size } = chip.layout;
  return chip.graph.sizes
    .slice(1)
    .map((n, l) =>
      Array.from(
        { length: n },
        (_, i) => chip.state.array[r * size + offset[l + 1] + i] / A ** (top - l - 1),
      ),
    );
}

/**
 * Net current into each node (Kirchhoff), in units of the conductance of weight 1 times the rail
 * span. A hidden node's voltage stands A-fold behind its amplifier, which draws 1/A of the current
 * from the node.
 */
export function currents(
  { sources, g, bias, gain: A, leak, sizes }: Plain,
  v: readonly (readonly number[])[],
): number[][] {
  const sent = (l: number, i: number) => (l === 0 ? sources[i] : A * v[l - 1][i]);
  const top = sizes.length - 1;
  return v.map((layer, k) =>
    layer.map((own, j) => {
      const l = k + 1;
      let into = bias[k][j] - leak * own;
      g[k].forEach((row, i) => {
        into += row[j] * (sent(k, i) - own);
      });
      if (l < top)
        g[l][j].forEach((conductance, m) => {
          into += (conductance * (v[l][m] - A * own)) / A;
        });
      return into;
    }),
  );
}

/**
 * The equilibrium without diodes, by modified nodal analysis: unknowns are nodes, amplifier outputs
 * and amplifier currents; E and F sources as SPICE has them.
 */
export function nodal({ sources, sizes, g, bias, gain: A, leak }: Plain): number[][] {
  const top = sizes.length - 1;
  const start = sizes.map((_, l) => sizes.slice(1, l).reduce((a, b) => a + b, 0));
  const nodes = start[top] + sizes[top];
  const amplified = start[top];
  const n = nodes + 2 * amplified;
  const M = Matrix.zeros(n, n);
  const b = Matrix.zeros(n, 1);
  const node = (l: number, i: number) => start[l] + i;
  const output = (l: number, i: number) => nodes + node(l, i);
  const current = (l: number, i: number) => nodes + amplified + node(l, i);
  const add = (i: number, j: number, x: number) => {
    M.set(i, j, M.get(i, j) + x);
  };
  for (let l = 1; l <= top; l++)
    for (let j = 0; j < sizes[l]; j++) {
      add(node(l, j), node(l, j), leak);
      b.set(node(l, j), 0, bias[l - 1][j]);
      g[l - 1].forEach((row, i) => {
        const G = row[j];
        const at = node(l, j);
        add(at, at, G);
        if (l === 1) {
          b.set(at, 0, b.get(at, 0) + G * sources[i]);
          return;
        }
        const from = output(l - 1, i);
        add(at, from, -G);
        // Kirchhoff at the amplifier's output: what the resistors draw, the amplifier delivers.
        add(from, from, G);
        add(from, at, -G);
      });
      if (l === top) continue;
      add(output(l, j), current(l, j), -1);
      // The node gives 1/A of it: the current-controlled source.
      add(node(l, j), current(l, j), 1 / A);
      add(current(l, j), output(l, j), 1);
      add(current(l, j), node(l, j), -A);
    }
  const solution = solve(M, b).to1DArray();
  return sizes
    .slice(1)
    .map((m, k) => Array.from({ length: m }, (_, i) => solution[node(k + 1, i)]));
}
