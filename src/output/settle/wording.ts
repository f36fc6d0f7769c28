import { plain, significant, withPrefix } from "../report/format.ts";
import {
  stoppedEarly,
  targetText,
  type SettleData,
  type SettledBy,
  type SettledSample,
} from "./data.ts";

/** More samples than these are summed up. */
const few = 8;

/** A table as plain text: columns as wide as their widest entry, the first ones to the left. */
interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly left: number;
}

/** What a look found, for a terminal. */
export function settleText(data: SettleData): string {
  return [settleHeadline(data), "", tableText(settleTable(data)), "", ...notes(data)]
    .join("\n")
    .trimEnd();
}

/** What was settled: circuit, weights, phase, image. */
export function settleHeadline(data: SettleData): string {
  const {
    circuit,
    die,
    layers,
    weights,
    tauSeconds,
    images,
    sample,
    lambda,
    beta,
    from,
    precision,
    tolerance,
    solvers,
  } = data;
  const shown = solvers[0].samples;
  const first = shown[0];
  const which =
    shown.length === 1
      ? `${sample} ${first.image}` +
        (first.label === null ? "" : ` (${targetText(data, first.label)})`)
      : `${sample}s ${first.image} … ${shown[shown.length - 1].image}`;
  const phase = beta === 0 ? "free phase" : `nudged phase, β = ${plain(beta)}`;
  const start = {
    zero: "from zero",
    guess: "from the copy's guess",
    free: "from the free equilibrium",
  }[from];
  const [{ solver, step }] = solvers;
  const steps = step === null ? "" : ` in steps of ${significant(step, 4)} τ`;
  const by = solvers.length > 1 ? [] : [`by ${solver}${steps}`];
  return [
    `${layers.join("-")} on ${circuit}, die ${die}, ${weights}; τ = ${withPrefix(tauSeconds, "s")}`,
    `${which} of ${images}, ${phase}, λ = ${significant(lambda, 4)}, ${start}`,
    [
      ...by,
      tolerance === null ? "no tolerance" : `tolerance ${significant(tolerance)}`,
      precision,
    ].join(", "),
  ].join("\n");
}

/** A row a sample for few samples, otherwise, or to compare, a row a solver. */
export function settleTable(data: SettleData): Table {
  const { solvers, tauSeconds } = data;
  const one = solvers.length === 1;
  const count = solvers[0].samples.length;
  const energy = solvers.some((s) => s.samples.some((x) => x.energy !== null));
  const head = [
    "outcome",
    "residual",
    "steps",
    "rejected",
    "evaluations",
    "time",
    ...(energy ? ["energy"] : []),
  ];
  if (one && count <= few)
    return {
      left: 2,
      head: [data.sample, ...head],
      rows: solvers[0].samples.map((x) => [`${x.image}`, ...cells([x], tauSeconds, energy)]),
    };
  return {
    left: 2,
    head: ["solver", ...head],
    rows: solvers.map((s) => [s.solver, ...cells(s.samples, tauSeconds, energy)]),
  };
}

function cells(samples: readonly SettledSample[], tauSeconds: number, energy: boolean): string[] {
  const mean = (of: (x: SettledSample) => number) => {
    const m = samples.reduce((sum, x) => sum + of(x), 0) / samples.length;
    return m < 100 ? plain(Number(m.toPrecision(3))) : String(Math.round(m));
  };
  const tau = samples.every((x) => x.tau !== null)
    ? samples.reduce((sum, x) => sum + (x.tau ?? 0), 0) / samples.length
    : null;
  const worst = samples.some((x) => !Number.isFinite(x.residual))
    ? NaN
    : Math.max(...samples.map((x) => x.residual));
  return [
    outcomeText(samples),
    Number.isNaN(worst) ? "not finite" : worst.toExponential(1),
    mean((x) => x.steps),
    mean((x) => x.rejected),
    mean((x) => x.evaluations),
    tau === null ? "–" : `${significant(tau, 3)} τ = ${withPrefix(tau * tauSeconds, "s")}`,
    ...(energy ? [energyText(samples)] : []),
  ];
}

