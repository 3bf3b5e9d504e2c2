import type { Store } from "./store.js";
import { SYNCED, valid, type State } from "./traits.js";

/**
 * The part of a widget model that the panel may touch.
 *
 * Hosts differ: MyST has no `off` and refuses `save_changes`, some pass an event and some a value to
 * listeners. So a listener takes nothing but a message and reads with `get`, and nobody outside this file and `source.ts`
 * calls these.
 */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  on(event: string, listener: (message?: unknown) => void): void;
  off?(event: string, listener: (message?: unknown) => void): void;
  save_changes?(): void;
  send?(message: unknown): void;
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

/** The state as the host has it; what it has not is `otherwise`. */
export function stateOf(model: Model, otherwise: State): State {
  const known = SYNCED.map((name) => [name, valid(name, model.get(name), otherwise[name])]);
  return { ...otherwise, ...Object.fromEntries(known) };
}

/**
 * Keeps a store and its host in step until `signal` aborts: what the user changes is saved at most once per frame, and
 * what the host already has is not sent back to it.
 */
export function connect(store: Store<State>, model: Model, signal: AbortSignal): void {
  for (const name of SYNCED) {
    listen(model, `change:${name}`, signal, () => store.set(name, valid(name, model.get(name), store.get(name))));
  }
  const tell = (changed: ReadonlySet<PropertyKey>) => {
    const news = SYNCED.filter((name) => changed.has(name) && !Object.is(model.get(name), store.get(name)));
    for (const name of news) model.set(name, store.get(name));
    if (news.length > 0) saveChanges(model);
  };
  store.subscribe(SYNCED, tell, signal);
}

/** Listens until `signal` aborts, on hosts that can stop listening and on those that cannot. */
export function listen(model: Model, event: string, signal: AbortSignal, listener: (message?: unknown) => void): void {
  const alive = (message?: unknown) => {
    if (!signal.aborted) listener(message);
  };
  model.on(event, alive);
  signal.addEventListener("abort", () => {
    try {
      model.off?.(event, alive);
    } catch {
      // MyST's model throws for `off`; `alive` is deaf by now.
    }
  });
}

function saveChanges(model: Model): void {
  try {
    model.save_changes?.();
  } catch {
    // A host without a kernel (MyST) throws: the change still holds in the browser.
  }
}
