import type { Synapse } from "../elements.ts";
import { ends, type DeviceModel } from "./device.ts";

/**
 * The step between the numbers of a register of so many bits, as a weight: one of them is a sign,
 * but where weights are resistors, which have none.
 */
export function registerStep(
  { kind, span = 1 }: Pick<Synapse, "kind" | "span">,
  bits: number,
): number {
  return span / (2 ** (kind === "crossbar" ? bits : bits - 1) - 1);
}

/** What weight a device's state x is: w = span·(x − origin). */
export interface StateScale {
  readonly span: number;
  readonly origin: number;
}

/**
 * Of a device that a reference or a second one is subtracted from, w = span·x. In a crossbar
 * nothing is: the device is the resistor,
 *
 *   G = G_low + (G_high − G_low)·(x − low)/(high − low)  of its nominal bounds,     w = G / G₁,
 *
 * so that weights are counted from the x that would conduct nothing.
 */
export function stateScale(
  { span = 1, conductance }: Pick<Synapse, "span" | "conductance">,
  model: DeviceModel,
): StateScale {
  if (!conductance) return { span, origin: 0 };
  const [low, high] = ends(model);
  const perState = (span * (1 - conductance.low / conductance.high)) / (high - low);
  return { span: perState, origin: low - (span * conductance.low) / conductance.high / perState };
}
