import { InputError } from "../numerics/errors.ts";

/** `0.1307,0.3081`. @throws InputError for anything else. */
export function normalisation(text: string): { readonly mean: number; readonly std: number } {
  const parts = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const [mean, std] = parts;
  if (parts.length === 2 && Number.isFinite(mean) && std > 0 && Number.isFinite(std))
    return { mean, std };
  throw new InputError(
    `--normalise ${text}: expected a mean and a standard deviation above 0, such as 0.1307,0.3081`,
  );
}
