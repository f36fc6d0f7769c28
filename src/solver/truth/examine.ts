import type { Dynamics } from "../../dynamics/dynamics.ts";
import type { Vec } from "../../numerics/vec.ts";
import { advice } from "../outcome.ts";
import { settle } from "../settle.ts";
import type { Solver, Stop } from "../solver.ts";
import { distanceBound } from "./bounds.ts";
import { certificate, type Certificate } from "./convexity.ts";
import { diagnose, type Diagnosis } from "./diagnose.ts";
import { spectrum, type Spectrum } from "./spectrum.ts";

/** All that can be said of where a circuit settled. */
export interface Examination {
  readonly equilibrium: Diagnosis;
  readonly certificate: Certificate;
  /** One entry a sample. */
  readonly samples: readonly Examined[];
}

/** What a close look at one settled sample adds to its outcome. */
export interface Examined {
  readonly advice: string;
  /**
   * The state is at most this far from the one equilibrium, in the Euclidean norm; absent without a
   * certificate.
   */
  readonly distance?: number;
  /** Of settled samples, where it was asked for. */
  readonly spectrum?: Spectrum;
}

/**
 * Settles the samples in focus in place, looks into how each ended, and certifies what can be
 * certified.
 *
 * @param spectra also compute each settled sample's spectrum: seconds each where hundreds of units
 *   are free.
 */
export async function examine(
  d: Dynamics,
  s: Vec,
  solver: Solver,
  stop: Stop,
  { spectra = false } = {},
): Promise<Examination> {
  const tolerance = stop.tolerance ?? 1e-3;
  const ended = settle(d, s, solver, stop);
  const equilibrium = await diagnose(d, s, solver, ended, tolerance);
  const proof = await certificate(d);
  const samples: Examined[] = [];
  for (const [i, { outcome }] of equilibrium.samples.entries()) {
    const r = d.first + i;
    const distance = outcome === "non-finite" ? Infinity : distanceBound(d, s, r, proof);
    samples.push({
      advice: advice[outcome],
      ...(distance < Infinity ? { distance } : {}),
      ...(spectra && (outcome === "settled" || outcome === "saddle")
        ? { spectrum: await spectrum(d, s, r, tolerance) }
        : {}),
    });
  }
  return { equilibrium, certificate: proof, samples };
}
