import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { devices } from "../../../src/circuit/devices/index.ts";
import { drawn, figureOf, filled } from "../../support/device-page.ts";

const docs = join(import.meta.dirname, "../../../docs");
const page = join(docs, "devices.md");
const all = Object.values(devices);
const todo =
  "run `WRITE_PAGES=1 npx vitest run test/circuit/devices/page.test.ts` and look at what changed";

beforeAll(() => {
  if (process.env["WRITE_PAGES"] !== "1") return;
  mkdirSync(join(docs, "figures"), { recursive: true });
  writeFileSync(page, filled(readFileSync(page, "utf8"), all));
  for (const model of all) writeFileSync(join(docs, figureOf(model)), drawn(model));
}, 120_000);

describe("the page of devices", () => {
  test("says of every device what the code says", () => {
    const text = readFileSync(page, "utf8");
    expect(text, `docs/devices.md is stale: ${todo}`).toBe(filled(text, all));
  });

  test.each(all.map((m) => [m.name, m] as const))(
    "shows how %s is programmed",
    (_, model) => {
      const file = join(docs, figureOf(model));
      expect(existsSync(file), `docs/${figureOf(model)} is missing: ${todo}`).toBe(true);
      expect(
        readFileSync(file, "utf8") === drawn(model),
        `docs/${figureOf(model)} is stale: ${todo}`,
      ).toBe(true);
    },
    60_000,
  );

  test("is found stale when a value changes", () => {
    const text = readFileSync(page, "utf8");
    const [first, ...rest] = all;
    expect(filled(text, [{ ...first, range: [2e-6, 10e-6] }, ...rest])).not.toBe(text);
  });
});
