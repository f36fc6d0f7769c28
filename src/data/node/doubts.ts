import type { Expected, Idx } from "../idx.ts";
import { hashOf } from "./files.ts";

/** What training takes, though it can hardly be meant: images by themselves. */
export function imageDoubts(images: Idx): readonly string[] {
  const { name, data } = images;
  const isDark = data.every((byte) => byte <= 1);
  const pictures = picturesOf(images);
  const empty = pictures.flatMap((p, i) => (p.every((byte) => byte === p[0]) ? [i] : []));
  return [
    ...(!isDark
      ? []
      : [
          `${name}: no byte is above ${Number(data.includes(1))}, expected 0 to 255; bytes of 0 ` +
            "and 1 are seen as almost black: multiply them by 255",
        ]),
    ...(empty.length === 0
      ? []
      : [
          `${name}: ${empty.length} of ${pictures.length} images have one value everywhere, the ` +
            `first is image ${empty[0]}, expected something to see; leave them out, with their ` +
            "labels",
        ]),
  ];
}

/** Classes of which there is no sample: a network can be neither taught nor tested on them. */
export function labelDoubts(
  { name, data }: Idx,
  { classNames, firstLabel: first = 0 }: Pick<Expected, "classNames" | "firstLabel">,
): readonly string[] {
  const present = new Set(data);
  const missing = classNames.map((_, k) => first + k).filter((label) => !present.has(label));
  return missing.length === 0
    ? []
    : [
        `${name}: nothing is labelled ${missing.join(", ")}, expected some of each class ` +
          `${first} to ${first + classNames.length - 1}; check that the file is whole`,
      ];
}

/** Images of the test that were learned: their test error says nothing. */
export function sharedDoubts(train: Idx, test: Idx): readonly string[] {
  const learned = new Map(picturesOf(train).map((p, i) => [hashOf(p), i]));
  const pictures = picturesOf(test);
  const shared = pictures.flatMap((p, i) => {
    const at = learned.get(hashOf(p));
    return at === undefined ? [] : [{ i, at }];
  });
  return shared.length === 0
    ? []
    : [
        `${test.name}: ${shared.length} of ${pictures.length} images are also in ${train.name}, ` +
          `the first is image ${shared[0].i}, number ${shared[0].at} there, expected images that ` +
          "are not learned; leave them out of one of the two files",
      ];
}

/** One after another, as views. */
function picturesOf({ shape: [count, ...sides], data }: Idx): readonly Uint8Array[] {
  const size = sides.reduce((n, side) => n * side, 1);
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}
