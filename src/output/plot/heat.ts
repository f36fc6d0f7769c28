import { significant } from "../report/format.ts";
import { ink } from "../report/theme.ts";
import { ramp, type ChartPanel } from "./chart.ts";
import { at, escapeXml, type Box } from "./marks.ts";

/** The fields of a heat map with their values in them, the first row below. */
export function heatPanel({ heat = [] }: ChartPanel, box: Box, values: readonly number[]): string {
  const h = box.height / Math.max(1, heat.length);
  return heat
    .map((row, r) =>
      row
        .map((v, c) => {
          const w = box.width / row.length;
          const x = box.x + c * w;
          const y = box.y + box.height - (r + 1) * h;
          const part = v === null ? 0 : place(v, values);
          const field =
            `<rect x="${at(x)}" y="${at(y)}" width="${at(w)}" height="${at(h)}" ` +
            `fill="${v === null ? ink.grid : ramp(part)}" stroke="#fff"/>`;
          const color = v === null ? ink.soft : part > 0.55 ? ink.text : "#fff";
          return (
            `${field}<text x="${at(x + w / 2)}" y="${at(y + h / 2 + 4.5)}" text-anchor="middle" ` +
            `fill="${color}">${escapeXml(significant(v, 3))}</text>`
          );
        })
        .join(""),
    )
    .join("");
}

/** The colours from the least value to the greatest. */
export function heatKey(label: string, values: readonly number[], box: Box): string {
  const steps = 32;
  const h = box.height / steps;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const bars = Array.from(
    { length: steps },
    (_, i) =>
      `<rect x="${at(box.x)}" y="${at(box.y + box.height - (i + 1) * h)}" ` +
      `width="${box.width}" height="${at(h + 0.5)}" fill="${ramp((i + 0.5) / steps)}"/>`,
  );
  const name =
    `<text x="${at(box.x + box.width)}" y="${at(box.y - 9)}" text-anchor="end" ` +
    `fill="${ink.text}">${escapeXml(label)}</text>`;
  if (values.length === 0) return name;
  return (
    `${bars.join("")}<text x="${at(box.x + 20)}" ` +
    `y="${at(box.y + 10)}">${significant(high, 3)}</text><text x="${at(box.x + 20)}" ` +
    `y="${at(box.y + box.height)}">${significant(low, 3)}</text>${name}`
  );
}

function place(v: number, values: readonly number[]): number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return high > low ? (v - low) / (high - low) : 0.5;
}
