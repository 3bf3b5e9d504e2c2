import { perFrame } from "../ui/frame.js";

/** Values by name. Whoever shows one subscribes to it, and hears of all changes of a frame at once. */
export interface Store<S> {
  get<K extends keyof S>(name: K): S[K];
  /** Holds at once; subscribers hear of it in the next frame, or at `flush`. */
  set<K extends keyof S>(name: K, value: S[K]): void;
  /** Calls `listener` after a change of any of the slices, once for all that changed together, until `signal` aborts. */
  subscribe(slices: readonly (keyof S)[], listener: (changed: ReadonlySet<PropertyKey>) => void, signal: AbortSignal): void;
  /** Tells subscribers now: for what must be seen before the next frame. */
  flush(): void;
}

interface Subscriber<S> {
  readonly slices: readonly (keyof S)[];
  readonly listener: (changed: ReadonlySet<PropertyKey>) => void;
}

/** A store that tells nobody anything after `signal` aborts. */
export function makeStore<S extends object>(initial: S, signal: AbortSignal): Store<S> {
  const values = { ...initial };
  const changed = new Set<keyof S>();
  const subscribers = new Set<Subscriber<S>>();

  const flush = () => {
    if (changed.size === 0 || signal.aborted) return;
    const told: ReadonlySet<PropertyKey> = new Set(changed);
    changed.clear(); // a listener may set values: they are told in the next frame
    for (const subscriber of [...subscribers]) {
      // A listener may end the subscription of another.
      if (subscribers.has(subscriber) && subscriber.slices.some((name) => told.has(name))) call(subscriber.listener, told);
    }
  };
  const soon = perFrame(signal, flush);

  return {
    get: (name) => values[name],
    set(name, value) {
      if (Object.is(values[name], value)) return;
      values[name] = value;
      changed.add(name);
      soon();
    },
    subscribe(slices, listener, until) {
      if (until.aborted) return;
      const subscriber = { slices, listener };
      subscribers.add(subscriber);
      until.addEventListener("abort", () => subscribers.delete(subscriber), { once: true });
    },
    flush,
  };
}

/** An error in one listener is the page's to report, and no reason to leave the others untold. */
function call(listener: (told: ReadonlySet<PropertyKey>) => void, told: ReadonlySet<PropertyKey>): void {
  try {
    listener(told);
  } catch (error) {
    reportError(error);
  }
}
