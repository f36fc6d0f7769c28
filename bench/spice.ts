import { checkParity } from "../src/runs/node/spice/index.ts";
import type { RawSpiceOptions } from "../src/testbench/spice/options.ts";
import type { EngineName } from "../src/runs/node/spice/engine.ts";
import { InputError } from "../src/numerics/errors.ts";
import { agrees, speedRatios, type ParityData } from "../src/output/spice/data.ts";
import { ofSpice } from "../src/output/spice/wording.ts";
import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import { digits } from "./table.ts";

/**
 * Of transconductors on two circuits each; of resistors by their operating points, the smaller one
 * along its waveforms too.
 */
const cases = {
  "8-6-4": { circuits: ["ideal", "mismatched"] },
  "64-32-10": { circuits: ["ideal", "mismatched"] },
  "784-500-10": { circuits: ["ideal", "mismatched"], fold: true },
  "128-64-20": { circuits: ["resistive-100"], lambda: "0" },
  "784-100-10": { circuits: ["resistive-100"], lambda: "0", op: true },
} as const satisfies Record<
  string,
  {
    readonly circuits: readonly string[];
    readonly lambda?: string;
    readonly fold?: boolean;
    readonly op?: boolean;
  }
>;

export const spiceNets = Object.keys(cases) as readonly (keyof typeof cases)[];

export interface SpiceOptions extends OutputOptions {
  readonly engine: EngineName;
  readonly only: typeof spiceNets;
}

/**
 * The paper's pull to the guess, without which some chips take hundreds of τ; resistors hold
 * themselves.
 */
const usualLambda = "0.1";

/**
 * `bench spice`: one die by ngspice and by our solvers, and how long each takes. Returns the exit
 * code: 1 where they differ.
 */
export async function benchSpice({ engine, only, json, write }: SpiceOptions): Promise<number> {
  const here = machine();
  const results: ParityData[] = [];
  announce(
    "spice",
    "The same die by ngspice, by our ODE and by our minimiser, free and then nudged",
    here,
    { json, write },
  );
  for (const sizes of only) {
    const { circuits, ...options }: { readonly circuits: readonly string[] } & RawSpiceOptions =
      cases[sizes];
    for (const target of circuits) {
      say(`${sizes} on ${target}`);
      const { found } = await checkParity({
        target,
        options: { sizes, lambda: usualLambda, ...options },
        engine,
        force: true,
        command: "",
        say,
      });
      if (found.spice.failure !== null) throw new InputError(`ngspice: ${found.spice.failure}`);
      results.push(found);
    }
  }
  publish(
    {
      name: "spice",
      machine: here,
      objects: results.map((r) => ({
        ...r,
        traces: undefined,
        speedRatios: speedRatios(r),
        agrees: agrees(r),
      })),
      columns: [
        { title: "network" },
        { title: "circuit" },
        ...[
          "elements",
          "points",
          "equilibria apart, mV",
          "waveforms apart, mV",
          "ngspice .tran, s",
          "ngspice .op, s",
          "our ODE, s",
          "our minimiser, ms",
          "ODE faster",
          "minimiser faster",
        ].map((title) => ({ title, numeric: true })),
      ],
      rows: results.map(row),
      notes: [
        "Largest differences of all units (and points in time); wall times of both phases, " +
          `each until it has settled to 10⁻⁷; λ = ${usualLambda}, of resistors 0, β = 0.5, die ` +
          `1, untrained weights. ${results[0].spice.engine ?? ""}, relative tolerance 10⁻⁶, at ` +
          "least 50 points in a τ of the fastest unit; inputs of 784-500-10 are folded into one " +
          "source a unit. Resistors: equilibria by two operating points, and those are what the " +
          "minimiser is faster than; inputs of resistive-100 are pairs of sources. Our ODE: " +
          `${results[0].ode.name}, relative tolerance 10⁻⁹, at ngspice's own points. Our ` +
          `minimiser: ${results[0].minimiser?.name ?? ""}, both equilibria to 10⁻¹¹, the ` +
          "fastest of five.",
      ],
    },
    { json, write },
  );
  return results.every(agrees) ? 0 : 1;
}

function row(r: ParityData): readonly string[] {
  const worst = (what: string) => {
    const found = r.rows.filter((x) => x.what.endsWith(what) && ofSpice(x)).map((x) => 1e3 * x.max);
    return found.length === 0 ? "–" : digits(Math.max(...found), 2);
  };
  const number = (x: number | null, unit = "") => (x === null ? "–" : `${digits(x)}${unit}`);
  const ratio = speedRatios(r);
  const { spice, points, ode, minimiser } = r.seconds;
  return [
    r.layers.join("-"),
    r.circuit,
    String(r.elements),
    number(r.points || null),
    worst("equilibrium"),
    worst("waveform"),
    number(spice),
    number(points),
    number(ode),
    number(minimiser && 1e3 * minimiser),
    number(ratio.ode, " ×"),
    number(ratio.minimiser, " ×"),
  ];
}
