import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { checkTree, readYaml } from "../../numerics/yaml.ts";
import { solver, solverNames, type SolverSetting } from "../../experiment/solver-schema.ts";

/** A solver as it is written on a command line, and what it means. */
export interface WrittenSolver {
  readonly text: string;
  readonly setting: SolverSetting;
}

const known = [...solverNames, "hand-over"];

/**
 * `euler,dormand-prince,rtol=1e-8`: names, each followed by its settings.
 * @param option who is to blame in messages: `--compare`.
 * @throws InputError for an unknown name or setting, or a value out of range.
 */
export function parseSolvers(text: string, option: string): readonly WrittenSolver[] {
  const groups: string[][] = [];
  for (const part of text.split(",").map((p) => p.trim())) {
    if (!part.includes("=")) groups.push([part]);
    else if (groups.length > 0) groups[groups.length - 1].push(part);
    else
      throw new InputError(
        `${option} ${text}: expected the name of a solver before its settings, such as ` +
          "dormand-prince,rtol=1e-8",
      );
  }
  const found = groups.map((group) => parseGroup(group, `${option} ${text}`));
  const twice = found.find((s, i) => found.findIndex((o) => o.text === s.text) < i);
  if (twice)
    throw new InputError(`${option} ${text}: ${twice.text} is given twice; give each solver once`);
  return found;
}

/** One solver with its settings. */
export function parseSolver(text: string, option: string): WrittenSolver {
  const all = parseSolvers(text, option);
  if (all.length === 1) return all[0];
  throw new InputError(
    `${option} ${text}: ${all.length} solvers given, expected one; compare several with --compare`,
  );
}

function parseGroup([name, ...settings]: readonly string[], option: string): WrittenSolver {
  if (!known.includes(name))
    throw new InputError(
      `${option}: unknown solver "${name}"; ${didYouMean(name, known, "known solvers")}`,
    );
  const text = [name, ...settings].join(",");
  if (settings.length === 0) return { text, setting: checkTree(name, solver, () => option) };
  const entries = settings
    .map((s) => s.split("=", 2))
    .map(([key, value]) => [key.trim(), valueOf(value, option)] as const);
  return {
    text,
    setting: checkTree(Object.fromEntries([["name", name], ...entries]), solver, () => option),
  };
}

function valueOf(text: string, option: string): unknown {
  if (text.trim() === "")
    throw new InputError(
      `${option}: a setting has no value, expected key=value, such as rtol=1e-8`,
    );
  return readYaml(text, option).value;
}

/** A solver of an experiment file as a command line would have it. */
export function written(setting: SolverSetting): WrittenSolver {
  if (typeof setting === "string") return { text: setting, setting };
  const { name, ...rest } = setting;
  const given = Object.entries(rest) as [string, string | number | { readonly name: string }][];
  return {
    text: [
      name,
      ...given.map(([key, value]) => `${key}=${typeof value === "object" ? value.name : value}`),
    ].join(","),
    setting,
  };
}
