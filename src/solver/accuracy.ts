/**
 * The natural residual at which both phases may stop so that the contrast (s⁺s⁺ − s⁻s⁻)/β, averaged
 * over a minibatch, is within `percent` of what the exact equilibria give (Frobenius norm): 4·10⁻⁴
 * |β| for each percent. The contrast is a difference of order β, so what is left of settling weighs
 * 1/β in it. A rule, not a bound (that is `contrastError`): on 784-500-10, |β| 0.1 and 0.5, λ 0 …
 * 1, a demand of 0.5 % left 0.05–0.15 % with Euler and 0.15–0.45 % with block descent, all of
 * transconductors; single samples are up to ten times worse, and one whose outputs the rails hold
 * has no contrast to compare.
 */
export function gradientTolerance(beta: number, percent = 0.5): number {
  return 4e-4 * Math.abs(beta) * percent;
}
