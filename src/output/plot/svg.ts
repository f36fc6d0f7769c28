import { font, ink } from "../report/theme.ts";
import {
  barWidth,
  chartKinds,
  finiteChart,
  type Chart,
  type ChartPanel,
  type ChartPoint,
} from "./chart.ts";
import { heatKey, heatPanel } from "./heat.ts";
import { at, escapeXml, textWidth, type Box } from "./marks.ts";
import { drawLine, endTexts, legend } from "./lines.ts";
import { axisScale, type AxisScale } from "./scales.ts";

const margin = { left: 74, right: 24, top: 22, bottom: 18 };
const gap = { x: 40, y: 62 };
/** Keeps marks off the corners. */
const inset = 8;
/** Room below a panel for its ticks, and for the name of the axis. */
const tickRoom = 26;
const labelRoom = 26;

/**
 * A chart as an SVG on white paper: title, legend, panels with common axes, notes below. Points and
 * ticks are rounded to a tenth of a pixel, so equal data make equal files.
 */
export function chartSvg(chart: Chart): string {
  return picture(chart, "panel", 1).svg;
}

/** Charts as one SVG: one below the other, or in rows of so many. */
export function chartsSvg(charts: readonly Chart[], inRow = 1): string {
  if (charts.length === 1) return chartSvg(charts[0]);
  const pictures = charts.map((chart, i) => picture(chart, `chart-${i + 1}`, inRow));
  const widest = Math.max(0, ...pictures.map((p) => p.width));
  const width = Math.min(inRow, Math.max(1, pictures.length)) * (widest + between) - between;
  const rows = Array.from({ length: Math.ceil(pictures.length / inRow) }, (_, r) =>
    Math.max(...pictures.slice(r * inRow, (r + 1) * inRow).map((p) => p.height)),
  );
  const above = (row: number) => rows.slice(0, row).reduce((sum, h) => sum + h + between, 0);
  const height = Math.max(1, above(rows.length) - between);
  const placed = pictures.map(({ svg }, i) => {
    const left = (i % inRow) * (widest + between);
    const top = above(Math.floor(i / inRow));
    return `<g transform="translate(${at(left)} ${at(top)})">\n${svg}</g>`;
  });
  return `<svg ${extentOf(width, height)}>
<rect width="${at(width)}" height="${at(height)}" fill="#fff"/>
${placed.join("\n")}
</svg>
`;
}

/** The attributes of an SVG of this size, in pixels. */
function extentOf(width: number, height: number): string {
  return (
    `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${at(width)} ${at(height)}" ` +
    `width="${at(width)}" height="${at(height)}"`
  );
}

/** Between two charts of one picture. */
const between = 24;

interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/**
 * @param name what the names of its panels begin with, which must differ within one picture.
 * @param inRow how many charts share the width of the paper.
 */
