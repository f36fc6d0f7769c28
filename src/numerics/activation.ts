/** What an activation is like, for copies and for what reads them. */
interface ActivationFacts {
  /** How the kernels number it. */
  readonly code: number;
  /** Whether it has a derivative, which a gradient passes through layers by. */
  readonly smooth: boolean;
  /** Whether it saturates at the unit's own walls where there are such, and not at 0 and 1. */
  readonly walls: boolean;
  /** Whether 0 stays 0, as padding units have to. */
  readonly keepsZero: boolean;
  /** That of the output layer, which nothing above has to see through. */
  readonly outputs: "hard" | "leaky" | "sigmoid";
}

/**
 * Activations of the digital copy:
 *
 *   hard     ρ(u) = clip(u, 0, 1)
 *   leaky    ρ(u) + 0.01 u     (the paper's ρmod)
 *   sigmoid  1 / (1 + e⁻ᵘ)
 *   step     the rail nearer to u: 1 above ½, otherwise 0
 */
export const activations = {
  hard: { code: 0, smooth: true, walls: true, keepsZero: true, outputs: "hard" },
  leaky: { code: 1, smooth: true, walls: true, keepsZero: true, outputs: "leaky" },
  sigmoid: { code: 2, smooth: true, walls: false, keepsZero: false, outputs: "sigmoid" },
  step: { code: 3, smooth: false, walls: false, keepsZero: true, outputs: "leaky" },
} as const satisfies Readonly<Record<string, ActivationFacts>>;

/** The name of an activation of the digital copy: what each computes stands at `activations`. */
export type Activation = keyof typeof activations;

/** How the kernels number them. */
export function activationCode(activation: Activation): number {
  return activations[activation].code;
}

/** The activation of a layer of a copy. */
export function activationOf(activation: Activation, isOutput: boolean): Activation {
  return isOutput ? activations[activation].outputs : activation;
}
