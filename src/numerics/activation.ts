/**
 * Activations of the digital copy: ρ(u) = clip(u, 0, 1), ρ(u) + 0.01 u (the paper's ρmod), 1 / (1 +
 * e⁻ᵘ), or the rail nearer to u: 1 above ½, otherwise 0.
 */
export type Activation = "hard" | "leaky" | "sigmoid" | "step";

/** How the kernels number them. */
export function activationCode(activation: Activation): number {
  switch (activation) {
    case "hard":
      return 0;
    case "leaky":
      return 1;
    case "sigmoid":
      return 2;
    case "step":
      return 3;
    default:
      return activation satisfies never;
  }
}
