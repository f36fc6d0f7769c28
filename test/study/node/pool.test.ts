import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { runPool, type Verdict } from "../../../src/study/node/pool.ts";
import { workshop } from "../../runs/node/workshop.ts";

const { at } = workshop();

/**
 * A worker that does what the seed of its task says: 0 dies, 1 throws out of nowhere, 2 never ends,
 * others are done.
 */
function worker(): URL {
  writeFileSync(
    at("worker.mjs"),
    `import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ seed }) => {
      if (seed === 0) process.exit(7);
      if (seed === 1) throw new Error("out of nowhere");
      const progress = () => parentPort.postMessage({ is: "progress", fraction: 0.5 });
      if (seed === 2) return setInterval(progress, 10);
      progress();
      const measured = { outcome: "completed", values: { seed }, curves: {} };
      parentPort.postMessage({ is: "done", seconds: 0, measured });
    });`,
  );
  return pathToFileURL(at("worker.mjs"));
}

const module = worker();

async function pool(
  seeds: readonly number[],
  jobs: number,
  more: { signal?: AbortSignal; ended?: (i: number) => void } = {},
) {
  const verdicts: (Verdict<unknown> | undefined)[] = seeds.map(() => undefined);
  let heard = 0;
  const finished = await runPool(seeds.length, (i) => ({ seed: seeds[i] }), {
    jobs,
    module,
    signal: more.signal,
    progress: () => {
      heard++;
    },
    ended: (i, verdict) => {
      verdicts[i] = verdict;
      more.ended?.(i);
    },
  });
  return {
    finished,
    heard,
    words: verdicts.map((v) => (v === undefined ? "none" : v.is === "failed" ? v.message : v.is)),
  };
}

describe("a pool of threads", () => {
  it("gives every task its verdict when there are more of them than threads", async () => {
    const { finished, heard, words } = await pool([3, 4, 5, 6, 7], 2);
    expect({ finished, heard, words }).toEqual({
      finished: true,
      heard: 5,
      words: Array.from({ length: 5 }, () => "done"),
    });
  });

  it("outlives threads that die or throw: their tasks fail, the others go on", async () => {
    const { finished, words } = await pool([3, 0, 4, 1, 5], 1);
    expect(finished).toBe(true);
    expect(words).toEqual([
      "done",
      "its thread ended with code 7",
      "done",
      "its thread died: out of nowhere",
      "done",
    ]);
  });

  it("stops at once when it is told to, and gives no verdict on what was under way", async () => {
    const stop = new AbortController();
    const running = pool([3, 2, 2, 4], 2, { signal: stop.signal });
    setTimeout(() => {
      stop.abort();
    }, 500);
    const { finished, words } = await running;
    expect(finished).toBe(false);
    expect(words).toEqual(["done", "none", "none", "none"]);
  });

  it("stops when a result cannot be kept, and says why", async () => {
    await expect(
      pool([3, 4, 5], 1, {
        ended: () => {
          throw new Error("the disk is full");
        },
      }),
    ).rejects.toThrow("the disk is full");
  });
});
