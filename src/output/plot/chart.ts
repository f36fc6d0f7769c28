/** An axis of a chart; on a `category` axis the place of an entry is its index. */
export interface ChartAxis {
  readonly label: string;
  readonly scale: "linear" | "log" | "category";
  readonly categories?: readonly string[];
  /** The place on a logarithmic axis where zero is drawn, below all values. */
  readonly zero?: number;
  /** The values that ticks stand at; round ones where left out. */
  readonly ticks?: readonly number[];
  /** What the values are in, where ticks say it: `s` for "50 µs". */
  readonly unit?: string;
}

/** A mean, and what is around it. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  /** Where its bar begins; 0 when absent. */
  readonly base?: number;
}

export interface ChartLine {
  /** Which of the chart's series it is: its colour and mark. */
  readonly series: number;
  readonly points: readonly ChartPoint[];
  /** What the points are means of, each a small dot. */
  readonly dots?: readonly ChartPoint[];
  /** A run that failed: drawn thinly, with a cross where it ended. */
  readonly failed?: boolean;
}

export interface ChartPanel {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** Where lines end, printed in the panel. */
  readonly ends?: readonly { readonly series: number; readonly text: string }[];
  /** [row][column] of a heat map, rows along y; null where nothing was measured. */
  readonly heat?: readonly (readonly (number | null)[])[];
}

/** A series in the legend; `dash` tells apart what shares a colour. */
export interface ChartSeries {
  readonly label: string;
  readonly color: string;
  readonly dash: number;
  /** A law through the series before, which names both: drawn without marks, in no legend. */
  readonly isLaw?: boolean;
}

type ChartKind = "lines" | "scatter" | "bars" | "heat";

/**
 * How a kind is drawn: whether a line joins the points, whether they have marks however many they
 * are, whether they are bars, and whether fields of colour take the place of all.
 */
export const chartKinds = {
  lines: { joins: true, marks: false, bars: false, fields: false },
  scatter: { joins: false, marks: true, bars: false, fields: false },
  bars: { joins: false, marks: false, bars: true, fields: false },
  heat: { joins: false, marks: false, bars: false, fields: true },
} satisfies Record<ChartKind, { joins: boolean; marks: boolean; bars: boolean; fields: boolean }>;

/** How wide bars are, in units of x: as far as the nearest two are apart, 0.7 of a category. */
export function barWidth({ x, panels }: Pick<Chart, "x" | "panels">): number {
  if (x.scale === "category") return 0.7;
  const places = [
    ...new Set(panels.flatMap((p) => p.lines.flatMap((l) => l.points)).map((p) => p.x)),
  ];
  places.sort((a, b) => a - b);
  const gaps = places.slice(1).map((place, i) => place - places[i]);
  return gaps.length > 0 ? Math.min(...gaps) : 1;
}

/** Whether what is around the points of a line is a band; bars at a few points. */
export function isBand(kind: ChartKind, points: readonly ChartPoint[]): boolean {
  return chartKinds[kind].joins && points.length > 4;
}

/** A figure of a study as plain data, drawn as SVG and by Plotly. All panels share their axes. */
export interface Chart {
  readonly title: string;
  readonly kind: ChartKind;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  readonly panels: readonly ChartPanel[];
  /** What the colours of a heat map say. */
  readonly value?: string;
  /** What is around the points, and what is left out. */
  readonly notes: readonly string[];
}

/** Beyond it differences overflow, and below its reciprocal steps vanish. */
const most = 1e150;

/**
 * The chart less what has no place in a picture: NaN, infinities, numbers beyond 10¹⁵⁰, and what is
 * not above zero on a logarithmic axis.
 */
export function finiteChart(chart: Chart): Chart {
  const has = ({ scale }: ChartAxis, v: number | undefined) =>
    v !== undefined && Math.abs(v) <= most && (scale !== "log" || v >= 1 / most);
  const near = (v: number) => (Math.abs(v) < 1 / most ? 0 : v);
  const point = ({ x, y, low, high, base }: ChartPoint): ChartPoint => ({
    x: near(x),
    y: near(y),
    ...(base !== undefined && Math.abs(base) <= most && { base: near(base) }),
    // Both are drawn, or none; below a logarithmic axis a mark ends at its edge.
    ...([low, high].every((v) => v !== undefined && Math.abs(v) <= most) && { low, high }),
  });
  return {
    ...chart,
    panels: chart.panels.map((panel) => ({
      ...panel,
      lines: panel.lines.map((line) => ({
        ...line,
        points: line.points.filter((p) => has(chart.x, p.x) && has(chart.y, p.y)).map(point),
      })),
      heat: panel.heat?.map((row) =>
        row.map((v) => (v !== null && Math.abs(v) <= most ? near(v) : null)),
      ),
    })),
  };
}

/** Colours that all kinds of colour vision tell apart (Okabe & Ito, 2008), without the yellow. */
export const distinct = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#4d4d4d",
] as const;

// Every sixteenth of viridis (van der Walt & Smith, matplotlib), which grows evenly lighter.
const viridis = [
  "#440154",
  "#481a6c",
  "#472f7d",
  "#414487",
  "#39568c",
  "#31688e",
  "#2a788e",
  "#23888e",
  "#1f988b",
  "#22a884",
  "#35b779",
  "#54c568",
  "#7ad151",
  "#a5db36",
  "#d2e21b",
  "#fde725",
];

/** The colour of a part 0 … 1 of a range. */
export function ramp(part: number): string {
  const place = Math.min(1, Math.max(0, part)) * (viridis.length - 1);
  const i = Math.min(viridis.length - 2, Math.floor(place));
  const t = place - i;
  const channel = (hex: string, c: number) => parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
  return `#${[0, 1, 2]
    .map((c) =>
      Math.round(channel(viridis[i], c) * (1 - t) + channel(viridis[i + 1], c) * t)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** The ramp as Plotly takes it. */
export const rampStops = viridis.map((color, i): [number, string] => [
  i / (viridis.length - 1),
  color,
]);

/** One colour a series: along the ramp, without its pale end, where the series are in an order. */
export function seriesColors(count: number, ordered: boolean): readonly string[] {
  return Array.from({ length: count }, (_, i) =>
    ordered && count > 2 ? ramp((0.85 * i) / (count - 1)) : distinct[i % distinct.length],
  );
}
