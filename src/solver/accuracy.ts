/**
 * The natural residual at which both phases may stop so that the contrast (s⁺s⁺ − s⁻s⁻)/β is within `percent`
 * of what the exact equilibria give: 4·10⁻⁴ |β| for each percent. The contrast is a difference of
 * order β, so what is left of settling weighs 1/β in it. Measured on 784-500-10 and 784-500-500-500-10.
 */
export function gradientTolerance(beta: number, percent = 0.5): number {
  return 4e-4 * Math.abs(beta) * percent;
}
