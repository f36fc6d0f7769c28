/**
 * A circuit as SPICE has it: elements between named nodes (`"0"` is ground), in SI units. What an
 * element is called is its letter and `name`. Currents run from the first node through the element
 * to the second.
 */
export type Element =
  /** Ohm. */
  | { readonly kind: "R"; readonly name: string; readonly nodes: Pair; readonly value: number }
  /** Farad, and the voltage that a transient starts at. */
  | {
      readonly kind: "C";
      readonly name: string;
      readonly nodes: Pair;
      readonly value: number;
      readonly initial?: number;
    }
  /** Volt or ampere; `I` sends it from the first node through itself to the second. */
  | {
      readonly kind: "V" | "I";
      readonly name: string;
      readonly nodes: Pair;
      readonly source: Source;
    }
  /** Siemens: I = gain·V(control), from the first node through itself to the second. */
  | {
      readonly kind: "G";
      readonly name: string;
      readonly nodes: Pair;
      readonly control: Pair;
      readonly gain: number;
    }
  /** V = gain·V(control). */
  | {
      readonly kind: "E";
      readonly name: string;
      readonly nodes: Pair;
      readonly control: Pair;
      readonly gain: number;
    }
  /** I = gain·I(the voltage source of that name). */
  | {
      readonly kind: "F";
      readonly name: string;
      readonly nodes: Pair;
      readonly sense: string;
      readonly gain: number;
    }
  /** Ampere, an expression of voltages such as `1e-4*V(a,b)`. */
  | { readonly kind: "B"; readonly name: string; readonly nodes: Pair; readonly current: string }
  /** Anode and cathode. */
  | { readonly kind: "D"; readonly name: string; readonly nodes: Pair; readonly model: string }
  | { readonly kind: "comment"; readonly text: string };

type Pair = readonly [string, string];

/**
 * Constant; from one value to another by an edge at a time; or points [second, value] joined by
 * straight lines.
 */
export type Source =
  | { readonly dc: number }
  | { readonly from: number; readonly to: number; readonly at: number; readonly edge: number }
  | { readonly points: readonly (readonly [time: number, value: number])[] };

/** The diode law I = I_s (exp(V / (n U_T)) − 1): ampere, and the ideality n. */
export interface DiodeModel {
  readonly name: string;
  readonly saturation: number;
  readonly ideality: number;
}

/**
 * An operating point, or a transient of so many seconds from the capacitors' initial voltages, in
 * internal steps of at most `step`.
 */
export type Analysis =
  | { readonly kind: "op" }
  | { readonly kind: "tran"; readonly end: number; readonly step: number };

/** A circuit of SPICE as plain data, in SI units; `writeNetlist` makes its text. */
export interface Netlist {
  readonly title: string;
  /** What a reader should know, a line each. */
  readonly notes: readonly string[];
  readonly elements: readonly Element[];
  readonly diodes?: readonly DiodeModel[];
  /** Kelvin. */
  readonly temperature: number;
  /**
   * Relative tolerance of Newton's iterations and of the time step, and further options of ngspice.
   */
  readonly options: Readonly<Record<string, number>>;
  readonly analysis: Analysis;
  /** Nodes whose voltages are saved. */
  readonly save: readonly string[];
}
