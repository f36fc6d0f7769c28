import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at } = workshop();

describe("the second signal ends at once", () => {
  it.each([
    ["SIGINT", "SIGINT"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGTERM"],
  ] as const)(
    "an evaluation that takes minutes: %s, %s",
    { timeout: 120_000 },
    async (first, second) => {
      expect(
        await seconds(
          [
            ..."train tiny.yaml --data data --threads 2 --set network.layers=[784,3000,10]".split(
              " ",
            ),
            ..."settle.free.steps=20000 --out".split(" "),
            `${first}-${second}`,
          ],
          [first, second],
        ),
      ).toMatchObject({ ended: true, soon: true, said: true });
    },
  );
});

/** Whether a command ends within two seconds of the second signal. */
async function seconds(
  args: readonly string[],
  [first, second]: readonly [NodeJS.Signals, NodeJS.Signals],
) {
  commandIn(at());
  const child = spawn(process.execPath, [main, ...args], {
    cwd: at(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  while (child.exitCode === null && !existsSync(at(args.at(-1)!, "lock.json"))) await sleep(50);
  // It has its folder: now it evaluates.
  await sleep(1000);
  child.kill(first);
  await sleep(400);
  const said = stderr.includes("stopping");
  const begin = performance.now();
  child.kill(second);
  const [code, signal] = await exit;
  // By the signal itself, or by the code that stands for one.
  const ended = signal === second || code === 130 || code === 143;
  return { ended, code, signal, said, soon: performance.now() - begin < 2000, stderr };
}
