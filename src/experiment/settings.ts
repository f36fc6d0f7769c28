/** A settings row: `learning.rates.0`, `0.1`. */
type Setting = readonly [key: string, value: string];

/** Nested plain data as rows, in order; lists of scalars stay on one row. */
export function settingsOf(value: unknown, prefix = ""): readonly Setting[] {
  if (typeof value !== "object" || value === null) return [[prefix, text(value)]];
  if (Array.isArray(value) && value.every((v) => typeof v !== "object" || v === null))
    return [[prefix, `[${value.map(text).join(", ")}]`]];
  return Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .flatMap(([key, v]) => settingsOf(v, prefix === "" ? key : `${prefix}.${key}`));
}

/** `learning.beta: 0.5 there, 1 here` for each setting that differs. */
export function differences(there: unknown, here: unknown): readonly string[] {
  const a = new Map(settingsOf(there));
  const b = new Map(settingsOf(here));
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => `${key}: ${a.get(key) ?? "not given"} there, ${b.get(key) ?? "not given"} here`);
}

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
