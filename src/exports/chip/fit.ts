import { traceCopyNetwork } from "../../learning/copy-network.ts";
import type { CopyLayer, CopyNetwork } from "../../learning/copy-network.ts";
import { InputError } from "../../numerics/errors.ts";
import { mappedInputs, type InputMap, type PortableNetwork } from "../portable.ts";
import { sameWalls } from "../quantise.ts";

/** A network as the units of a chip can have it: s = clip(u, 0, 1) everywhere. */
export interface FittedNetwork {
  /** Hard units, on inputs from 0 to 1. */
  readonly network: CopyNetwork;
  /** What is not exact of it, or stands on calibration, a sentence each. */
  readonly notes: readonly string[];
}

/** What a state of the network is of a unit's: low + width·s. */
interface Reach {
  readonly low: Float64Array;
  readonly width: Float64Array;
}

/** How a layer is had: u' = slope·(u − low) + shift, its reach, and what is lost. */
interface UnitFit {
  readonly slope: number;
  readonly low: number;
  readonly shift: number;
  readonly width: number;
  readonly note: string | null;
}

/**
 * Rescales a network for units between rails. What clips between two numbers fits exactly; a
 * rectifier is positively homogeneous, ReLU(a u) = a ReLU(u), and a linear layer affine, so both
 * are scaled until what calibration data lead to lies between the rails. A sigmoid becomes its
 * tangent ½ + u/4, clipped, and the leaky ρ loses its 0.01 u. The outputs keep their order.
 *
 * @param seen what the chip's inputs are of raw ones, as the data set has them.
 * @param raw calibration data [count × n_0].
 * @throws InputError that names the layer and what does not fit.
 */
export function fitToUnits(
  net: PortableNetwork,
  seen: InputMap,
  raw: ArrayLike<number>,
  count: number,
): FittedNetwork {
  const { sizes, layers } = net.network;
  if (net.outputs?.kind === "values")
    throw new InputError(
      "program: the outputs are values with units, and those of a chip are states between its " +
        "rails; expected a network that names classes",
    );
  const x = mappedInputs(net, raw);
  const { sums } = traceCopyNetwork(net.network, x, count);
  requireSingle(sums);
  const reaches = [inputReach(net, seen)];
  const notes = clippedInputs(net, raw);
  const fitted = layers.map((layer, i): CopyLayer => {
    const fit = unitFit(layer, i, sums[i], i === layers.length - 1);
    if (fit.note !== null) notes.push(`layer ${i + 1}: ${fit.note}`);
    reaches.push(even(sizes[i + 1], fit.low, fit.width));
    return scaledLayer(layer, fit, reaches);
  });
  return { network: { sizes, layers: fitted }, notes };
}

/** The largest number of single precision, in which files keep networks and chips compute. */
const largestSingle = 3.4028234663852886e38;

/** @throws InputError where a sum is none. */
function requireSingle(sums: readonly Float64Array[]): void {
  const layer = sums.findIndex((u) => u.some((x) => !(Math.abs(x) <= largestSingle)));
  if (layer >= 0)
    throw new InputError(
      `program: sums of layer ${layer + 1} overflow single precision on the data; expected a ` +
        "network that was trained, with weights of order one",
    );
}

function even(n: number, low: number, width: number): Reach {
  return { low: new Float64Array(n).fill(low), width: new Float64Array(n).fill(width) };
}

/** What the network sees, of x = (raw − offset)·factor as the chip has it. */
function inputReach({ inputs, network }: PortableNetwork, seen: InputMap): Reach {
  const n = network.sizes[0];
  if (!inputs) return even(n, 0, 1);
  const at = (i: number) => inputs.factor[i] / seen.factor[i];
  return {
    width: Float64Array.from({ length: n }, (_, i) => at(i)),
    low: Float64Array.from(
      { length: n },
      (_, i) => (seen.offset[i] - inputs.offset[i]) * inputs.factor[i],
    ),
  };
}

