import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runStudy } from "../../../dist/study/node/run.js";
import { runListedCells } from "../../../dist/study/node/cell.js";
import { listCells } from "../../../dist/study/node/list.js";
import { workshop } from "../../runs/node/workshop.ts";

const { at, data } = workshop();
writeFileSync(
  at("study.yaml"),
  `study: long
measure: training
base: tiny.yaml
options: { alignment: { images: 20, every: 1 } }
with: { train.epochs: 20 }
seeds: [1, 2]
`,
);
const file = at("study.yaml");
const rows = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: string; made: { digest: string } });

it("a training cell that was told to stop goes on to the same bits, from where it was", async () => {
  await runStudy({ file, data, out: at("whole"), jobs: 1 });
  const out = at("parked");
  const request = { file, data, out, jobs: 1 };
  const { commands } = await listCells({
    ...request,
    pack: 1,
    left: false,
    program: "",
    note: () => undefined,
  });
  const ids = commands.map((line) => line.trim().split(" ")[3]);
  const parking = new Int32Array(new SharedArrayBuffer(4));
  let heard = 0;
  const stopped = await runListedCells({
    ...request,
    ids,
    parking,
    watcher: {
      progress({ fraction }) {
        heard = fraction;
        if (fraction > 0.1) Atomics.store(parking, 0, 1);
      },
    },
  });
  expect(stopped).toMatchObject({ outcome: "interrupted", ran: 0 });
  expect(heard).toBeLessThan(0.5);
  expect(existsSync(at("parked", "checkpoints", `${ids[0]}.safetensors`))).toBe(true);
  let first = 1;
  const ended = await runListedCells({
    ...request,
    ids,
    attempt: 1,
    watcher: {
      progress({ fraction }) {
        first = Math.min(first, fraction);
      },
    },
  });
  expect(ended).toMatchObject({ outcome: "completed", ran: 2, failed: 0 });
  // It did not begin anew.
  expect(first).toBeGreaterThan(0.1);
  expect(existsSync(at("parked", "checkpoints", `${ids[0]}.safetensors`))).toBe(false);
  const digests = (path: string) => rows(path).map(({ id, made }) => [id, made.digest]);
  expect(digests(ended.results)).toEqual(digests(at("whole", "results.jsonl")));
});
