import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { browserScript, nodeScript } from "../support/bundle.ts";
import { browserTest, withPage } from "../support/chromium.ts";
import type { Hashes } from "./workload.ts";

const run = promisify(execFile);
const here = (file: string) => join(import.meta.dirname, file);
/** Minibatches of 20, with thermal noise in every settling step: a hash shows one bit. */
const steps = 20;

/**
 * Where Node of a major version lies, fetched from npm; without it the test fails where CI=true and
 * is skipped with the reason elsewhere.
 */
async function nodeOf(major: number, context: TestContext): Promise<string> {
  try {
    const { stdout } = await run(
      "npx",
      ["-y", "-p", `node@${major}`, "node", "-p", "process.execPath"],
      { timeout: 90_000 },
    );
    return stdout.trim();
  } catch (error) {
    const reason =
      `Node ${major} could not be fetched from npm, so its bits are not compared: ` +
      String(error).split("\n")[0];
    if (process.env.CI === "true") throw new Error(reason);
    console.warn(`skipped: ${reason}`);
    return context.skip(reason);
  }
}

describe(
  `${steps} minibatches of SMALL and LARGE, of SMALL with every spread, of soft rails and ` +
    "fluctuating devices, and of resistors, noise on, end with the same bits",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-bits-"));
    const script = join(folder, "workload.mjs");
    let expected: Hashes;
    const hashes = async (node: string, threads: number, ...more: string[]): Promise<Hashes> => {
      const { stdout } = await run(node, [script, steps.toString(), threads.toString(), ...more], {
        timeout: 120_000,
      });
      return JSON.parse(stdout) as Hashes;
    };
    beforeAll(async () => {
      await nodeScript(here("workload-child.ts"), script);
      expected = await hashes(process.execPath, 1);
    }, 120_000);
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    test("whatever trained: a hash of 256 bits, another one for each network", () => {
      for (const hash of Object.values(expected)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(Object.values(expected)).size).toBe(5);
    });

    test.each([2, 3])(
      "on %i threads as on one",
      async (threads) => {
        expect(await hashes(process.execPath, threads)).toEqual(expected);
      },
      120_000,
    );

    test("in Node 22", async (context) => {
      expect(await hashes(await nodeOf(22, context), 2)).toEqual(expected);
    }, 240_000);

    test("in Node 24, with and without widened vectors", async (context) => {
      const node = await nodeOf(24, context);
      expect(await hashes(node, 1)).toEqual(expected);
      expect(await hashes(node, 2, "widen")).toEqual(expected);
    }, 240_000);

    browserTest("in Chromium", async () => {
      const content = await browserScript(here("workload.ts"));
      await withPage(async (page, { errors }) => {
        // Hashing needs a secure context, which an empty page is not.
        await page.route("https://bits.test/", (route) =>
          route.fulfill({ contentType: "text/html", body: "<!doctype html><title>bits</title>" }),
        );
        await page.goto("https://bits.test/");
        await page.addScriptTag({ content });
        expect(await page.evaluate<Hashes>(`bundle.hashes(${steps})`)).toEqual(expected);
        expect(errors).toEqual([]);
      });
    });
  },
);
