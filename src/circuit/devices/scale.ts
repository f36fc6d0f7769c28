/**
 * The step between the numbers of a register, as a weight: span / (2^(bits−1) − 1) where one of the
 * bits is a sign, span / (2^bits − 1) where weights have none.
 */
export function registerStep(span: number, bits: number, signed: boolean): number {
  return span / (2 ** (signed ? bits - 1 : bits) - 1);
}

/** What weight a device's state x is: w = span·(x − origin). */
export interface StateScale {
  readonly span: number;
  readonly origin: number;
}
