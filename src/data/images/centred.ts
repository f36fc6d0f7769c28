import { resized, type Picture } from "./picture.ts";

/** Light on dark for dark on light, and the other way round. */
export function inverted(picture: Picture): Picture {
  return { ...picture, values: picture.values.map((v) => 255 - v) };
}

/** What is darker than this is no ink. */
const faintest = 32;

/**
 * A grey picture, light ink on dark, as MNIST has its digits: what is not empty fills a box of
 * 20/28 of the side, and its centre of mass in the middle of [side × side] (LeCun et al. 1998).
 */
export function centred(picture: Picture, side: number): Picture {
  const values = new Uint8Array(side * side);
  const ink = cropped(picture);
  if (!ink) return { height: side, width: side, channels: 1, values };
  const box = Math.max(1, Math.round((20 / 28) * side));
  const scale = box / Math.max(ink.height, ink.width);
  const fitted = resized(
    ink,
    Math.max(1, Math.round(ink.height * scale)),
    Math.max(1, Math.round(ink.width * scale)),
  );
  const [down, across] = massOf(fitted);
  const top = Math.round((side - 1) / 2 - down);
  const left = Math.round((side - 1) / 2 - across);
  for (let y = 0; y < fitted.height; y++)
    for (let x = 0; x < fitted.width; x++) {
      const [row, column] = [y + top, x + left];
      if (row >= 0 && row < side && column >= 0 && column < side)
        values[row * side + column] = fitted.values[y * fitted.width + x];
    }
  return { height: side, width: side, channels: 1, values };
}

/** The part of a picture that has ink; null where none has. */
function cropped({ height, width, values }: Picture): Picture | null {
  let [top, bottom, left, right] = [height, -1, width, -1];
  values.forEach((v, i) => {
    if (v < faintest) return;
    const y = Math.floor(i / width);
    const x = i % width;
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    left = Math.min(left, x);
    right = Math.max(right, x);
  });
  if (bottom < 0) return null;
  const size = { height: bottom - top + 1, width: right - left + 1 };
  const cut = Uint8Array.from({ length: size.height * size.width }, (_, i) => {
    const y = top + Math.floor(i / size.width);
    return values[y * width + left + (i % size.width)];
  });
  return { ...size, channels: 1, values: cut };
}

/** Row and column of the centre of mass. */
function massOf({ width, values }: Picture): readonly [down: number, across: number] {
  let total = 0;
  let down = 0;
  let across = 0;
  values.forEach((v, i) => {
    total += v;
    down += v * Math.floor(i / width);
    across += v * (i % width);
  });
  return [down / total, across / total];
}
