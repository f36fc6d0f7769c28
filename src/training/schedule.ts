/**
 * When a run is evaluated; a function of the step alone, so a resumed run keeps the same
 * appointments.
 */
interface Schedule {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly every: number;
}

/** Whether the run is evaluated after `step` minibatches: every `every` epochs, and at the end. */
export function isDue(step: number, { stepsPerEpoch, totalSteps, every }: Schedule): boolean {
  if (step < 1) return false;
  const period = every * stepsPerEpoch;
  const nearest = Math.max(1, Math.round(step / period));
  return step >= totalSteps || Math.round(nearest * period) === step;
}
