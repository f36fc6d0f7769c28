/** Activations of the digital copy: ρ(u) = clip(u, 0, 1), ρ(u) + 0.01 u (the paper's ρmod), or 1 / (1 + e⁻ᵘ). */
export type Activation = "hard" | "leaky" | "sigmoid";

/** How the kernels number them. */
export function activationCode(activation: Activation): number {
  switch (activation) {
    case "hard": return 0;
    case "leaky": return 1;
    case "sigmoid": return 2;
    default: return activation satisfies never;
  }
}
