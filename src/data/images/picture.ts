/** A decoded image: bytes of one grey or three colours a pixel, row-major. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height × width × channels]. */
  readonly values: Uint8Array;
}

/** Pixels of one image; larger ones are refused before they are decoded. */
export const mostPixels = 2 ** 24;

/** Grey where the colours of every pixel are equal: a grey picture is one however stored. */
export function withoutNeedlessColour(picture: Picture): Picture {
  const { values, channels } = picture;
  if (channels === 1) return picture;
  for (let i = 0; i < values.length; i += 3)
    if (values[i] !== values[i + 1] || values[i] !== values[i + 2]) return picture;
  return { ...picture, channels: 1, values: values.filter((_, i) => i % 3 === 0) };
}

/** 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in 16 bits and rounded, as Pillow has it. */
export function toGrey(picture: Picture): Picture {
  const { values, channels } = picture;
  if (channels === 1) return picture;
  const grey = new Uint8Array(values.length / 3);
  for (let i = 0; i < grey.length; i++) {
    const [r, g, b] = [values[3 * i], values[3 * i + 1], values[3 * i + 2]];
    grey[i] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16;
  }
  return { ...picture, channels: 1, values: grey };
}

/** Three equal colours. */
export function toColour(picture: Picture): Picture {
  const { values, channels } = picture;
  if (channels === 3) return picture;
  const colour = new Uint8Array(3 * values.length);
  for (let i = 0; i < colour.length; i++) colour[i] = values[Math.trunc(i / 3)];
  return { ...picture, channels: 3, values: colour };
}

/**
 * The picture at another size: along each axis a pixel is the mean of those around it, weighted by
 * a triangle as wide as two of the larger pixels (linear interpolation, without aliasing where it
 * shrinks).
 */
export function resized(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture;
  const { channels, values } = picture;
  const across = resampled(Float64Array.from(values), {
    outer: picture.height,
    from: picture.width,
    to: width,
    inner: channels,
  });
  const down = resampled(across, {
    outer: 1,
    from: picture.height,
    to: height,
    inner: width * channels,
  });
  return { height, width, channels, values: Uint8Array.from(down, (x) => Math.floor(x + 0.5)) };
}

/** An axis of an array [outer × from × inner] that becomes [outer × to × inner]. */
interface Axis {
  readonly outer: number;
  readonly from: number;
  readonly to: number;
  readonly inner: number;
}

function resampled(values: Float64Array, { outer, from, to, inner }: Axis): Float64Array {
  const result = new Float64Array(outer * to * inner);
  const scale = from / to;
  const reach = Math.max(scale, 1);
  for (let t = 0; t < to; t++) {
    const centre = (t + 0.5) * scale;
    const first = Math.max(0, Math.ceil(centre - reach - 0.5));
    const last = Math.min(from - 1, Math.floor(centre + reach - 0.5));
    const weights: number[] = [];
    for (let f = first; f <= last; f++)
      weights.push(Math.max(0, 1 - Math.abs(f + 0.5 - centre) / reach));
    const total = weights.reduce((sum, w) => sum + w, 0);
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        let at = (o * from + first) * inner + i;
        for (let k = 0; k < weights.length; k++, at += inner) sum += weights[k] * values[at];
        result[(o * to + t) * inner + i] = sum / total;
      }
  }
  return result;
}
