import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Hash, SourceFile } from "../sources.ts";
import { disk, remove, sizeOf } from "./disk.ts";

/**
 * How an attempt ended. `cut`: the connection broke after some bytes, which are kept. `stale`: what
 * was kept of an earlier attempt does not fit and was deleted. `failed`: this mirror cannot help.
 */
type Transfer =
  | { readonly outcome: "done" }
  | { readonly outcome: "cut" | "stale" | "failed"; readonly reason: string };

export type Fetch = typeof globalThis.fetch;

/**
 * Asks one mirror for what `part` lacks of `file`, and checks the hash of the whole.
 * @throws InputError when `part` cannot be written: trouble with our own disk is no mirror's fault.
 */
export async function transfer(
  file: SourceFile,
  part: string,
  mirror: string,
  get: Fetch,
  report: (received: number) => void,
): Promise<Transfer> {
  const kept = (await sizeOf(part)) ?? 0;
  if (kept < file.bytes) {
    const answer = await ask(mirror + file.file, kept, get);
    if (answer instanceof Error) return { outcome: "failed", reason: reasonOf(answer) };
    const refusal = await refuse(answer, part, kept);
    if (refusal) return refusal;
    const cut = await store(
      answer.body!,
      part,
      answer.status === 206 ? kept : 0,
      file.bytes,
      report,
    );
    if (cut) return cut;
  }
  return verify(file.archive, part, kept > 0);
}

/** The identity encoding keeps a server from handing out the archive as unpacked text. */
async function ask(url: string, from: number, get: Fetch): Promise<Response | Error> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers["range"] = `bytes=${from}-`;
  return get(url, { headers }).catch((e: unknown) =>
    e instanceof Error ? e : new Error(String(e)),
  );
}

/** Why an answer cannot be used; null if it can. */
async function refuse(answer: Response, part: string, kept: number): Promise<Transfer | null> {
  const partial = answer.status === 206;
  const misplaced =
    partial && !(answer.headers.get("content-range") ?? "").startsWith(`bytes ${kept}-`);
  if (answer.ok && answer.body && !misplaced) return null;
  await answer.body?.cancel();
  const reason = misplaced
    ? "it sent another range than was asked for"
    : `it answered ${answer.status} ${answer.statusText}`;
  if (kept === 0 || !(misplaced || answer.status === 416)) return { outcome: "failed", reason };
  await remove(part);
  return { outcome: "stale", reason };
}

/**
 * Writes a body behind the first `offset` bytes of `part`; says so if it ended before `size` bytes.
 */
async function store(
  body: ReadableStream<Uint8Array>,
  part: string,
  offset: number,
  size: number,
  report: (received: number) => void,
): Promise<Transfer | null> {
  const handle = await disk(part, () => open(part, offset > 0 ? "a" : "w"));
  const reader = body.getReader();
  let received = offset;
  let trouble = "the connection ended";
  try {
    while (received <= size) {
      const chunk = await reader.read().catch((e: unknown) => e as Error);
      if (chunk instanceof Error) {
        trouble = `the connection broke (${reasonOf(chunk)})`;
        break;
      }
      if (chunk.done) break;
      await disk(part, () => handle.appendFile(chunk.value));
      received += chunk.value.length;
      report(received);
    }
    await disk(part, () => handle.sync());
  } finally {
    await reader.cancel().catch(() => undefined);
    await handle.close();
  }
  if (received >= size) return null;
  return {
    outcome: received > offset ? "cut" : "failed",
    reason: `${trouble} after ${received} of ${size} bytes`,
  };
}

async function verify(expected: Hash, part: string, resumed: boolean): Promise<Transfer> {
  const hash = createHash(expected.algorithm);
  await disk(part, async () => {
    for await (const chunk of createReadStream(part)) hash.update(chunk as Uint8Array);
  });
  const found = hash.digest("hex");
  if (found === expected.hex) return { outcome: "done" };
  await remove(part);
  return {
    outcome: resumed ? "stale" : "failed",
    reason:
      `its ${expected.algorithm} is ${found}, expected ${expected.hex}; ` +
      "the download was deleted",
  };
}

/** fetch hides the reason of a network failure in `cause`. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
