/** The options of a closed set, for `z.discriminatedUnion`: what the record names, it takes. */
export function optionsOf<T>(options: Readonly<Record<string, T>>): [T, ...T[]] {
  const [first, ...rest] = Object.values(options);
  return [first, ...rest];
}
