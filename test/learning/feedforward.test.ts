import { describe, expect, it } from "vitest";
import { graph } from "../../src/energy/graph.ts";
import { digitalCopy, type CopyLoss } from "../../src/learning/copy.ts";
import { xavierNormal } from "../../src/energy/initial.ts";
import { feedforward, momentum } from "../../src/learning/feedforward.ts";
import { random } from "../../src/numerics/random.ts";
import type { Tensor } from "../../src/numerics/vec.ts";

const net = graph(
  [5, 7, 6, 3],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 2 },
  ],
);
const layers = 3;
const rows = 4;
const centred = (u: number) => Math.min(Math.max(u, -0.5), 0.5) + 0.01 * u;

/** States of all layers, [0] the input, written out. */
function states(tensors: readonly Tensor[], x: readonly number[]): number[][] {
  const s = [[...x]];
  for (let l = 1; l <= layers; l++)
    s.push(
      Array.from({ length: net.sizes[l] }, (_, j) =>
        centred(
          net.blocks.reduce(
            (sum, { from, to }, b) =>
              to === l
                ? s[from].reduce((u, v, i) => u + v * tensors[b].data[i * net.sizes[l] + j], sum)
                : sum,
            tensors[net.blocks.length + l - 1].data[j],
          ),
        ),
      ),
    );
  return s;
}

const rng = random(4, "lesson");
const xs = Array.from({ length: rows }, () => Array.from({ length: 5 }, () => rng.normal()));
const targets = xs.map(() =>
  net.sizes.map((n) => Array.from({ length: n }, () => rng.uniform() - 0.5)),
);

function student(loss: CopyLoss) {
  const bench = feedforward(net, { batch: rows, precision: "f64", low: -0.5, high: 0.5 });
  const copy = digitalCopy(bench, { loss });
  const target = bench.vector();
  copy.parameters.load(xavierNormal(net, "copy", 1.6, random(2, "student"), "f64"));
  targets.forEach((t, r) => {
    for (let l = 1; l <= layers; l++)
      target.array.set(t[l], r * bench.layout.size + bench.layout.offset[l]);
  });
  bench.inputs.showReals(xs.flat(), rows);
  bench.inputs.list();
  return { bench, copy, target };
}

/**
 * ∂/∂φ of mean ½ Σ (s − target)², by central differences: of a parameter's own layer, or of all.
 */
function slopes(tensors: readonly Tensor[], loss: CopyLoss): number[][] {
  const cost = (l: number) =>
    xs.reduce(
      (sum, x, r) =>
        sum +
        states(tensors, x).reduce(
          (c, layer, m) =>
            m > 0 && (loss === "global" || m === l)
              ? layer.reduce((d, s, i) => d + 0.5 * (s - targets[r][m][i]) ** 2, c)
              : c,
          0,
        ),
      0,
    ) / rows;
  return tensors.map(({ data }, t) => {
    const l = t < net.blocks.length ? net.blocks[t].to : t - net.blocks.length + 1;
    const h = 1e-5;
    return Array.from(data, (value, i) => {
      data[i] = value + h;
      const up = cost(l);
      data[i] = value - h;
      const down = cost(l);
      data[i] = value;
      return (up - down) / (2 * h);
    });
  });
}

describe("a feedforward network without a chip", () => {
  it("guesses clip(u, −½, ½) + 0.01 u, layer by layer, saturated at either end and not", () => {
    const {
      bench: { layout: at },
      copy,
    } = student("local");
    const tensors = copy.parameters.tensors();
    copy.forward();
    const all: number[] = [];
    xs.forEach((x, r) => {
      states(tensors, x).forEach((layer, l) => {
        if (l > 0)
          layer.forEach((s, i) => {
            expect(copy.guess.array[r * at.size + at.offset[l] + i]).toBeCloseTo(s, 14);
            all.push(s);
          });
      });
    });
    expect([
      Math.min(...all) < -0.5,
      Math.max(...all) > 0.5,
      all.some((s) => Math.abs(s) < 0.4),
    ]).toEqual([true, true, true]);
  });

  it.each(["local", "global"] as const)(
    "descends its %s loss with momentum, as a loop over finite differences does",
    (loss) => {
      const { bench, copy, target } = student(loss);
      const rate = 0.1;
      const keeping = 0.9;
      const descend = momentum(bench, copy, keeping);
      const expected = copy.parameters.tensors();
      const velocity = expected.map(({ data }) => Array.from(data, () => 0));
      for (let n = 0; n < 4; n++) {
        copy.forward();
        copy.compare(target, new Array<number>(layers).fill(rate / rows));
        descend();
        const gradient = slopes(expected, loss);
        expected.forEach(({ data }, t) => {
          data.forEach((_, i) => {
            data[i] += velocity[t][i] = keeping * velocity[t][i] - rate * gradient[t][i];
          });
        });
      }
      // Central differences of 1e-5 are right to 1e-10 where no kink is met.
      copy.parameters.tensors().forEach(({ data }, t) => {
        data.forEach((w, i) => {
          expect(w).toBeCloseTo(expected[t].data[i], 8);
        });
      });
    },
  );

  it("begins with weights of variance gain² · 2 / (n_from + n_to), and biases at zero", () => {
    const big = graph([100, 300], [{ from: 0, to: 1 }]);
    const [w, b] = xavierNormal(big, "copy", 1.6, random(1, "w"), "f64");
    const n = w.data.length;
    const expected = (1.6 ** 2 * 2) / 400;
    // The mean square of n normal numbers has a relative standard deviation of √(2/n).
    expect(
      Math.abs(Array.from(w.data).reduce((sum, v) => sum + v * v, 0) / n / expected - 1),
    ).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(b.data.every((v) => v === 0)).toBe(true);
  });

  it("has no chip whose weights it could guess with", () => {
    expect(() => digitalCopy(feedforward(net, { batch: 1 }), { tied: true })).toThrow(
      "there is no chip; leave tied out",
    );
  });
});
