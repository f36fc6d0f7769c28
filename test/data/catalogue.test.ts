import { expect, test } from "vitest";
import { dataSets, usualSets, type DataSet } from "../../src/data/catalogue.ts";
import { readSet, readUsual } from "../../src/data/node/read.ts";
import { sources } from "../../src/data/sources.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { keysOf } from "../../src/numerics/keys.ts";

test("every data set stands under its own name, and an experiment can ask for it", () => {
  const published = keysOf(dataSets).filter((name) => dataSets[name].from === "files");
  expect(published).toEqual(keysOf(sources));
  for (const name of keysOf(dataSets)) {
    const set: DataSet = dataSets[name];
    if (set.from === "files") expect(set.source.set).toBe(name);
    else expect(set.draws).toBe(name);
    const parsed = experimentSchema.parse({
      name,
      data: { set: name },
      network: { layers: [4, 2] },
      learning: { rates: [0.1] },
    });
    expect(parsed.data.set).toBe(name);
  }
});

test("the usual images are the built-in ones, with a folder its files", async () => {
  const drawn = await readUsual(undefined);
  expect(drawn.source).toBe((await readSet(usualSets.builtIn)).source);
  await expect(readUsual("no/such/folder")).rejects.toThrow(
    `${sources[usualSets.files].title} was not found`,
  );
});
