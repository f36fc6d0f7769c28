import type { Circuit } from "../../circuit/circuit.ts";
import type { Components } from "../../circuit/die.ts";
import { unitConductance } from "../../circuit/families/families.ts";
import { layerScale } from "../../dynamics/units/scale.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { writeNpz } from "../npz.ts";
import { tablesCsv } from "./csv.ts";
import type { BenchColumn } from "./settings.ts";

/** The elements of a die, layer by layer and block by block, in SI units. */
interface DieTables {
  readonly layers: readonly { readonly layer: number; readonly columns: readonly BenchColumn[] }[];
  readonly blocks: readonly {
    readonly from: number;
    readonly to: number;
    /** Terminals below. */
    readonly rows: number;
    readonly columns: readonly BenchColumn[];
  }[];
}

/**
 * What a die is made of, of its normalised components: C in farads, G in siemens, currents in
 * amperes, rails in volts (±∞ where nothing holds a node), synapses as they conduct.
 */
export function dieTables(circuit: Circuit, die: Components): DieTables {
  const one = unitConductance(circuit);
  const { low, high } = circuit.rails;
  const swing = high - low;
  const { capacitance } = circuit.neuron;
  return {
    layers: die.layers.map((layer, l0) => {
      const own = layerScale(circuit, l0 + 1, die.sizes.length);
      const ampere = (of: Float64Array) => of.map((x) => (x * one * swing) / own);
      const volt = (of: Float64Array) => of.map((x) => low + (x * swing) / own);
      return {
        layer: l0 + 1,
        columns: [
          { name: "capacitance", unit: "F", values: layer.rate.map((r) => capacitance / r) },
          { name: "leak", unit: "S", values: layer.leak.map((g) => g * one) },
          { name: "bias", unit: "A", values: ampere(layer.bias) },
          { name: "offset", unit: "A", values: ampere(layer.offset) },
          { name: "low rail", unit: "V", values: volt(layer.low) },
          { name: "high rail", unit: "V", values: volt(layer.high) },
        ],
      };
    }),
    blocks: die.blocks.map(({ from, to, forward, backward }) => {
      const cols = die.sizes[to];
      const rows = forward.length / cols;
      return {
        from,
        to,
        rows,
        columns: [
          { name: "forward", unit: "S", values: forward.map((w) => w * one) },
          ...(backward
            ? [
                {
                  name: "backward",
                  unit: "S",
                  values: forward.map(
                    (_, k) => one * backward[(k % cols) * rows + Math.floor(k / cols)],
                  ),
                },
              ]
            : []),
        ],
      };
    }),
  };
}

/** Its units as CSV, a line each; an empty cell is a node that nothing holds on that side. */
export function unitsCsv({ layers }: DieTables, about: string): Uint8Array<ArrayBuffer> {
  return tablesCsv(
    [`# ${about}`],
    ["layer", "unit"],
    layers.map(({ layer, columns }) => ({
      rows: places(columns),
      columns,
      places: (k) => [String(layer), String(k)],
    })),
  );
}

/** Its synapses as CSV, a line each: what the upper unit receives of the lower one, and back. */
export function synapsesCsv(
  { blocks }: DieTables,
  { sizes }: Components,
  about: string,
): Uint8Array<ArrayBuffer> {
  return tablesCsv(
    [`# ${about}`],
    ["from layer", "to layer", "row", "column"],
    blocks.map(({ from, to, columns }) => ({
      rows: places(columns),
      columns,
      places: (k) => [from, to, Math.floor(k / sizes[to]), k % sizes[to]].map(String),
    })),
  );
}

function places([first]: readonly BenchColumn[]): Uint32Array {
  return Uint32Array.from({ length: first.values.length }, (_, k) => k);
}

/** All of it for NumPy: `layer.1.leak [S]`, `block.0-1.forward [S]` [rows × columns]. */
export function parametersNpz(
  { layers, blocks }: DieTables,
  { sizes }: Components,
  about: Readonly<Record<string, string>>,
): Uint8Array {
  const named = (prefix: string, shape: readonly number[], columns: readonly BenchColumn[]) =>
    columns.map(
      ({ name, unit, values }): Tensor => ({
        name: `${prefix}.${name} [${unit}]`,
        shape,
        data: Float64Array.from(values),
      }),
    );
  return writeNpz({
    tensors: [
      ...layers.flatMap(({ layer, columns }) => named(`layer.${layer}`, [sizes[layer]], columns)),
      ...blocks.flatMap(({ from, to, rows, columns }) =>
        named(`block.${from}-${to}`, [rows, sizes[to]], columns),
      ),
    ],
    strings: about,
  });
}
