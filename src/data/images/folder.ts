import { InputError } from "../../numerics/errors.ts";
import { labelled } from "../arrays/labelled.ts";
import type { Labelled, ReadOptions } from "../table.ts";
import { namesInOrder } from "../text/cells.ts";
import { decodeJpeg, looksLikeJpeg } from "./jpeg.ts";
import { resized, toColour, toGrey, withoutNeedlessColour, type Picture } from "./picture.ts";
import { decodePng, looksLikePng } from "./png.ts";

/** An image file: its class, its name, and what it holds once it is asked for. */
export interface ImageFile {
  readonly label: string;
  /** As messages call it. */
  readonly source: string;
  /** The name within its class, which gives the order of samples. */
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** Bytes of all images together. */
const mostBytes = 2 * 2 ** 30;

/**
 * Decodes images and lays them side by side: [height, width], or [height, width, 3] where any has
 * colours. They come in the order of their names (numbers in them by value), then of their classes:
 * files numbered through all classes keep the order of their numbers.
 * @param source the folder, as messages call it.
 * @throws InputError that names the file which is no image, or of another size than the first.
 */
export async function readImages(
  files: readonly ImageFile[],
  source: string,
  options: ReadOptions = {},
): Promise<Labelled> {
  const sorted = [...files].sort(
    (a, b) => naturally(a.name, b.name) || naturally(a.label, b.label),
  );
  const pictures: Picture[] = [];
  let bytes = 0;
  for (const file of sorted) {
    const picture = await pictureOf(file, options);
    const [first] = pictures;
    if (pictures.length > 0 && (first.height !== picture.height || first.width !== picture.width))
      throw new InputError(
        `${file.source}: ${picture.height} × ${picture.width} pixels, expected ${first.height} × ` +
          `${first.width} as in ${sorted[0].source}; say resize: [${first.height}, ${first.width}]`,
      );
    bytes += picture.values.length;
    if (bytes > mostBytes)
      throw new InputError(
        `${source}: more than ${mostBytes / 2 ** 30} GiB of pixels in the first ` +
          `${pictures.length} images; make them smaller with resize, or take fewer`,
      );
    pictures.push(picture);
  }
  if (pictures.length === 0)
    throw new InputError(`${source}: no images in it, expected a folder of PNG or JPEG a class`);
  return labelled(
    source,
    side(pictures, source, options.colour),
    classesOf(sorted.map((file) => file.label)),
  );
}

async function pictureOf(file: ImageFile, { resize, colour }: ReadOptions): Promise<Picture> {
  const bytes = await file.read();
  const decode = looksLikePng(bytes) ? decodePng : looksLikeJpeg(bytes) ? decodeJpeg : null;
  if (decode === null)
    throw new InputError(`${file.source}: neither PNG nor JPEG, expected an image of one of them`);
  const decoded = await decode(bytes).catch((error: unknown) => {
    const reason = (error as Error).message;
    throw new InputError(`${file.source}: the image cannot be decoded: ${reason}; save it again`);
  });
  const picture = colour === false ? toGrey(decoded) : withoutNeedlessColour(decoded);
  return resize === undefined ? picture : resized(picture, ...resize);
}

/** All pictures one behind the other, with colours if any has some or they are asked for. */
function side(pictures: readonly Picture[], source: string, colour: boolean | undefined) {
  const [{ height, width }] = pictures;
  const channels = colour === true || pictures.some((p) => p.channels === 3) ? 3 : 1;
  const size = height * width * channels;
  const values = new Uint8Array(size * pictures.length);
  pictures.forEach((p, i) => values.set((channels === 3 ? toColour(p) : p).values, i * size));
  const shape = channels === 3 ? [height, width, 3] : [height, width];
  return { kind: "block", source, rows: pictures.length, shape, values } as const;
}

function classesOf(labels: readonly string[]) {
  const names = [...new Set(labels)];
  const place = new Map(names.map((name, i) => [name, i]));
  return namesInOrder(
    "class",
    names,
    labels.map((label) => place.get(label)!),
  );
}

/** Whether a comes before b: digits in them count as numbers, all else by code units. */
function naturally(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.split(/(\d+)/));
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    // Every second part is one of digits.
    const difference = i % 2 === 1 ? Number(left[i]) - Number(right[i]) : 0;
    if (difference !== 0) return difference;
    if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1;
  }
  return left.length - right.length;
}
