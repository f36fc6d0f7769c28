import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { beforeAll, expect, it } from "vitest";
import { join } from "node:path";
import { workshop } from "../runs/node/workshop.ts";
import { nodeScript } from "../support/bundle.ts";

const { at } = workshop();
/** Ten thousand by hand: `MUTATIONS=10000 npx vitest run test/cli/mutations.test.ts`. */
const count = Number(process.env["MUTATIONS"] ?? 200);
const longest = 20;

beforeAll(async () => {
  await nodeScript(join(import.meta.dirname, "mutations-child.ts"), at("child.mjs"));
});

interface Said {
  readonly n: number;
  readonly outcome?: string;
  readonly seconds?: number;
}

/** What became of the inputs from `first` on, until all are tried or one takes too long. */
async function triedFrom(first: number, all: Map<number, Said>): Promise<number> {
  const child = spawn(process.execPath, [at("child.mjs"), at(), String(first), String(count)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Uint8Array) => (complaint += new TextDecoder().decode(chunk)));
  let now = first;
  const watch = () => setTimeout(() => child.kill("SIGKILL"), 1000 * longest);
  let watchdog = watch();
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watchdog);
    watchdog = watch();
    const said = JSON.parse(line) as Said;
    now = said.n;
    if (said.outcome !== undefined) all.set(now, said);
  }
  clearTimeout(watchdog);
  if (!all.has(now)) all.set(now, { n: now, outcome: `crash it hangs or ends: ${complaint}` });
  return now + 1;
}

it(`${count} mutated experiments, schematics, devices and studies are refused with a clear error ` +
  "and no file, or valid", async () => {
  const all = new Map<number, Said>();
  for (let next = 0; next < count; ) next = await triedFrom(next, all);
  const outcomes = [...all.values()];
  const bad = outcomes.filter(({ outcome = "" }) => outcome.startsWith("crash"));
  const valid = outcomes.filter(({ outcome }) => outcome === "valid").length;
  const slowest = Math.max(...outcomes.map(({ seconds = 0 }) => seconds));
  if (process.env["MUTATIONS"] !== undefined)
    console.log({ count, valid, refused: count - valid - bad.length, slowest, bad });
  expect(bad).toEqual([]);
  expect(all.size).toBe(count);
  expect(valid).toBeGreaterThan(count / 20);
  expect(valid).toBeLessThan(count);
  expect(slowest).toBeLessThan(longest);
}, 3_600_000);
