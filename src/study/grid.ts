import { blame, type Author, type Place } from "../numerics/errors.ts";
import { isMapping } from "../numerics/mappings.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { YamlTree } from "../numerics/yaml.ts";
import { patchesOf, type Patch } from "./patches.ts";
import type { StudyFile, Where } from "./schema.ts";

/** One place on an axis: its label, and what it sets. */
interface Setting {
  readonly label: string;
  readonly patches: readonly Patch[];
}

/** A named direction of the grid. */
export interface Axis {
  readonly name: string;
  readonly settings: readonly Setting[];
}

/** A point of the grid: a label on each axis, in the order of the axes. */
interface GridPoint {
  readonly labels: Readonly<Record<string, string>>;
  readonly patches: readonly Patch[];
}

/** An axis as the file, its quick part or the command line gives it. */
export interface AxisSource {
  readonly values: StudyFile["grid"][string];
  author(path: readonly PropertyKey[], part: "key" | "value"): Author;
}

/** Cells that a study may have. */
const maxCells = 100_000;

/** @throws InputError when two labels of the axis agree. */
export function axisOf(name: string, { values, author }: AxisSource): Axis {
  if (!Array.isArray(values)) return namedAxis(name, values, author);
  const settings = values.map(
    (value, i): Setting => ({
      label: labelOf(value),
      patches: [
        { path: name.split("."), value, author: (rest, part) => author([i, ...rest], part) },
      ],
    }),
  );
  const seen = new Set<string>();
  settings.forEach(({ label }, i) => {
    if (seen.has(label))
      throw blame(author([i], "value"), `grid.${name}: ${label} is given twice; keep one`);
    seen.add(label);
  });
  return { name, settings };
}

function namedAxis(
  name: string,
  values: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  author: AxisSource["author"],
): Axis {
  const tree: YamlTree = { value: values, place: (path, part) => author(path, part) as Place };
  // JavaScript puts keys such as "10" before all others; the file knows their order.
  const order = (label: string) => {
    const place = author([label], "key");
    return typeof place === "string" ? 0 : place.line * 1e6 + place.column;
  };
  const settings = Object.entries(values)
    .sort(([a], [b]) => order(a) - order(b))
    .map(([label, joint]): Setting => ({ label, patches: patchesOf(joint, tree, [label]) }));
  if (settings.length === 0)
    throw blame(
      author([], "key"),
      `grid.${name}: there is nothing on this axis; give a list of values, or settings under ` +
        "labels",
    );
  return { name, settings };
}

/**
 * The product of the axes without the points that are skipped with all their seeds, the last axis
 * turning fastest. Without axes there is one point.
 * @throws InputError when two axes set the same key or nothing is left.
 */
export function gridOf(
  axes: readonly Axis[],
  skip: StudyFile["skip"],
  seeds: readonly number[],
  author: AxisSource["author"],
): readonly GridPoint[] {
  const count = axes.reduce((n, axis) => n * axis.settings.length, 1);
  if (count * seeds.length > maxCells)
    throw blame(
      author([], "key"),
      `grid: too large: it has ${count} points with ${seeds.length} seed(s) each, ` +
        `${count * seeds.length} cells, more than ${maxCells}; give fewer values or seeds, or ` +
        "make several studies of it",
    );
  let points: readonly GridPoint[] = [{ labels: {}, patches: [] }];
  for (const { name, settings } of axes)
    points = points.flatMap((p) =>
      settings.map((s) => ({
        labels: { ...p.labels, [name]: s.label },
        patches: [...p.patches, ...s.patches],
      })),
    );
  const kept = points.filter((p) =>
    seeds.some((seed) => !skip.some((s) => matches({ axes: p.labels, seed }, s))),
  );
  if (kept.length === 0)
    throw blame(author([], "key"), `grid: all of its ${count} points are skipped; skip fewer`);
  refuseClashes(axes, kept, author);
  return kept;
}

/** Two axes may set one key, as long as no point that is run has both. */
function refuseClashes(
  axes: readonly Axis[],
  points: readonly GridPoint[],
  author: AxisSource["author"],
): void {
  const byLabel = new Map(
    axes.map(({ name, settings }) => [name, new Map(settings.map((s) => [s.label, s]))]),
  );
  const keysOf = ({ name }: Axis, label: string) =>
    byLabel
      .get(name)
      ?.get(label)
      ?.patches.map((p) => p.path) ?? [];
  axes.forEach((second, i) => {
    for (const first of axes.slice(0, i))
      for (const pair of new Set(
        points.map(({ labels }) => JSON.stringify([labels[first.name], labels[second.name]])),
      )) {
        const [one, other] = JSON.parse(pair) as [string, string];
        const taken = keysOf(first, one);
        for (const key of keysOf(second, other))
          if (taken.some((k) => overlap(k, key)))
            throw blame(
              author([second.name], "key"),
              `grid: the axes ${first.name} and ${second.name} both set ` +
                `${key.join(".")}; make one axis ` +
                "of them, with settings under labels, or skip the points that have both",
            );
      }
  });
}

/**
 * Whether two paths of keys set the same value: one is the other, or stands above it. Only what is
 * below a circuit is set in whichever circuit is chosen.
 */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  const [above, below] = a.length <= b.length ? [a, b] : [b, a];
  const chosen = above.length === 1 && above[0] === "circuit" && below.length > 1;
  return !(chosen && below[1] !== "base") && above.every((key, i) => key === below[i]);
}

/** Whether labels and seed are those asked for; an axis that is not named may have any. */
export function matches(
  { axes, seed }: { readonly axes: Readonly<Record<string, string>>; readonly seed?: number },
  asked: Where,
): boolean {
  return Object.entries(asked).every(([axis, label]) =>
    [label].flat().some((l) => labelOf(l) === (axis === "seed" ? String(seed) : axes[axis])),
  );
}

/**
 * That a selection names axes and labels that there are.
 * @param title who asks, for messages.
 */
export function checkWhere(
  asked: Where,
  axes: readonly Axis[],
  title: string,
  author: (path: readonly PropertyKey[], part: "key" | "value") => Author,
): void {
  for (const [name, label] of Object.entries(asked)) {
    const axis = axes.find((a) => a.name === name);
    if (!axis)
      throw blame(
        author([name], "key"),
        `${title}: there is no axis "${name}"; ${didYouMean(
          name,
          axes.map((a) => a.name),
          "axes",
        )}`,
      );
    const known = axis.settings.map((s) => s.label);
    for (const l of [label].flat())
      if (!known.includes(labelOf(l)))
        throw blame(
          author([name], "value"),
          `${title}: the axis ${name} has no "${labelOf(l)}"; ` +
            didYouMean(labelOf(l), known, "it has"),
        );
  }
}

/** A value as it is called on its axis. */
function labelOf(value: unknown): string {
  return typeof value === "string"
    ? value
    : isMapping(value) || Array.isArray(value)
      ? JSON.stringify(value)
      : String(value);
}
