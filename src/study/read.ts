import { z } from "zod";
import { blame, InputError, type Author } from "../numerics/errors.ts";
import { isMapping } from "../numerics/mappings.ts";
import { didYouMean } from "../numerics/suggest.ts";
import { checkTree, readYaml, type YamlTree } from "../numerics/yaml.ts";
import type { Path } from "../numerics/yaml-path.ts";
import {
  applyOverrides,
  overrideOf,
  parseOverride,
  withoutOverride,
  type Override,
} from "../experiment/overrides.ts";
import { experimentSchema, type Experiment } from "../experiment/schema.ts";
import {
  axisOf,
  checkWhere,
  gridOf,
  matches,
  overlap,
  type Axis,
  type AxisSource,
} from "./grid.ts";
import type { Measurement } from "./measurement.ts";
import {
  authorUnder,
  checkPath,
  checkPaths,
  optionPatch,
  patched,
  patchesOf,
  type Patch,
} from "./patches.ts";
import { measurementOf } from "./registry.ts";
import { diesIn, studySchema, type StudyFile } from "./schema.ts";

/** A text and the name that messages call it by. */
interface Source {
  readonly text: string;
  readonly file: string;
}

/** What a study is read from. */
interface StudyRequest extends Source {
  readonly quick?: boolean;
  /** `--set` of the command line: keys of the experiment, `options.…`, `seeds` or `grid.<axis>`. */
  readonly set?: readonly string[];
  /** `--without` of the command line. */
  readonly without?: string;
  /** Which cells are wanted; all of the grid unless given. */
  readonly only?: (axes: Point["labels"], seed: number) => boolean;
  /** Reads the base configuration that the study names: a path from the study, or a name. */
  open(path: string): Source;
}

/** A study with its grid laid out; each point is run once a seed. */
export interface Study {
  readonly name: string;
  readonly description: string | undefined;
  readonly quick: boolean;
  readonly measurement: Measurement<unknown>;
  /** The file of the base configuration; undefined where it stands in the study. */
  readonly base: string | undefined;
  readonly axes: readonly Axis[];
  /**
   * The same with the labels and seeds of the whole file too, where only some of them are asked
   * for: what drawings may name.
   */
  readonly known: readonly Axis[];
  readonly seeds: readonly number[];
  /** What figures and tables average over unless they say: dies where there are any, else seeds. */
  readonly over: "die" | "seed";
  readonly points: readonly Point[];
  readonly figures: StudyFile["figures"];
  readonly table: StudyFile["table"];
  readonly claims: StudyFile["claims"];
  /** Where a part of the study was written. */
  author(path: Path, part: "key" | "value"): Author;
  /** The study as a file of its own: base and quick parts put in. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  /** Those of the study that are not skipped here; at least one. */
  readonly seeds: readonly number[];
  /** With the first seed. */
  readonly experiment: Experiment;
  readonly options: unknown;
  /** Whether the schematic's path was written in the study or in its base. */
  readonly circuitFrom: "study" | "base";
  /** Whether the paths of its data were. */
  readonly dataFrom: "study" | "base";
  /** Who wrote a setting of the experiment. */
  author(path: Path, part: "key" | "value"): Author;
}

/**
 * Reads a study, lays out its grid and checks every point of it.
 * @throws InputError that lists what is wrong, blaming `file:line:column` or the option.
 */
