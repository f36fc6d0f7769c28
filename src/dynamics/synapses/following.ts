import type { WhiteNoise } from "../noise/source.ts";
import type { Fluctuating, Programmed, Synapses } from "./contract.ts";

type Following = Pick<
  Synapses,
  "white" | "fluctuation" | "programmed" | "adjust" | "adopt" | "feeds" | "routes"
>;

/**
 * Synapses as they conduct at this moment, and what has to follow when learning or programming
 * changes them: the matrices, the noise, what fluctuates.
 */
export function following(
  programmed: Programmed,
  white: WhiteNoise,
  now: Fluctuating | null,
): Following {
  const { feeds, routes } = now ?? programmed;
  const changed = () => {
    white.adjusted();
    now?.adjusted();
  };
  return {
    feeds,
    routes,
    white,
    fluctuation: now,
    programmed() {
      programmed.renew();
      white.programmed();
      now?.programmed();
      now?.begin();
    },
    adjust(pair) {
      programmed.adjust(pair);
      changed();
    },
    adopt() {
      programmed.adopt();
      changed();
    },
  };
}