function picture(asked: Chart, name: string, inRow: number): Picture {
  const chart = finiteChart(asked);
  const columns = columnsFor(chart.panels.length);
  const rows = Math.ceil(chart.panels.length / columns);
  const panel = panelSize(chart, Math.max(columns, inRow));
  const left = margin.left + leftRoom(chart);
  const key = chartKinds[chart.kind].fields ? 86 : 0;
  const width = Math.max(
    left + columns * (panel.width + gap.x) - gap.x + key + margin.right,
    textWidth(chart.title, 17) + 2 * margin.right,
  );
  const names = legend(chart, left, margin.top + 44, width - margin.right);
  const titled = chart.panels.some((p) => p.title !== "");
  const top = names.bottom + (titled ? 30 : 14);
  const turned = turnedRoom(chart, panel.width);
  const stepY = panel.height + gap.y + turned;
  const foot = top + rows * stepY - gap.y + tickRoom + labelRoom;
  const notes = wrapped(chart.notes.map((n) => `${n}.`).join(" "), width - left - margin.right);
  const height = foot + margin.bottom + notes.length * 17;
  const boxes = chart.panels.map(
    (_, i): Box => ({
      x: left + (i % columns) * (panel.width + gap.x),
      y: top + Math.floor(i / columns) * stepY,
      ...panel,
    }),
  );
  const values = heatValues(chart);
  const svg = `<svg ${extentOf(width, height)} role="img" font-family="${escapeXml(font)}" \
font-size="13" fill="${ink.soft}">
<title>${escapeXml(chart.title)}</title>
<rect width="${at(width)}" height="${at(height)}" fill="#fff"/>
<text x="${left}" y="${margin.top + 10}" font-size="17" font-weight="650" \
fill="${ink.text}">${escapeXml(chart.title)}</text>
${[
  names.svg,
  ...chart.panels.map((p, i) =>
    drawPanel(chart, p, boxes[i], `${name}-${i + 1}`, {
      first: i % columns === 0,
      last: i + columns >= chart.panels.length,
      values,
    }),
  ),
  ...(chartKinds[chart.kind].fields && boxes.length > 0
    ? [
        heatKey(chart.value ?? "", values, {
          x: width - margin.right - 66,
          y: boxes[0].y,
          width: 14,
          height: panel.height,
        }),
      ]
    : []),
  ...notes.map(
    (line, i) =>
      `<text x="${left}" y="${at(foot + 14 + 17 * i)}" font-size="12">${escapeXml(line)}</text>`,
  ),
]
  .filter((part) => part !== "")
  .join("\n")}
</svg>
`;
  return { svg, width, height };
}

function columnsFor(panels: number): number {
  return panels <= 3 ? Math.max(1, panels) : panels === 4 ? 2 : 3;
}

function panelSize({ kind, x, y }: Chart, columns: number): { width: number; height: number } {
  const width = columns === 1 ? 560 : columns === 2 ? 380 : 300;
  const height = columns === 1 ? 340 : 250;
  return chartKinds[kind].fields
    ? {
        width: Math.min(width, Math.max(180, 74 * (x.categories?.length ?? 1))),
        height: Math.min(height, Math.max(90, 46 * (y.categories?.length ?? 1))),
      }
    : { width, height };
}

/** Long names of rows, and numbers with units, need more room than numbers. */
function leftRoom({ y }: Chart): number {
  const longest = Math.max(0, ...(y.categories ?? []).map((c) => textWidth(c, 13)));
  return Math.max(y.unit === undefined ? 0 : 18, Math.min(160, longest - 34));
}

interface Position {
  readonly first: boolean;
  readonly last: boolean;
  readonly values: readonly number[];
}

function drawPanel(
  chart: Chart,
  panel: ChartPanel,
  box: Box,
  id: string,
  { first, last, values }: Position,
): string {
  const points = chart.panels.flatMap((p) =>
    p.lines.flatMap((l) => [...l.points, ...(l.dots ?? [])]),
  );
  const aside = chart.x.scale === "category" ? 0 : inset;
  const x = axisScale(
    chart.x,
    barred(chart, points),
    box.x + aside,
    box.x + box.width - aside,
    box.width < 350 ? 5 : 8,
  );
  const y = axisScale(
    chart.y,
    heights(chart, points),
    box.y + box.height,
    box.y,
    box.height < 300 ? 5 : 7,
  );
  const bottom = box.y + box.height;
  const label = (text: string) => escapeXml(text);
  const drawn = panel.lines.map((line) => drawLine(chart, line, { x, y, box }));
  return [
    panel.title === ""
      ? ""
      : `<text x="${at(box.x)}" y="${at(box.y - 9)}" font-weight="650" ` +
        `fill="${ink.text}">${label(panel.title)}</text>`,
    chartKinds[chart.kind].fields
      ? heatPanel(panel, box, values)
      : grid(x, y, box, chart.x.scale !== "category"),
    ...xTicks(x, box, turnedRoom(chart, box.width) > 0),
    ...(first
      ? y.ticks.map(
          (t) =>
            `<text x="${at(box.x - 9)}" y="${at(y.to(t.value) + 4.5)}" ` +
            `text-anchor="end">${label(t.text)}</text>`,
        )
      : []),
    first
      ? `<text transform="translate(${at(Math.max(16, box.x - 58 - leftRoom(chart)))} ` +
        `${at(box.y + box.height / 2)}) rotate(-90)" text-anchor="middle" ` +
        `fill="${ink.text}">${label(chart.y.label)}</text>`
      : "",
    last
      ? `<text x="${at(box.x + box.width / 2)}" ` +
        `y="${at(bottom + tickRoom + 18 + turnedRoom(chart, box.width))}" text-anchor="middle" ` +
        `fill="${ink.text}">${label(chart.x.label)}</text>`
      : "",
    `<clipPath id="${id}"><rect x="${at(box.x - 6)}" y="${at(box.y - 6)}" ` +
      `width="${at(box.width + 12)}" height="${at(box.height + 12)}"/></clipPath>`,
    `<g clip-path="url(#${id})">${drawn.join("")}</g>`,
    endTexts(chart, panel.ends, box),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Where points are along x; of bars on numbers, their edges. */
function barred(chart: Chart, points: readonly ChartPoint[]): number[] {
  const half = chartKinds[chart.kind].bars ? barWidth(chart) / 2 : 0;
  return points.flatMap(({ x }) => (half === 0 ? [x] : [x - half, x + half]));
}

/** Marks of the spread count, but not where they would leave a logarithmic axis. */
function heights({ y, kind }: Chart, points: readonly ChartPoint[]): number[] {
  const bases = chartKinds[kind].bars ? points.map((p) => p.base ?? 0) : [];
  const all = [...points.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]), ...bases];
  const least = Math.min(...points.map((p) => p.y));
  return y.scale === "log" ? all.filter((v) => v >= least / 3) : all;
}

