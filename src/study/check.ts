import { blame } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import type { Path } from "../numerics/yaml-path.ts";
import { checkWhere } from "./grid.ts";
import type { Study } from "./read.ts";
import type { FigureAsked, Where } from "./schema.ts";
import { areNumbers, labelsShown, named } from "./statistics.ts";

type Wrong = (key: string, message: string) => Error;

/** `curves.error` → `error`; undefined for what is no curve. */
export function curveName(name: string): string | undefined {
  return name.startsWith("curves.") ? name.slice("curves.".length) : undefined;
}

/** What a figure or a table averages over, each a sample of its means. */
export function overOf(
  { over }: Pick<Study, "over">,
  asked: Pick<FigureAsked, "over">,
): readonly string[] {
  return [asked.over ?? over].flat();
}

/**
 * What else than `shown` varies among the selected cells; what is averaged over, `seed` and the
 * dies of the study, does not count.
 */
export function leftover(
  { axes, over }: Pick<Study, "axes" | "over">,
  shown: readonly string[],
  where: Where = {},
): readonly string[] {
  return axes
    .filter(
      (a) =>
        a.settings.length > 1 &&
        a.name !== over &&
        !shown.includes(a.name) &&
        !(Object.hasOwn(where, a.name) && [where[a.name]].flat().length === 1),
    )
    .map((a) => a.name);
}

/**
 * That figures and table name axes, values and curves that there are, and leave no axis open.
 * @throws InputError at the first that does not.
 */
export function checkDrawings(study: Study): void {
  study.figures.forEach((figure, i) => {
    checkFigure(study, figure, wrongAt(study, ["figures", i]));
    checkWhere(figure.where ?? {}, study.known, `figures.${i}.where`, (path, part) =>
      study.author(["figures", i, "where", ...path], part),
    );
  });
  const { table } = study;
  if (!table) return;
  const wrong = wrongAt(study, ["table"]);
  const shown = [table.rows, ...(table.columns === undefined ? [] : [table.columns])];
  for (const key of ["rows", "columns"] as const)
    if (table[key] !== undefined) requireAxis(study, key, table[key], wrong);
  for (const value of [table.value].flat()) requireValue(study, "value", value, wrong);
  const known = [...[table.value].flat(), ...shown.flatMap((a) => knownLabels(study, a))];
  for (const name of Object.keys(table.labels ?? {}))
    if (!known.includes(name))
      throw wrong("labels", `"${name}" is not in this table; ${didYouMean(name, known, "it has")}`);
  checkWhere(table.where ?? {}, study.known, "table.where", (path, part) =>
    study.author(["table", "where", ...path], part),
  );
  for (const name of overOf(study, table)) requireAxis(study, "over", name, wrong);
  refuseShownOver(study, table, shown, wrong);
  refuseLeftover(study, [...shown, ...overOf(study, table)], table.where, wrong);
}

function wrongAt(study: Study, path: Path): Wrong {
  return (key, message) =>
    blame(study.author([...path, key], "value"), `${[...path, key].join(".")}: ${message}`);
}

function checkFigure(study: Study, figure: FigureAsked, wrong: Wrong): void {
  const lines = [figure.line ?? []].flat();
  for (const name of lines) requireAxis(study, "line", name, wrong);
  for (const name of overOf(study, figure)) requireAxis(study, "over", name, wrong);
  const { panel } = figure;
  if (panel !== undefined) requireAxis(study, "panel", panel, wrong);
  const shown = [...lines, ...(panel === undefined ? [] : [panel])];
  refuseShownOver(study, figure, [...shown, figure.x ?? []].flat(), wrong);
  shown.push(...overOf(study, figure));
  if (figure.kind === "heat") {
    checkHeat(study, figure, shown, wrong);
    return;
  }
  if (figure.value !== undefined)
    throw wrong("value", "only heat maps have it; write the name of the value in y");
  for (const name of Object.keys(figure.labels ?? {})) requireLabelled(study, figure, name, wrong);
  const ys = [figure.y].flat();
  const curves = ys.filter((y) => curveName(y) !== undefined);
  if (curves.length > 0 && curves.length < ys.length)
    throw wrong("y", "curves and single values do not share an axis; make two figures");
  (curves.length > 0 ? checkCurves : checkValues)(study, figure, shown, wrong);
}

/** @param shown the axes of lines and panels. */
type Check = (study: Study, figure: FigureAsked, shown: readonly string[], wrong: Wrong) => void;

