import { describePowers, samePowers, type Powers } from "../../numerics/dimensions.ts";
import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { anyQuantity } from "../../numerics/units.ts";
import type { Given } from "./case.ts";

/** What may be given, as it is written, with its exponents of V, A, s, m and K. */
const known: Readonly<
  Record<string, { readonly key: keyof Given; readonly powers: Powers; readonly example: string }>
> = {
  supply: { key: "supply", powers: [1, 0, 0, 0, 0], example: "1.2 V" },
  "gm-over-i": { key: "gmOverI", powers: [-1, 0, 0, 0, 0], example: "10 / V" },
  "figure-of-merit": { key: "figureOfMerit", powers: [1, 1, 1, 0, 0], example: "10 fJ" },
  "synapse-capacitance": { key: "synapseCapacitance", powers: [-1, 1, 1, 0, 0], example: "1 fF" },
  "capacitance-density": {
    key: "capacitanceDensity",
    powers: [-1, 1, 1, -2, 0],
    example: "2 fF/um^2",
  },
  "synapse-area": { key: "synapseArea", powers: [0, 0, 0, 2, 0], example: "25 um^2" },
};

/**
 * Reads what no schematic says, as `key=value`: `supply=1.2 V`, `capacitance-density=2 fF/um^2`.
 * @throws InputError for another key, another dimension, no unit, or a value that is not above zero
 *   or ten orders of magnitude away from what is usual.
 */
export async function readGiven(written: readonly string[]): Promise<Given> {
  const given: { -readonly [K in keyof Given]?: number } = {};
  for (const text of written) {
    const [name, value] = split(text);
    const entry = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!entry)
      throw new InputError(
        `--given ${text}: ${didYouMean(name, Object.keys(known), "known quantities")}`,
      );
    const found = await readValue(`--given ${text}`, value, entry.powers, entry.example);
    given[entry.key] = found;
  }
  return given;
}

function split(text: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 0) throw new InputError(`--given ${text}: expected key=value, such as supply="1.2 V"`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

async function readValue(
  what: string,
  text: string,
  powers: Powers,
  example: string,
): Promise<number> {
  const { value, powers: found } = await anyQuantity(text).catch((error: unknown) => {
    throw error instanceof InputError ? new InputError(`${what}: ${error.message}`) : error;
  });
  if (!samePowers(found, powers))
    throw new InputError(
      `${what}: found ${describePowers(found)}, expected a value such as ${example}`,
    );
  if (value <= 0)
    throw new InputError(`${what}: found ${value}, expected more than zero, such as ${example}`);
  const usual = (await anyQuantity(example)).value;
  if (Math.abs(Math.log10(value / usual)) >= 10)
    throw new InputError(
      `${what}: ten orders of magnitude away from anything that is built, expected a value such ` +
        `as ${example}`,
    );
  return value;
}