function clippedInputs({ inputs, network }: PortableNetwork, raw: ArrayLike<number>): string[] {
  if (!inputs || (inputs.low === -Infinity && inputs.high === Infinity)) return [];
  const n = network.sizes[0];
  const { offset, factor, low, high } = inputs;
  for (let k = 0; k < raw.length; k++) {
    const x = (raw[k] - offset[k % n]) * factor[k % n];
    if (x < low || x > high) return ["inputs: the network clips them, and the chip does not"];
  }
  return [];
}

/** How one layer is had of units that clip at 0 and 1. */
function unitFit(layer: CopyLayer, i: number, u: Float64Array, isLast: boolean): UnitFit {
  const { activation } = layer;
  const [least, most] = extremes(u);
  const spread = (note: string | null): UnitFit => {
    const width = most > least ? most - least : 1;
    return { slope: 1 / width, low: least, shift: 0, width, note };
  };
  const plain = (low: number, width: number, note: string | null): UnitFit => ({
    slope: 1 / width,
    low,
    shift: 0,
    width,
    note,
  });
  switch (activation) {
    case "linear":
      return spread(isLast ? null : "linear; what calibration data lead to lies between the rails");
    case "sigmoid":
      // What orders the outputs is u alone.
      return isLast
        ? spread(null)
        : { slope: 1 / 4, low: 0, shift: 0.5, width: 1, note: "its sigmoid is had as ½ + u/4" };
    case "leaky":
      return isLast
        ? spread(null)
        : plain(0, 1, "its leaky ρ is had without the 0.01 u that it adds");
    case "hard":
      return hardFit(layer, i, most, plain);
    case "step":
      throw new InputError(
        `program: layer ${i + 1} is of steps, and units of a chip have a slope; expected Relu, ` +
          "Clip, HardSigmoid or Sigmoid",
      );
    default:
      return activation satisfies never;
  }
}

function hardFit(
  layer: CopyLayer,
  i: number,
  most: number,
  plain: (low: number, width: number, note: string | null) => UnitFit,
): UnitFit {
  const { walls } = layer;
  if (!walls) return plain(0, 1, null);
  if (!sameWalls(layer))
    throw new InputError(
      `program: the units of layer ${i + 1} clip at different values, and the rails of a chip ` +
        "are the same for all",
    );
  const low = walls.low.data[0];
  const high = walls.high.data[0];
  if (!Number.isFinite(low))
    throw new InputError(
      `program: layer ${i + 1} has no lower end, and a unit of a chip has one; expected Relu, ` +
        "Clip between two numbers, HardSigmoid or Sigmoid",
    );
  if (Number.isFinite(high)) return plain(low, high - low, null);
  const top = most > low ? most - low : 1;
  const scale = Number((1 / top).toPrecision(3));
  return plain(low, top, `its ReLU is scaled by ${scale}, so that calibration data fit`);
}

function extremes(values: Float64Array): readonly [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const v of values) {
    if (v < least) least = v;
    if (v > most) most = v;
  }
  return [least, most];
}

/** u' = slope·(u − low) + shift, of states that are low + width·s'. */
function scaledLayer(
  { bias, incoming }: CopyLayer,
  { slope, low, shift }: UnitFit,
  reaches: readonly Reach[],
): CopyLayer {
  const added = Float64Array.from(bias.data);
  const scaled = incoming.map(({ from, weight }) => {
    const [rows, columns] = weight.shape;
    const reach = reaches[from];
    const data = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const w = weight.data[r * columns + c];
        added[c] += w * reach.low[r];
        data[r * columns + c] = w * reach.width[r] * slope;
      }
    return { from, weight: { ...weight, data } };
  });
  // A sigmoid has no low end to be counted from.
  const from = shift === 0 ? low : 0;
  return {
    activation: "hard",
    bias: { ...bias, data: Float32Array.from(added, (b) => (b - from) * slope + shift) },
    incoming: scaled,
  };
}
