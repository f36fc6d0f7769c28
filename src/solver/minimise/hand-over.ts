import { InputError } from "../../numerics/errors.ts";
import { clear, tally, type Solver, type Tally } from "../solver.ts";

/** When the flow ends and the minimiser begins: at whichever comes first. */
export interface HandOverOptions {
  /** Natural residual at which the minimiser takes over: 10⁻² unless given. */
  readonly at?: number;
  /** Time in τ after which it takes over in any case: 20 unless given. */
  readonly within?: number;
}

const columns = ["steps", "rejected", "evaluations", "time"] as const;

/**
 * A flow into the basin where the circuit settles, then a minimiser to its bottom: with several
 * equilibria (small λ, deep nets) a minimiser alone may end in another one. Each leg may take
 * `stop.steps`; `stop.time` does not count. Where a good start is known (the copy's guess, the free
 * equilibrium before the nudged phase) put it into the state: every solver starts from what it is
 * given.
 * @throws InputError when the solvers are of the wrong kinds or a limit is not positive.
 */
export function handOver(
  flow: Solver,
  minimiser: Solver,
  { at = 1e-2, within = 20 }: HandOverOptions = {},
): Solver {
  if (flow.kind !== "flow")
    throw new InputError(
      `hand-over: ${flow.name} is a minimiser, expected a flow such as euler to begin with`,
    );
  if (minimiser.kind !== "minimiser")
    throw new InputError(
      `hand-over: ${minimiser.name} is a flow, expected a minimiser such as block-descent to ` +
        "end with",
    );
  for (const [name, value] of [
    ["at", at],
    ["within", within],
  ] as const)
    if (!(value > 0))
      throw new InputError(`hand-over: ${name} is ${value}, expected a number above 0`);
  return {
    name: "hand-over",
    kind: "minimiser",
    rails: minimiser.rails,
    cites: [...new Set([...flow.cites, ...minimiser.cites])],
    prepare(d) {
      const first = flow.prepare(d);
      const second = minimiser.prepare(d);
      const cost = tally(d.capacity);
      const add = (more: Tally) => {
        for (const column of columns)
          for (let r = d.first; r < d.last; r++) cost[column][r] += more[column][r];
      };
      return {
        tally: cost,
        run(s, { steps, tolerance = 0 }, see) {
          clear(cost, d.first, d.last);
          first.run(s, { steps, tolerance: Math.max(at, tolerance), time: within }, see);
          add(first.tally);
          second.run(
            s,
            { steps, ...(tolerance > 0 && { tolerance }) },
            see && ((r, t, h, interpolate) => see(r, cost.time[r] + t, h, interpolate)),
          );
          add(second.tally);
        },
      };
    },
  };
}
