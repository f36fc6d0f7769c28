import { ink } from "../report/theme.ts";
import {
  barWidth,
  chartKinds,
  isBand,
  type Chart,
  type ChartLine,
  type ChartPanel,
  type ChartPoint,
  type ChartSeries,
} from "./chart.ts";
import { at, dashArray, escapeXml, mark, textWidth, type Box } from "./marks.ts";
import type { AxisScale } from "./scales.ts";

/** Curves with more points are drawn without marks, and their spread as a band. */
const many = 30;

/** Where a panel's lines are drawn, and its scales. */
interface Frame {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly box: Box;
}

/** One line of a panel: spread, line, marks. */
export function drawLine(
  chart: Chart,
  { points, dots = [], series, failed }: ChartLine,
  frame: Frame,
): string {
  const { kind } = chart;
  const style = chart.series[series] as ChartSeries | undefined;
  if (!style || points.length === 0) return "";
  const { color, dash, isLaw } = style;
  const { x, y } = frame;
  const { joins, marks, bars } = chartKinds[kind];
  if (bars)
    return barsOf(points, color, barWidth(chart), frame) + spread(points, ink.text, frame, false);
  const places = points.map((p) => `${at(x.to(p.x))},${at(y.to(p.y))}`);
  if (failed) return failure(places, color);
  const line =
    joins && points.length > 1
      ? `<polyline points="${places.join(" ")}" fill="none" stroke="${color}" stroke-width="2" ` +
        `stroke-linejoin="round"${dashArray(dash)}/>`
      : "";
  const symbols =
    !isLaw && (points.length <= many || marks)
      ? points.map((p) => mark(series, x.to(p.x), y.to(p.y), color)).join("")
      : "";
  const samples = dots
    .map(
      (p) =>
        `<circle cx="${at(x.to(p.x))}" cy="${at(y.to(p.y))}" r="2" fill="${color}" opacity=".45"/>`,
    )
    .join("");
  return spread(points, color, frame, isBand(kind, points)) + samples + line + symbols;
}

/** A bar at every point, from its base to its value, so wide along x. */
function barsOf(
  points: readonly ChartPoint[],
  color: string,
  width: number,
  { x, y }: Frame,
): string {
  return points
    .map((p) => {
      const [left, right] = [x.to(p.x - width / 2), x.to(p.x + width / 2)];
      const [a, b] = [y.to(p.base ?? 0), y.to(p.y)];
      return (
        `<rect x="${at(left)}" y="${at(Math.min(a, b))}" width="${at(right - left)}" ` +
        `height="${at(Math.abs(a - b))}" fill="${color}" fill-opacity=".75" stroke="#fff"/>`
      );
    })
    .join("");
}

/** A run that came apart: a thin line to a cross. */
function failure(places: readonly string[], color: string): string {
  const [x, y] = places[places.length - 1].split(",").map(Number);
  const r = 4.5;
  const line =
    places.length > 1
      ? `<polyline points="${places.join(" ")}" fill="none" stroke="${color}" stroke-width="1" ` +
        `opacity=".7"/>`
      : "";
  return (
    `${line}<path d="M${at(x - r)} ${at(y - r)}L${at(x + r)} ${at(y + r)}M${at(x - r)} ` +
    `${at(y + r)}L${at(x + r)} ${at(y - r)}" stroke="${color}" stroke-width="2" fill="none"/>`
  );
}

/** Where lines end, at the right of the panel's head, each in its colour. */
export function endTexts({ series }: Chart, ends: ChartPanel["ends"] = [], box: Box): string {
  return ends
    .map(
      ({ series: s, text }, i) =>
        `<text x="${at(box.x + box.width - 8)}" y="${at(box.y + 18 + 17 * i)}" ` +
        `text-anchor="end" font-size="12" fill="${series[s].color}" stroke="#fff" ` +
        `stroke-width="4" ` +
        `paint-order="stroke">${escapeXml(`${series[s].label}: ${text}`)}</text>`,
    )
    .join("");
}

/** A band around a line of many points, bars at the points of a short one. */
function spread(
  points: readonly ChartPoint[],
  color: string,
  { x, y, box }: Frame,
  asBand: boolean,
): string {
  const around = points.filter((p) => p.low !== undefined && p.high !== undefined);
  const place = (v: number) => (v <= y.low ? box.y + box.height : y.to(v));
  if (asBand && around.length > 1) {
    const upper = around.map((p) => `${at(x.to(p.x))} ${at(place(p.high!))}`);
    const lower = around.map((p) => `${at(x.to(p.x))} ${at(place(p.low!))}`).reverse();
    return `<path d="M${[...upper, ...lower].join("L")}Z" fill="${color}" opacity=".16"/>`;
  }
  return around
    .map((p) => {
      const [px, high, low] = [at(x.to(p.x)), at(place(p.high!)), at(place(p.low!))];
      return (
        `<path d="M${at(px - 4)} ${high}h8M${px} ${high}V${low}M${at(px - 4)} ${low}h8" ` +
        `fill="none" stroke="${color}" stroke-width="1.3" opacity=".8"/>`
      );
    })
    .join("");
}

/**
 * The legend, in rows from (left, top); nothing where there is one series without anything to tell
 * apart.
 */
export function legend(
  { series, kind }: Chart,
  left: number,
  top: number,
  right: number,
): { readonly svg: string; readonly bottom: number } {
  if (series.length < 2) return { svg: "", bottom: top - 24 };
  let x = left;
  let y = top;
  const entries = series.map(({ label, color, dash, isLaw }, i) => {
    if (isLaw) return "";
    const width = 36 + textWidth(label, 13);
    if (x > left && x + width > right) {
      x = left;
      y += 22;
    }
    const svg =
      (chartKinds[kind].joins
        ? `<line x1="${at(x)}" x2="${at(x + 24)}" y1="${y - 4}" y2="${y - 4}" stroke="${color}" ` +
          `stroke-width="2"${dashArray(dash)}/>`
        : "") +
      mark(i, x + 12, y - 4, color) +
      `<text x="${at(x + 31)}" y="${y}" fill="${ink.text}">${escapeXml(label)}</text>`;
    x += width + 16;
    return svg;
  });
  return { svg: entries.join(""), bottom: y + 2 };
}
