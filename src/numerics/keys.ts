/** The keys of a closed record, in order: what enums, options and messages list. */
export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(record) as K[];
}

/** A record with every value replaced by what `to` makes of it. */
export function mapped<K extends string, V, W>(
  record: Readonly<Record<K, V>>,
  to: (value: V, key: K) => W,
): Readonly<Record<K, W>> {
  return Object.fromEntries(keysOf(record).map((key) => [key, to(record[key], key)])) as Record<
    K,
    W
  >;
}
