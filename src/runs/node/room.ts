import { totalmem } from "node:os";
import { addressable, type Room } from "../../numerics/demand.ts";

/**
 * Seconds of a processor that are begun without being told to: of what is kept on the way, and of
 * what is waited for.
 */
export const longest = { run: 7 * 86_400, study: 366 * 86_400, wait: 3600 } as const;

/** What this machine has for a request that may take so long. */
export function roomFor(seconds: number, { threads = 1, force = false } = {}): Room {
  const bytes = Math.min(threads > 1 ? addressable.shared : addressable.alone, totalmem());
  return {
    bytes,
    ...(threads > 1 && bytes < totalmem() && { more: "take --threads 1, whose memory is larger" }),
    ...(!force && { seconds, lift: "begin it all the same with --force" }),
  };
}
