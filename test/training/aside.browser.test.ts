import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describe, expect } from "vitest";
import type * as library from "../../src/index.ts";
import { experimentSchema, type Experiment } from "../../src/experiment/schema.ts";
import { browserTest, withPage } from "../support/chromium.ts";

type Library = typeof library;

const door = join(import.meta.dirname, "../../dist/index.js");

/** The package as a script for a page, or as the script of a worker that serves. */
async function script(worker: boolean): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: worker
        ? `import { serveTraining } from ${JSON.stringify(door)}; serveTraining(self);`
        : `export * from ${JSON.stringify(door)};`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: worker ? undefined : "bundle",
    logLevel: "error",
  });
  return outputFiles[0].text;
}

const experiment: Experiment = experimentSchema.parse({
  name: "aside",
  data: { train: 400, test: 100 },
  network: { layers: [784, 12, 10] },
  learning: { rates: [0.1, 0.05] },
  train: { epochs: 2, batch: 10 },
});

/** In the page, as text: it uses its arguments alone. */
async function trainInPage(lib: Library, worker: string, experiment: Experiment) {
  const circuit = await lib.parseCircuit(lib.circuitText("ideal"), "ideal.yaml");
  const all = lib.digits(1);
  const data = { ...all, train: lib.take(all.train, 400), test: lib.take(all.test, 100) };
  const url = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  const started = new Worker(url);
  let ticks = 0;
  const clock = setInterval(() => ticks++, 10);
  const steps: number[] = [];
  const result = await lib.trainAside(
    started,
    { experiment, circuit, data },
    { progressed: (step) => steps.push(step) },
  );
  clearInterval(clock);
  const early = new AbortController();
  early.abort();
  const interrupted = await lib.trainAside(
    started,
    { experiment, circuit, data },
    { signal: early.signal },
  );
  const wrong = { ...experiment, train: { ...experiment.train, batch: 1000 } };
  const refused = await lib
    .trainAside(started, { experiment: wrong, circuit, data })
    .catch((error: unknown) => error as Error);
  const lost = new Worker(URL.createObjectURL(new Blob(["throw new Error('no door')"])));
  const broken = await lib
    .trainAside(lost, { experiment, circuit, data })
    .catch((error: unknown) => error as Error);
  return {
    outcome: result.outcome,
    evaluations: result.evaluations.length,
    bias: Array.from(result.copy!.layers[1].bias.data),
    steps,
    ticks,
    interrupted: interrupted.outcome,
    refused: refused instanceof lib.InputError ? refused.message : "no",
    broken: broken instanceof Error ? broken.message : "no",
  };
}

/** The same training where it blocks. */
async function trainHere() {
  const lib = (await import(pathToFileURL(door).href)) as Library;
  const circuit = await lib.parseCircuit(lib.circuitText("ideal"), "ideal.yaml");
  const all = lib.digits(1);
  const data = { ...all, train: lib.take(all.train, 400), test: lib.take(all.test, 100) };
  const session = lib.createSession(experiment, circuit, data);
  while (session.step < session.totalSteps) session.advance();
  const { tensors } = session.snapshot();
  session.close();
  return Array.from(tensors.find((t) => t.name === "copy.layer.2.bias")!.data);
}

describe("a training in a worker", () => {
  browserTest("leaves the page free, has the bits of one in Node, stops and refuses", async () => {
    const [page, worker] = [await script(false), await script(true)];
    await withPage(async (tab, conduct) => {
      await tab.addScriptTag({ content: page });
      const call = `(${trainInPage.toString()})(bundle, ${JSON.stringify(worker)}, `;
      const found = await tab.evaluate<Awaited<ReturnType<typeof trainInPage>>>(
        `${call}${JSON.stringify(experiment)})`,
      );
      expect(found).toMatchObject({
        outcome: "completed",
        interrupted: "interrupted",
        refused: expect.stringContaining("train.batch is 1000") as string,
        broken: expect.stringContaining("the worker failed") as string,
      });
      expect(found.evaluations).toBe(2);
      expect(found.steps).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
      expect(found.bias).toEqual(await trainHere());
      // The page's own clock went on beside two epochs.
      expect(found.ticks).toBeGreaterThan(2);
      expect(conduct.requests).toEqual([]);
    });
  });
});