export async function readStudy({
  text,
  file,
  quick = false,
  set = [],
  without,
  only,
  open,
}: StudyRequest): Promise<Study> {
  const tree = readYaml(text, file);
  const asked = checkTree(tree.value, studySchema, (path, part) => tree.place(path, part));
  if (quick && !asked.quick)
    throw new InputError(
      "--quick: this study has no `quick:` part; add one with fewer seeds or smaller " +
        "settings, or leave --quick out",
      tree.place([], "key"),
    );
  const small = quick ? asked.quick : undefined;
  const measurement = await measurementOf(asked.measure, tree.place(["measure"], "value"));
  const composite = z.strictObject({ ...experimentSchema.shape, options: measurement.options });
  const options = [
    ...optionsOf(set, composite),
    ...(without === undefined ? [] : [withoutOverride(without)]),
  ];

  const seeds = seedsOf(asked, small !== undefined && small.seeds !== undefined, options, tree);
  const sources = sourcesOf(asked, small, options, tree);
  const axes = Object.entries(sources).map(([name, source]) => axisOf(name, source));
  for (const axis of axes) checkAxis(axis, sources[axis.name], composite);
  const known = knownAxes(axes, asked, tree, seeds);
  const skip = skipOf(asked, small, known, tree);
  const author = (path: Path, part: "key" | "value"): Author =>
    path[0] === "grid" && path.length > 1 && Object.hasOwn(sources, path[1])
      ? sources[String(path[1])].author(path.slice(2), part)
      : tree.place(path, part);
  const points = gridOf(axes, skip, seeds, (path, part) => author(["grid", ...path], part));

  const base = baseOf(asked, tree, open);
  const changes = changesOf(asked, small, options, tree);
  checkPaths(changes, composite);
  refuseSeed(changes);
  refuseHidden(options, axes);
  const { study: name, description, figures, table, claims } = asked;
  return {
    name,
    description,
    quick,
    measurement,
    axes,
    known,
    seeds,
    over: Object.hasOwn(sources, "die") ? "die" : "seed",
    base: base.file,
    points: points.flatMap(({ labels, patches }) => {
      const own = seeds.filter(
        (seed) =>
          !skip.some((s) => matches({ axes: labels, seed }, s)) && (only?.(labels, seed) ?? true),
      );
      return own.length === 0
        ? []
        : [pointOf(labels, [...changes, ...patches], base, measurement, own)];
    }),
    figures,
    table,
    claims,
    author,
    resolved: {
      study: name,
      description,
      measure: asked.measure,
      ...resolvedBase(base, changes),
      grid: Object.fromEntries(Object.entries(sources).map(([axis, { values }]) => [axis, values])),
      skip,
      seeds,
      figures,
      table,
      claims,
    },
  };
}

/** The cells that are left out: those of the quick part where it says so. */
function skipOf(
  asked: StudyFile,
  small: StudyFile["quick"],
  known: readonly Axis[],
  tree: YamlTree,
): StudyFile["skip"] {
  const at: Path = small?.skip ? ["quick", "skip"] : ["skip"];
  const skip = small?.skip ?? asked.skip;
  skip.forEach((where, i) => {
    checkWhere(where, known, "skip", (path, part) => tree.place([...at, i, ...path], part));
  });
  return skip;
}

/** What the study changes in its base everywhere: the file, its quick part, the command line. */
function changesOf(
  asked: StudyFile,
  small: StudyFile["quick"],
  options: readonly Override[],
  tree: YamlTree,
): readonly Patch[] {
  return [
    ...patchesOf(asked.with, tree, ["with"]),
    ...patchesOf(small?.with ?? {}, tree, ["quick", "with"]),
    ...under("options", patchesOf(asked.options, tree, ["options"])),
    ...under("options", patchesOf(small?.options ?? {}, tree, ["quick", "options"])),
    ...options.filter((o) => !isOfStudy(o)).map((o) => optionPatch(o)),
  ];
}

/** The base with all that changes it put in, apart from the options of the measurement. */
function resolvedBase(base: Base, changes: readonly Patch[]) {
  const root = patched(base.value, changes);
  const { options = {}, ...experiment } = isMapping(root) ? root : {};
  return { options, base: experiment };
}

interface Base {
  readonly value: unknown;
  readonly file?: string;
  author(path: Path, part: "key" | "value"): Author;
}

function baseOf({ base }: StudyFile, tree: YamlTree, open: StudyRequest["open"]): Base {
  if (typeof base !== "string")
    return {
      value: withoutSeed(base),
      author: (path, part) => tree.place(["base", ...path], part),
    };
  let source: Source;
  try {
    source = open(base);
  } catch (error) {
    throw error instanceof InputError
      ? new InputError(`base: ${error.message}`, tree.place(["base"], "value"))
      : error;
  }
  const inner = readYaml(source.text, source.file);
  return {
    value: withoutSeed(inner.value),
    file: source.file,
    author: (path, part) => inner.place(path, part),
  };
}

// The seeds of the study stand in its place.
function withoutSeed(value: unknown): unknown {
  return isMapping(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== "seed"))
    : value;
}

/** Keys of data that hold paths. */
const dataPaths = ["data", "data.file", "data.train", "data.test", "data.validation"];

