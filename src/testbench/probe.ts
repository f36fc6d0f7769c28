import { inputsOf, sampleWord, take, widthOf, type Dataset, type Reals } from "../data/dataset.ts";
import { unscaled } from "../data/scaling.ts";
import type { Parameters } from "../dynamics/synapses/parameters.ts";
import { consecutive, enter, pulled, showSamples, type Start } from "../learning/enter.ts";
import { survey } from "../learning/survey.ts";
import { vec, type Vec } from "../numerics/vec.ts";
import type { ReportData } from "../output/report-data.ts";
import { euler } from "../solver/euler.ts";
import { trace } from "../solver/settle.ts";
import { physicsOf } from "./physics/answers.ts";
import { eulerStep } from "./physics/operation.ts";
import { settles } from "../experiment/rules.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { Session, Trained } from "../training/session.ts";
import { square } from "../numerics/power.ts";

/** The parts of a report that need the networks themselves. */
export type Probe = Pick<
  ReportData,
  | "settling"
  | "scatter"
  | "confusion"
  | "filters"
  | "columns"
  | "values"
  | "mistakes"
  | "physics"
  | "hindrances"
>;

const shown = { images: 100, points: 600, filters: 48, mistakes: 60 };

/** Looks at trained networks the way the report shows them. */
export function probe(session: Session, experiment: Experiment): Probe {
  const trained = session.trained();
  const { test } = session;
  const { chip } = trained;
  const images = Math.min(shown.images, chip.capacity, test.count);
  showSamples(chip, test, consecutive(images));
  if (!settles(experiment.learning.rule))
    return {
      settling: null,
      scatter: [],
      ...firstLayer(trained.copy!.parameters, test),
      ...answers(trained, test),
      ...physicsOf(trained, test, experiment),
    };
  return {
    settling: settling(trained, experiment),
    scatter: scatter(trained),
    ...firstLayer(chip.parameters, test),
    ...answers(trained, test),
    ...physicsOf(trained, test, experiment),
  };
}

/** Of networks whose weights or states are not numbers there is nothing to see. */
export function nothingFound({ test }: Session): Probe {
  const shape = pictureOf(test);
  return {
    settling: null,
    scatter: [],
    confusion: [],
    filters: { shape, images: [] },
    columns: null,
    values: [],
    mistakes: { shape, examples: [], total: 0 },
    physics: [],
    hindrances: [],
  };
}

/** The same energy E_λ entered from zero and from the guess. */
function settling({ chip, copy, lambda }: Trained, { settle }: Experiment): Probe["settling"] {
  const follow = (from: Start) => {
    enter({ chip, copy }, from, { lambda: pulled(copy, lambda) });
    return trace(
      chip,
      chip.state.array,
      euler(eulerStep(chip, settle.step)),
      Math.min(Math.max(settle.free.steps ?? 0, 40), 400),
    );
  };
  return {
    images: chip.inputs.rows,
    tauSeconds: chip.tauSeconds,
    fromZero: follow("zero"),
    fromGuess: copy && follow("guess"),
  };
}

function scatter({ chip, copy, settler }: Trained): Probe["scatter"] {
  if (!copy) return [];
  settler.settle();
  const { layout: at } = chip;
  const s = chip.state.array;
  const guess = copy.guess.array;
  const { rows } = chip.inputs;
  return at.sizes.slice(1).map((n, i) => {
    const layer = i + 1;
    const pairs = n * rows;
    const x = vec("f64", pairs);
    const y = vec("f64", pairs);
    for (let r = 0; r < rows; r++)
      for (let k = 0; k < n; k++) {
        x[r * n + k] = guess[r * at.size + at.offset[layer] + k];
        y[r * n + k] = s[r * at.size + at.offset[layer] + k];
      }
    const every = Math.max(1, Math.floor(pairs / shown.points));
    const chosen = Array.from({ length: Math.floor(pairs / every) }, (_, k) => k * every);
    return {
      layer,
      copy: chosen.map((k) => x[k]),
      chip: chosen.map((k) => y[k]),
      correlation: correlation(x, y),
      rms: rms(x, y),
    };
  });
}

