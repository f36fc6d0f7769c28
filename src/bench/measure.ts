import type { Session } from "../experiment/session.ts";
import { median } from "./statistics.ts";

/** Seconds of each call, over a window of `seconds` and at least `least` calls. */
export function timeSteps(step: () => void, seconds: number, least = 5): readonly number[] {
  const spent: number[] = [], begin = performance.now();
  for (let now = begin; now - begin < 1000 * seconds || spent.length < least;) {
    step();
    const then = performance.now();
    spent.push((then - now) / 1000);
    now = then;
  }
  return spent;
}

/** Median seconds of one whole training step, after a few that are not counted. */
export function secondsPerStep(session: Session, seconds: number): number {
  timeSteps(() => { session.advance(); }, 0.1 * seconds, 3);
  return median(timeSteps(() => { session.advance(); }, seconds));
}
