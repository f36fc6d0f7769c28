import { describe, expect, test } from "vitest";
import { fitToUnits } from "../../../src/exports/chip/fit.ts";
import { evaluatePortable, namedClasses } from "../../../src/exports/evaluate.ts";
import type { PortableNetwork } from "../../../src/exports/portable.ts";
import type { CopyNetwork } from "../../../src/learning/copy-network.ts";
import { blocks, bytesOf, copyNetwork, portable, walled } from "../../support/portable.ts";

const sizes = [30, 20, 12, 5];
const rows = 200;
const raw = bytesOf(rows, 30);
/** A data set of bytes. */
const seen = {
  offset: new Float32Array(30),
  factor: new Float32Array(30).fill(1 / 255),
  low: -Infinity,
  high: Infinity,
};

/** The same walls for all units of all layers but the last, which is linear. */
function hidden(net: CopyNetwork, low: number, high: number): PortableNetwork {
  const wall = (n: number, at: number) => ({
    name: "wall",
    shape: [n],
    data: new Float32Array(n).fill(at),
  });
  const layers = net.layers.map((layer, i) => {
    const n = layer.bias.shape[0];
    return i === net.layers.length - 1
      ? { ...layer, activation: "linear" as const }
      : { ...layer, walls: { low: wall(n, low), high: wall(n, high) } };
  });
  return {
    ...portable({ ...net, layers }),
    inputs: { ...portable(net).inputs!, low: -1e9, high: 1e9 },
  };
}

const fit = (net: PortableNetwork) => fitToUnits(net, seen, raw, rows);
const chipOf = (network: CopyNetwork): PortableNetwork => ({ network, inputs: seen, metadata: {} });

describe("a network between rails", () => {
  test.each([
    ["ReLU", 0, Infinity],
    ["ReLU6", 0, 6],
    ["a hard tanh", -1, 1],
    ["a clip between other numbers", 0.2, 0.7],
  ])(
    "of %s names what it named, with outputs that are one affine map of its own",
    (_, low, high) => {
      for (const joined of [blocks.chain, blocks.skips]) {
        const net = hidden(copyNetwork(sizes, joined, "hard"), low, high);
        const { network } = fit(net);
        expect(network.layers.every((l) => l.activation === "hard" && !l.walls)).toBe(true);
        const before = evaluatePortable(net, raw, rows);
        const after = evaluatePortable(chipOf(network), raw, rows);
        expect(namedClasses(after, 5)).toEqual(namedClasses(before, 5));
        // y = low + width·s, of the least and the largest output of the calibration data.
        const least = Math.min(...before);
        const width = Math.max(...before) - least;
        const worst = Math.max(...before.map((y, i) => Math.abs(least + width * after[i] - y)));
        expect(worst / width).toBeLessThan(1e-5);
      }
    },
  );

  test("that is between rails already stays as it is", () => {
    const net = { ...portable(copyNetwork(sizes, blocks.skips, "hard")), inputs: seen };
    const { network, notes } = fit(net);
    expect(notes).toEqual([]);
    const same = evaluatePortable(chipOf(network), raw, rows);
    const before = evaluatePortable(net, raw, rows);
    expect(Math.max(...before.map((y, i) => Math.abs(y - same[i])))).toBeLessThan(1e-6);
  });

  test("says what it approximates, layer by layer", () => {
    const leaky = fit(portable(copyNetwork(sizes, blocks.chain, "leaky")));
    expect(leaky.notes.join()).toMatch(/layer 1: its leaky ρ.*layer 2: its leaky ρ/);
    const smooth = fit(portable(copyNetwork(sizes, blocks.chain, "sigmoid")));
    expect(smooth.notes.join()).toMatch(/layer 1: its sigmoid is had as ½ \+ u\/4/);
    // The tangent: sums of this network are about ½, where it is 0.001 away.
    const net = portable(copyNetwork(sizes, blocks.chain, "sigmoid"));
    const before = namedClasses(evaluatePortable(net, raw, rows), 5);
    const after = namedClasses(evaluatePortable(chipOf(fit(net).network), raw, rows), 5);
    expect(after.filter((c, i) => c === before[i]).length).toBeGreaterThan(0.9 * rows);
  });

  test("is refused by name where it does not fit", () => {
    expect(() => fit(portable(copyNetwork(sizes, blocks.skips, "step")))).toThrow(
      /layer 1 is of steps.*expected Relu/,
    );
    expect(() => fit(portable(walled(copyNetwork(sizes, blocks.chain, "hard"))))).toThrow(
      /units of layer 1 clip at different values/,
    );
    expect(() => fit(hidden(copyNetwork(sizes, blocks.chain, "hard"), -Infinity, 1))).toThrow(
      /layer 1 has no lower end/,
    );
    const net = portable(copyNetwork(sizes, blocks.chain, "hard"));
    expect(() => fit({ ...net, outputs: { ...net.outputs!, kind: "values" } })).toThrow(/values/);
  });
});
