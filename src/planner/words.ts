import type { Scheme } from "../circuit/nudging.ts";
import { format } from "../numerics/units.ts";
import type { LearningPlan, PlannedOption } from "./plan.ts";

/** What a plan says on a terminal. */
export function planText(plan: LearningPlan): string {
  const { asIs, best, secondsPerSample, measured, drowns, front } = plan;
  const rows = [["", "scheme", "β", "window", "a sample", "bias", "noise", "error"]];
  const row = (name: string, o: PlannedOption) =>
    rows.push([
      name,
      schemeText(o.scheme),
      String(o.beta),
      `${short(o.window)} τ`,
      format(o.seconds, "s", 3),
      root(o.bias),
      root(o.variance),
      root(o.error),
    ]);
  row("as is", asIs);
  row("best", best);
  for (const o of front) row("front", o);
  const widths = rows[0].map((_, c) => Math.max(...rows.map((r) => r[c].length)));
  const table = rows.map((r) => `  ${r.map((cell, c) => cell.padEnd(widths[c])).join("  ")}`);
  return [
    "Learning signal of a minibatch, in percent of the gradient's length:",
    ...table.map((line) => line.trimEnd()),
    `Within ${format(secondsPerSample, "s", 3)} a training sample the best error is ` +
      `${root(best.error)}, and ${root(measured)} where it was measured anew.`,
    ...(drowns
      ? ["As it is, noise of a minibatch is stronger than what it teaches: learning may drown."]
      : []),
    `Set learning.scheme=${JSON.stringify(best.scheme)} learning.beta=${best.beta} ` +
      `circuit.readout.average="${short(best.window)} tau"`,
    "",
  ].join("\n");
}

function schemeText(scheme: Scheme): string {
  switch (scheme.kind) {
    case "one-sided":
    case "centred":
      return scheme.kind;
    case "points":
      return `${scheme.points} points, order ${scheme.order}`;
    case "lock-in":
      return `lock-in ${scheme.samples} × ${scheme.periods}`;
    default:
      return scheme satisfies never;
  }
}

const short = (x: number) => String(Number(x.toPrecision(3)));
const root = (square: number) => `${Number((100 * Math.sqrt(square)).toPrecision(3))} %`;
