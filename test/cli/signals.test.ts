import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
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

const dies = Array.from({ length: 45_000 }, (_, i) => i).join();
writeFileSync(
  at("large.yaml"),
  `study: large\nmeasure: training\nbase: tiny.yaml\nseeds: [1, 2]\ngrid: { die: [${dies}] }\n`,
);
const pulses = Array.from({ length: 20_000 }, (_, i) => `${i},${1 + (i % 300) / 10},up`);
writeFileSync(at("pulses.csv"), ["pulse,conductance (uS),direction", ...pulses, ""].join("\n"));

describe("what keeps nothing ends at the first signal, whatever it is busy with", () => {
  it.each([
    ["a settling of many images", "settle ideal --images 100 --steps 10000000 --data data"],
    ["a netlist of many elements", "netlist ideal --sizes 784-1500-800-10 --fold --lambda 0.1"],
    ["a picture of a fit", "device fit pulses.csv --plot fit.svg"],
  ])("%s", { timeout: 60_000 }, async (_, line) => {
    const child = begun(line.split(" "));
    await sleep(1200);
    // What is faster than this on some machine needs no signal.
    if (child.exitCode !== null) return;
    expect(await endsBy(child, "SIGINT")).toMatchObject({ soon: true });
  });

  it("or at the second, where cells are kept: a study of 90 000 cells that is read", async () => {
    const child = begun("run large.yaml --data data --out large".split(" "));
    await sleep(1500);
    child.kill("SIGINT");
    await sleep(300);
    expect(await endsBy(child, "SIGINT")).toMatchObject({ soon: true });
  }, 60_000);
});

function begun(args: readonly string[]) {
  commandIn(at());
  return spawn(process.execPath, [main, ...args], { cwd: at(), stdio: "ignore" });
}

async function endsBy(child: ReturnType<typeof begun>, name: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return { soon: true };
  const exit = once(child, "exit");
  const begin = performance.now();
  child.kill(name);
  await exit;
  return { soon: performance.now() - begin < 2000 };
}

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