function pointOf(
  labels: Point["labels"],
  patches: readonly Patch[],
  base: Base,
  measurement: Measurement<unknown>,
  seeds: readonly number[],
): Point {
  const tree = patched(base.value, patches);
  const { options = {}, ...rest } = isMapping(tree) ? tree : {};
  const own = patches
    .filter((p) => p.path[0] === "options")
    .map((p) => ({ ...p, path: p.path.slice(1) }));
  const author = authorUnder(patches, (path, part) => base.author(path, part));
  return {
    labels,
    seeds,
    experiment: {
      ...checkTree(isMapping(tree) ? rest : tree, experimentSchema, author),
      seed: seeds[0],
    },
    options: checkTree(
      options,
      measurement.options,
      authorUnder(own, () => `options of the measurement ${measurement.name}`),
    ),
    circuitFrom: patches.some(choosesCircuit) ? "study" : "base",
    dataFrom: patches.some((p) => dataPaths.includes(p.path.join("."))) ? "study" : "base",
    author,
  };
}

const choosesCircuit = ({ path }: Patch) =>
  path[0] === "circuit" && (path.length === 1 || path[1] === "base");

function optionsOf(set: readonly string[], composite: z.ZodType): readonly Override[] {
  return set.map((text) => {
    const axis = /^\s*grid\.([^=]+?)\s*=/.exec(text)?.[1];
    const option = `--set ${text}`;
    if (axis !== undefined)
      return {
        ...parseOverride(
          `grid=${text.slice(text.indexOf("=") + 1)}`,
          z.object({ grid: z.unknown() }),
          option,
        ),
        path: ["grid", axis],
      };
    return parseOverride(
      text,
      /^\s*(seeds|dies)\b/.test(text)
        ? z.object({ seeds: z.unknown(), dies: z.unknown() })
        : composite,
      option,
    );
  });
}

const ofStudy: readonly string[] = ["grid", "seeds", "dies"];
const isOfStudy = ({ path }: Override) => ofStudy.includes(path[0]);

/** The axes of the grid, and dies as one like any other, the last. */
function sourcesOf(
  asked: StudyFile,
  small: StudyFile["quick"],
  options: readonly Override[],
  tree: YamlTree,
): Readonly<Record<string, AxisSource>> {
  const sources = axisSources(asked, small?.grid, options, tree);
  const isQuick = small?.dies !== undefined;
  const tail = options.filter((o) => o.path[0] === "dies");
  const author = (path: Path, part: "key" | "value") =>
    overrideOf(path, tail)?.option ?? tree.place(isQuick ? ["quick", ...path] : path, part);
  const { dies } = checkTree(
    applyOverrides({ dies: small?.dies ?? asked.dies }, tail),
    z.object({ dies: studySchema.shape.dies }),
    author,
  );
  if (dies === undefined) return sources;
  if (Object.hasOwn(sources, "die"))
    throw blame(author(["dies"], "key"), "dies: grid has an axis die as well; keep one of them");
  const numbers = diesIn(dies);
  if (numbers.length === 0)
    throw blame(author(["dies"], "value"), "dies: the range is empty; write its low end first");
  return {
    ...sources,
    die: {
      values: [...numbers],
      author: (path, part) => author(Array.isArray(dies) ? ["dies", ...path] : ["dies"], part),
    },
  };
}

function seedsOf(
  asked: StudyFile,
  isQuick: boolean,
  options: readonly Override[],
  tree: YamlTree,
): readonly number[] {
  const written = isQuick ? { ...asked.quick } : { seeds: asked.seeds };
  const tail = options.filter((o) => o.path[0] === "seeds");
  const author = (path: Path, part: "key" | "value") =>
    overrideOf(path, tail)?.option ?? tree.place(isQuick ? ["quick", ...path] : path, part);
  const { seeds } = checkTree(
    applyOverrides({ seeds: written.seeds }, tail),
    z.object({ seeds: studySchema.shape.seeds }),
    author,
  );
  const seen = new Set<number>();
  seeds.forEach((seed, i) => {
    if (seen.has(seed))
      throw blame(author(["seeds", i], "value"), `seeds: ${seed} is given twice; keep one`);
    seen.add(seed);
  });
  return seeds;
}

