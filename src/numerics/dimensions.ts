/** What a value can measure. */
export type Dimension =
  | "resistance"
  | "conductance"
  | "capacitance"
  | "voltage"
  | "current"
  | "temperature"
  | "time"
  | "frequency"
  | "ratio"
  | "none";

/** Exponents of volt, ampere, second, metre and kelvin: S = A/V is [−1, 1, 0, 0, 0]. */
export type Powers = readonly [
  volt: number,
  ampere: number,
  second: number,
  metre: number,
  kelvin: number,
];

interface Meaning {
  readonly noun: string;
  readonly si: string;
  readonly example: string;
  readonly powers: Powers;
  readonly reciprocal?: Dimension;
  /** Nothing that people build is ten orders of magnitude away from these, in SI. */
  readonly least?: number;
  readonly most?: number;
}

const plain: Powers = [0, 0, 0, 0, 0];

export const meanings: Readonly<Record<Dimension, Meaning>> = {
  resistance: {
    noun: "a resistance",
    si: "ohm",
    example: "10 kOhm",
    powers: [1, -1, 0, 0, 0],
    reciprocal: "conductance",
    least: 1e-9,
    most: 1e24,
  },
  conductance: {
    noun: "a conductance",
    si: "S",
    example: "100 uS",
    powers: [-1, 1, 0, 0, 0],
    reciprocal: "resistance",
    least: 1e-24,
    most: 1e5,
  },
  capacitance: {
    noun: "a capacitance",
    si: "F",
    example: "1 pF",
    powers: [-1, 1, 1, 0, 0],
    least: 1e-24,
    most: 1e4,
  },
  voltage: {
    noun: "a voltage",
    si: "V",
    example: "3 mV",
    powers: [1, 0, 0, 0, 0],
    most: 1e7,
  },
  current: {
    noun: "a current",
    si: "A",
    example: "2 nA",
    powers: [0, 1, 0, 0, 0],
    most: 1e6,
  },
  temperature: {
    noun: "a temperature",
    si: "K",
    example: "300 K",
    powers: [0, 0, 0, 0, 1],
    most: 1e5,
  },
  time: {
    noun: "a time",
    si: "s",
    example: "10 ns",
    powers: [0, 0, 1, 0, 0],
    most: 1e19,
  },
  frequency: {
    noun: "a frequency",
    si: "Hz",
    example: "1 MHz",
    powers: [0, 0, -1, 0, 0],
    most: 1e20,
  },
  ratio: { noun: "a ratio", si: "", example: "5 %", powers: plain },
  none: { noun: "a number without unit", si: "", example: "0.5", powers: plain },
};

const symbols = ["V", "A", "s", "m", "K"] as const;

/** Equal exponents; roots of powers round, hence the tolerance. */
export function samePowers(a: Powers, b: Powers): boolean {
  return a.every((p, i) => Math.abs(p - b[i]) < 1e-9);
}

/** The exponents of a·b^k. */
export function timesPower(a: Powers, b: Powers, k: number): Powers {
  const [volt, ampere, second, metre, kelvin] = a.map((p, i) => p + k * b[i]);
  return [volt, ampere, second, metre, kelvin];
}

/** "a voltage", or "a quantity in A/V^2" where there is no word for it. */
export function describePowers(powers: Powers): string {
  if (samePowers(powers, plain)) return meanings.none.noun;
  const known = Object.values(meanings).find((m) => samePowers(m.powers, powers));
  return known?.noun ?? `a quantity in ${unitOf(powers)}`;
}

/** The SI unit with these exponents, as mathjs reads it: `A/V^2`, `s^-1`. */
export function unitOf(powers: Powers): string {
  const all = symbols.map((symbol, i) => ({ symbol, power: Math.round(powers[i] * 1e6) / 1e6 }));
  const over = all.filter((u) => u.power > 0);
  const under = all.filter((u) => u.power < 0);
  const text = (symbol: string, power: number) => (power === 1 ? symbol : `${symbol}^${power}`);
  return over.length > 0
    ? [
        over.map((u) => text(u.symbol, u.power)).join("*"),
        ...under.map((u) => text(u.symbol, -u.power)),
      ].join("/")
    : under.map((u) => text(u.symbol, u.power)).join("*");
}

/**
 * The exponents behind mathjs's own (kilogram, metre, second, ampere, kelvin, …), or undefined for
 * what is not measured here.
 */
export function powersOf([mass, length, time, current, temperature, ...others]: readonly number[]):
  | Powers
  | undefined {
  // V = kg m² s⁻³ A⁻¹.
  return others.some((p) => p !== 0)
    ? undefined
    : [mass, current + mass, time + 3 * mass, length - 2 * mass, temperature];
}
