import { createReadStream } from "node:fs";
import { open, stat, type FileHandle } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { InputError } from "../../numerics/errors.ts";
import { systemReason } from "./disk.ts";

/** A file that is open for reading. */
export interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** As stored. */
  readonly bytes: number;
  readonly isGzipped: boolean;
}

const chunkBytes = 2 ** 18;

/**
 * Does something with a file, and closes it.
 * @throws InputError when the system refuses.
 */
export async function withFile<T>(path: string, act: (file: OpenFile) => Promise<T>): Promise<T> {
  // What is no file of a disk may have no end, or wait for a writer.
  const found = await reading(path, () => stat(path));
  if (!found.isFile()) throw new InputError(`${path}: not a file, expected one with data`);
  const handle = await reading(path, () => open(path, "r"));
  try {
    const mark = new Uint8Array(2);
    await reading(path, () => handle.read(mark, 0, 2, 0));
    const isGzipped = mark[0] === 0x1f && mark[1] === 0x8b;
    return await act({ path, handle, bytes: found.size, isGzipped });
  } finally {
    await handle.close();
  }
}

/** @throws InputError with the system's reason. */
export function reading<T>(path: string, act: () => Promise<T>): Promise<T> {
  return act().catch((error: unknown) => {
    throw new InputError(
      `${path}: ${systemReason(error)}, expected a readable file; check its path and permissions`,
    );
  });
}

/**
 * The contents of a file, unpacked if it is gzipped. A chunk is valid until the next one is asked
 * for.
 * @param most bytes that it may unpack to.
 * @throws InputError when it cannot be read or unpacked, or is larger.
 */
export async function* chunksOf(file: OpenFile, most: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of file.isGzipped ? unpacked(file.path) : stored(file)) {
    total += chunk.length;
    if (total > most)
      throw new InputError(
        `${file.path}: more than ${most / 2 ** 30} GiB${file.isGzipped ? " when unpacked" : ""}, ` +
          "expected less; take fewer samples",
      );
    yield chunk;
  }
}

/** The first bytes of a file's contents, with zeros behind them where there are fewer. */
export async function headOf(file: OpenFile): Promise<Uint8Array> {
  const head = new Uint8Array(16);
  for await (const chunk of chunksOf(file, Infinity)) {
    head.set(chunk.subarray(0, head.length));
    break;
  }
  return head;
}

async function* stored({ path, handle }: OpenFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  for (let at = 0; ; ) {
    const { bytesRead } = await reading(path, () => handle.read(buffer, 0, chunkBytes, at));
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* unpacked(path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const source = createReadStream(path).on("error", (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk as Uint8Array;
  } catch (error) {
    throw new InputError(
      `${path}: gzip cannot unpack it (${(error as Error).message}), expected a complete gzip ` +
        "file; get it again",
    );
  } finally {
    source.destroy();
  }
}

/**
 * All of a file's contents, unpacked if it is gzipped.
 * @throws InputError as `chunksOf` does.
 */
export async function wholeOf(file: OpenFile, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const room = file.isGzipped ? Math.min(4 * file.bytes, most) : Math.min(file.bytes, most);
  let all = new Uint8Array(room);
  let length = 0;
  for await (const chunk of chunksOf(file, most)) {
    if (length + chunk.length > all.length) {
      const wider = new Uint8Array(Math.min(most, 2 * (length + chunk.length)));
      wider.set(all.subarray(0, length));
      all = wider;
    }
    all.set(chunk, length);
    length += chunk.length;
  }
  return all.subarray(0, length);
}
