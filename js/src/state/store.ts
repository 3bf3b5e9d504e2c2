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
  /** The last change that it was told of. */
  heard: number;
}

/** A store that tells nobody anything after `signal` aborts. */
export function makeStore<S extends object>(initial: S, signal: AbortSignal): Store<S> {
  const values = { ...initial };
  /** When each slice was set last, counted in changes. */
  const times = new Map<keyof S, number>();
  let clock = 0;
  const subscribers = new Set<Subscriber<S>>();

  const flush = () => {
    if (signal.aborted) return;
    const now = clock; // a listener may set values: they are told in the next frame
    for (const subscriber of [...subscribers]) {
      const told = subscriber.slices.filter((name) => {
        const time = times.get(name) ?? 0;
        return subscriber.heard < time && time <= now;
      });
      // A listener may end the subscription of another, and may flush: then others have heard of this already.
      if (told.length === 0 || !subscribers.has(subscriber)) continue;
      subscriber.heard = now;
      call(subscriber.listener, new Set(told));
    }
  };
  const soon = perFrame(signal, flush);

  return {
    get: (name) => values[name],
    set(name, value) {
      if (Object.is(values[name], value)) return;
      values[name] = value;
      times.set(name, ++clock);
      soon();
    },
    subscribe(slices, listener, until) {
      if (until.aborted) return;
      const subscriber = { slices, listener, heard: clock };
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
