/**
 * What a die's elements are, read off it: in units of the state, of G_L and of τ, without padding.
 */
export interface Components {
  readonly sizes: readonly number[];
  /**
   * A row for each layer above the input, a value a unit: leak gᵢ, rate 1/cᵢ, bias, offset and
   * rails.
   */
  readonly layers: readonly {
    readonly leak: Float64Array;
    readonly rate: Float64Array;
    readonly bias: Float64Array;
    readonly offset: Float64Array;
    readonly low: Float64Array;
    readonly high: Float64Array;
    /**
     * What λ and β are multiplied by, and how far beside guess and target the voltages lie that
     * they lead to.
     */
    readonly link: Float64Array;
    readonly linkOffset: Float64Array;
    readonly nudge: Float64Array;
    readonly nudgeOffset: Float64Array;
  }[];
  readonly blocks: readonly ComponentBlock[];
}

/** The synapses of a block as they conduct, gains included. */
export interface ComponentBlock {
  readonly from: number;
  readonly to: number;
  /**
   * `[n_from × n_to]`: what unit j above receives of unit i below; both directions of a lateral
   * block. In a crossbar the conductance between them, of inputs from each of their terminals,
   * complementary ones after the others.
   */
  readonly forward: Float64Array;
  /**
   * `[n_to × n_from]`: what unit i below receives of unit j above; null from an input, in a lateral
   * block and of resistors.
   */
  readonly backward: Float64Array | null;
}

/**
 * What stands at the terminals of one sample: voltages as states, a value a unit (units layer by
 * layer, without padding).
 */
export interface Terminals {
  readonly inputs: Float64Array;
  /** What λ pulls towards. */
  readonly guess: Float64Array;
  /** Where the free phase begins. */
  readonly start: Float64Array;
  /** Whether the outputs stand for classes, or for reals of their own. */
  readonly taught: "classes" | "reals";
  /** y: what the outputs are nudged to, 1 at the right class and 0 elsewhere; one for each pair. */
  readonly targets: Float64Array;
  /**
   * Where currents nudge and are on: what sets them, y − v⁰ of each output, of a pair ±(y − ŷ⁰).
   */
  readonly errors?: Float64Array;
  readonly lambda: number;
  readonly beta: number;
}
