import { durationText } from "../training/progress.ts";

/** What a command tells of its steps while it works. */
interface Steps {
  told(done: number, all: number): void;
  end(): void;
}

/**
 * Shows on a terminal how many steps of a long command are done, and how long the others will take:
 * one line, which is gone at the end. Anything else than a terminal is told nothing.
 */
export function showSteps(
  what: string,
  quiet = false,
  stream: NodeJS.WriteStream = process.stderr,
): Steps {
  const begin = performance.now();
  const isShown = stream.isTTY && !quiet;
  return {
    told(done, all) {
      if (!isShown || all < 2) return;
      const left = ((performance.now() - begin) / 1000 / done) * (all - done);
      const text = `${done}/${all} ${what}${done < all ? `, ${durationText(left)} left` : ""}`;
      stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\u001b[K`);
    },
    end() {
      if (isShown) stream.write("\r\u001b[K");
    },
  };
}
