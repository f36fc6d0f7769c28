import type { Experiment } from "../experiment/schema.ts";
import { settingsOf } from "../experiment/settings.ts";
import type { Point, Study } from "./read.ts";

/** One run of a point of the grid, with one seed. */
export interface Cell {
  /** Names everything that the result depends on, the data apart. */
  readonly id: string;
  readonly axes: Point["labels"];
  readonly seed: number;
  readonly experiment: Experiment;
  readonly options: unknown;
  /** The text of the schematic. */
  readonly circuit: string;
  /** What paths of its data are relative to. */
  readonly root: string;
}

/**
 * The cells of a study in the order of its grid, the seed turning fastest.
 * @param circuitOf the text of the schematic of a point.
 * @param rootOf what paths of its data are relative to.
 */
export async function cellsOf(
  { measurement, points }: Pick<Study, "measurement" | "points">,
  circuitOf: (point: Point) => string,
  rootOf: (point: Point) => string = () => ".",
): Promise<readonly Cell[]> {
  return Promise.all(
    points.flatMap((point) =>
      point.seeds.map(async (seed): Promise<Cell> => {
        const experiment = { ...point.experiment, seed };
        const circuit = circuitOf(point);
        return {
          id: await cellId(measurement.name, experiment, circuit, point.options),
          axes: point.labels,
          seed,
          experiment,
          options: point.options,
          circuit,
          root: rootOf(point),
        };
      }),
    ),
  );
}

/**
 * 16 hexadecimal digits of SHA-256 over measurement, settings without their name, schematic and
 * options.
 */
async function cellId(
  measure: string,
  experiment: Experiment,
  circuit: string,
  options: unknown,
): Promise<string> {
  const settings = settingsOf(experiment).filter(
    ([key]) => key !== "name" && key !== "description",
  );
  const text = JSON.stringify([measure, settings, circuit, settingsOf(options)]);
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)),
  );
  return Array.from(hash.subarray(0, 8), (b) => b.toString(16).padStart(2, "0")).join("");
}
