import type { Programming } from "../device.ts";

// The sources print coefficients in µS.
const microsiemens = (gmax: number, ...polynomial: number[]): Programming => ({
  gmax: scaled(gmax),
  polynomial: polynomial.map(scaled),
});
const scaled = (value: number) => Number(`${value}e-6`);

/**
 * Published errors of write-verify, σ(g) with g over gmax, as collected by aihwkit and CrossSim.
 */
export const writeVerify = {
  /** Phase change, Nandakumar et al. 2019, one device. */
  pcm: microsiemens(25, 0.26348, 1.965, -1.1731),
  /** Phase change, the Hermes chip, two devices in parallel. */
  pcmHermesPair: microsiemens(20.7, 0.166, 4.718, -8.481, 4.69),
  /** Phase change, the Hermes chip, one device. */
  pcmHermes: microsiemens(10.35, 0.158, 2.324, -2.163, 0.688),
  /** Phase change, Joshi et al. 2020: σ = −0.00179 g² + 0.0759 g + 0.286 with g in µS. */
  pcmJoshi: microsiemens(25, 0.286, 0.0759 * 25, -0.00179 * 625),
  /** HfOx, Wan et al. 2022, one second after programming. */
  reramWan: microsiemens(40, 0.348, 16.03, -43.853, 45.393, -16.815),
  /** Conductive metal oxide on HfOx, accepted within 2 %: σ = 0.0112 + 0.0113 g with g in µS. */
  reramCmo: microsiemens(88.19, 0.0112185391, 0.01129027418 * 88.19),
  /** HfO₂, Milo et al. 2021, 50 to 225 µS: σ = 4.782 − 0.0091 g with g in µS. */
  reramMilo: microsiemens(225, 4.782, -0.0091 * 225),
} as const;
