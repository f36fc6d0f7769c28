import { random, type Random } from "../numerics/random.ts";
import { splitOf } from "./arrays-of.ts";
import type { Split } from "./dataset.ts";

/** A drawn point: what is shown, and what is wanted of it. */
interface Point {
  readonly inputs: readonly number[];
  readonly target: string | number;
}

/** A small set that is drawn from a seed. */
interface Generator {
  readonly title: string;
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
  /** What becomes rail to rail. */
  readonly range: readonly [low: number, high: number];
  draw(i: number, rng: Random): Point;
}

/** Training and test points. */
const counts = { train: 400, test: 200 };
const noise = 0.1;
const plane = ["x", "y"];

/** Each fits a network of some ten hidden units, and none is solved by a straight line. */
const generators = {
  /** Two half circles that reach into one another (Pedregosa et al. 2011, `make_moons`). */
  moons: {
    title: "two moons",
    inputNames: plane,
    targetNames: ["moon"],
    range: [-1.5, 2.5],
    draw(i, rng) {
      const angle = Math.PI * rng.uniform();
      const [x, y] =
        i % 2 === 0
          ? [Math.cos(angle), Math.sin(angle)]
          : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
      return {
        inputs: [x + noise * rng.normal(), y + noise * rng.normal()],
        target: i % 2 === 0 ? "upper" : "lower",
      };
    },
  },
  /** Two arms that wind around one another, a turn each (Lang & Witbrock 1988, shortened). */
  spirals: {
    title: "two spirals",
    inputNames: plane,
    targetNames: ["arm"],
    range: [-1.2, 1.2],
    draw(i, rng) {
      const along = rng.uniform();
      const angle = 2 * Math.PI * along + (i % 2 === 0 ? 0 : Math.PI);
      const radius = 0.15 + 0.85 * along;
      return {
        inputs: [
          radius * Math.cos(angle) + 0.03 * rng.normal(),
          radius * Math.sin(angle) + 0.03 * rng.normal(),
        ],
        target: i % 2 === 0 ? "first" : "second",
      };
    },
  },
  /** Exclusive or: the class is whether the signs of two numbers differ. */
  xor: {
    title: "exclusive or",
    inputNames: plane,
    targetNames: ["differ"],
    range: [-1.5, 1.5],
    draw(i, rng) {
      const [a, b] = [i & 1 ? 1 : -1, i & 2 ? 1 : -1];
      return {
        inputs: [a + 2 * noise * rng.normal(), b + 2 * noise * rng.normal()],
        target: a === b ? "same" : "different",
      };
    },
  },
  /** One period of a sine under noise: regression. */
  sine: {
    title: "a noisy sine",
    inputNames: ["x"],
    targetNames: ["sine"],
    range: [0, 1],
    draw(_, rng) {
      const x = rng.uniform();
      return { inputs: [x], target: Math.sin(2 * Math.PI * x) + noise * rng.normal() };
    },
  },
} as const satisfies Readonly<Record<string, Generator>>;

/** The name of a small set that is drawn from a seed. */
export type GeneratorName = keyof typeof generators;

/** A small set, drawn from `seed`: point i depends on nothing but the seed, its part and i. */
export function generated(name: GeneratorName, seed: number): Split {
  const { title, inputNames, targetNames, range, draw }: Generator = generators[name];
  const points = (part: keyof typeof counts) => {
    const drawn = Array.from({ length: counts[part] }, (_, i) =>
      draw(i, random(seed, name, part, i)),
    );
    return {
      inputs: drawn.map((p) => p.inputs),
      targets: drawn.map((p) => p.target) as readonly (string | number)[],
    };
  };
  const split = splitOf({
    name,
    ...points("train"),
    tested: points("test"),
    inputNames,
    targetNames,
    scale: range,
  });
  return { ...split, source: `${title}, drawn from seed ${seed}`, notes: [] };
}
