import type { ResistorCircuit } from "../circuit.ts";
import type { Components, Terminals } from "../die.ts";

/** Where the units of each layer begin, layer 1 at 0. */
function begins({ sizes }: Components): readonly number[] {
  return sizes.map((_, l) => sizes.slice(1, l).reduce((a, b) => a + b, 0));
}

function perUnit({ sizes }: Components): Float64Array {
  return new Float64Array(sizes.slice(1).reduce((a, b) => a + b, 0));
}

/** Σ_j g_ij of each unit, over all resistors that end there, in units of the weight. */
export function incident(die: Components): Float64Array {
  const sum = perUnit(die);
  const first = begins(die);
  for (const { from, to, forward } of die.blocks) {
    const cols = die.sizes[to];
    forward.forEach((g, k) => {
      sum[first[to] + (k % cols)] += g;
      // Both directions of a block within a layer are there.
      if (from > 0 && from !== to) sum[first[from] + Math.floor(k / cols)] += g;
    });
  }
  return sum;
}

/**
 * What the constant inputs of a network of resistors are to each unit (Norton 1926): a conductance
 * Σ_i g_ij to the low rail and a current Σ_i g_ij v_i into the node, v_i = ±gain x_i the voltage of
 * a terminal above that rail; in units of weight and swing.
 */
export function norton(
  { input: { gain } }: ResistorCircuit,
  die: Components,
  { inputs }: Terminals,
): { readonly conductance: Float64Array; readonly current: Float64Array } {
  const conductance = perUnit(die);
  const current = perUnit(die);
  const first = begins(die);
  const n = inputs.length;
  for (const { from, to, forward } of die.blocks) {
    if (from !== 0) continue;
    const cols = die.sizes[to];
    forward.forEach((g, k) => {
      const i = Math.floor(k / cols);
      const unit = first[to] + (k % cols);
      conductance[unit] += g;
      current[unit] += g * gain * (i < n ? inputs[i] : -inputs[i - n]);
    });
  }
  return { conductance, current };
}
