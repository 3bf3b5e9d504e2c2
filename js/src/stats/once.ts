/** What is computed of a record, once: records do not change. */
export function once<K extends object, T>(compute: (of: K) => T): (of: K) => T {
  const known = new WeakMap<K, { readonly made: T }>();
  return (of) => {
    let found = known.get(of);
    if (found === undefined) known.set(of, (found = { made: compute(of) }));
    return found.made;
  };
}

/** What is computed of a record and a name, once for each. */
export function onceFor<K extends object, T, More extends readonly unknown[]>(
  compute: (of: K, name: string, ...more: More) => T,
): (of: K, name: string, ...more: More) => T {
  const known = once((_: K) => new Map<string, T>());
  return (of, name, ...more) => {
    const own = known(of);
    if (!own.has(name)) own.set(name, compute(of, name, ...more));
    return own.get(name)!;
  };
}

/** What is computed of values that may change: again where one of them is another one. */
export function whileSame<T>(values: () => readonly unknown[], compute: () => T): () => T {
  let last: { readonly of: readonly unknown[]; readonly made: T } | null = null;
  return () => {
    const of = values();
    if (!last?.of.every((one, i) => one === of[i])) last = { of, made: compute() };
    return last!.made;
  };
}
