import type { Circuit } from "../circuit.ts";
import type { DeviceModel } from "../devices/device.ts";
import type { StateScale } from "../devices/scale.ts";
import type { Diodes, Drivers } from "../elements.ts";

/**
 * What learning forms of the two ends of a synapse: products s_i s_j, or squared drops
 * −(s_i − s_j)²/2 of what dissipates between them.
 */
export type SynapseRule = "products" | "drops";

/**
 * What carries the current of a weight: transconductors biased by it, resistors between the nodes,
 * or conductances between a driven line and one at the low rail. A device that pulses or
 * write-verify program is such a conductance, also where amplifiers keep its lines from loading the
 * neurons.
 */
export type Carrier = "transconductors" | "resistors" | "lines";

/**
 * What a family of synapses says of its circuits, so that nobody has to ask which family one is of.
 * What a family has not is there with the value that changes nothing.
 */
export interface Family<C extends Circuit = Circuit> {
  readonly rule: SynapseRule;
  /** Whether weights have a sign, which takes one of the bits of a register. */
  readonly signed: boolean;
  /**
   * Whether synapses are passive: they load the nodes they hang on, lead their charge away, and
   * leave a network of monotone diodes one operating point.
   */
  readonly passive: boolean;
  /** G₁, the conductance of weight 1, siemens. */
  unitConductance(circuit: C): number;
  /** The least weight that can be programmed; −∞ where nothing ends. */
  leastWeight(circuit: C): number;
  /** What weight a state of the device that holds it is. */
  stateScale(circuit: C, model: DeviceModel): StateScale;
  /** Whether the two directions of a synapse are one element. */
  reciprocal(circuit: C): boolean;
  /** Log-standard deviation of a neuron's output gain. */
  outputSpread(circuit: C): number;
  /**
   * Noise factor γ of active synapses; undefined where they are active and the schematic is silent.
   */
  excess(circuit: C): number | undefined;
  /** Linear range of the synapses, volt; undefined: linear. */
  saturation(circuit: C): number | undefined;
  /** What stands at the inputs. */
  drivers(circuit: C): Drivers;
  /** Gain between a node and what it drives above. */
  amplification(circuit: C): number;
  diodes(circuit: C): Diodes;
  /** @param programmed whether pulses or write-verify program what holds the weights. */
  carrier(circuit: C, programmed: boolean): Carrier;
  /** Devices that a weight takes, each way that it leads. */
  devicesEach(circuit: C): 1 | 2;
}
