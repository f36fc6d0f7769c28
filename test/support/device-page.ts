import { describeDevice, type DeviceModel } from "../../src/circuit/devices/index.ts";
import { deviceChart } from "../../src/output/device/chart.ts";
import { sourceOf } from "../../src/output/device/wording.ts";
import { chartSvg } from "../../src/output/plot/svg.ts";

/** Where the figure of a device lies, below docs/. */
export const figureOf = ({ name }: DeviceModel) => `figures/device-${name}.svg`;

export const drawn = (model: DeviceModel) => chartSvg(deviceChart(model));

const begin = "<!-- devices: written by test/circuit/devices/page.test.ts -->";
const end = "<!-- /devices -->";

/** The page with the section of every device made anew. */
export function filled(page: string, models: readonly DeviceModel[]): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`expected ${begin} and after it ${end}`);
  const [head, foot] = [page.slice(0, from + begin.length), page.slice(to)];
  return `${head}\n\n${models.map(section).join("\n")}\n${foot}`;
}

function section(model: DeviceModel): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const drawn =
    model.update.law === "ideal" ? "conductance against x" : "x after pulses up and then down";
  return [
    `### ${model.name}`,
    "",
    `*${model.title}.* ${model.description}`,
    "",
    "| property | value | meaning |",
    "|---|---|---|",
    ...describeDevice(model).map(
      (r) => `| ${cell(r.name)} | ${cell(r.value)} | ${cell(r.meaning)} |`,
    ),
    "",
    ...(model.approximate === "" ? [] : [`Approximate: ${model.approximate}`, ""]),
    ...(model.cites.length === 0 ? [] : [`Sources: ${model.cites.map(linked).join("; ")}.`, ""]),
    `![${model.title}: ${drawn}](${figureOf(model)})`,
    "",
  ].join("\n");
}

function linked(cite: string): string {
  const parts = sourceOf(cite).split(", ");
  const where = parts.pop()!;
  const text = parts.join(", ");
  const url = where.startsWith("10.")
    ? `https://doi.org/${where}`
    : where.startsWith("arXiv:")
      ? `https://arxiv.org/abs/${where.slice(6)}`
      : where;
  return `[${text}](${url})`;
}