function grid(x: AxisScale, y: AxisScale, box: Box, vertical: boolean): string {
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  return [
    ...y.ticks.map(
      (t) =>
        `<line x1="${at(box.x)}" x2="${at(right)}" y1="${at(y.to(t.value))}" ` +
        `y2="${at(y.to(t.value))}" stroke="${ink.grid}"/>`,
    ),
    ...(vertical
      ? x.ticks.map(
          (t) =>
            `<line x1="${at(x.to(t.value))}" x2="${at(x.to(t.value))}" y1="${at(box.y)}" ` +
            `y2="${at(bottom)}" stroke="${ink.grid}"/>`,
        )
      : []),
    `<path d="M${at(box.x)} ${at(box.y)}V${at(bottom)}H${at(right)}" fill="none" ` +
      `stroke="${ink.soft}"/>`,
  ].join("");
}

/** Names of categories that would touch each other are turned, and need more room below: px. */
function turnedRoom({ x: { scale, categories = [] } }: Chart, width: number): number {
  const widest =
    scale === "category" ? Math.max(0, ...categories.map((name) => textWidth(name, 11))) : 0;
  return widest > width / Math.max(1, categories.length - 1)
    ? widest * Math.sin((slant * Math.PI) / 180)
    : 0;
}

/** Degrees. */
const slant = 35;

/** Numbers that would touch each other are small. */
function xTicks(x: AxisScale, box: Box, turn: boolean): readonly string[] {
  const bottom = box.y + box.height;
  const room = box.width / Math.max(1, x.ticks.length - 1);
  const small = Math.max(0, ...x.ticks.map((t) => textWidth(t.text, 13))) > room - 4;
  return x.ticks.map(
    ({ value, text }) =>
      `<line x1="${at(x.to(value))}" x2="${at(x.to(value))}" y1="${at(bottom)}" ` +
      `y2="${at(bottom + 4)}" stroke="${ink.soft}"/>` +
      (turn
        ? `<text transform="translate(${at(x.to(value) + 4)} ${at(bottom + 15)}) ` +
          `rotate(${-slant})" text-anchor="end" font-size="11">${escapeXml(text)}</text>`
        : `<text x="${at(x.to(value))}" y="${at(bottom + 19)}" ` +
          `text-anchor="middle"${small ? ` font-size="10.5"` : ""}>${escapeXml(text)}</text>`),
  );
}

function heatValues({ panels }: Chart): readonly number[] {
  return panels.flatMap((p) => p.heat?.flat() ?? []).filter((v): v is number => v !== null);
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, 12) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== "") lines.push(word);
  }
  return lines;
}
