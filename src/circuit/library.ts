import { InputError } from "../numerics/errors.ts";
import { didYouMean } from "../numerics/suggest.ts";
import { circuitTexts } from "./library.generated.ts";

/** The schematics that come with this package. */
export function circuitNames(): readonly string[] {
  return Object.keys(circuitTexts);
}

/**
 * The YAML of the schematic `name`.
 * @throws InputError when there is none of that name.
 */
export function circuitText(name: string): string {
  if (Object.hasOwn(circuitTexts, name)) return circuitTexts[name];
  throw new InputError(
    `circuit: there is no schematic ${JSON.stringify(name)}; ` +
      `${didYouMean(name, circuitNames(), "known circuits")}, or give the path of a YAML file`,
  );
}
