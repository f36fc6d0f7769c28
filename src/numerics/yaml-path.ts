/** Keys and list indices from the root of a YAML text to a value. */
export type Path = readonly PropertyKey[];
