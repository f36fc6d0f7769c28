import type { Chip } from "../../dynamics/chip.ts";
import { random } from "../../numerics/random.ts";
import { conjugateGradients } from "../conjugate-gradients.ts";
import { workOn } from "../method.ts";
import { lanczos } from "./lanczos.ts";
import { movable } from "./units.ts";

/**
 * The least |β| at which a negative nudge leaves a reciprocal chip without an energy minimum that
 * no wall makes: with H = −∂F/∂s of all units, untied from the targets, and N the nudge's
 * conductances over 2β,
 *
 *   H − 2βN is singular from β = 1/(2μ) on,     μ = λmax(√N (H⁻¹)_oo √N)  over the outputs o.
 *
 * Units that diodes hold make it larger. Presents a dark image, and leaves it there.
 */
export async function breakingBeta(chip: Chip, lambda: number): Promise<number> {
  const { layout, graph } = chip;
  chip.inputs.showReals(new Float64Array(graph.sizes[0]), 1);
  chip.inputs.label([0]);
  chip.present();
  chip.tie({ lambda, beta: 0 });
  const w = workOn(chip);
  w.s.set(chip.state.array);
  w.active[0] = 1;
  w.curvature.set(chip.curvature);
  const free = new Float64Array(w.s.length);
  for (const i of movable(chip)) free[i] = 1;
  const outputs = graph.sizes.at(-1)!;
  const first = layout.offset.at(-1)!;
  const root = chip.components().layers.at(-1)!.nudge.map(Math.sqrt);
  const solve = conjugateGradients(chip);
  const shift = new Float64Array(w.s.length);
  const columns = Array.from({ length: outputs }, (_, o) => {
    const right = new Float64Array(w.s.length);
    right[first + o] = root[o];
    const { solution } = solve(w, shift, free, right, 1e-9);
    return root.map((r, i) => r * solution[first + i]);
  });
  const { largest } = await lanczos(
    (v, out) => {
      out.fill(0);
      columns.forEach((column, o) => column.forEach((x, i) => (out[i] += x * v[o])));
    },
    outputs,
    { rng: random(0, "breaking beta") },
  );
  return largest > 0 ? 1 / (2 * largest) : Infinity;
}
