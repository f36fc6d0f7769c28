import { font, ink } from "../src/output/report/theme.ts";

/** A line of a panel: measured points, and the power law through them when there is one. */
export interface Series {
  readonly label: string;
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly fit?: { readonly exponent: number; readonly factor: number };
}

/**
 * A diagram with logarithmic axes: ticks of x stand at the measured values, those of y at 1, 2 and
 * 5.
 */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yText: (y: number) => string;
  readonly series: readonly Series[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface Scale {
  readonly to: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

const size = {
  panel: 340,
  height: 250,
  gapX: 34,
  gapY: 96,
  left: 64,
  top: 78,
  bottom: 62,
  right: 18,
};

/** Panels in a grid, row by row, as an SVG on white paper. */
export function svgGrid(title: string, rows: readonly (readonly Panel[])[]): string {
  const columns = Math.max(...rows.map((r) => r.length));
  const step = { x: size.left + size.panel + size.gapX, y: size.height + size.gapY };
  const width = columns * step.x - size.gapX + size.right;
  const height = size.top + rows.length * step.y - size.gapY + size.bottom;
  const panels = rows.flatMap((row, r) =>
    row.map((panel, c) =>
      drawPanel(panel, {
        x: size.left + c * step.x,
        y: size.top + r * step.y,
        width: size.panel,
        height: size.height,
      }),
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${escape(font)}" font-size="13" fill="${ink.soft}">
<title>${escape(title)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${size.left}" y="30" font-size="18" font-weight="650" fill="${ink.text}">${escape(title)}</text>
${panels.join("\n")}
</svg>
`;
}

function drawPanel({ title, xLabel, yText, series }: Panel, box: Box): string {
  const xs = series.flatMap((s) => s.points.map((p) => p.x));
  const ys = series.flatMap((s) => s.points.map((p) => p.y));
  const x = logScale(xs, [box.x, 12], [box.x + box.width, -12]);
  const y = logScale(ys, [box.y + box.height, -24], [box.y, 42]);
  return [
    `<text x="${box.x}" y="${box.y - 12}" font-size="14" font-weight="650" ` +
      `fill="${ink.text}">${escape(title)}</text>`,
    ...yTicks(y).map(
      (v) =>
        `<line x1="${box.x}" x2="${box.x + box.width}" y1="${at(y.to(v))}" ` +
        `y2="${at(y.to(v))}" stroke="${ink.grid}"/><text x="${box.x - 8}" ` +
        `y="${at(y.to(v) + 4.5)}" text-anchor="end">${escape(yText(v))}</text>`,
    ),
    `<line x1="${box.x}" x2="${box.x + box.width}" y1="${box.y + box.height}" ` +
      `y2="${box.y + box.height}" stroke="${ink.line}"/>`,
    ...[...new Set(xs)].map(
      (v) =>
        `<line x1="${at(x.to(v))}" x2="${at(x.to(v))}" y1="${box.y + box.height}" ` +
        `y2="${box.y + box.height + 5}" stroke="${ink.line}"/><text x="${at(x.to(v))}" ` +
        `y="${box.y + box.height + 20}" text-anchor="middle">${v}</text>`,
    ),
    `<text x="${box.x + box.width / 2}" y="${box.y + box.height + 41}" ` +
      `text-anchor="middle">${escape(xLabel)}</text>`,
    ...series.map((s) => drawSeries(s, xLabel, x, y, box)),
  ].join("\n");
}

function drawSeries(
  { label, color, points, fit }: Series,
  xLabel: string,
  x: Scale,
  y: Scale,
  box: Box,
): string {
  const ends = [points[0].x, points.at(-1)!.x];
  const law = (v: number) => fit!.factor * v ** fit!.exponent;
  // The label stands above the line's end; of a falling line in the corner, which it leaves free.
  const last = y.to(points.at(-1)!.y);
  const falls = last > y.to(points[0].y) + 20;
  const power = fit
    ? ` ∝ ${escape(xLabel.split(",")[0])}<tspan dy="-5" ` +
      `font-size="11">${fit.exponent.toFixed(2).replace("-", "−")}</tspan>`
    : "";
  return [
    fit
      ? `<line x1="${at(x.to(ends[0]))}" y1="${at(y.to(law(ends[0])))}" ` +
        `x2="${at(x.to(ends[1]))}" y2="${at(y.to(law(ends[1])))}" stroke="${color}" ` +
        `stroke-width="1.5" stroke-dasharray="5 4" opacity=".55"/>`
      : "",
    `<polyline points="${points.map((p) => `${at(x.to(p.x))},${at(y.to(p.y))}`).join(" ")}" ` +
      `fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`,
    ...points.map(
      (p) =>
        `<circle cx="${at(x.to(p.x))}" cy="${at(y.to(p.y))}" r="4" fill="${color}" ` +
        `stroke="#fff" stroke-width="1.5"/>`,
    ),
    `<text x="${at(box.x + box.width - 4)}" y="${at(falls ? box.y + 26 : last - 13)}" ` +
      `text-anchor="end" font-weight="600" fill="${color}">${escape(label)}${power}</text>`,
  ].join("");
}

type Edge = readonly [at: number, inset: number];

/**
 * From the least value to the greatest, each an inset away from its edge; no less than a factor of
 * four, for what hardly varies.
 */
function logScale(values: readonly number[], [from, insetFrom]: Edge, [to, insetTo]: Edge): Scale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const slack = Math.sqrt(Math.max(1, 4 / (most / least)));
  const begin = Math.log(least / slack);
  const perLog = (to + insetTo - from - insetFrom) / (Math.log(most * slack) - begin);
  const inverse = (place: number) => Math.exp(begin + (place - from - insetFrom) / perLog);
  return {
    low: inverse(from),
    high: inverse(to),
    to: (v) => from + insetFrom + (Math.log(v) - begin) * perLog,
  };
}

/** 1, 2 and 5 in every decade, or only 1 when there are many decades. */
function yTicks({ low, high }: Scale): readonly number[] {
  const first = Math.floor(Math.log10(low));
  const decades = Math.ceil(Math.log10(high)) - first;
  const within = (mantissas: readonly number[]) =>
    Array.from({ length: decades + 1 }, (_, d) => mantissas.map((m) => Number(`${m}e${first + d}`)))
      .flat()
      .filter((v) => v >= low && v <= high);
  const few = within([1, 2, 5]);
  return few.length <= 8 ? few : within([1]);
}

const at = (v: number) => Number(v.toFixed(1));

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
