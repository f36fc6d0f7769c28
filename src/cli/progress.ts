import { evaluationLine, progressLine } from "../training/progress.ts";
import type { Watcher } from "../runs/node/learn.ts";
import { tell } from "./terminal.ts";

/** Shows a run on stderr: a terminal redraws one line, anything else gets a line per evaluation. */
export function showProgress(
  quiet = false,
  stream: NodeJS.WriteStream = process.stderr,
): Watcher & { end(): void } {
  if (quiet) return { end: () => undefined };
  const clear = () => {
    if (stream.isTTY) stream.write("\r\u001b[K");
  };
  let drawn = 0;
  return {
    note(text) {
      clear();
      tell(text, stream);
    },
    progress(p) {
      if (!stream.isTTY || performance.now() - drawn < 100) return;
      drawn = performance.now();
      stream.write(`\r${progressLine(p, (stream.columns || 80) - 1)}\u001b[K`);
    },
    evaluated(m, p) {
      clear();
      tell(evaluationLine(m, p), stream);
    },
    end: clear,
  };
}