const checkHeat: Check = (study, { x, y, value, line, where }, shown, wrong) => {
  const ys = [y].flat();
  if (x === undefined) throw wrong("x", "missing; a heat map needs an axis for its columns");
  requireAxis(study, "x", x, wrong);
  if (ys.length > 1) throw wrong("y", "a heat map has one axis for its rows");
  requireAxis(study, "y", ys[0], wrong);
  if (value === undefined)
    throw wrong("value", "missing; expected the value that the colours show");
  requireValue(study, "value", value, wrong);
  if ([line ?? []].flat().length > 0) throw wrong("line", "a heat map has no lines; use panel");
  refuseLeftover(study, [...shown, x, ys[0]], where, wrong);
};

const checkCurves: Check = (study, { x, y, xscale, where }, shown, wrong) => {
  for (const name of [y].flat()) requireCurve(study, name, wrong);
  if (x !== undefined)
    throw wrong("x", "a curve brings its own x; leave this out, and say in xlabel what it is");
  if (xscale === "category")
    throw wrong("xscale", "the x of a curve is a number, expected linear or log");
  refuseLeftover(study, shown, where, wrong);
};

const checkValues: Check = (study, figure, shown, wrong) => {
  const { x, xscale } = figure;
  for (const name of [figure.y].flat()) requireValue(study, "y", name, wrong);
  if (figure.ends !== undefined)
    throw wrong(
      "ends",
      "only curves end; name one in y, as in curves.testErrorCopy, or leave this out",
    );
  if (x === undefined)
    throw wrong("x", `missing; expected an axis (${axisNames(study).join(", ")}) or a value`);
  if (!axisNames(study).includes(x)) {
    const values = valueNames(study);
    const known = [...axisNames(study), ...values];
    if (!values.includes(x))
      throw wrong("x", `there is no axis or value "${x}"; ${didYouMean(x, known, "there are")}`);
    if (xscale === "category") throw wrong("xscale", `${x} is a number, expected linear or log`);
    return;
  }
  const labels = labelsShown(study, figure, x);
  if (xscale !== undefined && xscale !== "category" && !areNumbers(labels))
    throw wrong("xscale", `the labels of ${x} are no numbers, expected category`);
  refuseLeftover(study, [...shown, x], figure.where, wrong);
};

const knownLabels = ({ known }: Study, axis: string) =>
  known.find((a) => a.name === axis)?.settings.map((s) => s.label) ?? [];

function requireLabelled(
  study: Study,
  { y, line, panel }: FigureAsked,
  name: string,
  wrong: Wrong,
): void {
  const known = [
    ...[y].flat().map((n) => curveName(n) ?? n),
    ...[line ?? [], panel ?? []]
      .flat()
      .flatMap((a) => knownLabels(study, a).map((l) => named(a, l))),
  ];
  if (!known.includes(name))
    throw wrong(
      "labels",
      `"${name}" is not in this figure's legend; ${didYouMean(name, known, "it has")}`,
    );
}

const axisNames = (study: Study) => [...study.axes.map((a) => a.name), "seed"];

function requireAxis(study: Study, key: string, name: string, wrong: Wrong): void {
  if (!axisNames(study).includes(name))
    throw wrong(key, `there is no axis "${name}"; ${didYouMean(name, axisNames(study), "axes")}`);
}

/** What a figure can show of a cell beside its curves. */
const valueNames = ({ measurement }: Study) => [
  ...Object.keys(measurement.produces.values),
  "seconds",
];
const curveNames = ({ measurement }: Study) =>
  Object.keys(measurement.produces.curves).map((c) => `curves.${c}`);

function requireValue(study: Study, key: string, name: string, wrong: Wrong): void {
  const known = valueNames(study);
  if (!known.includes(name))
    throw wrong(
      key,
      `${study.measurement.name} gives no value "${name}"; ` +
        didYouMean(name, [...known, ...curveNames(study)], "it gives"),
    );
}

function requireCurve(study: Study, name: string, wrong: Wrong): void {
  const known = curveNames(study);
  if (!known.includes(name))
    throw wrong(
      "y",
      `${study.measurement.name} gives no "${name}"; ${didYouMean(name, known, "its curves")}`,
    );
}

function refuseShownOver(
  study: Study,
  { over }: Pick<FigureAsked, "over">,
  shown: readonly string[],
  wrong: Wrong,
): void {
  const both =
    over === undefined ? undefined : overOf(study, { over }).find((a) => shown.includes(a));
  if (both !== undefined)
    throw wrong("over", `${both} is shown as well; average over it, or show it`);
}

// Means over what is not said to differ would mix what the study compares.
function refuseLeftover(
  study: Study,
  shown: readonly string[],
  where: Where | undefined,
  wrong: Wrong,
): void {
  const open = leftover(study, shown, where);
  if (open.length > 0)
    throw wrong(
      "where",
      `the axis ${open.join(" and the axis ")} would be mixed; show it (line, panel, x, rows ` +
        `or columns) or choose one label, as in where: { ${open[0]}: … }`,
    );
}
