import { mostPixels, type Picture } from "./picture.ts";

/** Whether a file begins as a JPEG does. */
export function looksLikeJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a JPEG, baseline or progressive.
 * @throws Error with what is wrong: damage, more than 2²⁴ pixels.
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Picture> {
  const { decode } = await import("jpeg-js");
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: mostPixels / 1e6,
    maxMemoryUsageInMB: 1024,
  });
  return { width, height, channels: 3, values: data };
}
