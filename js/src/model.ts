/**
 * The part of a widget model that the panel may touch.
 *
 * Hosts differ: MyST has no `off` and refuses `save_changes`, some pass an event and some a value to
 * listeners. So a listener takes nothing and reads with `get`, and only `stage.ts` calls these.
 */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  on(event: string, listener: () => void): void;
  off?(event: string, listener: () => void): void;
  save_changes?(): void;
}

/** A model without a kernel: the state of a page, with the same `change:name` events as a live widget. */
export function localModel(state: Readonly<Record<string, unknown>>): Model {
  const values = new Map(Object.entries(state));
  const listeners = new Map<string, Set<() => void>>();
  return {
    get: (name) => values.get(name),
    set(name, value) {
      if (Object.is(values.get(name), value)) return;
      values.set(name, value);
      for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    on(event, listener) {
      const known = listeners.get(event);
      if (known) known.add(listener);
      else listeners.set(event, new Set([listener]));
    },
    off: (event, listener) => void listeners.get(event)?.delete(listener),
  };
}
