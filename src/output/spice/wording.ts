import { plain, significant, withPrefix } from "../report/format.ts";
import { agrees, speedRatios, type ParityData, type ParityRow } from "./data.ts";

/** What the comparison found, for a terminal. */
export function parityText(data: ParityData): string {
  const { head, rows } = parityTable(data);
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((r) => r[i].length)));
  const table = all
    .map((row) =>
      row
        .map((c, i) => (i < 2 ? c.padEnd(widths[i]) : c.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
  return [
    parityHeadline(data),
    "",
    table,
    "",
    ...timeLines(data),
    ...data.notes.map(sentence),
    verdictText(data),
  ].join("\n");
}

/** Which die, from where to where, and by what. */
export function parityHeadline({
  circuit,
  die,
  layers,
  weights,
  tauSeconds,
  input,
  label,
  lambda,
  beta,
  time,
  clamp,
}: ParityData): string {
  return [
    `${layers.join("-")} on ${circuit}, die ${die}, ${weights}; τ = ` +
      `${withPrefix(tauSeconds, "s")}; ${clamp}`,
    `input ${input}, ${label === null ? "its targets" : `class ${label}`} nudged, ` +
      `λ = ${significant(lambda, 4)}, β = ` +
      `${plain(beta)}; free phase ${plain(time.free)} τ, nudged phase ${plain(time.nudged)} τ`,
  ].join("\n");
}

/** A row a comparison. */
export function parityTable({ rows }: ParityData): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  return {
    head: ["what", "between", "max, mV", "90 % below, mV", "allowed, mV", ""],
    rows: rows.map((r) => [
      r.what,
      r.between.join(" and "),
      millivolt(r.max),
      millivolt(r.p90),
      plainLimit(r),
      r.max <= r.limit ? "ok" : "DIFFERS",
    ]),
  };
}

const millivolt = (volt: number) => significant(1e3 * volt);
const plainLimit = ({ limit }: ParityRow) => significant(1e3 * limit);

/** How long each took. */
export function timeLines(data: ParityData): readonly string[] {
  const { seconds, ode, minimiser, spice, folded, points } = data;
  const elements = `${data.elements} elements${folded ? " (inputs folded)" : ""}`;
  const ratio = speedRatios(data);
  const faster = (x: number | null) => (x === null ? "" : `, ${significant(x, 3)} × as fast`);
  const at =
    seconds.points === null
      ? null
      : `${time(seconds.points)} for ${seconds.spice === null ? `${elements} and ` : ""}two ` +
        "operating points";
  const ran = [
    ...(seconds.spice === null
      ? []
      : [`${time(seconds.spice)} for ${elements} and ${points} points in time`]),
    ...(at === null ? [] : [at]),
  ];
  return [
    ran.length === 0
      ? `ngspice did not run; the netlist has ${elements}.`
      : `${spice.engine ?? "ngspice"}: ${ran.join(", ")}, reading included.`,
    `${ode.name}: ${time(seconds.ode)} for the ` +
      `${seconds.spice === null ? "" : "same "}waveforms, ${Math.round(ode.evaluations)} ` +
      `evaluations${faster(ratio.ode)}.`,
    ...(minimiser && seconds.minimiser !== null
      ? [
          `${minimiser.name}: ${time(seconds.minimiser)} for both equilibria to 10⁻¹¹, ` +
            `${Math.round(minimiser.evaluations)} sweeps${faster(ratio.minimiser)}.`,
        ]
      : []),
  ];
}

const time = (seconds: number) =>
  seconds >= 1 ? `${significant(seconds, 3)} s` : withPrefix(seconds, "s");
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Whether ngspice is one of the two. */
export function ofSpice({ between }: Pick<ParityRow, "between">): boolean {
  return between[0].startsWith("ngspice");
}

/** Whether they agree, and what is in the way. */
export function verdictText(data: ParityData): string {
  const { spice, rows } = data;
  const apart = rows.filter((r) => r.max > r.limit);
  if (spice.failure !== null)
    return spice.engine === null
      ? `No ngspice: ${spice.failure}. Above is our part.`
      : `ngspice failed (${spice.engine}): ${spice.failure}. Above is ` +
          `${rows.some(ofSpice) ? "what there is" : "our part"}.`;
  if (agrees(data))
    return rows.some((r) => r.between.includes(data.minimiser?.name ?? ""))
      ? "All three agree."
      : "Both agree.";
  const each = apart.map(
    (r) => `${r.what} of ${r.between.join(" and ")} by ${millivolt(r.max)} mV`,
  );
  return `They differ: ${each.join("; ")}.`;
}
