import type { DiodeFit } from "../../circuit/devices/fit/diode.ts";
import type { Candidate, Parameter } from "../../circuit/devices/fit/fit.ts";
import type { PulseFit } from "../../circuit/devices/fit/pulses.ts";
import { describeDevice, type DeviceModel } from "../../circuit/devices/index.ts";
import { format, type UnitSymbol } from "../../numerics/units.ts";

/** A device for people: what it is, its properties, its sources. */
export function deviceText(model: DeviceModel): string {
  const rows = describeDevice(model);
  const name = Math.max(...rows.map((r) => r.name.length));
  const value = Math.min(40, Math.max(...rows.map((r) => r.value.length)));
  const sources = model.cites.map((c) => `  ${sourceOf(c)}`);
  return [
    model.title,
    ...(model.description === "" ? [] : [model.description]),
    "",
    ...rows.map((r) =>
      `  ${r.name.padEnd(name)}  ${r.value.padEnd(value)}  ${r.meaning}`.trimEnd(),
    ),
    ...(sources.length > 0 ? ["", "Sources:", ...sources] : []),
    ...(model.approximate === "" ? [] : ["", `Approximate: ${model.approximate}`]),
  ].join("\n");
}

/** `Tang, ECRAM as …, 2018, doi …` of a BibTeX entry. */
export function sourceOf(cite: string): string {
  const field = (name: string) =>
    new RegExp(`^\\s*${name}\\s*=\\s*\\{(.*)\\},?$`, "m").exec(cite)?.[1].replace(/[{}\\]/g, "");
  const author = field("author")?.split(",")[0];
  const where =
    field("doi") ??
    (field("eprint") === undefined ? field("url") : `arXiv:${field("eprint") ?? ""}`);
  return [author, field("title"), field("year"), where]
    .filter((part) => part !== undefined)
    .join(", ");
}

/** What a fit measures, and what its relative errors are parts of. */
const fitted = {
  pulses: { unit: "S", relative: "of range" },
  "current-voltage": { unit: "A", relative: "relative" },
} satisfies Record<(PulseFit | DiodeFit)["kind"], { unit: UnitSymbol; relative: string }>;

/**
 * A fit for people: every law that was tried, the chosen one marked, its parameters with their
 * errors, what it leaves.
 */
export function fitText(fit: PulseFit | DiodeFit): string {
  const { unit, relative } = fitted[fit.kind];
  const width = Math.max(...fit.candidates.map((c) => c.law.length));
  const chosen = fit.candidates.find((c) => c.law === fit.law)!;
  const line = (c: Candidate) =>
    `${c === chosen ? "*" : " "} ${c.law.padEnd(width)}  ` +
    `${format(c.rms, unit, 3).padStart(9)}  ${format(c.rmsRelative, "%", 3).padStart(9)}  ` +
    c.aic.toFixed(1).padStart(10);
  const names = Math.max(...chosen.parameters.map((p) => p.name.length));
  return [
    `${fit.law}, fitted to ${fit.rows} rows`,
    "",
    ...chosen.parameters.map((p) => `  ${p.name.padEnd(names)}  ${valueText(p)}`),
    "",
    `  ${"law".padEnd(width)}  ${"residual".padStart(9)}  ` +
      `${relative.padStart(9)}  ${"AIC".padStart(10)}`,
    ...fit.candidates.map(line),
    ...fit.notes.map((n) => `note: ${n}`),
  ].join("\n");
}

function valueText({ value, error, unit }: Parameter): string {
  const text = (v: number, digits: number) => format(v, unit, digits);
  if (Number.isNaN(error) || error === 0) return text(value, 4);
  return Number.isFinite(error) && error < 10 * Math.abs(value)
    ? `${text(value, 5)} ± ${text(error, 2)}`
    : `${text(value, 3)}, not determined by the data`;
}

/** A fitted diode as YAML: the clamp of a schematic's neurons. */
export function diodeYaml(
  { law, saturation, ideality, resistance, rows }: DiodeFit,
  source: string,
): string {
  const head = `# ${law}, fitted to ${rows} points of ${source}`;
  if (saturation === null || ideality === null)
    return `${head}\nlaw: linear\nconductance: ${format(1 / resistance, "S", 17)}\n`;
  const series =
    resistance === 0
      ? ""
      : `# in series with ${format(resistance, "Ohm", 6)}, which a clamp has none of\n`;
  return (
    `${head}\n${series}law: diode\nsaturation: ${format(saturation, "A", 17)}\n` +
    `ideality: ${ideality}\n`
  );
}
