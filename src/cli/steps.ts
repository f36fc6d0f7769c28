import { durationText } from "../training/progress.ts";
import { tell } from "./terminal.ts";

/** What a command tells of its steps while it works. */
interface Steps {
  readonly told: (done: number, all: number) => void;
  readonly end: () => void;
}

/** Seconds between two lines where no terminal redraws one. */
const seldom = 30;

/** Seconds of a command of few steps before anything else than a terminal is told of them. */
export const patience = 5;

interface Showing {
  readonly quiet?: boolean;
  /** Seconds before anything else than a terminal is told of steps. */
  readonly patience?: number;
}

/**
 * Shows on stderr how many steps of a long command are done, and how long the others will take. A
 * terminal has one line, which is gone at the end; anything else is told how many there are, how
 * long they will take by the first, and then a line now and then.
 */
export function showSteps(
  what: string,
  { quiet = false, patience: wait = 0 }: Showing = {},
  stream: NodeJS.WriteStream = process.stderr,
): Steps {
  const begin = performance.now();
  let next = 0;
  return {
    told(done, all) {
      if (quiet || all < 2) return;
      const now = performance.now();
      const left = ((now - begin) / 1000 / done) * (all - done);
      const isKnown = done > 0 && done < all;
      const text = `${done}/${all} ${what}${isKnown ? `, ${durationText(left)} left` : ""}`;
      if (stream.isTTY) stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\u001b[K`);
      else if (now - begin < 1000 * wait) return;
      else if (done < 2 || (now >= next && done < all)) {
        tell(text, stream);
        next = now + 1000 * seldom;
      }
    },
    end() {
      if (stream.isTTY && !quiet) stream.write("\r\u001b[K");
    },
  };
}