/** Each axis from where it was written last: the file, its quick part, the command line. */
function axisSources(
  asked: StudyFile,
  small: StudyFile["grid"] | undefined,
  options: readonly Override[],
  tree: YamlTree,
): Readonly<Record<string, AxisSource>> {
  const sources: Record<string, AxisSource> = {};
  const names = Object.keys(asked.grid);
  for (const [name, values] of Object.entries(asked.grid))
    sources[name] = { values, author: (path, part) => tree.place(["grid", name, ...path], part) };
  const replace = (
    name: string,
    values: StudyFile["grid"][string],
    title: string,
    author: AxisSource["author"],
  ) => {
    if (!Object.hasOwn(sources, name))
      throw blame(
        author([], "key"),
        `${title}: there is no axis "${name}"; ${didYouMean(name, names, "axes")}`,
      );
    const before = sources[name];
    sources[name] =
      Array.isArray(values) && !Array.isArray(before.values)
        ? chosen(name, values, before, author)
        : { values, author };
  };
  for (const [name, values] of Object.entries(small ?? {}))
    replace(name, values, "quick.grid", (path, part) =>
      tree.place(["quick", "grid", name, ...path], part),
    );
  for (const {
    option,
    path: [first, name],
    value,
  } of options.filter((o) => o.path[0] === "grid"))
    replace(
      name,
      checkTree(
        { [first]: value },
        z.object({ grid: studySchema.shape.grid.unwrap().valueType }),
        () => option,
      ).grid,
      option,
      () => option,
    );
  return sources;
}

function knownAxes(
  axes: readonly Axis[],
  { grid, dies, seeds: all }: StudyFile,
  tree: YamlTree,
  seeds: readonly number[],
): readonly Axis[] {
  const whole = [
    ...Object.entries(grid).map(([name, values]) =>
      axisOf(name, { values, author: (path, part) => tree.place(["grid", name, ...path], part) }),
    ),
    ...(dies === undefined
      ? []
      : [
          axisOf("die", { values: [...diesIn(dies)], author: () => tree.place(["dies"], "value") }),
        ]),
  ];
  const seed: Axis = {
    name: "seed",
    settings: [...new Set([...seeds, ...all])].map((s) => ({ label: String(s), patches: [] })),
  };
  const beside = (name: string, own: ReadonlySet<string>) =>
    (whole.find((w) => w.name === name)?.settings ?? []).filter((s) => !own.has(s.label));
  return [
    ...axes.map(({ name, settings }) => ({
      name,
      settings: [...settings, ...beside(name, new Set(settings.map((s) => s.label)))],
    })),
    seed,
  ];
}

/** A list where the axis has settings under labels chooses some of them. */
function chosen(
  name: string,
  labels: readonly unknown[],
  { values, author: before }: AxisSource,
  author: AxisSource["author"],
): AxisSource {
  const named = values as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  return {
    values: Object.fromEntries(
      labels.map((label, i) => {
        const key = String(label);
        if (!Object.hasOwn(named, key))
          throw blame(
            author([i], "value"),
            `grid.${name}: there is no "${key}" on this axis; ` +
              didYouMean(key, Object.keys(named), "it has"),
          );
        return [key, named[key]];
      }),
    ),
    author: before,
  };
}

function checkAxis(
  { name, settings }: Axis,
  { values, author }: AxisSource,
  composite: z.ZodType,
): void {
  if (Array.isArray(values)) checkPath(name, composite, author([], "key"));
  else for (const { patches } of settings) checkPaths(patches, composite);
  refuseSeed(settings.flatMap((s) => s.patches));
}

function refuseSeed(patches: readonly Patch[]): void {
  const seed = patches.find((p) => p.path[0] === "seed");
  if (seed)
    throw blame(
      seed.author([], "key"),
      "seed: a study gives its cells the seeds in `seeds:`; change that list",
    );
}

function refuseHidden(options: readonly Override[], axes: readonly Axis[]): void {
  for (const { option, path } of options.filter((o) => !isOfStudy(o)))
    for (const { name, settings } of axes)
      if (settings.some((s) => s.patches.some((p) => overlap(p.path, path))))
        throw new InputError(
          `${option}: ${path.join(".")} is set by the axis "${name}" of the grid; use --set ` +
            `grid.${name}=…`,
        );
}

function under(key: string, patches: readonly Patch[]): readonly Patch[] {
  return patches.map((p) => ({ ...p, path: [key, ...p.path] }));
}
