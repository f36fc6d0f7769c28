import type { StudyProgress, StudyWatcher } from "../study/node/work.ts";
import { whereOf } from "../study/node/output.ts";
import { durationText } from "../training/progress.ts";
import { tell } from "./terminal.ts";

/**
 * Shows a study on stderr: a terminal redraws one line, anything else gets a line a finished cell.
 */
export function showStudy(
  quiet = false,
  stream: NodeJS.WriteStream = process.stderr,
): StudyWatcher & { end(): void } {
  if (quiet) return { end: () => undefined };
  const clear = () => {
    if (stream.isTTY) stream.write("\r\u001b[K");
  };
  let drawn = 0;
  const draw = (state: StudyProgress) => {
    drawn = performance.now();
    stream.write(`\r${studyLine(state, (stream.columns || 80) - 1)}\u001b[K`);
  };
  return {
    note(text) {
      clear();
      tell(text, stream);
    },
    progress(state) {
      if (stream.isTTY && performance.now() - drawn >= 100) draw(state);
    },
    ended(result, state) {
      const { outcome, advice, seconds } = result;
      const troubled = outcome === "failed";
      if (!stream.isTTY || troubled) {
        clear();
        tell(
          `[${state.done}/${state.cells}] ${whereOf(result)}: ${outcome} after ` +
            `${seconds.toFixed(1)} s${troubled ? `: ${advice ?? ""}` : leftText(state)}`,
          stream,
        );
      }
      if (stream.isTTY) draw(state);
    },
    end: clear,
  };
}

/** `███░░░  7/12 cells, 1 failed  3 min left`, at most `width` characters. */
export function studyLine(state: StudyProgress, width: number): string {
  const { done, cells, failed, fraction } = state;
  const text = `${done}/${cells} cells${failed > 0 ? `, ${failed} failed` : ""}${leftText(state)}`;
  const room = Math.min(30, width - text.length - 2);
  if (room < 5) return text.slice(0, Math.max(0, width));
  const full = Math.round(fraction * room);
  return `${"█".repeat(full)}${"░".repeat(room - full)}  ${text}`;
}

function leftText({ done, cells, secondsLeft }: StudyProgress): string {
  return secondsLeft === undefined || done === cells ? "" : `, ${durationText(secondsLeft)} left`;
}