function energyText(samples: readonly SettledSample[]): string {
  const all = samples.map((x) => x.energy);
  if (!all.every((e) => e !== null && Number.isFinite(e))) return "–";
  return (all.reduce<number>((sum, e) => sum + (e ?? 0), 0) / all.length).toFixed(6);
}

/** `settled`, or `97 settled, 3 max-steps`. */
export function outcomeText(samples: readonly Pick<SettledSample, "outcome" | "period">[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, period } of samples) {
    const name = period === null ? outcome : `${outcome} of ${period}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts.size === 1
    ? [...counts.keys()][0]
    : [...counts].map(([name, n]) => `${n} ${name}`).join(", ");
}

function tableText({ head, rows, left }: Table): string {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i].length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((c, i) => (i < left ? c.padEnd(widths[i]) : c.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Everything that is known beyond the table, one thing a line. */
export function notes(data: SettleData): string[] {
  const meanings = [...summaries(data), ...averaged(data)];
  const restless = data.noisy
    ? [
        "The circuit is noisy: it moves about its equilibrium for ever, and the residual says " +
          "how far.",
      ]
    : [];
  return [
    ...meanings,
    ...restless,
    ...data.solvers.flatMap((s) => stoppedLines(data, s)),
    ...data.solvers.flatMap((s) => adviceLines(data, s)),
    certificateText(data),
    ...slowestText(data),
    ...basinsText(data),
  ];
}

function averaged({ solvers, sample }: SettleData): string[] {
  const count = solvers[0].samples.length;
  return count > 1 && (solvers.length > 1 || count > few)
    ? [`Residuals are the largest, all other columns means over ${count} ${sample}s.`]
    : [];
}

/** Of many samples under one solver, how the steps spread. */
function summaries({ solvers }: SettleData): string[] {
  const { samples } = solvers[0];
  if (solvers.length > 1 || samples.length <= few) return [];
  const steps = samples.map((x) => x.steps).sort((a, b) => a - b);
  return [
    `Steps: least ${steps[0]}, median ${steps[Math.floor(steps.length / 2)]}, most ` +
      `${steps[steps.length - 1]}.`,
  ];
}

/** A time that was asked for and not reached is said, whatever else is known. */
function stoppedLines(
  { solvers, time, tauSeconds }: SettleData,
  { solver, samples }: SettledBy,
): string[] {
  const early = samples.filter((x) => stoppedEarly(x, time));
  if (time === null || early.length === 0) return [];
  const least = early.reduce((a, b) => ((b.tau ?? 0) < (a.tau ?? 0) ? b : a));
  const both = (tau: number) => `${significant(tau, 3)} τ = ${withPrefix(tau * tauSeconds, "s")}`;
  return [
    `${solvers.length > 1 ? `${solver}: ` : ""}The limit of steps stopped it, not the time: ` +
      `after ${least.steps + least.rejected} steps it is at ${both(least.tau ?? 0)} of the ` +
      `${both(time)} asked for; allow more with --steps, or take longer steps.`,
  ];
}

function adviceLines(data: SettleData, { solver, samples }: SettledBy): string[] {
  const prefix = data.solvers.length > 1 ? `${solver}: ` : "";
  if (data.noisy || data.tolerance === null) return [];
  const bad = samples.filter((x) => x.outcome !== "settled");
  return [...new Set(bad.map((x) => x.outcome))].map((outcome) => {
    const of = bad.filter((x) => x.outcome === outcome);
    const period = of[0].period;
    const longest =
      data.certificate && outcome === "limit-cycle"
        ? " The longest stable step of Euler is about " +
          `${significant(2 / data.certificate.largest, 3)} τ here.`
        : "";
    const named =
      period !== null && period !== 2
        ? `The state comes back every ${period} steps without settling: a step is too long; ` +
          "take a shorter one, energy-descent, exponential-euler or a minimiser."
        : of[0].advice;
    return `${prefix}${outcome}: ${named}${longest}`;
  });
}

/** What is certain about the number of equilibria, and how far the worst state is from the one. */
export function certificateText({
  certificate: c,
  curvature,
  solvers,
  basins,
  lambda,
}: SettleData): string {
  if (!c)
    return (
      "Not certified: the synapses are not reciprocal, and with so many units the certificate " +
      "takes too long."
    );
  const range = `from ${significant(c.smallest, 3)} to ${significant(c.largest, 3)}`;
  const ends = `eigenvalues of the Hessian ${range}`;
  if (!c.convex) {
    // Without an energy there is no Hessian, but the symmetric part of a Jacobian.
    if (!c.linear)
      return (
        "Not certified: the force is not linear in the states (the symmetric part of its " +
        `Jacobian has eigenvalues ${range} at one of them).`
      );
    const more = basins ? "" : "; count them with --starts 8";
    return (
      "Not certified: several equilibria are possible " +
      `(${ends}${couplings(c.smallest, curvature)})${more}. One is certain from λ = ` +
      `${Math.ceil(100 * (lambda - c.margin)) / 100} on.`
    );
  }
  const distances = solvers
    .flatMap((s) => s.samples.map((x) => x.distance))
    .filter((d) => d !== null);
  const far =
    solvers.length === 1 && distances.length > 0
      ? ` ${distances.length > 1 ? "Each state" : "The state"} is within ` +
        `${significant(Math.max(...distances))} of it (Euclidean norm).`
      : "";
  return `Certified: exactly one equilibrium (${ends}${couplings(c.smallest, curvature)}).${far}`;
}

function couplings(smallest: number, curvature: number | null): string {
  if (curvature === null) return "";
  return (
    `; 1 + λ = ${significant(curvature, 4)} ${smallest > 0 ? ">" : "<"} λmax = ` +
    `${significant(curvature - smallest, 4)} of the couplings`
  );
}

function slowestText({ solvers, tauSeconds, tolerance, sample }: SettleData): string[] {
  const x = solvers.flatMap((s) => s.samples).find((s) => s.slowest !== null);
  if (!x?.slowest) return [];
  const { tau, settling } = x.slowest;
  const smallest =
    x.smallest === null || Number.isNaN(x.smallest)
      ? ""
      : `, smallest eigenvalue ${significant(x.smallest, 3)}`;
  const free = x.free === null ? "" : ` (${x.free} units free${smallest})`;
  const which = `${capital(sample)} ${x.image}`;
  if (tau === Infinity) return [`${which}: the equilibrium is not stable${free}.`];
  if (tau === 0) return [`${which}: the rails hold every unit; nothing is left to settle.`];
  const both = (t: number) => `${significant(t, 3)} τ = ${withPrefix(t * tauSeconds, "s")}`;
  return [
    `${which}: the slowest deviation falls by e in ${both(tau)}${free}; from 1 to ` +
      `${significant(tolerance ?? 1e-3)} in about ${both(settling)}.`,
  ];
}

function basinsText({ basins, sample }: SettleData): string[] {
  if (!basins) return [];
  return basins.samples.map(({ image, equilibria, unsettled }) => {
    const each = equilibria
      .map(
        ({ starts, energy }) =>
          `${starts}${energy === null ? "" : ` (energy ${energy.toFixed(4)})`}`,
      )
      .join(", ");
    const found =
      equilibria.length === 0
        ? "no equilibrium"
        : equilibria.length === 1
          ? "one equilibrium"
          : `${equilibria.length} equilibria: starts that ended in each: ${each}`;
    return (
      `${capital(sample)} ${image}: ${basins.starts} starts found ` +
      `${found}${unsettled > 0 ? `; ${unsettled} did not settle` : ""}.`
    );
  });
}

/** `Row`, `Image`: the word at the beginning of a sentence. */
export function capital(word: SettleData["sample"]): string {
  return word === "image" ? "Image" : "Row";
}
