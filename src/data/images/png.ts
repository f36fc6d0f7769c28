import type { DecodedPng } from "fast-png";
import { mostPixels, type Picture } from "./picture.ts";

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by the type of colour of a PNG: grey, colours, palette, grey and alpha, and both. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What a picture is made of; profiles, texts and times are left out. */
const needed = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];
const piece = 2 ** 16;

/** Whether a file begins as a PNG does. */
export function looksLikePng(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

interface Chunk {
  readonly type: string;
  /** With its length, type and check sum. */
  readonly whole: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Decodes a PNG of any kind: 16 bits become 8, palettes colours, and what is transparent lies on
 * black.
 * @throws Error with what is wrong: damage, more than 2²⁴ pixels, more data than pixels need.
 */
export async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const { decode, convertIndexedToRgb } = await import("fast-png");
  const chunks = chunksOf(bytes);
  await refuseMoreThanNeeded(chunks);
  const png = decode(joined([bytes.subarray(0, 8), ...chunks.map((c) => c.whole)]), {
    checkCrc: true,
  });
  if (png.palette) {
    const values = convertIndexedToRgb(png);
    return flat({
      ...png,
      data: values,
      depth: 8,
      channels: values.length / png.width / png.height,
    });
  }
  return flat(png);
}

/** @throws Error when they do not follow one another as the format says. */
function chunksOf(bytes: Uint8Array): readonly Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) break;
    if (needed.includes(type))
      chunks.push({ type, whole: bytes.subarray(at, end), data: bytes.subarray(at + 8, end - 4) });
    if (type === "IEND") return chunks;
    at = end;
  }
  throw new Error("it is cut short");
}

/**
 * Unpacks the pixels and throws them away, to see that there are no more than the header says.
 * @throws Error when there are, or too many.
 */
async function refuseMoreThanNeeded(chunks: readonly Chunk[]): Promise<void> {
  const [head, ...others] = chunks;
  if (chunks.length === 0 || head.type !== "IHDR") throw new Error("it has no header");
  if (head.data.length !== 13 || others.some((c) => c.type === "IHDR"))
    throw new Error("its header is damaged");
  const view = new DataView(head.data.buffer, head.data.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, , , interlace] = head.data.subarray(8);
  if (width * height > mostPixels || width === 0 || height === 0)
    throw new Error(`it has ${width} × ${height} pixels, expected at most ${mostPixels}`);
  if (!(colour in channelsOf)) throw new Error(`it has colours of an unknown kind (${colour})`);
  if (interlace !== 0 && depth < 8)
    throw new Error(`it is interlaced with ${depth} bits a pixel; save it without interlacing`);
  const row = Math.ceil((width * channelsOf[colour] * depth) / 8) + 1;
  // The seven passes of an interlaced picture begin at most 15/8 as many rows.
  const most = interlace === 0 ? height * row : 2 * height * (row + 8);
  const unpacked = await lengthUnpacked(
    others.filter((c) => c.type === "IDAT").map((c) => c.data),
    most,
  );
  if (interlace === 0 && unpacked < most) throw new Error("its pixels are cut short");
}

/** @throws Error when it is more than `most`, or damaged. */
async function lengthUnpacked(parts: readonly Uint8Array[], most: number): Promise<number> {
  const { Unzlib } = await import("fflate");
  let unpacked = 0;
  const inflator = new Unzlib((data) => {
    unpacked += data.length;
  });
  for (const data of parts)
    for (let at = 0; at < data.length; at += piece) {
      inflator.push(data.subarray(at, at + piece));
      if (unpacked > most) throw new Error("it unpacks to more than its pixels");
    }
  inflator.push(new Uint8Array(0), true);
  return unpacked;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Bytes of grey or of three colours, whatever depth and transparency. */
function flat({ width, height, channels, depth, data }: DecodedPng): Picture {
  const colours = channels >= 3 ? 3 : 1;
  const hasAlpha = channels % 2 === 0;
  const most = 2 ** depth - 1;
  const at = reader(width * channels, depth, data);
  const values = new Uint8Array(width * height * colours);
  for (let i = 0; i < width * height; i++) {
    const pixel = i * channels;
    const alpha = hasAlpha ? at(pixel + channels - 1) / most : 1;
    for (let c = 0; c < colours; c++)
      values[i * colours + c] = Math.floor((at(pixel + c) * alpha * 255) / most + 0.5);
  }
  return { width, height, channels: colours, values };
}

/** A number by its place; below 8 bits several share a byte, and every row begins a new one. */
function reader(rowLength: number, depth: number, data: DecodedPng["data"]) {
  if (depth >= 8) return (i: number) => data[i];
  const perByte = 8 / depth;
  const stride = Math.ceil(rowLength / perByte);
  return (i: number) => {
    const row = Math.trunc(i / rowLength);
    const place = i % rowLength;
    const byte = data[row * stride + Math.trunc(place / perByte)];
    return (byte >> (8 - depth * ((place % perByte) + 1))) & (2 ** depth - 1);
  };
}
