import type { ReportData } from "../report-data.ts";
import { base64, canvas } from "./figure.ts";
import type { Pictures, Section } from "./figure.ts";
import { isNumber, significant } from "./format.ts";

/** First-layer weights as images on one common scale. */
export function filtersSection({ filters }: ReportData): Section {
  const { shape } = filters;
  const range = quantile(filters.images.flat().filter(isNumber).map(Math.abs), 0.998);
  const images = filters.images.filter((image) => hasShape(image, shape, range));
  const leftOut = filters.images.length - images.length;
  if (images.length === 0 || range === 0) return { html: "" };
  const index = (w: number) =>
    isNumber(w) ? Math.round(127.5 * (1 + Math.min(1, Math.max(-1, w / range)))) : 128;
  const pictures: Pictures = {
    height: shape[0],
    width: shape[1],
    palette,
    images: images.map((image) => base64(image.map(index))),
  };
  const colours = [0, 51, 102, 128, 153, 204, 255].map((i) => `rgb(${palette[i].join()})`).join();
  const ramp = `<span class="ramp" style="background:linear-gradient(90deg,${colours})"></span>`;
  const canvases = images.map((_, i) => canvas("filters", pictures, i, `weights of unit ${i + 1}`));
  return {
    html: `<section><h2>What the first layer looks for</h2>
<p>The weights from the input to ${images.length} units of the first layer, laid out as images\
${leftOut > 0 ? `; ${leftOut} more have learned no shape yet` : ""}.</p>
<p class="note">−${significant(range)}${ramp}+${significant(range)}</p>
<div class="filters">${canvases.join("")}</div></section>`,
    pictures: { filters: pictures },
  };
}

/**
 * Whether something is to be seen: weights that are not faint beside the others', and of which
 * neighbours are alike: of weights as they were drawn that correlation is 0 ± 1/√n.
 */
function hasShape(
  image: readonly number[],
  [height, width]: readonly [number, number],
  range: number,
): boolean {
  const squares = image.reduce((sum, w) => sum + w * w, 0);
  let alike = 0;
  for (let y = 0; y < height; y++)
    for (let x = 1; x < width; x++) alike += image[y * width + x] * image[y * width + x - 1];
  const faint = Math.sqrt(squares / image.length) < 0.02 * range;
  return !faint && alike > Math.max(0.2, 4 / Math.sqrt(image.length)) * squares;
}

/**
 * Green – white – purple, from ColorBrewer's PRGn (Brewer 2003): no hue of the chip or the copy.
 */
const stops = [
  [0, 68, 27],
  [27, 120, 55],
  [90, 174, 97],
  [166, 219, 160],
  [217, 240, 211],
  [250, 250, 249],
  [231, 212, 232],
  [194, 165, 207],
  [153, 112, 171],
  [118, 42, 131],
  [64, 0, 75],
];
const palette = Array.from({ length: 256 }, (_, i): [number, number, number] => {
  const at = (i / 255) * (stops.length - 1);
  const k = Math.min(Math.floor(at), stops.length - 2);
  const mix = (c: number) => Math.round(stops[k][c] + (stops[k + 1][c] - stops[k][c]) * (at - k));
  return [mix(0), mix(1), mix(2)];
});

/**
 * The value that a share `q` of `values` does not exceed, so that a few large weights do not fade
 * the rest.
 */
function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return (
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] || sorted[sorted.length - 1]
  );
}
