import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { readMetrics } from "../../../src/runs/node/records.ts";
import { train } from "../../../src/runs/node/run.ts";
import { random } from "../../../src/numerics/random.ts";
import { fakeTools } from "./fake-session.ts";
import { hashOf, workshop } from "./workshop.ts";

const { at, data, file } = workshop();
const dist = (path: string) => join(import.meta.dirname, "../../../dist", path);
const rng = random("kill");

/**
 * Starts `args` anew and kills it after a random time, `kills` times, then lets it end; returns the
 * kills that hit a living process.
 */
async function killAndResume(
  args: readonly string[],
  kills: number,
  longest: number,
): Promise<number> {
  let hits = 0;
  for (let k = 0; k <= kills; k++) {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const complaints: Uint8Array[] = [];
    child.stderr.on("data", (chunk: Uint8Array) => complaints.push(chunk));
    const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    if (k < kills) {
      await Promise.race([sleep(rng.uniform() * longest), exit]);
      child.kill("SIGKILL");
    }
    const [code, signal] = await exit;
    if (signal === "SIGKILL") hits++;
    else expect(code, complaints.map((c) => new TextDecoder().decode(c)).join("")).toBe(0);
  }
  return hits;
}

describe("kill -9 at random moments does not change what a run ends with", () => {
  beforeAll(() => {
    expect(existsSync(dist("cli/main.js")), "run `npm run build` first").toBe(true);
  });

  it("with a random walk in place of the networks, killed ten times", async () => {
    buildSync({
      entryPoints: [join(import.meta.dirname, "train-child.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: at("child.mjs"),
      logLevel: "error",
    });
    await train({ file, data, out: at("whole") }, fakeTools());
    const child = (out: string) => [
      at("child.mjs"),
      pathToFileURL(dist("runs/node/run.js")).href,
      file,
      data,
      at(out),
    ];
    const begun = performance.now();
    await killAndResume(child("timed"), 0, 0);
    const hits = await killAndResume(child("killed"), 10, performance.now() - begun);
    expect(hits).toBeGreaterThan(2);
    expect(hashOf(at("killed/checkpoint.safetensors"))).toBe(
      hashOf(at("whole/checkpoint.safetensors")),
    );
    expect(hashOf(at("killed/copy.onnx"))).toBe(hashOf(at("whole/copy.onnx")));
    expect(readMetrics(at("killed")).map((m) => m.step)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(existsSync(at("killed/report.html"))).toBe(true);
  });

  it.each([
    ["an ideal chip", "ideal", 12],
    ["pairs of devices, what they hold and what they are owed", "pcm", 4],
  ])(
    "with %s and a copy, by the command, killed three times, on one thread or two",
    async (_, circuit, epochs) => {
      const command = [
        dist("cli/main.js"),
        "train",
        file,
        "--data",
        data,
        "--set",
        "network.layers=[784,200,10]",
        `train.epochs=${epochs}`,
        `circuit=${circuit}`,
        "settle.free.steps=20",
        "--out",
      ];
      expect(await killAndResume([...command, at(`${circuit}-whole`)], 0, 0)).toBe(0);
      const hits = await killAndResume(
        [...command, at(`${circuit}-killed`), "--resume", "--threads", "2"],
        3,
        2500,
      );
      expect(hits).toBeGreaterThan(0);
      expect(hashOf(at(`${circuit}-killed/checkpoint.safetensors`))).toBe(
        hashOf(at(`${circuit}-whole/checkpoint.safetensors`)),
      );
    },
    120_000,
  );
});