/** How the inputs of a sample are laid out. */
function pictureOf(data: Dataset): readonly [height: number, width: number] {
  return data.shape.length === 2 ? [data.shape[0], data.shape[1]] : [1, widthOf(data)];
}

/** First-layer weights of evenly chosen hidden units: as images, or by the names of inputs. */
function firstLayer(parameters: Parameters, data: Dataset): Pick<Probe, "filters" | "columns"> {
  const filters = filtersOf(parameters, data);
  if (sampleWord(data) === "image") return { filters, columns: null };
  const { inputNames } = data;
  const names = inputNames ?? Array.from({ length: widthOf(data) }, (_, i) => `input ${i + 1}`);
  return {
    filters: { ...filters, images: [] },
    columns: { names, weights: filters.images },
  };
}

function filtersOf({ weights, tensors }: Parameters, data: Dataset): Probe["filters"] {
  const shape = pictureOf(data);
  const w = weights.find((v) => v.block.from === 0)!;
  const count = Math.min(shown.filters, w.cols);
  const pixels = shape[0] * shape[1];
  const values = tensors().find((t) => t.name === w.name)!.data;
  const images = Array.from({ length: count }, (_, i) => {
    const unit = Math.floor((i * w.cols) / count);
    // Of complementary terminals the difference is what an input drives.
    return Array.from(
      { length: pixels },
      (__, p) =>
        values[p * w.cols + unit] - (w.rows > pixels ? values[(pixels + p) * w.cols + unit] : 0),
    );
  });
  return { shape, images };
}

function answers(
  { chip, copy, settler }: Trained,
  test: Dataset,
): Pick<Probe, "confusion" | "mistakes" | "values"> {
  const shape = pictureOf(test);
  const { targets } = test;
  if (targets.kind === "reals")
    return {
      confusion: [],
      mistakes: { shape, examples: [], total: 0 },
      values: valuesOf({ chip, copy, settler }, test, targets),
    };
  const isPicture = sampleWord(test) === "image";
  const confusion = targets.names.map(() => new Array<number>(targets.names.length).fill(0));
  const examples: Probe["mistakes"]["examples"][number][] = [];
  let total = 0;
  survey(chip, settler, test, (s) => {
    const named = copy ? s.copy : s.chip!;
    for (let i = 0; i < s.count; i++) {
      const sample = s.first + i;
      const label = targets.labels[sample];
      confusion[label][named[i]]++;
      if (named[i] === label) continue;
      total++;
      if (isPicture && examples.length < shown.mistakes)
        examples.push({
          pixels: Array.from(inputsOf(test, sample, sample + 1), (x) => Math.round(255 * x)),
          label,
          copy: copy ? s.copy[i] : null,
          chip: s.chip && s.chip[i],
        });
    }
  });
  return { confusion, mistakes: { shape, examples, total }, values: [] };
}

/** What real targets of the first test samples are, and what they were told to be. */
function valuesOf(
  { chip, copy, settler }: Pick<Trained, "chip" | "copy" | "settler">,
  test: Dataset,
  { names, values, scaling }: Reals,
): Probe["values"] {
  const n = names.length;
  const told = { copy: names.map((): number[] => []), chip: names.map((): number[] => []) };
  const few = take(test, shown.points);
  survey(chip, settler, few, (s) => {
    for (const who of ["copy", "chip"] as const)
      names.forEach((_, k) => {
        for (let r = 0; r < s.count; r++)
          told[who][k].push(unscaled(scaling, k, s.outputs[who](r, k)));
      });
  });
  return names.map((name, k) => ({
    name,
    truth: Array.from({ length: few.count }, (_, r) => values[r * n + k]),
    copy: copy ? told.copy[k] : null,
    chip: settler.settled ? told.chip[k] : null,
  }));
}

function rms(x: Vec, y: Vec): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += square(x[i] - y[i]);
  return Math.sqrt(sum / x.length);
}

function correlation(x: Vec, y: Vec): number {
  let mx = 0;
  let my = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    mx += x[i] / x.length;
    my += y[i] / y.length;
  }
  for (let i = 0; i < x.length; i++) {
    xx += square(x[i] - mx);
    yy += square(y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy / Math.sqrt(xx * yy);
}
