import type { Session } from "../src/training/session.ts";
import { median } from "./statistics.ts";

/** Seconds of each call, over a window of `seconds` and at least `least` calls. */
export function timeSteps(step: () => void, seconds: number, least = 5): readonly number[] {
  const spent: number[] = [];
  const begin = performance.now();
  for (let now = begin; now - begin < 1000 * seconds || spent.length < least; ) {
    step();
    const then = performance.now();
    spent.push((then - now) / 1000);
    now = then;
  }
  return spent;
}

/** Median seconds of one whole training step, after a few that are not counted. */
export function secondsPerStep(session: Session, seconds: number): number {
  timeSteps(
    () => {
      session.advance();
    },
    0.1 * seconds,
    3,
  );
  return median(
    timeSteps(() => {
      session.advance();
    }, seconds),
  );
}

/**
 * Mean seconds of the processor that a training step takes, all of the process's threads together,
 * over a window of so many of them. Of a busy machine a long step is interrupted more often than a
 * short one, which wall time holds against it.
 */
export function processorSecondsPerStep(session: Session, seconds: number): number {
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  for (let k = 0; k < 3; k++) session.advance();
  const begin = spent();
  let steps = 0;
  let time = 0;
  do {
    // Asking takes time too.
    for (let k = 0; k < 10; k++) session.advance();
    steps += 10;
    time = spent() - begin;
  } while (time < seconds);
  return time / steps;
}
