import { checkParity } from "../experiment/node/spice/index.ts";
import type { EngineName } from "../experiment/node/spice/engine.ts";
import { InputError } from "../numerics/errors.ts";
import { agrees, speedRatios, type ParityData } from "../output/spice/data.ts";
import { ofSpice } from "../output/spice/wording.ts";
import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import { digits } from "./table.ts";

export const spiceNets = ["8-6-4", "64-32-10", "784-500-10"] as const;

export interface SpiceOptions extends OutputOptions { readonly engine: EngineName; readonly only: readonly (typeof spiceNets)[number][] }

/** The paper's pull to the guess, without which some chips take hundreds of τ. */
const lambda = "0.1", circuits = ["ideal", "mismatched"];

/** `bench spice`: one die by ngspice and by our solvers, and how long each takes. Returns the exit code: 1 where they differ. */
export async function benchSpice({ engine, only, json, write }: SpiceOptions): Promise<number> {
  const here = machine(), results: ParityData[] = [];
  announce("spice", "The same die by ngspice, by our ODE and by our minimiser, free and then nudged", here, { json, write });
  for (const sizes of only)
    for (const target of circuits) {
      say(`${sizes} on ${target}`);
      const { found } = await checkParity({ target, options: { sizes, lambda, fold: sizes.startsWith("784") }, engine, force: true, command: "", say });
      if (found.spice.failure !== null) throw new InputError(`ngspice: ${found.spice.failure}`);
      results.push(found);
    }
  publish({
    name: "spice", machine: here,
    objects: results.map((r) => ({ ...r, traces: undefined, speedRatios: speedRatios(r), agrees: agrees(r) })),
    columns: [{ title: "network" }, { title: "circuit" }, ...["elements", "points", "equilibria apart, mV", "waveforms apart, mV", "ngspice, s", "our ODE, s", "our minimiser, ms", "ODE faster", "minimiser faster"].map((title) => ({ title, numeric: true }))],
    rows: results.map(row),
    notes: [`Largest differences of all units (and points in time); wall times of both phases, each until it has settled to 10⁻⁷; λ = ${lambda}, β = 0.5, die 1, Xavier weights. ${results[0].spice.engine ?? ""}, relative tolerance 10⁻⁶, at least 50 points in a τ of the fastest unit; inputs of 784-500-10 are folded into one source a unit. Our ODE: ${results[0].ode.name}, relative tolerance 10⁻⁹, at ngspice's own points. Our minimiser: ${results[0].minimiser?.name ?? ""}, both equilibria to 10⁻¹¹, the fastest of five.`],
  }, { json, write });
  return results.every(agrees) ? 0 : 1;
}

function row(r: ParityData): readonly string[] {
  const worst = (what: string) => Math.max(...r.rows.filter((x) => x.what.endsWith(what) && ofSpice(x)).map((x) => 1e3 * x.max)), ratio = speedRatios(r);
  return [
    r.layers.join("-"), r.circuit, String(r.elements), String(r.points), worst("equilibrium").toFixed(4), worst("waveform").toFixed(3), digits(r.seconds.spice ?? NaN), digits(r.seconds.ode), digits(1e3 * (r.seconds.minimiser ?? NaN)),
    `${digits(ratio.ode ?? NaN)} ×`, `${digits(ratio.minimiser ?? NaN)} ×`,
  ];
}
