import { nudgedByCurrents, type Circuit } from "../circuit.ts";
import { timeConstant } from "../families/families.ts";
import type { Analysis, Element, Source } from "./netlist.ts";

/** How a transient is run, for all kinds of networks. */
export interface CourseOptions {
  readonly phase: "free" | "nudged";
  /** How long each phase lasts, in τ. */
  readonly time: { readonly free: number; readonly nudged: number };
  /** Internal steps of ngspice in one τ of the fastest unit: 50 unless given. */
  readonly resolution?: number;
  /** Of each unit, points [τ, ampere] of a current into its node. */
  readonly noise?: readonly NoisePoints[];
}

/** Points [τ, ampere] of a current into a node. */
export type NoisePoints = readonly (readonly [time: number, current: number])[];

/** A transient through one phase or both. */
export interface Course {
  /** Of a time in τ. */
  seconds(tau: number): number;
  /** Which phases, and when. */
  readonly text: string;
  /** `ctl` goes from 0 to 1 V when the free phase ends; nothing where currents nudge. */
  readonly control: readonly Element[];
  /** What comes on when the free phase ends. */
  coming(value: number): Source;
  /** What the noise feeds into the k-th unit. */
  noise(k: number, name: string, node: string): readonly Element[];
  /** In steps that follow a unit of this rate, over τ. */
  analysis(fastest: number): Analysis;
}

/**
 * How long the nudge takes to come on, in τ: waveforms are late by half of it, which shows where
 * voltages of many swings are pulled back.
 */
const edge = 1e-5;

/** @param beta of the nudge, 0 where nothing is nudged. */
export function course(
  circuit: Circuit,
  beta: number,
  { phase, time, resolution = 50, noise }: CourseOptions,
): Course {
  // Fifteen digits: ten times 0.1 is then 1.
  const tau = timeConstant(circuit);
  const seconds = (t: number) => Number((t * tau).toPrecision(15));
  const on = seconds(time.free);
  const end = seconds(time.free + (phase === "nudged" ? time.nudged : 0));
  const coming = (value: number): Source => ({ from: 0, to: value, at: on, edge: seconds(edge) });
  return {
    seconds,
    text:
      phase === "free"
        ? `the free phase, 0 to ${on} s`
        : `the free phase, 0 to ${on} s, then the nudged phase, to ${end} s, beta = ${beta}`,
    control:
      phase === "nudged" && beta !== 0 && !nudgedByCurrents(circuit)
        ? [
            { kind: "comment", text: "the nudge: ctl goes from 0 to 1 when the free phase ends" },
            { kind: "V", name: "ctl", nodes: ["ctl", "0"], source: coming(1) },
          ]
        : [],
    coming,
    noise: (k, name, node) =>
      noise
        ? [
            {
              kind: "I",
              name: `n${name}`,
              nodes: ["0", node],
              source: { points: noise[k].map(([t, ampere]) => [seconds(t), ampere] as const) },
            },
          ]
        : [],
    analysis: (fastest) => ({ kind: "tran", step: seconds(1 / (resolution * fastest)), end }),
  };
}
